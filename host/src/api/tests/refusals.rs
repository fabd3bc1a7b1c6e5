//! Bad input: every refusal is a problem document that says what to do.

use axum::body::Body;
use serde_json::{Value, json};

use super::world::{Answer, READER, World, request};
use crate::api::Rate;

const KEY: (&str, &str) = ("idempotency-key", "a-good-key-1");

/// Checks the form that every error has, and gives status, code and first field.
fn problem(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    assert!(
        answer
            .header("content-type")
            .starts_with("application/problem+json"),
        "{body}"
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(body["status"], answer.status.as_u16());
    for name in ["title", "detail", "type"] {
        assert!(
            body[name].as_str().is_some_and(|text| !text.is_empty()),
            "{name}: {body}"
        );
    }
    assert!(
        ["never", "same_key", "after"].contains(&body["retry"].as_str().unwrap()),
        "{body}"
    );
    let id = answer.header("x-request-id");
    assert_eq!(body["instance"], format!("urn:guichet:request:{id}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        answer.status.as_u16(),
        text(&body["code"]),
        text(&body["errors"][0]["field"]),
    )
}

/// Path | status | code | field.
const READS: &str = "\
/v1/nothing | 404 | not_found |
/v1/services?limit=201 | 400 | invalid_parameter | limit
/v1/services?limit=0 | 400 | invalid_parameter | limit
/v1/services?limit=ten | 400 | invalid_parameter | limit
/v1/services?region=33 | 400 | invalid_parameter | region
/v1/services?kind=loan | 400 | invalid_parameter | kind
/v1/services?colour=red | 400 | invalid_parameter | colour
/v1/services?updated_since=yesterday | 400 | invalid_parameter | updated_since
/v1/services?cursor=%21 | 400 | invalid_cursor | cursor
/v1/services/no-such-service | 404 | unknown_service | service
/v1/services/NO | 404 | not_found |
/v1/regions?parent=x | 400 | invalid_parameter | parent
/v1/billers/b-none | 404 | not_found |
/v1/bill-queries/bq_00000000000000000000000000 | 404 | not_found |
/v1/bill-queries/1 | 404 | not_found |
/v1/payments/pay_00000000000000000000000000 | 404 | not_found |
/v1/payments | 400 | invalid_parameter | subject
/v1/payments?subject=anna&cursor=cGF5bWVudHMKeA | 400 | invalid_cursor | cursor
/v1/inquiries/inq_00000000000000000000000000 | 404 | not_found |
/v1/consents/con_00000000000000000000000000 | 404 | not_found |
/v1/accounts/nobody | 404 | not_found |
/v1/packages/guichet-demo/water/releases/1.0.0 | 404 | not_found |";

/// What is put into a good payment (a JSON pointer and a value) | status | code
/// | field.
const PAYMENTS: &str = "\
/extra 1 | 422 | invalid_field | extra
/items/0/amount/amount \"8650\" | 422 | invalid_field | items[0].amount.amount
/items/0/amount/amount 86.5 | 422 | invalid_field | items[0].amount.amount
/items/0/amount/currency \"yuan\" | 422 | invalid_field | items[0].amount.currency
/items [] | 422 | invalid_field | items
/subject 1 | 422 | invalid_field | subject
/bill_query \"x\" | 422 | invalid_field | bill_query
/bill_query \"bq_00000000000000000000000000\" | 404 | not_found | bill_query
/items/0/bill \"other\" | 422 | invalid_field | items[0].bill
/items/0/amount/amount 1 | 422 | amount_not_allowed | items[0].amount
/payer_account \"acc_0\" | 403 | account_not_allowed | payer_account
/client_reference \"\" | 422 | invalid_field | client_reference
/authorisation \"x\" | 409 | not_offered | authorisation";

/// Splits a line of a table into the case and what it must answer.
fn expected(line: &str) -> (&str, (u16, String, String)) {
    let parts: Vec<&str> = line.split('|').map(str::trim).collect();
    let found = (
        parts[1].parse().unwrap(),
        parts[2].to_owned(),
        parts[3].to_owned(),
    );
    (parts[0], found)
}

#[tokio::test]
async fn bad_reads_are_refused_with_the_mend() {
    let world = World::new().await;
    for line in READS.lines() {
        let (path, expected) = expected(line);
        assert_eq!(problem(&world.get(path).await), expected, "{path}");
    }
}

#[tokio::test]
async fn bad_payments_are_refused_with_the_mend() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650)]).await;
    for line in PAYMENTS.lines() {
        let (change, expected) = expected(line);
        let (pointer, value) = change.split_once(' ').unwrap();
        let mut body = world.payment(&query, &[("b1", 8650)]);
        let value: Value = serde_json::from_str(value).unwrap();
        match body.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => body[&pointer[1..]] = value,
        }
        let answer = world.post("/v1/payments", &[KEY], &body).await;
        assert_eq!(problem(&answer), expected, "{body}");
    }
}

