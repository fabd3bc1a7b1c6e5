//! Prints what one call costs natively, the fake host included: run with
//! `cargo run --release -p http-biller --example measure`.

use std::time::Instant;

use guichet_sdk::bill::Submission;
use guichet_sdk::{BillPayment, Inputs, fake};
use http_biller::mapping::Mapping;
use http_biller::plugin::HttpBiller;

const MAPPING: &str = include_str!("../../../examples/city/mappings/json-hmac.json");
const BILLS: &str = r#"{"code":"0000","message":"成功","account":{"number":"3301000001","kind":"household","contract":"HT","holder":"张*","address":"西湖区****","balance":0,"arrears":8650,"notice":null},"bills":[{"number":"b1","title":"九月","from":"2026-09-01","to":"2026-09-30","due":"2026-10-20","principal":8500,"late":150,"late_kind":"liquidated-damages","discount":0,"paid":0,"payable":8650,"charges":[{"code":"base","title":"基本费","amount":6000},{"code":"extra","title":"附加费","amount":2500}],"reading":{"meter":"M1","previous":"1","current":"2","used":"1","measure":"m3","read_on":"2026-09-28"},"tiers":[{"name":"一","quantity":"22","measure":"m3","price":"2.7","amount":6000}],"token":"t","order":1}],"notice":null}"#;
const APPLIED: &str = r#"{"code":"0000","message":"成功","state":"applied","reference":"pay_1","serial":"S1","at":"2026-11-21T08:30:00Z","amount":8650,"accounting_date":"2026-11-21","balance":0,"invoice":"FP1"}"#;

fn measured(name: &str, rounds: u32, mut one: impl FnMut()) {
    let start = Instant::now();
    for _ in 0..rounds {
        one();
    }
    let nanoseconds = start.elapsed().as_nanos() / u128::from(rounds);
    eprintln!(
        "{name:>24}  {}.{:03} µs",
        nanoseconds / 1000,
        nanoseconds % 1000
    );
}

fn main() {
    let context = fake::context("water-330100-1");
    let inputs = Inputs::from([("account", "3301000001")]);
    let order = fake::order(Some("3301000001"), "b1", "t", 8650);
    let host = || {
        fake::Host::new()
            .config("mapping", MAPPING)
            .mac_key("mac", "hmac-sha256", b"key")
    };
    measured("open the mapping", 20_000, || {
        let mapping = Mapping::open(MAPPING).expect("opens");
        std::hint::black_box(mapping.operation("query").expect("reads"));
    });
    let _bills = host()
        .answers(|_| fake::bytes(200, BILLS.as_bytes()))
        .install();
    measured("query-bills", 5_000, || {
        HttpBiller::query_bills(&context, &inputs).expect("bills");
    });
    let _applied = host()
        .answers(|_| fake::bytes(200, APPLIED.as_bytes()))
        .install();
    measured("submit-payment", 5_000, || {
        let submission = HttpBiller::submit_payment(&context, &order).expect("certain");
        assert!(matches!(submission, Submission::Applied(_)));
    });
}
