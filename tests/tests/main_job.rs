//! The main job through HTTP, as a bank's app does it: find, query, pay,
//! receipt; inquiries with and without consent; a slow document; a code.

use std::time::Duration;

use guichet_tests::Marketplace;
use guichet_tests::postgres::{Cluster, Durability};
use serde_json::{Value, json};

/// The first service of a search.
async fn service(market: &Marketplace, query: &str, filter: &str) -> String {
    let found = market.search(query, filter).await.unwrap();
    assert!(!found.is_empty(), "{query}{filter} finds nothing");
    found[0]["code"].as_str().unwrap().to_owned()
}

fn all_items(query: &Value) -> Value {
    let bills = query["bills"].as_array().unwrap();
    bills
        .iter()
        .map(|bill| json!({"bill": bill["id"], "amount": bill["amount"]}))
        .collect()
}

/// The lawful amount of an open bill: its smallest choice or minimum.
fn open_amount(bill: &Value) -> Value {
    let rule = &bill["amount_rule"];
    let choice = rule["choices"].get(0).or_else(|| rule["amounts"].get(0));
    choice
        .or_else(|| rule.get("minimum"))
        .cloned()
        .unwrap_or_else(|| json!({"amount": 5000, "currency": "CNY"}))
}

async fn receipt(market: &Marketplace, payment: &Value) -> Value {
    let id = payment["id"].as_str().unwrap();
    let answer = market
        .api
        .get(&format!("/v1/payments/{id}/receipt"))
        .await
        .unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn one_effect(market: &Marketplace, service: &str, payment: &Value) {
    let effects = market.effects(service).await.unwrap();
    let own: Vec<_> = effects
        .iter()
        .filter(|e| e["reference"] == payment["id"])
        .collect();
    assert_eq!(own.len(), 1, "{effects:?}");
}

#[tokio::test]
async fn a_water_bill_in_hangzhou_is_found_paid_and_receipted() {
    let market = Marketplace::start().unwrap();
    let found = market.search("杭州 水费", "").await.unwrap();
    let first = &found[0];
    assert_eq!(first["category"], "water", "{first}");
    let code = first["code"].as_str().unwrap();

    let query = market.ready_bills(code).await.unwrap();
    let items = all_items(&query);
    let paid = market.pay(&query, &items, "water-1").await.unwrap();
    assert_eq!(paid.status, 200, "{}", paid.text());
    let payment = paid.json();
    assert_eq!(payment["state"], "applied", "{payment}");
    one_effect(&market, code, &payment).await;
    let proof = receipt(&market, &payment).await;
    let facts = &proof["statement"]["facts"];
    assert_eq!(facts["payment"], payment["id"], "{proof}");

    // The same key and body once more: the same payment, and still one effect.
    let again = market.pay(&query, &items, "water-1").await.unwrap();
    assert_eq!(again.json()["id"], payment["id"]);
    one_effect(&market, code, &payment).await;

    let path = format!("/v1/payments/{}/events", payment["id"].as_str().unwrap());
    let events = market.api.get(&path).await.unwrap().json();
    let states: Vec<_> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["state"].clone())
        .collect();
    assert_eq!(states.last().unwrap(), "applied", "{events}");
    assert!(
        states.contains(&json!("held")) && states.contains(&json!("submitted")),
        "{events}"
    );

    let check = std::process::Command::new(guichet_tests::program("guichet"))
        .args(["ledger", "check", "--data"])
        .arg(&market.data)
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stdout)
    );
}

#[tokio::test]
async fn the_same_on_postgresql() {
    let cluster = Cluster::start(Durability::None).unwrap();
    let database = cluster.database("books").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--database", database.as_str()];
    let mut market = Marketplace::start_with(&data, &arguments).unwrap();
    let query = market.ready_bills("water-330100-1").await.unwrap();
    let items = all_items(&query);
    let payment = market.pay(&query, &items, "first").await.unwrap().json();
    assert_eq!(payment["state"], "applied", "{payment}");
    one_effect(&market, "water-330100-1", &payment).await;

    // The books are there again after a restart, and hold.
    assert_eq!(market.terminate().unwrap(), Some(0));
    let market = Marketplace::start_with(&data, &arguments).unwrap();
    let id = payment["id"].as_str().unwrap();
    let again = market.api.get(&format!("/v1/payments/{id}")).await.unwrap();
    assert_eq!(again.json()["state"], "applied", "{}", again.text());
    let check = std::process::Command::new(guichet_tests::program("guichet"))
        .args(["ledger", "check", "--database", &database, "--data"])
        .arg(&data)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(check.status.success(), "{said}");
    assert!(said.contains("Payments          1"), "{said}");
}

#[tokio::test]
async fn two_bills_of_three_are_paid_where_the_biller_lets_choose() {
    let market = Marketplace::start().unwrap();
    let candidates = market
        .search("水费", "&category=water&kind=bill-payment")
        .await
        .unwrap();
    for candidate in candidates.iter().take(60) {
        let code = candidate["code"].as_str().unwrap();
        let detail = market
            .api
            .get(&format!("/v1/services/{code}"))
            .await
            .unwrap()
            .json();
        if !matches!(
            detail["payment"]["selection"].as_str(),
            Some("any" | "oldest_first" | "oldest-first")
        ) {
            continue;
        }
        for _ in 0..8 {
            let Ok(query) = market.ready_bills(code).await else {
                continue;
            };
            if query["bills"].as_array().unwrap().len() < 3 {
                continue;
            }
            let items: Value = all_items(&query).as_array().unwrap()[..2].to_vec().into();
            let payment = market.pay(&query, &items, "two").await.unwrap().json();
            assert_eq!(payment["state"], "applied", "{payment}");
            one_effect(&market, code, &payment).await;
            return;
        }
    }
    panic!("no biller with three bills to choose from");
}

