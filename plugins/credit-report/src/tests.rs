//! Ordering and fetching a report, against the fake host.

use guichet_sdk::Consent;
use guichet_sdk::document::Content;
use guichet_sdk::fake::json::{Value, json};
use guichet_sdk::fake::{self, Host, Installed};
use guichet_sdk::http::Intent;
use guichet_sdk::{Failure, Inputs, Inquiry as _};

use super::*;

fn host(answer: impl Fn() -> fake::Answer + 'static) -> Installed {
    Host::new()
        .mac_key("mac", "hmac-sha256", b"key")
        .subject("identity.name", "张三")
        .subject("identity.number", "330102199001011234")
        .answers(move |_| answer())
        .install()
}

fn context() -> Context {
    let consent = Consent {
        id: "con_1".to_owned(),
        purpose: "loan".to_owned(),
        scopes: Vec::new(),
        expires_at: "2026-12-21T08:30:00Z".to_owned(),
        details: Vec::new(),
    };
    Context {
        consent: Some(consent),
        ..fake::context("credit-report")
    }
}

fn ask() -> Result<InquiryOutcome, Failure> {
    CreditReport::ask(&context(), &Inputs::default())
}

fn poll(answer: impl Fn() -> fake::Answer + 'static) -> Result<InquiryOutcome, Failure> {
    let _host = host(answer);
    CreditReport::poll(&context(), "R1", &Inputs::default())
}

fn processing() -> Value {
    json!({"code": "0000", "message": "成功", "order": "R1", "state": "processing", "ask_after": 7200,
        "expected_by": "2026-11-21T12:30:00Z"})
}

fn ready(edit: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"code": "0000", "message": "成功", "state": "ready", "order": "R1",
        "number": "ZX1", "issued_at": "2026-11-21T12:00:00Z", "valid_until": "2026-12-21T12:00:00Z",
        "holder": "张*", "id_number": "3301**********1234",
        "summary": {"accounts": 5, "overdue_accounts": 0, "inquiries_last_two_years": 7},
        "loans": [{"lender": "模拟银行甲", "kind": "信用卡", "opened_on": "2020-01-02",
            "amount": 1_000_000, "balance": 0, "status": "正常"}],
        "inquiries": [{"date": "2026-11-01", "by": "模拟银行乙", "reason": "贷后管理"}],
        "attachment": {"name": "credit-report.pdf", "media_type": "application/pdf",
            "bytes_base64": "JVBERi0x", "verification_code": "V1"}});
    edit(&mut body);
    body
}

#[test]
fn an_order_gives_a_ticket_and_is_an_effect() {
    let host = host(|| fake::ok(&processing()));
    let Ok(InquiryOutcome::PollLater(ticket)) = ask() else {
        panic!("no ticket")
    };
    assert_eq!(
        (ticket.token.as_str(), ticket.ask_after_seconds),
        ("R1", 3600)
    );
    assert_eq!(ticket.expected_by.as_deref(), Some("2026-11-21T12:30:00Z"));
    let sent = host.last_request();
    assert_eq!(sent.intent, Intent::Effect);
    assert_eq!(sent.json()["purpose"], "loan");
    assert!(sent.json()["reference"].as_str().unwrap().len() <= 32);
    assert!(sent.header("authorization").is_none(), "the host adds it");
}

#[test]
fn one_errand_orders_one_report() {
    let host = host(|| fake::ok(&processing()));
    ask().unwrap();
    ask().unwrap();
    let references: Vec<Value> = host
        .requests()
        .iter()
        .map(|sent| sent.json()["reference"].clone())
        .collect();
    assert_eq!(references[0], references[1]);
}

#[test]
fn nothing_is_ordered_without_consent() {
    let host = Host::new().mac_key("mac", "hmac-sha256", b"key").install();
    assert_eq!(
        ask(),
        Err(Failure::NeedsConsent(vec!["identity.name".to_owned()]))
    );
    assert!(host.requests().is_empty());
}

#[test]
fn the_report_comes_when_it_is_ready() {
    let early = poll(|| fake::ok(&json!({"code": "0112", "message": "", "ask_after": 2})));
    assert!(matches!(early, Ok(InquiryOutcome::PollLater(ticket)) if ticket.token == "R1"));
    let Ok(InquiryOutcome::Ready(document)) = poll(|| fake::ok(&ready(|_| ()))) else {
        panic!("no report");
    };
    assert_eq!(document.sections.len(), 3);
    for section in &document.sections[1..] {
        let Content::Table(table) = &section.content else {
            panic!("table")
        };
        assert!(
            table
                .rows
                .iter()
                .all(|row| row.len() == table.columns.len())
        );
    }
    assert_eq!(document.attachments[0].bytes, b"%PDF-1");
    assert_eq!(
        document.attachments[0].verification_code.as_deref(),
        Some("V1")
    );
}

#[test]
fn a_lost_order_must_be_ordered_again() {
    let lost = poll(|| fake::ok(&json!({"code": "0108", "message": "无此申请"})));
    assert!(matches!(lost, Err(Failure::NotFound(_))));
}

#[test]
fn ugly_answers_are_unavailable() {
    let ugly: [fn() -> fake::Answer; 9] = [
        fake::interrupted,
        fake::not_sent,
        || fake::status(500),
        || fake::bytes(200, b"{\"code\":\"0000\",\"sta"),
        || fake::ok(&ready(|body| body["order"] = json!("R2"))),
        || fake::ok(&ready(|body| body["state"] = json!("processing"))),
        || fake::ok(&ready(|body| body["loans"][0]["amount"] = json!(-1))),
        || {
            fake::ok(&ready(|body| {
                body["attachment"]["bytes_base64"] = json!("");
            }))
        },
        || fake::ok(&ready(|body| body["issued_at"] = json!("now"))),
    ];
    for answer in ugly {
        let failure = poll(answer).unwrap_err();
        assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    }
    let _host = host(|| fake::ok(&json!({"code": "0000", "message": "", "ask_after": 2})));
    assert!(
        matches!(ask(), Err(Failure::Unavailable(_))),
        "an order without its number"
    );
}
