//! Any text is checked as a declarative mapping or refused, without asking the
//! host for anything; and the readers of answers survive the same text.

#![no_main]

use http_biller::check::check;
use http_biller::host::{Host, Incoming, SendError, SubjectError};
use http_biller::request::Draft;
use http_biller::{json, path, xml};
use libfuzzer_sys::fuzz_target;

/// A host whom a check may ask nothing but whether names are known.
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
        Ok(vec![0; 32])
    }
    fn config(&self, _: &str) -> Option<String> {
        None
    }
    fn subject(&self, _: &str) -> Result<Option<String>, SubjectError> {
        Ok(None)
    }
    fn now(&self) -> u64 {
        0
    }
    fn nonce(&self) -> String {
        "0".repeat(32)
    }
    fn encode(&self, _: &str, text: &str) -> Result<Vec<u8>, String> {
        Ok(text.as_bytes().to_vec())
    }
    fn decode(&self, _: &str, bytes: &[u8]) -> Result<String, String> {
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
    fn warn(&self, _: &str) {}
}

fuzz_target!(|text: &str| {
    let _either = check(text, &Nobody);
    let _either = path::check(text);
    for node in [json::parse(text), xml::parse(text)].into_iter().flatten() {
        let mut written = String::new();
        json::write(&node, &mut written);
        let again = json::parse(&written).expect("what is written is JSON");
        let mut twice = String::new();
        json::write(&again, &mut twice);
        assert_eq!(written, twice);
    }
});
