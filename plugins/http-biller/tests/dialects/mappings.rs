//! Every mapping of the city's dialects passes the publisher's check.

use http_biller::check::check;
use http_biller::host::{Host, Incoming, SendError, SubjectError};
use http_biller::request::Draft;

/// A host that a check never needs.
struct Nobody;

impl Host for Nobody {
    fn send(&self, _: &Draft<'_>) -> Result<Incoming, SendError> {
        panic!("a check sends nothing")
    }
    fn sign(&self, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        panic!("a check signs nothing")
    }
    fn verify(&self, _: &str, _: &[u8], _: &[u8]) -> Result<(), String> {
        panic!("a check verifies nothing")
    }
    fn mac(&self, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        panic!("a check authenticates nothing")
    }
    fn verify_mac(&self, _: &str, _: &[u8], _: &[u8]) -> Result<(), String> {
        panic!("a check verifies nothing")
    }
    fn digest(&self, _: &str, _: &[u8]) -> Result<Vec<u8>, String> {
        panic!("a check digests nothing")
    }
    fn config(&self, _: &str) -> Option<String> {
        panic!("a check reads no settings")
    }
    fn subject(&self, _: &str) -> Result<Option<String>, SubjectError> {
        panic!("a check reads nobody's data")
    }
    fn now(&self) -> u64 {
        panic!("a check needs no time")
    }
    fn nonce(&self) -> String {
        panic!("a check needs no nonce")
    }
    fn encode(&self, _: &str, _: &str) -> Result<Vec<u8>, String> {
        panic!("a check encodes nothing")
    }
    fn decode(&self, _: &str, _: &[u8]) -> Result<String, String> {
        panic!("a check decodes nothing")
    }
    fn warn(&self, _: &str) {
        panic!("a check warns of nothing")
    }
}

/// Fails where a mapping does not pass the check.
pub(crate) fn checked(mapping: &str) {
    check(mapping, &Nobody).unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn the_city_s_mappings_are_right() {
    for (name, mapping) in super::common::MAPPINGS {
        check(mapping, &Nobody).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    }
}

/// What stands in the mapping of json-hmac, a mistake in its place, and what is told.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "\"serial\": \"{answer.serial}\", \"at\"",
        "\"serail\": \"{answer.serial}\", \"at\"",
        "operations.pay.applied.serail: means nothing here",
    ),
    ("{order.total}", "{order.totl}", "order has no \"totl\""),
    (
        "{order.reference}\", \"sequence\"",
        "{answer.reference}\", \"sequence\"",
        "only where an answer is read",
    ),
    (
        "digest:sha-256|hex",
        "digest:sha-256|hexx",
        "no filter \"hexx\"",
    ),
    ("{now|time:unix}", "{now|time:YYYY}", "outside quotes"),
    (
        "\"0102\": \"empty\"",
        "\"0102\": \"nothing\"",
        "answer.codes.0102",
    ),
    (
        "\"0102\": \"empty\"",
        "\"*\": \"refused:other\"",
        "cannot be certain",
    ),
    (
        "\"statuses\": [200, 400, 401]",
        "\"statuses\": [200, 503]",
        "no evidence",
    ),
    (
        "\"put\": \"header:x-signature\"",
        "\"put\": \"x-signature\"",
        "header:NAME",
    ),
    ("\"with\": \"mac\"", "\"with\": \"hmac\"", "is mac"),
    (
        "\"path\": \"/b/{context.service}/bills\"",
        "\"path\": \"b/{context.service}/bills\"",
        "begins with /",
    ),
    (
        "\"like\": \"pay\"",
        "\"like\": \"pey\"",
        "names no operation",
    ),
    (
        "\"ask\": \"{config.inquiry || 'records'}\"",
        "\"inquire\": \"records\"",
        "is no call",
    ),
    (
        "\"selection\": \"{config.selection || 'single'}\"",
        "\"selection\": \"one\"",
        "is single, any, all or oldest-first",
    ),
    (
        "\"name\": \"{inputs.name?}\"",
        "\"name\": \"{inputs.name\"",
        "brace without its other half",
    ),
    ("{$.payable}", "{$.payable|from_fen}", "no filter"),
    (
        "\"choose\": {",
        "\"chose\": {",
        "operations.second-step.chose: means nothing here",
    ),
    (
        "\"request\": null,",
        "\"request\": null, \"statment\": {},",
        "statment",
    ),
];

#[test]
fn mistakes_are_told_with_place_and_mend() {
    let mapping = super::common::MAPPINGS[0].1;
    for (right, wrong, told) in MISTAKES {
        assert!(mapping.contains(right), "{right}");
        let fault = check(&mapping.replacen(right, wrong, 1), &Nobody)
            .expect_err(wrong)
            .to_string();
        assert!(fault.contains(told), "{wrong}: {fault}");
    }
}
