//! Plugins that must not pass, each for its own reason. Most of them are the
//! good mapping with one careless line.

use guichet_registry::certification::Verdict;

use crate::guest::{self, APPLIED, NO_ANSWER, REFUSED, SEND, STATUS, UNKNOWN};
use crate::package::Package;
use crate::{certifier, certify};

/// Certifies what must fail, and for this reason.
pub async fn fails(package: Package, reason: &str) {
    let certifier = certifier();
    let report = certify(&certifier, &package.admitted()).await;
    assert_eq!(report.verdict, Verdict::Failed, "{}", report.text());
    let found = report
        .findings
        .iter()
        .any(|finding| finding.problem.contains(reason));
    assert!(found, "{reason:?} is not in:\n{}", report.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_pays_again() {
    let calls = "\"calls\": {";
    let careless = "\"calls\": {\"payment-status\": \"pay\",";
    let package = Package::fixture("json-hmac").mapped(calls, careless);
    fails(package, "only asks, and a payment is applied by it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_always_says_applied() {
    let careless = r#""status": {
        "request": {
            "path": "/b/{context.service}/payments/status",
            "body": {"reference": "{order.reference}"}
        },
        "answer": {"codes": {"0000": "done", "0108": "done"}},
        "applied": {"serial": "S1", "at": "2026-11-21T08:30:00Z", "amount": "{order.total}"}
    }, "unused": {
      "like": "pay","#;
    let status = "\"status\": {\n      \"like\": \"pay\",";
    let package = Package::fixture("json-hmac").mapped(status, careless);
    fails(package, "says applied, but the biller has applied nothing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_never_sent() {
    let careless = r#""pay": {
        "request": null,
        "applied": {"serial": "S1", "at": "2026-11-21T08:30:00Z", "amount": "{order.total}"}
    }, "unused": {"#;
    let package = Package::fixture("json-hmac")
        .mapped("\"like\": \"pay\"", "\"like\": \"unused\"")
        .mapped("\"pay\": {", careless);
    fails(package, "says applied, but the biller has applied nothing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_what_the_biller_has_accepted() {
    let accepted = "\"0111\": \"unknown\", \"0112\": \"pending\"";
    let careless = "\"0111\": \"unknown\", \"0112\": \"refused:not-allowed\"";
    let package = Package::fixture("json-hmac-slow").mapped(accepted, careless);
    fails(
        package,
        "says refused, but the biller has applied the payment",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_made_of_half_an_answer() {
    // Nobody looks at the biller's signature any more.
    let verify = r#""verify": {"key": "mac", "with": "mac", "encoding": "hex-upper", "over": "{answer|sorted:sign}", "value": "{answer.sign}"},"#;
    let number = r#""number": "{answer.user_no}", "kind": "{answer.user_kind}""#;
    let lenient = r#""number": "{answer.user_no || inputs.account}", "kind": "household""#;
    let package = Package::fixture("form")
        .mapped(verify, "")
        .mapped("\"{answer.ret}\"", "\"{answer.ret || '0'}\"")
        .mapped(number, lenient);
    fails(package, "of its own making").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_without_scenarios() {
    let mut package = Package::fixture("json-hmac");
    package.files.remove("tests/recorded.json");
    fails(package, "no scenario represents").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_that_is_not_the_biller_s() {
    let mut package = Package::fixture("json-hmac");
    let text = String::from_utf8(package.files["tests/recorded.json"].clone()).unwrap();
    let text = text.replace("/payments\"", "/pay\"");
    package = package.with("tests/recorded.json", text.into_bytes());
    fails(package, "what is not recorded").await;
}

/// A package of a hand-made guest; two effects are granted in a call.
fn handmade(submit: &str) -> Package {
    Package::fixture("handmade").with("component.wasm", guest::paying(submit))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_careful_guest_passes() {
    let careful = format!(
        "{SEND} (if (result i32) {NO_ANSWER} (then {UNKNOWN}) (else
           (if (result i32) (i32.eq {STATUS} (i32.const 201)) (then {APPLIED}) (else {UNKNOWN}))))"
    );
    let report = certify(&certifier(), &handmade(&careful).admitted()).await;
    assert_eq!(report.verdict, Verdict::Passed, "{}", report.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_sent_again_by_itself() {
    let retries = format!(
        "{SEND} (if {NO_ANSWER} (then {SEND}))
         (if (result i32) {NO_ANSWER} (then {UNKNOWN}) (else
           (if (result i32) (i32.eq {STATUS} (i32.const 201)) (then {APPLIED}) (else {UNKNOWN}))))"
    );
    fails(handmade(&retries), "the payment is applied 2 times").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_read_off_an_http_500() {
    let hopeful = format!("{SEND} (if (result i32) {NO_ANSWER} (then {UNKNOWN}) (else {APPLIED}))");
    fails(
        handmade(&hopeful),
        "HTTP 500 comes back (nothing was carried out): the plugin says applied, but the biller \
         has applied nothing; the host would believe it",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silence_called_refused() {
    let rash = format!("{SEND} (if (result i32) {NO_ANSWER} (then {REFUSED}) (else {APPLIED}))");
    fails(
        handmade(&rash),
        "no answer comes, but the request is carried out: the plugin says refused, but the biller \
         has applied the payment",
    )
    .await;
}
