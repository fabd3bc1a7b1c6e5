//! Journeys through the pages in a real browser (Debian's Chromium): with and
//! without script, by keyboard alone, with a silent biller; every page against
//! WCAG 2.2 AA. The journeys themselves stand in `browser/journey.mjs`.

use std::process::Command;

use guichet_tests::Marketplace;

#[tokio::test]
async fn a_citizen_pays_a_bill_on_the_pages() {
    let market = Marketplace::start().unwrap();
    // Several regions, one field and bills at once; other flows have tests of their own.
    let service = "water-330100-1";
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/browser");
    let output = Command::new("node")
        .args(["journey.mjs", &market.url, &market.city_url, service])
        .args(std::env::var("GUICHET_SCREENSHOTS"))
        .env("GUICHET_OFFICER", market.person_token("paul").unwrap())
        .current_dir(folder)
        .output()
        .expect("Node.js is installed by `cargo xtask test` or named");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
