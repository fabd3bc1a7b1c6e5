//! What a stranger can prove, with the program and a public key: receipts as
//! file, paper and code, and the audit log over the API and in a node's folder.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use guichet_tests::{Marketplace, program};
use serde_json::{Value, json};

/// Runs a command; its exit code and what it said.
fn guichet(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(program("guichet"))
        .args(arguments)
        .args(["--language", "en"])
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.code().unwrap(), said)
}

async fn get(market: &Marketplace, path: &str) -> Value {
    let answer = market.api.get(path).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Pays one water bill; the payment's path.
async fn paid(market: &Marketplace, key: &str) -> String {
    let found = market.search("杭州 水费", "").await.unwrap();
    let query = market.ready_bills(found[0]["code"].as_str().unwrap()).await;
    let query = query.unwrap();
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    let payment = market.pay(&query, &items, key).await.unwrap().json();
    assert_eq!(payment["state"], "applied", "{payment}");
    format!("/v1/payments/{}", payment["id"].as_str().unwrap())
}

/// The receipt's text once it is proven, which takes a second at most; here the
/// machine may be busy.
async fn proven(market: &Marketplace, path: &str) -> String {
    let began = Instant::now();
    loop {
        let receipt = get(market, &format!("{path}/receipt")).await;
        if receipt["proofs"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
        {
            return receipt.to_string();
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{receipt}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn verify(file: &Path, key: &str) -> (i32, String) {
    guichet(&["receipt", "verify", file.to_str().unwrap(), "--key", key])
}

#[tokio::test]
async fn a_stranger_verifies_with_the_key_alone() {
    let mut market = Marketplace::start().unwrap();
    let path = paid(&market, "stranger-1").await;
    let text = proven(&market, &path).await;
    let told = get(&market, "/v1/audit/key").await;
    let key = told["key"].as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipt.json");
    std::fs::write(&file, &text).unwrap();
    let (code, said) = verify(&file, &key);
    assert!(code == 0 && said.contains("The receipt holds"), "{said}");
    let altered = text.replacen("\"amount\":", "\"amount\":1", 1);
    std::fs::write(&file, altered).unwrap();
    let (code, said) = verify(&file, &key);
    assert!(code == 1 && said.contains("proves nothing"), "{said}");

    let paper = market
        .api
        .get(&format!("{path}/receipt.pdf"))
        .await
        .unwrap();
    let file = folder.path().join("receipt.pdf");
    std::fs::write(&file, &paper.bytes).unwrap();
    let key_file = folder.path().join("key.json");
    std::fs::write(&key_file, told.to_string()).unwrap();
    let (code, said) = verify(&file, key_file.to_str().unwrap());
    assert_eq!(code, 0, "{said}");
    let receipt: Value = serde_json::from_str(&text).unwrap();
    let qr = receipt["code"].as_str().unwrap();
    let (code, said) = guichet(&["receipt", "verify", "--qr", qr, "--key", &key]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = guichet(&["receipt", "verify", "--qr", &qr[1..], "--key", &key]);
    assert_eq!(code, 1, "{said}");

    let url = market.url.clone();
    let data = market.data.to_str().unwrap().to_owned();
    let arguments = [
        "audit", "verify", "--url", &url, "--key", &key, "--as", "auda",
    ];
    let (code, said) = guichet(&[&arguments[..], &["--data", &data]].concat());
    assert_eq!(code, 0, "{said}");
    // A log whose head somebody has kept, and which the server does not name.
    let auda = market.person("auda").unwrap();
    let logs = auda.get("/v1/audit/logs").await.unwrap().json();
    let path = format!("/v1/audit/{}/checkpoint", logs["items"][0]["log"]);
    let head = auda.get(&path).await.unwrap().text();
    let origin = head.lines().next().unwrap().to_owned();
    let of_another = head.replace(
        &origin,
        &format!("{}/77", origin.rsplit_once('/').unwrap().0),
    );
    for (note, wanted) in [(head, 0), (of_another, 1), ("nothing".to_owned(), 1)] {
        let kept = market.data.join("kept.checkpoint");
        std::fs::write(&kept, &note).unwrap();
        let kept = ["--data", &data, "--checkpoint", kept.to_str().unwrap()];
        let (code, said) = guichet(&[&arguments[..], &kept].concat());
        assert_eq!(code, wanted, "{note}: {said}");
    }
    market.terminate().unwrap();
    let (code, said) = guichet(&["audit", "verify", "--data", &data]);
    assert!(
        code == 0 && said.contains("Nothing in the audit logs was altered"),
        "{said}"
    );
}
