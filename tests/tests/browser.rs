//! One journey through the pages in a real browser (Debian's Chromium), with and
//! without script; the journey itself stands in `browser/journey.mjs`.

use std::process::Command;

use guichet_tests::Marketplace;

#[tokio::test]
async fn a_citizen_pays_a_bill_on_the_pages() {
    let market = Marketplace::start().unwrap();
    let found = market.search("杭州 水费", "").await.unwrap();
    // A form with one field and bills at once; other flows have tests of their own.
    let mut service = String::new();
    for candidate in &found {
        let code = candidate["code"].as_str().unwrap();
        let detail = market
            .api
            .get(&format!("/v1/services/{code}"))
            .await
            .unwrap()
            .json();
        if detail["flow"]
            .as_str()
            .is_some_and(|flow| flow.replace('_', "-") == "query-then-pay")
        {
            code.clone_into(&mut service);
            break;
        }
    }
    assert!(!service.is_empty(), "{found:?}");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/browser");
    let output = Command::new("node")
        .args(["journey.mjs", &market.url, &market.city_url, &service])
        .args(std::env::var("GUICHET_SCREENSHOTS"))
        .current_dir(folder)
        .output()
        .expect("Node.js is installed by `cargo xtask test` or named");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
