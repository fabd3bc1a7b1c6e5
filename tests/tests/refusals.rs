//! Bad input at every door: each is refused with an answer that says what to
//! do, and nothing is lost or paid.

use std::process::Command;
use std::time::Duration;

use guichet_tests::{Answer, Client, Marketplace, program};
use serde_json::{Value, json};

/// The problem document's code; the whole form is checked on the way.
fn code(answer: &Answer) -> String {
    assert_eq!(
        answer.headers["content-type"],
        "application/problem+json",
        "{}",
        answer.text()
    );
    let problem = answer.json();
    for field in [
        "type", "title", "status", "detail", "code", "retry", "instance",
    ] {
        assert!(!problem[field].is_null(), "{field} is missing: {problem}");
    }
    assert_eq!(problem["status"], answer.status.as_u16(), "{problem}");
    problem["code"].as_str().unwrap().to_owned()
}

/// A biller with exact bills that applies at once, deduplicates and answers
/// status queries; the catalogue pins it for tests.
const WATER: &str = "water-330100-1";

fn body(market: &Marketplace, query: &Value, amount: i64) -> Value {
    json!({
        "bill_query": query["id"],
        "items": [{
            "bill": query["bills"][0]["id"],
            "amount": {"amount": amount, "currency": "CNY"},
        }],
        "payer_account": market.payer_account,
        "subject": market.subject,
    })
}

fn owed(query: &Value) -> i64 {
    query["bills"][0]["amount"]["amount"].as_i64().unwrap()
}

