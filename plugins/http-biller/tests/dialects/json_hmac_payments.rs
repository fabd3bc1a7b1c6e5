//! The dialect json-hmac: payments, their status and reversal. Only what is
//! certain is said.

use guichet_sdk::bill::{Reversal, Status, Submission};
use guichet_sdk::{BillPayment, RefusalReason, fake};
use http_biller::plugin::HttpBiller;
use serde_json::{Value, json};

use super::common::{answering, json_of, ok, order, reversal};

const SERVICE: &str = "water-330100-1";

fn applied() -> Value {
    json!({"code": "0000", "message": "成功", "state": "applied", "reference": "pay_1", "serial": "S0000000001",
           "at": "2026-11-21T08:30:00Z", "amount": 8650, "accounting_date": "2026-11-21", "balance": 0, "invoice": "FP1"})
}

fn submit(answer: fake::Answer) -> Submission {
    let mut answer = Some(answer);
    let _host = answering("json-hmac", move |_| answer.take().expect("one request"));
    HttpBiller::submit_payment(&fake::context(SERVICE), &order()).unwrap_or_else(Submission::from)
}

#[test]
fn a_payment_is_submitted_once_and_read() {
    let host = answering("json-hmac", |_| ok(&applied()));
    let submission =
        HttpBiller::submit_payment(&fake::context(SERVICE), &order()).expect("certain");
    let sent = host.last_request();
    assert_eq!(host.requests().len(), 1);
    assert_eq!(sent.intent, guichet_sdk::http::Intent::Effect);
    assert_eq!(
        json_of(&sent),
        json!({"reference": "pay_1", "sequence": 1, "account": "3301000001",
               "items": [{"bill": "202609-3301000001", "token": "k3v9", "amount": 8650}],
               "total": 8650, "accounting_date": "2026-11-21", "channel": "mobile"})
    );
    let Submission::Applied(application) = submission else {
        panic!("{submission:?}")
    };
    assert_eq!(
        (application.serial.as_str(), application.amount.minor_units),
        ("S0000000001", 8650)
    );
    assert_eq!(application.invoice_reference.as_deref(), Some("FP1"));
}

#[test]
fn only_listed_codes_refuse() {
    let coded = |code: &str| submit(ok(&json!({"code": code, "message": "不"})));
    for (code, reason) in [
        ("0104", RefusalReason::AlreadyPaid),
        ("0106", RefusalReason::AmountChanged),
        ("0107", RefusalReason::Closed),
    ] {
        assert!(
            matches!(coded(code), Submission::Refused(refusal) if refusal.reason == reason && refusal.code == code)
        );
    }
    for code in ["0105", "0108", "0111", "0909", "9999", ""] {
        assert!(matches!(coded(code), Submission::Unknown(_)), "{code}");
    }
    assert!(
        matches!(submit(ok(&json!({"code": "0112", "state": "pending", "reference": "pay_1", "ask_after": 2}))), Submission::Pending(pending) if pending.ask_after_seconds == Some(2))
    );
}

#[test]
fn whatever_is_not_certain_is_unknown() {
    let refused = json!({"code": "0106", "message": "金额不符"}).to_string();
    for status in [202, 204, 302, 404, 408, 425, 429, 500, 502, 503] {
        assert!(
            matches!(
                submit(fake::bytes(status, refused.as_bytes())),
                Submission::Unknown(_)
            ),
            "{status}"
        );
    }
    assert!(matches!(
        submit(fake::interrupted()),
        Submission::Unknown(_)
    ));
    assert!(matches!(submit(fake::not_sent()), Submission::NotSent(_)));
    let whole = applied().to_string();
    for length in 0..whole.len() {
        let half = submit(fake::bytes(200, &whole.as_bytes()[..length]));
        assert!(matches!(half, Submission::Unknown(_)), "{length}: {half:?}");
    }
    for (key, value) in [
        ("reference", json!("pay_2")),
        ("serial", json!(null)),
        ("at", json!("gestern")),
        ("amount", json!("86.50")),
        ("amount", json!(99_999_999_999_999_999_999_f64)),
        ("state", json!("done")),
        ("state", json!(null)),
        ("serial", json!({"a": 1})),
    ] {
        let mut answer = applied();
        answer[key] = value.clone();
        let submission = submit(ok(&answer));
        assert!(
            matches!(submission, Submission::Unknown(_)),
            "{key} {value}: {submission:?}"
        );
    }
}

