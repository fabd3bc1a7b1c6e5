//! What a release says of its biller and certification did not show is not used:
//! nothing is submitted again on its word, and nothing is undone.

use hyper::StatusCode;

use super::*;
use crate::package::Package;

/// The whole of it is declared in `services.jsonl`: repetitions are answered alike,
/// the status is authoritative, and payments are undone. The recording shows none.
async fn serve_unshown(market: &Marketplace) {
    let package = Package::later("0.1.1").without_exchanges(&[
        "status-before",
        "status",
        "pay-again",
        "reversal-status-before",
        "reverse",
        "reversal-status",
        "status-reversed",
    ]);
    let undoes = "\"reversal\":{\"is\":\"same-day\",\"until\":\"22:00\"}";
    let package = package.replaced("services.jsonl", "\"reversal\":{\"is\":\"none\"}", undoes);
    let services = package.text("services.jsonl");
    let own = services
        .lines()
        .find(|line| line.contains(SERVICE))
        .unwrap();
    for declared in [undoes, "\"deduplicates\":true", "\"is\":\"authoritative\""] {
        assert!(own.contains(declared), "{own}");
    }
    let answer = publish(market, "0.1.1", package.bundle()).await;
    let published = answer.json();
    assert_eq!(published["report"]["verdict"], "passed", "{published}");
    for reviewer in ["rita", "rolf"] {
        let answer = decide(market, reviewer, "approve", "0.1.1", json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
    let general = json!({"stage": "general"});
    let rolled = decide(market, "mona", "rollout", "0.1.1", general).await;
    assert_eq!(rolled.status, StatusCode::OK, "{}", rolled.text());
    until(Duration::from_secs(5), || async {
        let path = format!("/v1/services/{SERVICE}");
        let service = market.api.get(&path).await.unwrap().json();
        service["release"]["digest"] == published["digest"]
    })
    .await;
}

async fn payment(market: &Marketplace, key: &str) -> Value {
    let query = market.ready_bills(SERVICE).await.unwrap();
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    market.pay(&query, &items, key).await.unwrap().json()
}

async fn effects_of(market: &Marketplace, payment: &Value) -> usize {
    let effects = market.effects(SERVICE).await.unwrap();
    let own = effects.iter();
    own.filter(|effect| effect["reference"] == payment["id"])
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_declared_and_not_shown_is_not_believed() {
    let market = Marketplace::start().unwrap();
    serve_unshown(&market).await;

    // Nothing arrived, and nobody knows it: a second submission would do it, on
    // the release's word that the biller knows repetitions; so would "not found".
    market
        .fault(SERVICE, "reset_before", 1, "effect")
        .await
        .unwrap();
    let open = payment(&market, "declared-only").await;
    let path = format!("/v1/payments/{}", open["id"].as_str().unwrap());
    let waited = Instant::now();
    while waited.elapsed() < Duration::from_secs(8) {
        let now = market.api.get(&path).await.unwrap().json();
        assert_eq!(now["state"], "unknown", "{now}");
        assert_eq!(effects_of(&market, &open).await, 0, "it was sent again");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }

    // A payment that is written off is not undone on its word either: its biller
    // has to agree that the money goes back.
    let paid = payment(&market, "applied").await;
    assert_eq!(paid["state"], "applied", "{paid}");
    let refunds = format!("/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
    let asked = [("idempotency-key", "undo"), ("prefer", "wait=1")];
    let asked = market
        .api
        .post(&refunds, &asked, &json!({"reason": "paid by mistake"}))
        .await
        .unwrap();
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text());
    assert_eq!(asked.json()["state"], "refunding", "{}", asked.text());
    assert_eq!(effects_of(&market, &paid).await, 1);
}
