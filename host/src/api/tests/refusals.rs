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

#[tokio::test]
async fn bad_reads_are_refused_with_the_mend() {
    let world = World::new().await;
    let cases: &[(&str, u16, &str, &str)] = &[
        ("/v1/nothing", 404, "not_found", ""),
        ("/v1/services?limit=201", 400, "invalid_parameter", "limit"),
        ("/v1/services?limit=0", 400, "invalid_parameter", "limit"),
        ("/v1/services?limit=ten", 400, "invalid_parameter", "limit"),
        ("/v1/services?region=33", 400, "invalid_parameter", "region"),
        ("/v1/services?kind=loan", 400, "invalid_parameter", "kind"),
        (
            "/v1/services?colour=red",
            400,
            "invalid_parameter",
            "colour",
        ),
        (
            "/v1/services?updated_since=yesterday",
            400,
            "invalid_parameter",
            "updated_since",
        ),
        ("/v1/services?cursor=%21", 400, "invalid_cursor", "cursor"),
        (
            "/v1/services/no-such-service",
            404,
            "unknown_service",
            "service",
        ),
        ("/v1/services/NO", 404, "not_found", ""),
        ("/v1/regions?parent=x", 400, "invalid_parameter", "parent"),
        ("/v1/billers/b-none", 404, "not_found", ""),
        (
            "/v1/bill-queries/bq_00000000000000000000000000",
            404,
            "not_found",
            "",
        ),
        ("/v1/bill-queries/1", 404, "not_found", ""),
        (
            "/v1/payments/pay_00000000000000000000000000",
            404,
            "not_found",
            "",
        ),
        ("/v1/payments", 400, "invalid_parameter", "subject"),
        (
            "/v1/payments?subject=anna&cursor=cGF5bWVudHMKeA",
            400,
            "invalid_cursor",
            "cursor",
        ),
        (
            "/v1/inquiries/inq_00000000000000000000000000",
            404,
            "not_found",
            "",
        ),
        (
            "/v1/consents/con_00000000000000000000000000",
            404,
            "not_found",
            "",
        ),
        ("/v1/accounts/nobody", 404, "not_found", ""),
        (
            "/v1/packages/guichet-demo/water/releases/1.0.0",
            404,
            "not_found",
            "",
        ),
    ];
    for (path, status, code, field) in cases {
        let found = problem(&world.get(path).await);
        assert_eq!(
            found,
            (*status, (*code).to_owned(), (*field).to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn bad_bodies_are_refused_with_the_mend() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650)]).await;
    let good = world.payment(&query, &[("b1", 8650)]);
    let with = |change: fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        body
    };
    let cases: Vec<(Value, u16, &str, &str)> = vec![
        (
            with(|body| body["extra"] = json!(1)),
            422,
            "invalid_field",
            "extra",
        ),
        (
            with(|body| body["items"][0]["amount"]["amount"] = json!("8650")),
            422,
            "invalid_field",
            "items[0].amount.amount",
        ),
        (
            with(|body| body["items"][0]["amount"]["amount"] = json!(86.5)),
            422,
            "invalid_field",
            "items[0].amount.amount",
        ),
        (
            with(|body| body["items"][0]["amount"]["currency"] = json!("yuan")),
            422,
            "invalid_field",
            "items[0].amount.currency",
        ),
        (
            with(|body| body["items"] = json!([])),
            422,
            "invalid_field",
            "items",
        ),
        (
            with(|body| drop(body.as_object_mut().unwrap().remove("subject"))),
            422,
            "invalid_field",
            "subject",
        ),
        (
            with(|body| body["bill_query"] = json!("x")),
            422,
            "invalid_field",
            "bill_query",
        ),
        (
            with(|body| body["bill_query"] = json!("bq_00000000000000000000000000")),
            404,
            "not_found",
            "bill_query",
        ),
        (
            with(|body| body["items"][0]["bill"] = json!("other")),
            422,
            "invalid_field",
            "items[0].bill",
        ),
        (
            with(|body| body["items"][0]["amount"]["amount"] = json!(1)),
            422,
            "amount_not_allowed",
            "items[0].amount",
        ),
        (
            with(|body| body["payer_account"] = json!("acc_0")),
            403,
            "account_not_allowed",
            "payer_account",
        ),
        (
            with(|body| body["client_reference"] = json!("")),
            422,
            "invalid_field",
            "client_reference",
        ),
        (
            with(|body| body["authorisation"] = json!("x")),
            409,
            "not_offered",
            "authorisation",
        ),
    ];
    for (body, status, code, field) in cases {
        let found = problem(&world.post("/v1/payments", &[KEY], &body).await);
        assert_eq!(found, (status, code.to_owned(), field.to_owned()), "{body}");
    }
    let (service, consent) = (
        json!({"service": "water-330100-1", "inputs": {}, "subject": "anna"}),
        json!({"service": "water-330100-1", "scopes": ["identity.name"], "subject": "anna"}),
    );
    for (path, body) in [
        ("/v1/bill-queries", &service),
        ("/v1/inquiries", &service),
        ("/v1/credentials", &service),
        ("/v1/consents", &consent),
    ] {
        let found = problem(&world.post(path, &[], body).await);
        assert_eq!(
            found,
            (404, "unknown_service".to_owned(), "service".to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_envelope_is_checked_before_anything_is_done() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650)]).await;
    let good = world.payment(&query, &[("b1", 8650)]);
    let send = async |method: &str, path: &str, headers: &[(&str, &str)], body: String| {
        let request = request(method, path, headers)
            .body(Body::from(body))
            .unwrap();
        problem(&world.send(request).await)
    };
    let json_type = ("content-type", "application/json");
    let code = |found: (u16, String, String)| (found.0, found.1);
    let is = |status: u16, code: &str| (status, code.to_owned());
    let body = good.to_string();
    let path = "/v1/payments";
    assert_eq!(
        code(send("POST", path, &[json_type], body.clone()).await),
        is(400, "invalid_idempotency_key")
    );
    let short = ("idempotency-key", "no spaces");
    assert_eq!(
        code(send("POST", path, &[json_type, short], body.clone()).await),
        is(400, "invalid_idempotency_key")
    );
    assert_eq!(
        code(send("POST", path, &[KEY], body.clone()).await),
        is(415, "unsupported_media_type")
    );
    let form = ("content-type", "text/plain");
    assert_eq!(
        code(send("POST", path, &[KEY, form], body.clone()).await),
        is(415, "unsupported_media_type")
    );
    assert_eq!(
        code(send("POST", path, &[KEY, json_type], "{".into()).await),
        is(400, "malformed_json")
    );
    assert_eq!(
        code(send("POST", path, &[KEY, json_type], String::new()).await),
        is(400, "malformed_json")
    );
    let large = format!("{{\"subject\": \"{}\"}}", "a".repeat(70_000));
    assert_eq!(
        code(send("POST", path, &[KEY, json_type], large).await),
        is(413, "body_too_large")
    );
    assert_eq!(
        code(send("DELETE", path, &[], String::new()).await),
        is(405, "method_not_allowed")
    );
    assert_eq!(
        code(
            send(
                "POST",
                path,
                &[KEY, json_type, ("authorization", "")],
                body.clone()
            )
            .await
        ),
        is(401, "unauthenticated")
    );
    assert_eq!(
        code(
            send(
                "POST",
                path,
                &[KEY, json_type, ("authorization", "Bearer nobody")],
                body.clone()
            )
            .await
        ),
        is(401, "unauthenticated")
    );
    let reader = format!("Bearer {READER}");
    assert_eq!(
        code(
            send(
                "POST",
                path,
                &[KEY, json_type, ("authorization", &reader)],
                body
            )
            .await
        ),
        is(403, "forbidden")
    );
    assert!(
        world.get("/v1/payments?subject=anna").await.json()["items"]
            .as_array()
            .unwrap()
            .is_empty()
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