async fn pay(api: &Client, key: &str, body: &Value) -> Answer {
    api.post(
        "/v1/payments",
        &[("idempotency-key", key), ("prefer", "wait=10")],
        body,
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn wrong_questions_are_answered_with_the_mend() {
    let market = Marketplace::start().unwrap();
    let service = WATER;
    let ask = async |body: Value| {
        market
            .api
            .post("/v1/bill-queries", &[], &body)
            .await
            .unwrap()
    };

    let unknown = json!({"service": "no-such-service", "inputs": {}, "subject": market.subject});
    assert_eq!(code(&ask(unknown).await), "unknown_service");

    let bad = json!({"service": service, "inputs": {"account": "x"}, "subject": market.subject});
    let answer = ask(bad).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    let errors = answer.json()["errors"].clone();
    assert!(
        errors[0]["field"].as_str().unwrap().contains("account"),
        "{errors}"
    );
    assert!(
        !errors[0]["message"].as_str().unwrap().is_empty(),
        "{errors}"
    );

    let elsewhere = json!({"service": service, "inputs": market.sample(service).await.unwrap(),
        "subject": market.subject, "region": "110101"});
    let answer = ask(elsewhere).await;
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert_eq!(answer.json()["errors"][0]["field"], "region");

    let raw = async |text: &str| {
        let headers = [("content-type", "application/json")];
        let bytes = text.as_bytes().to_vec();
        market
            .api
            .send(hyper::Method::POST, "/v1/bill-queries", &headers, bytes)
            .await
            .unwrap()
    };
    assert_eq!(code(&raw("{\"service\":").await), "malformed_json");
    assert_eq!(
        code(&raw(&format!("{{\"a\":\"{}\"}}", "x".repeat(200_000))).await),
        "body_too_large"
    );
    let unknown_field = json!({"service": service, "inputs": {}, "subject": "s", "extra": 1});
    assert!(ask(unknown_field).await.text().contains("extra"));

    let stranger = Client::new(&market.url, Some("dev_wrong"));
    assert_eq!(stranger.get("/v1/services").await.unwrap().status, 401);
    let nobody = Client::new(&market.url, None);
    assert_eq!(nobody.get("/v1/services").await.unwrap().status, 401);
    assert_eq!(
        market
            .api
            .get("/v1/services?limit=201")
            .await
            .unwrap()
            .status,
        400
    );
    assert_eq!(
        market
            .api
            .get("/v1/services/..%2F..%2Fetc")
            .await
            .unwrap()
            .status,
        404
    );
}

#[tokio::test]
async fn wrong_payments_move_no_money() {
    let market = Marketplace::start().unwrap();
    let service = WATER;
    let query = market.ready_bills(service).await.unwrap();
    let before = balance(&market).await;

    let off = pay(
        &market.api,
        "off-rule-1",
        &body(&market, &query, owed(&query) + 1),
    )
    .await;
    assert_eq!(off.status, 422, "{}", off.text());
    code(&off);
    let negative = pay(&market.api, "negative-1", &body(&market, &query, -5)).await;
    assert_eq!(negative.status, 422, "{}", negative.text());
    let mut other = body(&market, &query, owed(&query));
    other["payer_account"] = json!("acc_somebody_elses");
    let refused = pay(&market.api, "other-account", &other).await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
    let mut unknown = body(&market, &query, owed(&query));
    unknown["bill_query"] = json!("bq_00000000000000000000000000");
    assert_eq!(
        pay(&market.api, "unknown-query", &unknown).await.status,
        404
    );
    let no_key = market
        .api
        .post("/v1/payments", &[], &body(&market, &query, 1))
        .await
        .unwrap();
    assert_eq!(code(&no_key), "invalid_idempotency_key");

    assert_eq!(balance(&market).await, before, "no money moved");
    assert!(
        market.effects(service).await.unwrap().is_empty(),
        "nothing reached the biller"
    );
}

async fn balance(market: &Marketplace) -> Value {
    let path = format!("/v1/accounts/{}", market.payer_account);
    let account = market.api.get(&path).await.unwrap().json();
    json!([account["balance"], account["held"]])
}

#[tokio::test]
async fn a_key_with_another_body_and_a_bill_in_payment_are_refused() {
    let market = Marketplace::start().unwrap();
    let service = WATER;
    market.fault(service, "slow", 5, "effect").await.unwrap();
    let inputs = market.sample(service).await.unwrap();
    let ask = json!({"service": service, "inputs": inputs, "subject": market.subject});
    let mut query = market
        .api
        .post("/v1/bill-queries", &[], &ask)
        .await
        .unwrap()
        .json();
    for _ in 0..50 {
        if query["state"] == "ready" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let path = format!("/v1/bill-queries/{}", query["id"].as_str().unwrap());
        query = market.api.get(&path).await.unwrap().json();
    }
    let first = body(&market, &query, owed(&query));
    let accepted = market
        .api
        .post("/v1/payments", &[("idempotency-key", "first-key")], &first);
    let accepted = accepted.await.unwrap();
    assert_eq!(accepted.status, 202, "{}", accepted.text());

    // The same key and body: the same bytes, for ever.
    let again = market
        .api
        .post("/v1/payments", &[("idempotency-key", "first-key")], &first);
    assert_eq!(again.await.unwrap().bytes, accepted.bytes);
    // The same key, another body.
    let mut other = first.clone();
    other["client_reference"] = json!("another");
    let reused = pay(&market.api, "first-key", &other).await;
    assert_eq!(reused.status, 409, "{}", reused.text());
    // Another key, the same bill.
    let twice = pay(&market.api, "second-key", &first).await;
    assert_eq!(twice.status, 409, "{}", twice.text());
    assert_eq!(code(&twice), "bill_in_payment");
    assert!(market.effects(service).await.unwrap().len() <= 1);
}

#[tokio::test]
async fn an_unreachable_biller_costs_nothing_and_an_unknown_outcome_is_never_guessed() {
    let market = Marketplace::start().unwrap();
    let service = WATER;
    market
        .fault(service, "unavailable", 1, "read")
        .await
        .unwrap();
    let inputs = market.sample(service).await.unwrap();
    let ask = json!({"service": service, "inputs": inputs, "subject": market.subject});
    let closed = market
        .api
        .post("/v1/bill-queries", &[], &ask)
        .await
        .unwrap();
    assert!(closed.status.is_server_error(), "{}", closed.text());
    assert_eq!(closed.json()["retry"], "after", "{}", closed.text());

    // The biller applies and never answers: the money stays reserved, the
    // citizen is warned, and the biller's log has one effect in the end.
    for (number, fault) in ["reset_after", "error_after_success", "half_body", "garbage"]
        .iter()
        .enumerate()
    {
        let query = market.ready_bills(service).await.unwrap();
        market.fault(service, fault, 1, "effect").await.unwrap();
        let wanted = body(&market, &query, owed(&query));
        let payment = pay(&market.api, &format!("fault-{number}-key"), &wanted)
            .await
            .json();
        let id = payment["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{fault}: {payment}"))
            .to_owned();
        let mut last = payment;
        for _ in 0..100 {
            if last["state"] == "applied" {
                break;
            }
            assert!(
                last["state"] != "released" && last["state"] != "refused",
                "{fault}: {last}"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
            last = market
                .api
                .get(&format!("/v1/payments/{id}"))
                .await
                .unwrap()
                .json();
        }
        let effects = market.effects(service).await.unwrap();
        let own = effects
            .iter()
            .filter(|effect| effect["reference"] == id.as_str())
            .count();
        assert_eq!(own, 1, "{fault}: {effects:?}");
    }
}

#[tokio::test]
async fn wrong_settings_are_refused_at_start_with_the_mend() {
    let run = |arguments: &[&str]| {
        let output = Command::new(program("guichet"))
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let (status, said) = run(&[
        "serve",
        "--data",
        &data,
        "--database",
        "mysql://u:secret@h/d",
    ]);
    assert_eq!(status, Some(2), "{said}");
    assert!(
        said.contains("sqlite:FILE") && !said.contains("secret"),
        "{said}"
    );
    let (status, said) = run(&["serve", "--data", "/proc/nowhere/data"]);
    assert_ne!(status, Some(0));
    assert!(said.contains("--data"), "{said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (status, said) = run(&["serve", "--data", &data, "--listen", &address]);
    assert_ne!(status, Some(0));
    assert!(said.contains("--listen"), "{said}");
    let (status, said) = run(&["ledger", "check", "--data", "/nowhere"]);
    assert_ne!(status, Some(0), "{said}");
}

#[tokio::test]
async fn a_damaged_database_is_never_served() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(
        data.join("guichet.db"),
        b"SQLite format 3\0 and then nothing of use",
    )
    .unwrap();
    let output = Command::new(program("guichet"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("database"), "{said}");
}