#[tokio::test]
async fn an_unknown_service_is_named_wherever_it_is_asked_for() {
    let world = World::new().await;
    let asked = json!({"service": "water-330100-1", "inputs": {}, "subject": "anna"});
    let consent = json!({
        "service": "water-330100-1", "scopes": ["identity.name"], "subject": "anna"
    });
    let saved = json!({
        "service": "water-330100-1", "name": "Home", "inputs": {"a": "1"}, "subject": "anna"
    });
    let calls = [
        ("/v1/bill-queries", &asked),
        ("/v1/inquiries", &asked),
        ("/v1/credentials", &asked),
        ("/v1/consents", &consent),
        ("/v1/bound-accounts", &saved),
    ];
    for (path, body) in calls {
        let (status, code, field) = problem(&world.post(path, &[], body).await);
        assert_eq!(
            (status, code.as_str(), field.as_str()),
            (404, "unknown_service", "service")
        );
    }
}

/// Headers, body, status, code.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, u16, &'a str);

/// Sends raw text to the payments and gives status and code.
async fn send_raw(world: &World, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let request = request("POST", "/v1/payments", headers).body(Body::from(body.to_owned()));
    let (status, code, _) = problem(&world.send(request.unwrap()).await);
    (status, code)
}

#[tokio::test]
async fn the_envelope_is_checked_before_anything_is_done() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650)]).await;
    let body = world.payment(&query, &[("b1", 8650)]).to_string();
    let large = format!("{{\"subject\": \"{}\"}}", "a".repeat(70_000));
    let json_type = ("content-type", "application/json");
    let reader = format!("Bearer {READER}");
    let spaced = ("idempotency-key", "two words");
    let nobody = ("authorization", "Bearer nobody");
    let cases: [Case<'_>; 11] = [
        (&[json_type], &body, 400, "invalid_idempotency_key"),
        (&[json_type, spaced], &body, 400, "invalid_idempotency_key"),
        (&[KEY], &body, 415, "unsupported_media_type"),
        (
            &[KEY, ("content-type", "text/plain")],
            &body,
            415,
            "unsupported_media_type",
        ),
        (&[KEY, json_type], "{", 400, "malformed_json"),
        (&[KEY, json_type], "", 400, "malformed_json"),
        (&[KEY, json_type], "{}", 422, "invalid_field"),
        (&[KEY, json_type], &large, 413, "body_too_large"),
        (
            &[KEY, json_type, ("authorization", "")],
            &body,
            401,
            "unauthenticated",
        ),
        (&[KEY, json_type, nobody], &body, 401, "unauthenticated"),
        (
            &[KEY, json_type, ("authorization", &reader)],
            &body,
            403,
            "forbidden",
        ),
    ];
    for (headers, body, status, code) in cases {
        let found = send_raw(&world, headers, body).await;
        assert_eq!(found, (status, code.to_owned()), "{headers:?}");
    }
    let list = world.get("/v1/payments?subject=anna").await.json();
    assert!(
        list["items"].as_array().unwrap().is_empty(),
        "nothing was done"
    );
}

#[tokio::test]
async fn an_expired_bill_query_is_asked_for_again_and_nothing_is_held() {
    let world = World::new().await;
    let query = world.query_for(&[("b1", 8650)], -1).await;
    let body = world.payment(&query, &[("b1", 8650)]);
    let answer = world.post("/v1/payments", &[KEY], &body).await;
    let (status, code, _) = problem(&answer);
    assert_eq!((status, code.as_str()), (409, "query_expired"));
    assert_eq!(answer.json()["errors"][0]["field"], "bill_query");
    let list = world.get("/v1/payments?subject=anna").await.json();
    assert_eq!(list["items"], json!([]));
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let world = World::new().await;
    let request = request("DELETE", "/v1/payments", &[])
        .body(Body::empty())
        .unwrap();
    let answer = world.send(request).await;
    assert_eq!(problem(&answer).1, "method_not_allowed");
    assert!(
        answer.header("allow").contains("POST"),
        "{}",
        answer.header("allow")
    );
}

#[tokio::test]
async fn a_wrong_token_is_challenged_and_another_client_sees_nothing() {
    let world = World::new().await;
    let answer = world
        .send(
            request("GET", "/v1/services", &[("authorization", "")])
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer realm=\"guichet\""
    );
    let answer = world
        .send(
            request(
                "GET",
                "/v1/services",
                &[("authorization", &format!("Bearer {READER}"))],
            )
            .body(Body::empty())
            .unwrap(),
        )
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_flood_is_told_when_to_come_back() {
    let world = World::with_rate(Rate {
        per_second: 0,
        burst: 2,
    })
    .await;
    for _ in 0..2 {
        assert_eq!(world.get("/v1/categories").await.status, 200);
    }
    let answer = world.get("/v1/categories").await;
    assert_eq!(problem(&answer).1, "too_many_requests");
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn a_panic_tells_the_client_only_an_id() {
    let world = World::new().await;
    let answer = world.get("/panic").await;
    assert_eq!(
        problem(&answer),
        (500, "internal".to_owned(), String::new())
    );
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("on purpose"));
}

#[tokio::test]
async fn problems_are_worded_in_the_readers_language() {
    let world = World::new().await;
    let asked = |language: &'static str| request("GET", "/v1/x", &[("accept-language", language)]);
    let chinese = world
        .send(asked("zh-CN").body(Body::empty()).unwrap())
        .await;
    let english = world.send(asked("en").body(Body::empty()).unwrap()).await;
    assert_eq!(chinese.json()["title"], "没有找到");
    assert_eq!(english.json()["title"], "Not found");
    assert_eq!(english.header("content-language"), "en");
}
