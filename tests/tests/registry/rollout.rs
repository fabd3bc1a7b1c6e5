//! A bad release goes by itself; a switch stops at once.

use hyper::StatusCode;

use super::*;
use crate::package::Package;

async fn approved(market: &Marketplace, version: &str, package: Package) {
    let answer = publish(market, version, package.bundle()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    for reviewer in ["rita", "rolf"] {
        let answer = decide(market, reviewer, "approve", version, json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_release_is_rolled_back_by_itself() {
    let market = Marketplace::start().unwrap();
    approved(&market, "0.1.1", Package::bad("0.1.1")).await;
    let load = Load::begin(&market, 16).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(load.failed(), [""; 0]);
    let pilot = json!({"stage": {"pilot": {"share_permille": 500, "regions": []}}});
    let rolled = decide(&market, "mona", "rollout", "0.1.1", pilot).await;
    assert_eq!(rolled.status, StatusCode::OK, "{}", rolled.text());
    let took = until(Duration::from_secs(20), || async {
        state_of(&market, "0.1.1").await == "halted"
    })
    .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let failed = load.failed();
    assert!(!failed.is_empty(), "the bad release was never asked");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(load.failed(), failed, "it is still asked");
    let (asked, failed) = load.end().await;
    println!(
        "halted {took:?} after the roll-out; {} of {asked} questions failed",
        failed.len()
    );
    assert!(took < Duration::from_secs(10), "it took {took:?}");
    assert_eq!(state_of(&market, "0.1.0").await, "general");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_pilot_serves_its_share_and_is_promoted() {
    let market = Marketplace::start().unwrap();
    approved(&market, "0.1.1", Package::later("0.1.1")).await;
    let load = Load::begin(&market, 16).await;
    let pilot = json!({"stage": {"pilot": {"share_permille": 500, "regions": []}}});
    decide(&market, "mona", "rollout", "0.1.1", pilot).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(state_of(&market, "0.1.1").await, "pilot");
    let general = json!({"stage": "general"});
    decide(&market, "mona", "rollout", "0.1.1", general).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(state_of(&market, "0.1.1").await, "general");
    let yanked = decide(
        &market,
        "sven",
        "yank",
        "0.1.1",
        json!({"reason": "a test"}),
    )
    .await;
    assert_eq!(yanked.status, StatusCode::OK, "{}", yanked.text());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        state_of(&market, "0.1.0").await,
        "general",
        "what served before goes on"
    );
    let (asked, failed) = load.end().await;
    assert_eq!(failed, [""; 0], "of {asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_stops_a_package_at_once_and_two_lift_it() {
    let market = Marketplace::start().unwrap();
    let inputs = market.sample(SERVICE).await.unwrap();
    assert!(ask(&market.api, &inputs, "anna").await.status.is_success());
    let target = json!({"package": PACKAGE});
    let throw = json!({"act": "switch-thrown", "target": target, "reason": "a test"});
    let refused = act(&market, "olga", throw.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    let thrown = act(&market, "sven", throw).await;
    assert_eq!(thrown.json()["state"], "done", "{}", thrown.text());
    let stopped = ask(&market.api, &inputs, "anna").await;
    assert_eq!(
        stopped.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        stopped.text()
    );
    // The catalogue shows it no more; it is still not unknown.
    until(Duration::from_secs(2), || async {
        let path = format!("/v1/services/{SERVICE}");
        market.api.get(&path).await.unwrap().status == StatusCode::NOT_FOUND
    })
    .await;
    let hidden = ask(&market.api, &inputs, "anna").await;
    assert_eq!(hidden.status, StatusCode::SERVICE_UNAVAILABLE);
    let lift = json!({"act": "switch-lifted", "target": target, "reason": "mended"});
    let first = act(&market, "sven", lift.clone()).await;
    assert_eq!(first.json()["state"], "proposed", "{}", first.text());
    assert!(!ask(&market.api, &inputs, "anna").await.status.is_success());
    let second = act(&market, "mona", lift).await;
    assert_eq!(second.json()["state"], "done", "{}", second.text());
    until(Duration::from_secs(2), || async {
        ask(&market.api, &inputs, "anna").await.status.is_success()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_biller_takes_nothing_new() {
    let market = Marketplace::start().unwrap();
    let query = market.ready_bills(SERVICE).await.unwrap();
    let path = format!("/v1/services/{SERVICE}");
    let service = market.api.get(&path).await.unwrap().json();
    let biller = service["biller"]["id"].clone();
    let suspend = json!({"act": "biller-suspended", "biller": biller, "reason": "a test"});
    let done = act(&market, "bela", suspend).await;
    assert_eq!(done.json()["state"], "done", "{}", done.text());
    let inputs = market.sample(SERVICE).await.unwrap();
    let closed = ask(&market.api, &inputs, "anna").await;
    assert_eq!(closed.json()["code"], "service_closed", "{}", closed.text());
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    let paid = market.pay(&query, &items, "suspended").await.unwrap();
    assert_eq!(paid.json()["code"], "service_closed", "{}", paid.text());
    let resume = json!({"act": "biller-resumed", "biller": biller, "reason": "a test"});
    assert_eq!(
        act(&market, "bela", resume.clone()).await.json()["state"],
        "proposed"
    );
    assert_eq!(act(&market, "bert", resume).await.json()["state"], "done");
    let paid = market.pay(&query, &items, "resumed").await.unwrap().json();
    assert_eq!(paid["state"], "applied", "{paid}");
}