#[test]
fn a_broken_mapping_sends_nothing() {
    for mapping in [
        "",
        "{",
        "{\"guichet_mapping\":2,\"operations\":{}}",
        "{\"guichet_mapping\":1,\"operations\":{}}",
    ] {
        let host = fake::Host::new().config("mapping", mapping).install();
        let submission = HttpBiller::submit_payment(&fake::context(SERVICE), &order())
            .unwrap_or_else(Submission::from);
        assert!(
            matches!(submission, Submission::NotSent(_)),
            "{submission:?}"
        );
        assert!(host.requests().is_empty());
    }
    let host = fake::Host::new()
        .config("mapping", super::common::MAPPINGS[0].1)
        .install();
    let submission = HttpBiller::submit_payment(&fake::context(SERVICE), &order())
        .unwrap_or_else(Submission::from);
    assert!(
        matches!(submission, Submission::NotSent(_)),
        "no key: {submission:?}"
    );
    assert!(host.requests().is_empty());
}

#[test]
fn status_tells_what_became_of_it() {
    let ask = |answer: Value| {
        let host = answering("json-hmac", move |_| ok(&answer));
        let status = HttpBiller::payment_status(&fake::context(SERVICE), &order(), None)
            .unwrap_or_else(Status::from);
        assert_eq!(json_of(&host.last_request()), json!({"reference": "pay_1"}));
        assert_eq!(host.last_request().intent, guichet_sdk::http::Intent::Read);
        status
    };
    assert!(matches!(ask(applied()), Status::Applied(_)));
    let mut reversed = applied();
    reversed["state"] = json!("reversed");
    assert!(matches!(ask(reversed), Status::Reversed(_)));
    assert_eq!(
        ask(json!({"code": "0108", "message": ""})),
        Status::NotFound
    );
    assert!(matches!(ask(json!({"code": "0113"})), Status::Unknown(_)));
    assert!(matches!(ask(json!({"code": "0101"})), Status::Unknown(_)));
    let mut pending = applied();
    pending["code"] = json!("0112");
    pending["state"] = json!("pending");
    assert!(matches!(ask(pending), Status::Pending(_)));
}

#[test]
fn a_reversal_is_made_and_asked_about() {
    let answer = json!({"code": "0000", "state": "reversed", "reference": "rev_1", "serial": "S2", "at": "2026-11-21T09:00:00Z", "amount": 8650});
    let host = answering("json-hmac", move |_| ok(&answer));
    let reversed =
        HttpBiller::reverse_payment(&fake::context(SERVICE), &reversal()).expect("certain");
    assert!(matches!(reversed, Reversal::Reversed(reversed) if reversed.serial == "S2"));
    assert_eq!(json_of(&host.last_request())["payment"], json!("pay_1"));
    let asked =
        HttpBiller::reversal_status(&fake::context(SERVICE), &reversal(), None).expect("certain");
    assert!(matches!(asked, Reversal::Reversed(_)));
    assert_eq!(json_of(&host.last_request()), json!({"reference": "rev_1"}));
    host.answers(|_| ok(&json!({"code": "0108"})));
    assert_eq!(
        HttpBiller::reversal_status(&fake::context(SERVICE), &reversal(), None),
        Ok(Reversal::NotFound)
    );
    let refused =
        HttpBiller::reverse_payment(&fake::context(SERVICE), &reversal()).expect("certain");
    assert!(matches!(refused, Reversal::Refused(_)));
    host.answers(|_| fake::interrupted());
    let unknown = HttpBiller::reverse_payment(&fake::context(SERVICE), &reversal())
        .unwrap_or_else(Reversal::from);
    assert!(matches!(unknown, Reversal::Unknown(_)));
}