#[tokio::test]
async fn prepaid_power_brings_the_token_with_the_payment_and_keeps_it_off_the_receipt() {
    let market = Marketplace::start().unwrap();
    let code = service(&market, "购电", "&category=prepaid-power").await;
    let query = market.ready_bills(&code).await.unwrap();
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": open_amount(bill)}]);
    let payment = market.pay(&query, &items, "power").await.unwrap().json();
    assert_eq!(payment["state"], "applied", "{payment}");
    let deliveries = payment["application"]["deliveries"].to_string();
    let is_there = deliveries.contains("digits") || deliveries.contains("instruction");
    assert!(is_there, "{payment}");
    // Receipts are shown around; whoever has the token has the power.
    let proof = receipt(&market, &payment).await.to_string();
    assert!(!proof.contains("deliveries"), "{proof}");
    one_effect(&market, &code, &payment).await;
}

#[tokio::test]
async fn a_traffic_fine_goes_to_the_treasury_with_its_code() {
    let market = Marketplace::start().unwrap();
    let code = service(&market, "交通 罚款", "&category=traffic-fine").await;
    let query = market.ready_bills(&code).await.unwrap();
    let payment = market
        .pay(&query, &all_items(&query), "fine")
        .await
        .unwrap()
        .json();
    assert_eq!(payment["state"], "applied", "{payment}");
    let proof = receipt(&market, &payment).await.to_string();
    assert!(proof.contains("treasury_code"), "{proof}");
}

#[tokio::test]
async fn a_provident_fund_inquiry_needs_consent() {
    let market = Marketplace::start().unwrap();
    let code = service(&market, "公积金", "&kind=inquiry&category=provident-fund").await;
    let inputs = market.sample(&code).await.unwrap();
    let mut body = json!({"service": code, "inputs": inputs, "subject": market.subject});
    let refused = market.api.post("/v1/inquiries", &[], &body).await.unwrap();
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert_eq!(
        refused.json()["code"],
        "needs_consent",
        "{}",
        refused.text()
    );

    body["consent"] = consent(&market, &code).await["id"].clone();
    let document = market.api.post("/v1/inquiries", &[], &body).await.unwrap();
    assert!(document.status.is_success(), "{}", document.text());
    let document = document.json();
    assert_eq!(document["state"], "ready", "{document}");
    assert!(
        document["document"]["attachments"][0]["verification_code"].is_string(),
        "{document}"
    );

    // Withdrawn, it gives nothing any more.
    let id = body["consent"].as_str().unwrap();
    let path = format!("/v1/consents/{id}");
    let gone = market
        .api
        .send(hyper::Method::DELETE, &path, &[], Vec::new())
        .await
        .unwrap();
    assert!(gone.status.is_success(), "{}", gone.text());
    let refused = market.api.post("/v1/inquiries", &[], &body).await.unwrap();
    assert_eq!(refused.status, 403, "{}", refused.text());
}

/// Consents to everything that the service asks for.
async fn consent(market: &Marketplace, code: &str) -> Value {
    let detail = market
        .api
        .get(&format!("/v1/services/{code}"))
        .await
        .unwrap()
        .json();
    let scopes = detail["consent"]["scopes"].clone();
    let body = json!({
        "subject": market.subject, "service": code, "scopes": scopes, "lifetime_seconds": 600,
    });
    let answer = market
        .api
        .post("/v1/consents", &[("idempotency-key", code)], &body)
        .await
        .unwrap();
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_credit_report_arrives_later() {
    let market = Marketplace::start().unwrap();
    let code = service(&market, "信用报告", "&kind=inquiry&category=credit-report").await;
    let inputs = market.sample(&code).await.unwrap();
    let detail = market
        .api
        .get(&format!("/v1/services/{code}"))
        .await
        .unwrap()
        .json();
    let mut body = json!({"service": code, "inputs": inputs, "subject": market.subject});
    if detail["consent"]["scopes"].is_array() {
        body["consent"] = consent(&market, &code).await["id"].clone();
    }
    let asked = market
        .api
        .post("/v1/inquiries", &[], &body)
        .await
        .unwrap()
        .json();
    assert_eq!(asked["state"], "pending", "{asked}");
    let path = format!("/v1/inquiries/{}", asked["id"].as_str().unwrap());
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = market.api.get(&path).await.unwrap().json();
        if now["state"] == "ready" {
            assert!(now["document"]["sections"].is_array(), "{now}");
            return;
        }
        assert_eq!(now["state"], "pending", "{now}");
    }
    panic!("the credit report never came");
}

#[tokio::test]
async fn a_medical_insurance_code_lives_shortly() {
    let market = Marketplace::start().unwrap();
    let code = service(
        &market,
        "医保",
        "&kind=credential&category=medical-insurance",
    )
    .await;
    let inputs = market.sample(&code).await.unwrap();
    let detail = market
        .api
        .get(&format!("/v1/services/{code}"))
        .await
        .unwrap()
        .json();
    let mut body = json!({"service": code, "inputs": inputs, "subject": market.subject});
    if detail["consent"]["scopes"].is_array() {
        body["consent"] = consent(&market, &code).await["id"].clone();
    }
    let issued = market
        .api
        .post("/v1/credentials", &[], &body)
        .await
        .unwrap();
    assert!(issued.status.is_success(), "{}", issued.text());
    let issued = issued.json();
    let lives = issued["code"]["seconds_to_live"]
        .as_u64()
        .unwrap_or_default();
    assert!((1..=300).contains(&lives), "{issued}");
}
