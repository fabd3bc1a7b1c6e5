//! What becomes of a node's books when its disk fails, and when they come from a
//! backup, seen from outside.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use guichet_tests::{Answer, Beside, Marketplace, program};
use serde_json::{Value, json};

/// A biller that answers status queries and applies a repeated payment a second
/// time: whoever guesses is found out.
const SERVICE: &str = "water-110000-2";

fn guichet(arguments: &[&str], data: &Path) -> Output {
    Command::new(program("guichet"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .output()
        .unwrap()
}

/// How large a file the node may write, in bytes.
fn limit_files(market: &Marketplace, limit: &str) {
    let done = Command::new("prlimit")
        .args(["--pid", &market.pid().to_string()])
        .arg(format!("--fsize={limit}:unlimited"))
        .status()
        .unwrap();
    assert!(done.success());
}

async fn pay(market: &Marketplace, query: &Value, key: &str) -> Answer {
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    market.pay(query, &items, key).await.unwrap()
}

async fn wait_for(market: &Marketplace, status: u16) -> Value {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = market.api.get("/readyz").await.unwrap();
        if answer.status.as_u16() == status {
            return answer.json();
        }
        assert!(Instant::now() < until, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn figures(market: &Marketplace) -> String {
    market.api.get("/metrics").await.unwrap().text()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_cannot_write_says_so_and_goes_on_by_itself() {
    let market = Marketplace::start().unwrap();
    let queries = [
        market.ready_bills(SERVICE).await.unwrap(),
        market.ready_bills(SERVICE).await.unwrap(),
    ];
    let first = pay(&market, &queries[0], "before").await.json();
    assert_eq!(first["state"], "applied");

    limit_files(&market, "1");
    for _ in 0..3 {
        let refused = pay(&market, &queries[1], "meanwhile").await;
        assert_eq!(refused.status.as_u16(), 503, "{}", refused.text());
        let problem = refused.json();
        assert_eq!(problem["code"], "storage_failing");
        assert_eq!(problem["retry"], "after");
        assert!(refused.headers.contains_key("retry-after"));
    }
    assert_eq!(wait_for(&market, 503).await["status"], "storage_failing");
    assert!(
        figures(&market)
            .await
            .contains("guichet_storage_writable 0")
    );
    let path = format!("/v1/payments/{}", first["id"].as_str().unwrap());
    let read = market.api.get(&path).await.unwrap();
    assert_eq!(read.json()["state"], "applied", "reading goes on");

    limit_files(&market, "unlimited");
    wait_for(&market, 200).await;
    let accepted = pay(&market, &queries[1], "meanwhile").await;
    assert!(accepted.status.is_success(), "{}", accepted.text());
    assert_eq!(accepted.json()["state"], "applied");
    assert!(
        figures(&market)
            .await
            .contains("guichet_storage_writable 1")
    );
    assert_eq!(market.effects(SERVICE).await.unwrap().len(), 2);
    let check = guichet(&["ledger", "check"], &market.data);
    assert!(check.status.success(), "{check:?}");
}

/// Puts the backup into a new folder, which wants the keys of the old one.
fn put_back(backup: &str, old: &Path, new: &Path) {
    let refused = guichet(&["restore", "--from", backup], new);
    assert!(!refused.status.success(), "there is no key yet");
    for key in ["vault.key", "registry.key", "dev.json"] {
        std::fs::copy(old.join(key), new.join(key)).unwrap();
    }
    let restored = guichet(&["restore", "--json", "--from", backup], new);
    assert!(restored.status.success(), "{restored:?}");
    let again = guichet(&["restore", "--from", backup], new);
    assert!(!again.status.success(), "nothing is written over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_put_back_and_nothing_is_paid_twice() {
    let folder = tempfile::tempdir().unwrap();
    // Its log outlives the node, and is the truth.
    let log = folder.path().join("city.log");
    let city = Beside::start("guichet-city", &["--listen", "127.0.0.1:0"], &log).unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    let backup = folder.path().join("backup.guichet");
    let backup_name = backup.to_str().unwrap();
    let mut market = Marketplace::start_with(&old, &["--city", &city.url]).unwrap();
    let before = pay(
        &market,
        &market.ready_bills(SERVICE).await.unwrap(),
        "before",
    )
    .await;
    assert_eq!(before.json()["state"], "applied");
    // One is with the biller, which takes its time, at the moment of the backup.
    let open = market.ready_bills(SERVICE).await.unwrap();
    market.fault(SERVICE, "slow", 1, "effect").await.unwrap();
    let bill = &open["bills"][0];
    let body = json!({
        "bill_query": open["id"], "items": [{"bill": bill["id"], "amount": bill["amount"]}],
        "payer_account": market.payer_account, "subject": market.subject,
    });
    let headers = [("idempotency-key", "open")];
    let open = market
        .api
        .post("/v1/payments", &headers, &body)
        .await
        .unwrap()
        .json();
    let made = guichet(&["backup", "--json", "--to", backup_name], &old);
    assert!(made.status.success(), "{made:?}");
    let told: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(told["balanced"], true);
    assert!(
        told["keys_not_in_it"]
            .as_array()
            .unwrap()
            .contains(&json!("vault.key"))
    );
    // And one more, that the backup knows nothing of.
    let lost = market.ready_bills(SERVICE).await.unwrap();
    let after = pay(&market, &lost, "after").await;
    assert_eq!(after.json()["state"], "applied");
    market.kill().unwrap();
    // The next node over the old folder would end the bank that is left there, but
    // there is none: the books go on in a new one.
    let stopped = market.bank.post("/_stop", &[], &json!({})).await.unwrap();
    assert!(stopped.status.is_success(), "{}", stopped.text());
    drop(market);

    put_back(backup_name, &old, &new);
    let market = Marketplace::start_with(&new, &["--city", &city.url]).unwrap();
    let path = format!("/v1/payments/{}", open["id"].as_str().unwrap());
    let until = Instant::now() + Duration::from_secs(90);
    loop {
        let payment = market.api.get(&path).await.unwrap().json();
        if payment["state"] == "applied" {
            break;
        }
        assert!(Instant::now() < until, "{payment}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    // Its query is as lost as the payment itself.
    let repeated = pay(&market, &lost, "after").await;
    assert_eq!(repeated.status.as_u16(), 404, "{}", repeated.text());
    assert_eq!(market.effects(SERVICE).await.unwrap().len(), 3);
    let fresh = pay(
        &market,
        &market.ready_bills(SERVICE).await.unwrap(),
        "fresh",
    )
    .await;
    assert_eq!(fresh.json()["state"], "applied");
    assert_eq!(wait_for(&market, 200).await["status"], "ok");
    let check = guichet(&["ledger", "check"], &new);
    assert!(check.status.success(), "{check:?}");
}
