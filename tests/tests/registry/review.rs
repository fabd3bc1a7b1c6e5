//! A release that wants more waits for two persons, while the old one serves.

use hyper::StatusCode;

use super::*;
use crate::package::Package;

async fn serving(market: &Marketplace) -> Value {
    let path = format!("/v1/services/{SERVICE}");
    market.api.get(&path).await.unwrap().json()["release"]["digest"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_increase_is_held_until_two_have_agreed() {
    let market = Marketplace::start().unwrap();
    let old = serving(&market).await;
    let load = Load::begin(&market, 8).await;

    let one_more = "request_headers = [\"accept\"";
    let wider = Package::later("0.1.1").replaced(
        "plugin.toml",
        one_more,
        &format!("effects_per_call = 2\n{one_more}"),
    );
    let answer = publish(&market, "0.1.1", wider.bundle()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let published = answer.json();
    assert_eq!(published["state"], "waiting", "{published}");
    assert_eq!(published["report"]["verdict"], "passed", "{published}");

    // The reviewer sees what is new.
    let rita = market.person("rita").unwrap();
    let path = format!("/v1/packages/{PACKAGE}/releases/0.1.1");
    let seen = rita.get(&path).await.unwrap().json();
    assert_eq!(seen["persons"], 2, "{seen}");
    let changed = &seen["comparison"]["difference"]["changed"];
    assert_eq!(changed[0][1]["name"], "http:biller", "{seen}");
    assert!(
        changed[0][1]["meaning"]["en"]
            .as_str()
            .unwrap()
            .contains("At most 2 changes")
    );
    let queue = rita.get("/v1/reviews").await.unwrap().json();
    assert_eq!(queue["items"][0]["package"], PACKAGE, "{queue}");

    // Nobody brings it to the counter before two reviewers have agreed.
    let general = json!({"stage": "general"});
    let early = decide(&market, "mona", "rollout", "0.1.1", general.clone()).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text());
    let stranger = decide(&market, "olga", "approve", "0.1.1", json!({})).await;
    assert_eq!(
        stranger.status,
        StatusCode::FORBIDDEN,
        "{}",
        stranger.text()
    );
    let first = decide(&market, "rita", "approve", "0.1.1", json!({})).await;
    assert_eq!(first.json()["state"], "proposed", "{}", first.text());
    let alone = decide(&market, "rita", "approve", "0.1.1", json!({})).await;
    assert_eq!(alone.status, StatusCode::CONFLICT, "{}", alone.text());
    let early = decide(&market, "mona", "rollout", "0.1.1", general.clone()).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text());
    assert_eq!(serving(&market).await, old);

    let second = decide(&market, "rolf", "approve", "0.1.1", json!({})).await;
    assert_eq!(second.json()["state"], "done", "{}", second.text());
    assert_eq!(serving(&market).await, old, "approved is not rolled out");
    let rolled = decide(&market, "mona", "rollout", "0.1.1", general).await;
    assert_eq!(rolled.status, StatusCode::OK, "{}", rolled.text());
    let new = published["digest"].clone();
    let took = until(Duration::from_secs(5), || async {
        serving(&market).await == new
    })
    .await;
    tokio::time::sleep(Duration::from_secs(1)).await;

    let (asked, failed) = load.end().await;
    assert_eq!(failed, [""; 0], "of {asked}");
    assert!(asked > 100, "{asked} is no load");
    assert!(took < Duration::from_secs(2), "the swap took {took:?}");
    assert_eq!(state_of(&market, "0.1.0").await, "superseded");

    // A payment begun with the old release would still go on with it, and one
    // begun now is served whole by the new one.
    let query = market.ready_bills(SERVICE).await.unwrap();
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    let paid = market
        .pay(&query, &items, "after-the-swap")
        .await
        .unwrap()
        .json();
    assert_eq!(paid["state"], "applied", "{paid}");
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_that_leave_an_endpoint_open_are_refused() {
    let market = Marketplace::start().unwrap();
    let bundle = Package::later("0.1.1").bundle();
    let published = publish(&market, "0.1.1", bundle).await;
    assert_eq!(published.status, StatusCode::OK, "{}", published.text());
    let plain = json!({"biller": {"origin": "http://biller.example.test"}});
    for (endpoints, what) in [
        (json!({}), "is not bound"),
        (plain, "http on the public network"),
    ] {
        let grants = json!({"grants": [{"effect": "live", "binding": {"endpoints": endpoints}}]});
        let answer = decide(&market, "rita", "approve", "0.1.1", grants).await;
        assert_eq!(answer.json()["code"], "invalid_field", "{}", answer.text());
        assert!(answer.text().contains(what), "{}", answer.text());
    }
    let nothing = decide(&market, "rita", "approve", "0.1.1", json!({"grants": []})).await;
    assert!(
        nothing.text().contains("nothing is granted"),
        "{}",
        nothing.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_as_they_stand_in_the_log_are_held_to_the_same_grants() {
    let market = Marketplace::start().unwrap();
    let published = publish(&market, "0.1.1", Package::later("0.1.1").bundle()).await;
    let open = json!({"effect": "live", "binding": {"endpoints": {}}});
    let nothing = json!({"act": "approved", "release": published.json()["digest"], "grants": []});
    let serving = serving(&market).await;
    let granted = json!({"act": "granted", "release": serving, "grant": open});
    let own = json!({"service": SERVICE, "effect": "live", "binding": {"endpoints": {}}});
    let one = json!({"act": "granted", "release": serving, "grant": own});
    for (wrong, what) in [
        (nothing, "nothing is granted"),
        (granted, "is not bound"),
        (one, "is not bound"),
    ] {
        let answer = act(&market, "rita", wrong.clone()).await;
        assert_eq!(answer.json()["code"], "invalid_field", "{}", answer.text());
        assert!(answer.text().contains(what), "{}", answer.text());
        let stranger = act(&market, "olga", wrong).await;
        assert_eq!(
            stranger.status,
            StatusCode::FORBIDDEN,
            "{}",
            stranger.text()
        );
    }
    let inputs = market.sample(SERVICE).await.unwrap();
    assert!(ask(&market.api, &inputs, "anna").await.status.is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_version_with_other_content_and_foreign_keys_are_refused() {
    let market = Marketplace::start().unwrap();
    let first = publish(&market, "0.1.1", Package::later("0.1.1").bundle()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    let again = publish(&market, "0.1.1", Package::later("0.1.1").bundle()).await;
    assert_eq!(
        again.status,
        StatusCode::OK,
        "the same bundle changes nothing"
    );
    let other = Package::later("0.1.1").replaced("plugin.toml", "Homes", "Houses");
    let other = publish(&market, "0.1.1", other.bundle()).await;
    assert_eq!(other.json()["code"], "release_exists", "{}", other.text());
    let path = publish(&market, "0.1.2", Package::later("0.1.3").bundle()).await;
    assert_eq!(path.json()["code"], "bundle_refused", "{}", path.text());
    // The publisher's key is revoked: nothing new comes in under it, what serves
    // goes on; an emergency stops that too.
    let keys = market
        .person("sven")
        .unwrap()
        .get("/v1/publishers")
        .await
        .unwrap()
        .json();
    let items = keys["items"].as_array().unwrap();
    let demo = items
        .iter()
        .find(|one| one["name"] == "guichet-demo")
        .unwrap();
    let revoke = |reach: &str| {
        json!({"act": "key-revoked", "publisher": "guichet-demo", "key": demo["keys"][0]["key"],
            "reach": reach, "reason": "lost"})
    };
    let revoked = act(&market, "sven", revoke("later")).await;
    assert_eq!(revoked.json()["state"], "done", "{}", revoked.text());
    let late = publish(&market, "0.1.4", Package::later("0.1.4").bundle()).await;
    assert_eq!(late.json()["code"], "bundle_refused", "{}", late.text());
    let inputs = market.sample(SERVICE).await.unwrap();
    assert!(ask(&market.api, &inputs, "anna").await.status.is_success());
    let revoked = act(&market, "sven", revoke("emergency")).await;
    assert_eq!(revoked.json()["state"], "done", "{}", revoked.text());
    let stopped = ask(&market.api, &inputs, "anna").await;
    assert_eq!(
        stopped.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        stopped.text()
    );
}
