//! The account under consent and its certificate, against the fake host.

use guichet_sdk::document::{Content, Document};
use guichet_sdk::encoding;
use guichet_sdk::fake::json::{Value, json};
use guichet_sdk::fake::{self, Host, Installed};
use guichet_sdk::{Failure, Inputs, Inquiry as _};

use super::*;

const NOW: &str = "20261121163000";

fn account(edit: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"resultCode": "SUCCESS", "resultMsg": "成功", "certNo": "GJJ1",
        "issuer": "某市住房公积金管理中心", "issuedAt": NOW,
        "account": {"accNo": "1", "name": "张*", "idNumber": "3301**********1234", "unit": "某单位",
            "status": "正常", "openDate": "20120701", "balance": "53210.00", "base": "8230.00",
            "unitRate": "12", "personRate": "12", "monthly": "1975.20"},
        "detail": [{"month": "202610", "type": "汇缴", "amt": "1975.20", "balance": "53210.00",
            "date": "20261015"}],
        "loan": null,
        "certificate": {"fileName": "provident-fund.pdf", "mediaType": "application/pdf",
            "content": "JVBERi0x", "verifyCode": "V1"}});
    edit(&mut body);
    body
}

fn signed_at(timestamp: &str, status: u16, body: &[u8]) -> fake::Answer {
    let text = [timestamp.as_bytes(), b"\n", body].concat();
    let signature = encoding::base64(&fake::signature("biller", &text));
    let answer = fake::with_header(fake::bytes(status, body), "x-timestamp", timestamp);
    fake::with_header(answer, "x-signature", &signature)
}

fn signed(body: &Value) -> fake::Answer {
    signed_at(NOW, 200, body.to_string().as_bytes())
}

fn host(answer: impl Fn() -> fake::Answer + 'static) -> Installed {
    Host::new()
        .signing_key("signing")
        .signing_key("biller")
        .subject("identity.name", "张三")
        .subject("identity.number", "330102199001011234")
        .answers(move |_| answer())
        .install()
}

fn ask() -> Result<Document, Failure> {
    let context = fake::context("provident-fund-330100-1");
    match ProvidentFund::ask(&context, &Inputs::default())? {
        InquiryOutcome::Ready(document) => Ok(document),
        other => panic!("{other:?}"),
    }
}

fn asked(answer: impl Fn() -> fake::Answer + 'static) -> Result<Document, Failure> {
    let _host = host(answer);
    ask()
}

#[test]
fn the_account_comes_as_a_document_with_its_certificate() {
    let document = asked(|| signed(&account(|_| ()))).unwrap();
    assert_eq!(document.issued_at, "2026-11-21T08:30:00Z");
    assert_eq!(document.number.as_deref(), Some("GJJ1"));
    let [own, balance, months] = &document.sections[..] else {
        panic!("three sections")
    };
    let Content::Fields(fields) = &own.content else {
        panic!("fields")
    };
    assert_eq!(fields[5].value, "2012-07-01");
    let Content::Fields(fields) = &balance.content else {
        panic!("fields")
    };
    assert_eq!(
        (fields[0].value.as_str(), fields[0].format.as_str()),
        ("5321000", "money:CNY")
    );
    let Content::Table(table) = &months.content else {
        panic!("table")
    };
    assert_eq!(
        table.rows[0],
        ["2026-10", "汇缴", "197520", "5321000", "2026-10-15"]
    );
    assert_eq!(table.columns.len(), table.rows[0].len());
    let [certificate] = &document.attachments[..] else {
        panic!("one certificate")
    };
    assert_eq!(certificate.bytes, b"%PDF-1");
    assert_eq!(certificate.verification_code.as_deref(), Some("V1"));
}

#[test]
fn the_request_is_signed_over_path_time_and_body() {
    let host = host(|| signed(&account(|_| ())));
    ask().unwrap();
    let sent = host.last_request();
    assert_eq!(sent.path, "/b/provident-fund-330100-1/fund/account");
    assert_eq!(sent.header("x-timestamp"), Some(NOW));
    let text = [
        sent.path.as_bytes(),
        b"\n",
        NOW.as_bytes(),
        b"\n",
        &sent.body,
    ]
    .concat();
    let signature = encoding::base64(&fake::signature("signing", &text));
    assert_eq!(sent.header("x-signature"), Some(signature.as_str()));
    assert_eq!(sent.json()["idNumber"], "330102199001011234");
}

#[test]
fn nothing_is_asked_without_consent_or_identity() {
    let without = Host::new().subject("identity.name", "张三").install();
    assert_eq!(
        ask(),
        Err(Failure::NeedsConsent(vec!["identity.number".to_owned()]))
    );
    assert!(without.requests().is_empty());
    let unknown = Host::new().subject_without("identity.name").install();
    assert_eq!(
        ask(),
        Err(Failure::NeedsAssurance(AssuranceLevel::Substantial))
    );
    assert!(unknown.requests().is_empty());
}

#[test]
fn answers_without_the_centres_signature_are_none() {
    let body = account(|_| ()).to_string();
    let forged = move || {
        let answer = fake::with_header(fake::bytes(200, body.as_bytes()), "x-timestamp", NOW);
        fake::with_header(answer, "x-signature", "AAAA")
    };
    assert!(matches!(asked(forged), Err(Failure::Unavailable(_))));
    let unsigned = || fake::ok(&account(|_| ()));
    assert!(matches!(asked(unsigned), Err(Failure::Unavailable(_))));
    let old = || {
        signed_at(
            "20261121161900",
            200,
            account(|_| ()).to_string().as_bytes(),
        )
    };
    assert!(matches!(asked(old), Err(Failure::Unavailable(_))));
    let changed = || {
        let mut response = signed(&account(|_| ()))?;
        response.body.push(b' ');
        Ok(response)
    };
    assert!(matches!(asked(changed), Err(Failure::Unavailable(_))));
}

#[test]
fn ugly_answers_are_unavailable() {
    let ugly: [fn() -> fake::Answer; 9] = [
        fake::interrupted,
        fake::not_sent,
        || fake::status(502),
        || signed_at(NOW, 200, b"{\"resultCode\":\"SUC"),
        || signed_at(NOW, 503, b"{\"resultCode\":\"SYSTEM_BUSY\"}"),
        || signed(&account(|body| body["account"]["balance"] = json!("much"))),
        || signed(&account(|body| body["detail"][0]["month"] = json!("二月"))),
        || signed(&account(|body| body["certificate"]["content"] = json!("?"))),
        || signed(&account(|body| body["certificate"] = json!(null))),
    ];
    for answer in ugly {
        let failure = asked(answer).unwrap_err();
        assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    }
}

#[test]
fn the_centres_codes_mean_what_they_say() {
    let answer = |code: &'static str| {
        asked(move || signed(&json!({"resultCode": code, "resultMsg": "m"}))).unwrap_err()
    };
    assert_eq!(
        answer("ACCOUNT_NOT_FOUND"),
        Failure::NotFound("m".to_owned())
    );
    assert!(matches!(answer("MAINTENANCE"), Failure::Refused(_)));
    assert!(matches!(answer("BAD_SIGNATURE"), Failure::Other(_)));
}
