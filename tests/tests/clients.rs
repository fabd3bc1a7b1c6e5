//! Clients' own accounts and statements, as the operator's people and the client
//! see them over the API.

use guichet_domain::{CutOff, Moment};
use guichet_tests::{Answer, Client, Marketplace};
use hyper::Method;
use serde_json::{Value, json};

const CLIENT: &str = "/v1/clients/demo-bank-app";

async fn put(api: &Client, path: &str, body: &Value) -> Answer {
    let kind = [("content-type", "application/json")];
    let body = body.to_string().into_bytes();
    api.send(Method::PUT, path, &kind, body).await.unwrap()
}

/// The month in Asia/Shanghai in which an account was opened.
fn month_of(account: &Value) -> String {
    let opened: Moment = account["created_at"].as_str().unwrap().parse().unwrap();
    let day = opened.accounting_date(CutOff::MIDNIGHT).to_string();
    day[..7].to_owned()
}

fn cny(amount: i64) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

#[tokio::test]
async fn an_officer_looks_after_a_clients_account_and_the_client_reads_it() {
    let market = Marketplace::start().unwrap();
    let officer = market.person("paul").unwrap();
    let top_ups = format!("{CLIENT}/top-ups");
    let slip = json!({"amount": cny(5_000), "reference": "slip-1"});
    let paid = officer.post(&top_ups, &[], &slip).await.unwrap();
    assert_eq!(paid.status, 200, "{}", paid.text());
    let again = officer.post(&top_ups, &[], &slip).await.unwrap();
    assert_eq!(again.text(), paid.text(), "a reference pays in once");
    let other = json!({"amount": cny(5_001), "reference": "slip-1"});
    let refused = officer.post(&top_ups, &[], &other).await.unwrap();
    assert!(!refused.status.is_success(), "{}", refused.text());
    let limit = format!("{CLIENT}/credit-limit");
    let raised = put(&officer, &limit, &json!({"limit": cny(300)}))
        .await
        .json();
    assert_eq!(raised["available"], cny(5_300), "{raised}");
    let prices = json!({"currency": "CNY", "prices": [{"category": "water", "fixed": 20}]});
    let list = put(&officer, &format!("{CLIENT}/prices"), &prices).await;
    assert_eq!(list.status, 200, "{}", list.text());
    let twice = json!({"currency": "CNY", "prices": [{"fixed": 1}, {"fixed": 2}]});
    let wrong = put(&officer, &format!("{CLIENT}/prices"), &twice).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text());

    // Neither a client nor another of the operator's people may.
    for stranger in [&market.api, &market.person("rita").unwrap()] {
        let refused = stranger.post(&top_ups, &[], &slip).await.unwrap();
        assert_eq!(refused.status, 403, "{}", refused.text());
    }

    let own = "/v1/accounts/client:demo-bank-app:CNY";
    let account = market.api.get(own).await.unwrap().json();
    assert_eq!(account["kind"], "client_funding");
    assert_eq!(account["subject"], Value::Null);
    let month = month_of(&account);
    let path = format!("{own}/statement?month={month}");
    let statement = market.api.get(&path).await.unwrap().json();
    assert_eq!(statement["closing"], cny(5_000), "{statement}");
    assert_eq!(statement["entries"][0]["direction"], "in");
    let csv = market.api.get(&format!("{path}&format=csv")).await.unwrap();
    assert!(
        csv.text().contains(",in,5000,5000,CNY,,top-up:"),
        "{}",
        csv.text()
    );
}

#[tokio::test]
async fn a_client_pays_its_price_with_the_payment() {
    let market = Marketplace::start().unwrap();
    let officer = market.person("paul").unwrap();
    let slip = json!({"amount": cny(5_000), "reference": "slip-1"});
    let paid_in = officer.post(&format!("{CLIENT}/top-ups"), &[], &slip).await;
    assert_eq!(paid_in.unwrap().status, 200);
    let prices = json!({"currency": "CNY", "prices": [{"category": "water", "fixed": 20}]});
    let set = put(&officer, &format!("{CLIENT}/prices"), &prices).await;
    assert_eq!(set.status, 200, "{}", set.text());

    let query = market.ready_bills("water-330100-1").await.unwrap();
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    let payer = format!("/v1/accounts/{}", market.payer_account);
    let before = market.api.get(&payer).await.unwrap().json();
    let paid = market.pay(&query, &items, "one").await.unwrap().json();
    assert_eq!(paid["state"], "applied", "{paid}");
    let after = market.api.get(&payer).await.unwrap().json();
    let left = |account: &Value| account["balance"]["amount"].as_i64().unwrap();
    let amount = bill["amount"]["amount"].as_i64().unwrap();
    assert_eq!(
        left(&before) - left(&after),
        amount,
        "the payer pays the bill alone"
    );

    let own = "/v1/accounts/client:demo-bank-app:CNY";
    let account = market.api.get(own).await.unwrap().json();
    let path = format!("{own}/statement?month={}", month_of(&account));
    let statement = market.api.get(&path).await.unwrap().json();
    assert_eq!(statement["closing"], cny(4_980), "{statement}");
    let fee = statement["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(fee["amount"], cny(20), "{statement}");
    assert_eq!(fee["payment"], paid["id"], "{statement}");
}

#[tokio::test]
async fn a_payers_statement_runs_from_opening_to_closing() {
    let market = Marketplace::start().unwrap();
    let query = market.ready_bills("water-330100-1").await.unwrap();
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    let paid = market.pay(&query, &items, "one").await.unwrap().json();
    assert_eq!(paid["state"], "applied", "{paid}");
    let account = format!("/v1/accounts/{}", market.payer_account);
    let shown = market.api.get(&account).await.unwrap().json();
    let month = month_of(&shown);
    let path = format!("{account}/statement?month={month}");
    let statement = market.api.get(&path).await.unwrap().json();
    assert_eq!(statement["opening"], cny(0));
    assert_eq!(statement["closing"], shown["balance"], "{statement}");
    assert_eq!(statement["paid_out"], bill["amount"], "{statement}");
    let entries = statement["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "the hold is no entry: {statement}");
    assert_eq!(entries[1]["payment"], paid["id"]);
    assert_eq!(entries[1]["balance"], shown["balance"]);
    for wrong in ["", "?month=2026-13", "?month=2026-11&day=2026-11-22"] {
        let answer = market.api.get(&format!("{account}/statement{wrong}")).await;
        assert_eq!(answer.unwrap().status, 400, "{wrong}");
    }
}
