//! The fake host keeps the contract's rules.

use super::*;
use crate::bill::{Reversal, Status, Submission};
use crate::http::Request;
use crate::json::Value;
use crate::kv::Scope;
use crate::{Doubt, Failure, config, encoding, keys, kv, random, subject_data, text};

fn pay() -> Result<Submission, Doubt> {
    let body = Value::object([("reference", "pay_1".into())]);
    let answer = Request::post("biller", "/pay")
        .json(&body)
        .effect()
        .send()?
        .success()?;
    answer.json()?;
    Ok(Submission::Other("done".to_owned()))
}

fn outcome(answer: impl Fn() -> Answer + 'static) -> Submission {
    let _host = Host::new().answers(move |_| answer()).install();
    pay().unwrap_or_else(Submission::from)
}

#[test]
fn only_what_never_left_is_not_sent() {
    assert!(matches!(outcome(not_sent), Submission::NotSent(_)));
    assert!(matches!(
        outcome(|| Err(HttpError::Denied(String::new()))),
        Submission::NotSent(_)
    ));
    let unknown: [fn() -> Answer; 6] = [
        interrupted,
        || Err(HttpError::TooLarge(1)),
        || Err(HttpError::Other(String::new())),
        || status(502),
        || status(404),
        || bytes(200, b"{\"code\":"),
    ];
    for answer in unknown {
        assert!(matches!(outcome(answer), Submission::Unknown(_)));
    }
    assert!(matches!(
        outcome(|| ok(&json::json!({}))),
        Submission::Other(_)
    ));
}

#[test]
fn a_failed_read_before_the_effect_is_not_sent() {
    let _host = Host::new().answers(|_| interrupted()).install();
    let doubt = Doubt::from(Request::get("biller", "/session").send().unwrap_err());
    assert!(matches!(
        Submission::from(doubt.clone()),
        Submission::NotSent(_)
    ));
    assert!(matches!(
        Reversal::from(doubt.clone()),
        Reversal::NotSent(_)
    ));
    assert!(matches!(Status::from(doubt), Status::Unknown(_)));
}

#[test]
fn a_refused_connection_after_an_effect_stays_unknown() {
    let _host = Host::new()
        .answers(|request| {
            if request.path == "/pay" {
                ok(&json::json!({}))
            } else {
                not_sent()
            }
        })
        .install();
    pay().unwrap();
    let doubt = Doubt::from(
        Request::post("biller", "/confirm")
            .effect()
            .send()
            .unwrap_err(),
    );
    assert!(matches!(Submission::from(doubt), Submission::Unknown(_)));
}

#[test]
fn missing_consent_asks_for_the_scope() {
    let _host = Host::new()
        .subject("identity.name", "张三")
        .subject_without("vehicle.plate")
        .install();
    assert_eq!(
        subject_data::get("identity.name"),
        Ok(Some("张三".to_owned()))
    );
    assert_eq!(subject_data::get("vehicle.plate"), Ok(None));
    let failure = Failure::from(subject_data::get("identity.number").unwrap_err());
    assert_eq!(
        failure,
        Failure::NeedsConsent(vec!["identity.number".to_owned()])
    );
}

#[test]
fn macs_and_digests_are_the_real_ones() {
    let _host = Host::new()
        .mac_key("mac", "hmac-sha256", b"key")
        .signing_key("biller")
        .install();
    let mac = keys::mac("mac", b"The quick brown fox jumps over the lazy dog").unwrap();
    assert_eq!(
        encoding::hex(&mac),
        "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    );
    let digest = encoding::hex(&keys::digest("sm3", b"abc").unwrap());
    assert_eq!(
        digest,
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    );
    assert_eq!(
        keys::verify("biller", b"x", &signature("biller", b"x")),
        Ok(())
    );
    assert!(keys::verify("biller", b"x", b"y").is_err());
    assert!(keys::mac("biller", b"x").is_err());
    assert!(keys::mac("other", b"x").is_err());
}

#[test]
fn ciphers_fit_themselves_only() {
    let _host = Host::new().cipher_key("seal").install();
    let sealed = keys::encrypt("seal", b"secret", b"for").unwrap();
    assert_eq!(keys::decrypt("seal", &sealed, b"for").unwrap(), b"secret");
    assert!(keys::decrypt("seal", &sealed, b"other").is_err());
    assert!(keys::decrypt("seal", b"short", b"").is_err());
}

#[test]
fn state_is_versioned_and_scoped() {
    let _host = Host::new().install();
    let first = kv::put(Scope::Service, "k", b"1").unwrap();
    assert_eq!(kv::get(Scope::Subject, "k"), Ok(None));
    assert_eq!(
        kv::compare_and_swap(Scope::Service, "k", None, b"2"),
        Ok(None)
    );
    let second = kv::compare_and_swap(Scope::Service, "k", Some(first), b"2")
        .unwrap()
        .unwrap();
    assert!(second > first);
    assert_eq!(kv::delete(Scope::Service, "k"), Ok(true));
    assert!(kv::put(Scope::Service, "k", b"3").unwrap() > second);
}

#[test]
fn settings_texts_time_and_randomness_are_there() {
    let host = Host::new()
        .config("limit", "12")
        .config("word", "x")
        .install();
    assert_eq!(config::whole_or("limit", 1), Ok(12));
    assert_eq!(config::whole_or("other", 1), Ok(1));
    assert!(config::whole_or("word", 1).is_err());
    assert_eq!(
        text::encode("gb18030", "水费").unwrap(),
        [0xcb, 0xae, 0xb7, 0xd1]
    );
    assert_eq!(text::decode("gbk", &[0xcb, 0xae]).unwrap(), "水");
    assert!(text::decode("gb18030", &[0xff]).is_err());
    assert_eq!(crate::clock::now().to_string(), "2026-11-21T08:30:00Z");
    host.pass_ms(1000);
    assert_eq!(crate::clock::now().to_string(), "2026-11-21T08:30:01Z");
    assert_ne!(random::nonce(), random::nonce());
    crate::log::warn("odd", &[("code", "0101")]);
    assert_eq!(host.messages(), ["Level::Warn odd code=0101"]);
}

#[test]
fn requests_that_no_host_sends_are_denied() {
    let host = Host::new().answers(|_| status(200)).install();
    assert!(Request::get("biller", "ping").send().is_err());
    assert!(Request::get("biller", "/水").send().is_err());
    assert!(
        Request::get("biller", "/x")
            .header("X-A", "1")
            .send()
            .is_err()
    );
    assert!(
        Request::get("biller", "/x")
            .header("a", "1")
            .header("a", "2")
            .send()
            .is_err()
    );
    assert!(Request::new("post", "biller", "/x").send().is_err());
    assert!(host.requests().is_empty());
    let sent = Request::get("biller", "/x")
        .query("q", "水 费")
        .query("p", "1");
    sent.timeout_ms(5).send().unwrap();
    assert_eq!(host.last_request().path, "/x?q=%E6%B0%B4%20%E8%B4%B9&p=1");
}
