//! What was altered on disk or in the database never runs.

use std::path::{Path, PathBuf};

use hyper::StatusCode;

use super::*;

const OTHER: &str = "water-330100-1";

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

async fn asks(market: &Marketplace, service: &str) -> StatusCode {
    let inputs = market.sample(service).await.unwrap();
    let body = json!({"service": service, "inputs": inputs, "subject": "anna"});
    let answer = market.api.post("/v1/bill-queries", &[], &body).await;
    answer.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_bundle_serves_nobody_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut market = Marketplace::start_with(&data, &[]).unwrap();
    assert_eq!(market.terminate().unwrap(), Some(0));
    drop(market);
    let marked = b"guichet-demo/homes-json-hmac";
    let bundle = files(&data.join("objects/bundles"))
        .into_iter()
        .find(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(marked.len()).any(|window| window == marked)
        });
    let bundle = bundle.unwrap();
    let good = std::fs::read(&bundle).unwrap();
    // A byte of the content, and one of the registry's signature.
    let signature = good
        .windows(12)
        .position(|window| window == b"countersign ")
        .unwrap();
    for position in [good.len() / 2, signature + 150] {
        let mut bad = good.clone();
        bad[position] ^= 1;
        std::fs::write(&bundle, bad).unwrap();
        let mut market = Marketplace::start_with(&data, &[]).unwrap();
        assert_ne!(
            asks(&market, SERVICE).await,
            StatusCode::CREATED,
            "byte {position}"
        );
        assert!(asks(&market, OTHER).await.is_success());
        market.terminate().unwrap();
    }
    std::fs::write(&bundle, good).unwrap();
    let market = Marketplace::start_with(&data, &[]).unwrap();
    assert!(asks(&market, SERVICE).await.is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn altered_code_is_made_anew_and_never_run() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut market = Marketplace::start_with(&data, &[]).unwrap();
    assert!(asks(&market, SERVICE).await.is_success());
    market.terminate().unwrap();
    drop(market);
    for path in files(&data.join("code")) {
        if path.is_file() {
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(&path, bytes).unwrap();
        }
    }
    let market = Marketplace::start_with(&data, &[]).unwrap();
    assert!(
        asks(&market, SERVICE).await.is_success(),
        "it is compiled from the bundle again"
    );
}
