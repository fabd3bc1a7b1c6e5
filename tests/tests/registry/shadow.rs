//! A grant that is only tried: calls run under the live one, once, and what the
//! tried one would have refused is counted. Nothing goes where it leads.

use std::net::TcpListener;

use super::*;

/// Calls that a grant on trial would have refused.
async fn against_trial(market: &Marketplace) -> u64 {
    let figures = market.api.get("/metrics").await.unwrap().text();
    let name =
        format!("guichet_plugin_calls_total{{package=\"{PACKAGE}\",outcome=\"against-trial\"}} ");
    let line = figures.lines().find_map(|line| line.strip_prefix(&name));
    line.map_or(0, |count| count.parse().unwrap())
}

/// Rita tries a grant for the release that serves.
async fn try_grant(market: &Marketplace, endpoints: Value) {
    let path = format!("/v1/services/{SERVICE}");
    let service = market.api.get(&path).await.unwrap().json();
    let wish = json!({"act": "granted", "release": service["release"]["digest"],
        "grant": {"effect": "shadow", "binding": {"endpoints": endpoints}}});
    let answer = act(market, "rita", wish).await;
    assert_eq!(answer.json()["state"], "done", "{}", answer.text());
    // Every node follows within a second.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
}

/// A bill is found and paid, and the biller has written it off once.
async fn pays_once(market: &Marketplace, key: &str) {
    let query = market.ready_bills(SERVICE).await.unwrap();
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    let paid = market.pay(&query, &items, key).await.unwrap().json();
    assert_eq!(paid["state"], "applied", "{paid}");
    let effects = market.effects(SERVICE).await.unwrap();
    let own = effects
        .iter()
        .filter(|one| one["reference"] == paid["id"])
        .count();
    assert_eq!(own, 1, "{effects:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_on_trial_is_counted_and_changes_nothing() {
    let market = Marketplace::start().unwrap();
    pays_once(&market, "before").await;
    assert_eq!(against_trial(&market).await, 0);

    // It leads nowhere: every call would have been refused, and none is.
    try_grant(&market, json!({})).await;
    pays_once(&market, "nowhere").await;
    let refused = against_trial(&market).await;
    assert!(refused >= 2, "the query and the submission: {refused}");

    // It leads somewhere else, and gives all that is asked for: nothing is counted
    // any more, and nobody comes there.
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let origin = format!("http://{}", elsewhere.local_addr().unwrap());
    let endpoints = json!({"biller": {"origin": origin, "private": ["127.0.0.1"]}});
    try_grant(&market, endpoints).await;
    let counted = against_trial(&market).await;
    pays_once(&market, "elsewhere").await;
    let now = against_trial(&market).await;
    let nobody = elsewhere.accept().unwrap_err().kind();
    assert_eq!(nobody, std::io::ErrorKind::WouldBlock);
    assert_eq!(now, counted, "it gives everything that is asked for");
}
