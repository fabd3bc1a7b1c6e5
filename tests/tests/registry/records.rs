//! Who asked about whom, transcripts that two may read, closings and zones, and
//! what strangers and nonsense are told.

use hyper::StatusCode;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_is_read_by_the_two_who_agreed_and_nobody_else() {
    let market = Marketplace::start().unwrap();
    let inputs = market.sample(SERVICE).await.unwrap();
    assert!(ask(&market.api, &inputs, "anna").await.status.is_success());
    let auda = market.person("auda").unwrap();
    let path = format!("/v1/packages/{PACKAGE}/accesses");
    let mut access = Value::Null;
    // Transcripts are written behind the answer.
    until(Duration::from_secs(5), || async {
        let page = auda.get(&path).await.unwrap();
        !page.json()["items"].as_array().unwrap().is_empty()
    })
    .await;
    if let Some(first) = auda.get(&path).await.unwrap().json()["items"].as_array() {
        access = first[0].clone();
    }
    assert_eq!(access["service"], SERVICE, "{access}");
    assert_eq!(access["function"], "query-bills", "{access}");
    assert_ne!(
        access["subject"], "anna",
        "the publisher knows a pseudonym only"
    );
    let after = auda.get(&format!("{path}?from=2999-01-01T00:00:00Z")).await;
    assert_eq!(after.unwrap().json()["items"], json!([]));
    for stranger in ["olga", "rita"] {
        let answer = market.person(stranger).unwrap().get(&path).await.unwrap();
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{stranger}");
    }

    let call = access["call"].as_str().unwrap();
    let read = format!("/v1/transcripts/{call}");
    let early = auda.get(&read).await.unwrap();
    assert_eq!(early.status, StatusCode::FORBIDDEN, "{}", early.text());
    let allow = json!({"act": "reading-allowed", "call": call, "reason": "a complaint"});
    assert_eq!(
        act(&market, "auda", allow.clone()).await.json()["state"],
        "proposed"
    );
    let alone = auda.get(&read).await.unwrap();
    assert_eq!(alone.status, StatusCode::FORBIDDEN, "{}", alone.text());
    assert_eq!(act(&market, "arno", allow).await.json()["state"], "done");
    for auditor in ["auda", "arno"] {
        let answer = market.person(auditor).unwrap().get(&read).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert!(answer.text().contains("query-bills") || answer.text().contains("QueryBills"));
    }
    // A third auditor did not agree to it.
    let adam = json!({"act": "person-set", "person": "adam", "name": {"zh-CN": "亚当", "en": "Adam"},
        "side": {"operator": ["auditor"]}});
    assert_eq!(
        act(&market, "anna", adam.clone()).await.json()["state"],
        "proposed"
    );
    assert_eq!(act(&market, "ben", adam).await.json()["state"], "done");
    let anna = market.person("anna").unwrap();
    let token = anna
        .post("/v1/people/adam/token", &[], &json!({}))
        .await
        .unwrap();
    let adam = Client::new(&market.url, token.json()["token"].as_str());
    let third = adam.get(&read).await.unwrap();
    assert_eq!(third.status, StatusCode::FORBIDDEN, "{}", third.text());
    let reviewer = market.person("rita").unwrap().get(&read).await.unwrap();
    assert_eq!(
        reviewer.status,
        StatusCode::FORBIDDEN,
        "{}",
        reviewer.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn announced_maintenance_closes_and_a_zone_shows_its_own() {
    let market = Marketplace::start().unwrap();
    let inputs = market.sample(SERVICE).await.unwrap();
    let announce = json!({
        "act": "maintenance-announced", "package": PACKAGE, "services": [SERVICE],
        "from": "2020-01-01T00:00:00Z", "until": "2028-01-01T00:00:00Z",
        "notice": {"zh-CN": "系统升级", "en": "We are upgrading"},
    });
    let entered = act(&market, "mona", announce).await;
    assert_eq!(entered.json()["state"], "done", "{}", entered.text());
    let closed = || async {
        let answer = ask(&market.api, &inputs, "anna").await;
        answer.json()["code"] == "service_closed"
    };
    until(Duration::from_secs(2), closed).await;
    let position = entered.json()["position"].clone();
    let cancel = json!({"act": "maintenance-cancelled", "announcement": position});
    assert_eq!(act(&market, "mona", cancel).await.json()["state"], "done");
    until(Duration::from_secs(2), || async { !closed().await }).await;

    let zone = json!({"act": "zone-set", "zone": {"code": "west-lake", "regions": ["330100"],
        "names": {"zh-CN": "西湖专区", "en": "West Lake"}, "categories": ["water"]}});
    assert_eq!(act(&market, "anna", zone).await.json()["state"], "done");
    until(Duration::from_secs(2), || async {
        let found = market
            .api
            .get("/v1/services?zone=west-lake&limit=200")
            .await
            .unwrap();
        let items = found.json()["items"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let codes: Vec<&str> = items
            .iter()
            .filter_map(|one| one["code"].as_str())
            .collect();
        codes.contains(&"water-330100-1") && codes.iter().all(|code| code.starts_with("water"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_the_token_of_a_colleague_and_strangers_see_nothing() {
    let market = Marketplace::start().unwrap();
    let anna = market.person("anna").unwrap();
    let stolen = anna
        .post("/v1/people/rita/token", &[], &json!({}))
        .await
        .unwrap();
    assert_eq!(stolen.status, StatusCode::FORBIDDEN, "{}", stolen.text());
    let rita = market.person("rita").unwrap();
    let own = rita
        .post("/v1/people/rita/token", &[], &json!({}))
        .await
        .unwrap();
    assert_eq!(own.status, StatusCode::OK, "{}", own.text());
    let old = rita.get("/v1/reviews").await.unwrap();
    assert_eq!(
        old.status,
        StatusCode::UNAUTHORIZED,
        "the old token is good no more"
    );

    let olga = market.person("olga").unwrap();
    let hidden = olga.get(&format!("/v1/packages/{PACKAGE}")).await.unwrap();
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{}", hidden.text());
    let hidden = olga
        .get(&format!("/v1/packages/{PACKAGE}/releases/0.1.0"))
        .await;
    assert_eq!(hidden.unwrap().status, StatusCode::NOT_FOUND);
    assert_eq!(
        olga.get("/v1/packages").await.unwrap().json()["items"],
        json!([])
    );
    for staff_only in ["/v1/log/entries", "/v1/proposals", "/v1/reviews"] {
        let answer = olga.get(staff_only).await.unwrap();
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{staff_only}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_refused_with_what_to_do() {
    let market = Marketplace::start().unwrap();
    let before = market.api.get("/v1/log/checkpoint").await.unwrap().text();
    for (wrong, status) in [
        (json!({"act": "abdicated"}), 422),
        (json!({"act": "switch-thrown"}), 422),
        (
            json!({"act": "switch-thrown", "target": {"package": "none/here"}, "reason": "x"}),
            404,
        ),
        (
            json!({"act": "switch-thrown", "target": {"package": PACKAGE}, "reason": " "}),
            422,
        ),
        (
            json!({"act": "founded", "origin": "a", "key": "ed25519:00", "mode": "production"}),
            422,
        ),
        (json!({"act": "agreed", "proposal": 9_999_999}), 404),
        (json!(["switch-thrown"]), 422),
    ] {
        let answer = act(&market, "sven", wrong.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{wrong}: {}", answer.text());
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    for (path, status) in [
        ("/v1/log/inclusion?position=0&size=9999999", 404),
        ("/v1/log/inclusion?position=-1&size=1", 400),
        ("/v1/log/consistency?older=0&newer=1", 404),
        ("/v1/log/entries?from=x", 400),
        ("/v1/log/entries", 403),
        ("/v1/transcripts/none", 404),
    ] {
        let answer = market.api.get(path).await.unwrap();
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
    }
    let garbage = publish(&market, "9.9.9", b"garbage".to_vec()).await;
    assert_eq!(
        garbage.json()["code"],
        "bundle_refused",
        "{}",
        garbage.text()
    );
    let after = market.api.get("/v1/log/checkpoint").await.unwrap().text();
    assert_eq!(before, after, "nothing of it stands in the log");
}
