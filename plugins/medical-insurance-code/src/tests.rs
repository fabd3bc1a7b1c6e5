//! Issuing a code and the hand-off, against the fake host.

use guichet_sdk::fake::json::{Value, json};
use guichet_sdk::fake::{self, Host};
use guichet_sdk::http::Intent;
use guichet_sdk::{Credential as _, Failure, Inputs};

use super::*;

const PAYLOAD: &str = "1234567890123456789012345678";

fn host(answer: impl Fn() -> fake::Answer + 'static) -> Host {
    Host::new()
        .mac_key("mac", "hmac-sha256", b"key")
        .subject("identity.name", "张三")
        .subject("identity.number", "330102199001011234")
        .answers(move |_| answer())
}

fn issue() -> Result<Issued, Failure> {
    MedicalInsuranceCode::issue(&fake::context("medical-code"), &Inputs::default(), None)
}

fn issued(edit: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"code": "0000", "message": "成功", "payload": PAYLOAD, "symbology": "qr",
        "holder": "张*", "region": "330100", "seconds_to_live": 60, "refresh_after": 50});
    edit(&mut body);
    body
}

fn page(url: &str) -> Value {
    json!({"code": "0000", "message": "成功", "url": url, "title": "医保电子凭证",
        "expires_at": "2026-11-21T08:35:00Z"})
}

#[test]
fn a_code_lives_a_minute_and_is_refreshed_before() {
    let host = host(|| fake::ok(&issued(|_| ()))).install();
    let Ok(Issued::Code(code)) = issue() else {
        panic!("no code")
    };
    assert_eq!(code.payload, PAYLOAD.as_bytes());
    assert_eq!(
        (code.seconds_to_live, code.refresh_after_seconds),
        (60, Some(50))
    );
    assert_eq!(code.symbology, Symbology::Qr);
    let sent = host.last_request();
    assert_eq!(
        (sent.intent, sent.path.as_str()),
        (Intent::Effect, "/b/medical-code/codes")
    );
    assert_eq!(sent.json()["id_number"], "330102199001011234");
}

#[test]
fn named_channels_are_handed_over_without_subject_data() {
    let host = Host::new()
        .mac_key("mac", "hmac-sha256", b"key")
        .config("handoff-channels", r#"["kiosk","mobile"]"#)
        .answers(|_| fake::ok(&page("https://issuer.example/show?ticket=1")))
        .install();
    let Ok(Issued::Handoff(handoff)) = issue() else {
        panic!("no page")
    };
    assert_eq!(handoff.url, "https://issuer.example/show?ticket=1");
    assert_eq!(handoff.expires_at.as_deref(), Some("2026-11-21T08:35:00Z"));
    assert_eq!(host.last_request().intent, Intent::Read);
}

#[test]
fn other_channels_get_a_code() {
    let _host = host(|| fake::ok(&issued(|_| ())))
        .config("handoff-channels", r#"["kiosk"]"#)
        .install();
    assert!(matches!(issue(), Ok(Issued::Code(_))));
}

#[test]
fn a_wrong_setting_is_the_operators_to_mend() {
    for wrong in ["kiosk", "{}", "3"] {
        let _host = host(|| fake::status(200))
            .config("handoff-channels", wrong)
            .install();
        assert!(matches!(issue(), Err(Failure::Other(_))), "{wrong}");
    }
}

#[test]
fn no_code_without_consent() {
    let host = Host::new().mac_key("mac", "hmac-sha256", b"key").install();
    assert_eq!(
        issue(),
        Err(Failure::NeedsConsent(vec!["identity.name".to_owned()]))
    );
    assert!(host.requests().is_empty());
}

#[test]
fn ugly_answers_give_no_code() {
    let ugly: [fn() -> fake::Answer; 8] = [
        fake::interrupted,
        fake::not_sent,
        || fake::bytes(200, b"{\"code\":\"0000\",\"payl"),
        || fake::ok(&issued(|body| body["payload"] = json!("1234"))),
        || {
            fake::ok(&issued(|body| {
                body["payload"] = json!("https://evil.example/aaaaaaaa");
            }))
        },
        || fake::ok(&issued(|body| body["seconds_to_live"] = json!(86_400))),
        || fake::ok(&issued(|body| body["refresh_after"] = json!(61))),
        || fake::ok(&issued(|body| body["seconds_to_live"] = json!(-1))),
    ];
    for answer in ugly {
        let _host = host(answer).install();
        assert!(matches!(issue(), Err(Failure::Unavailable(_))));
    }
    let _host = host(|| fake::ok(&json!({"code": "0101", "message": "未参保"}))).install();
    assert_eq!(issue(), Err(Failure::NotFound("未参保".to_owned())));
}

#[test]
fn a_page_without_encryption_is_none() {
    let _host = host(|| fake::ok(&page("http://issuer.example/")))
        .config("handoff-channels", r#"["mobile"]"#)
        .install();
    assert!(matches!(issue(), Err(Failure::Unavailable(_))));
}
