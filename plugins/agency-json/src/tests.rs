//! Signatures, envelopes and refusals of the agencies' JSON, against the fake host.

use guichet_sdk::bill::{Status, Submission};
use guichet_sdk::fake::json::{Value, json};
use guichet_sdk::fake::{self, Host};
use guichet_sdk::{Doubt, Error, Failure};

use super::*;

fn host(answer: impl Fn() -> fake::Answer + 'static) -> fake::Installed {
    Host::new()
        .mac_key("mac", "hmac-sha256", b"example-key")
        .answers(move |_| answer())
        .install()
}

fn ask(answer: impl Fn() -> fake::Answer + 'static) -> Result<Answer, Error> {
    let _host = host(answer);
    exchange(
        &fake::context("service-1"),
        "things",
        &guichet_sdk::json::Value::object([]),
        Change::Nothing,
    )
}

fn applied(edit: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"code": "0000", "message": "成功", "state": "applied", "reference": "pay_1",
        "serial": "S1", "at": "2026-11-21T16:30:00+08:00", "amount": 8650, "accounting_date": "2026-11-21"});
    edit(&mut body);
    body
}

fn pay(answer: impl Fn() -> fake::Answer + 'static) -> Submission {
    let _host = host(answer);
    let order = fake::order(Some("1"), "b", "", 8650);
    let paid = || -> Result<Submission, Doubt> {
        let answer = exchange(
            &fake::context("s-1"),
            "pay",
            &guichet_sdk::json::Value::object([]),
            Change::Something,
        )?;
        payment::submission(&answer, &order, |_, _| Ok(()))
    };
    paid().unwrap_or_else(Submission::from)
}

#[test]
fn requests_are_authenticated_as_documented() {
    let host = Host::new()
        .mac_key("mac", "hmac-sha256", b"example-key")
        .now("2025-11-21T00:00:00Z")
        .answers(|_| fake::ok(&json!({"code": "0000"})))
        .install();
    let body = guichet_sdk::json::Value::object([("account", "3301000001".into())]);
    exchange(
        &fake::context("water-330100-1"),
        "bills",
        &body,
        Change::Nothing,
    )
    .unwrap();
    let sent = host.last_request();
    assert_eq!(sent.path, "/b/water-330100-1/bills");
    assert_eq!(sent.header("x-timestamp"), Some("1763683200"));
    let nonce = sent.header("x-nonce").unwrap();
    assert!((8..=64).contains(&nonce.len()));
    let digest = "4e49673223f80007744c65d67200d902ceb9eeb4da4f8975f439c09c2d7bf00c";
    let text = format!("POST\n/b/water-330100-1/bills\n1763683200\n{nonce}\n{digest}");
    let mac = keys::mac("mac", text.as_bytes()).unwrap();
    assert_eq!(
        sent.header("x-signature"),
        Some(encoding::hex(&mac).as_str())
    );
}

#[test]
fn unreadable_answers_are_unavailable() {
    let ugly: [fn() -> fake::Answer; 8] = [
        fake::interrupted,
        fake::not_sent,
        || fake::status(502),
        || fake::status(503),
        || fake::bytes(200, b"{\"code\":\"00"),
        || fake::bytes(200, b"<html>busy</html>"),
        || fake::ok(&json!({"message": "no code"})),
        || fake::ok(&json!({"code": "OK"})),
    ];
    for answer in ugly {
        let failure = Failure::from(ask(answer).unwrap_err());
        assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    }
    assert!(ask(|| fake::bytes(400, br#"{"code":"0000"}"#)).is_err());
}

#[test]
fn codes_mean_what_the_citizen_can_do() {
    let failure = |code: &'static str| {
        ask(move || fake::ok(&json!({"code": code, "message": "m"})))
            .unwrap()
            .failure("meter")
    };
    assert_eq!(failure("0101"), Failure::NotFound("m".to_owned()));
    assert!(matches!(failure("0107"), Failure::Refused(refusal) if refusal.code == "0107"));
    assert!(matches!(failure("0110"), Failure::InvalidInput(errors) if errors[0].field == "meter"));
    assert!(matches!(failure("0909"), Failure::Unavailable(_)));
    assert!(matches!(failure("0901"), Failure::Other(_)));
    assert!(matches!(failure("7777"), Failure::Other(_)));
}

#[test]
fn payments_end_only_on_evidence() {
    let code = |code: &'static str| pay(move || fake::ok(&json!({"code": code, "message": "m"})));
    for refused in [
        "0101", "0103", "0104", "0105", "0106", "0107", "0110", "0113", "0901",
    ] {
        assert!(matches!(code(refused), Submission::Refused(_)), "{refused}");
    }
    assert!(matches!(code("0112"), Submission::Pending(_)));
    for doubtful in ["0000", "0102", "0108", "0909", "7777"] {
        assert!(
            matches!(code(doubtful), Submission::Unknown(_)),
            "{doubtful}"
        );
    }
    assert!(matches!(pay(fake::not_sent), Submission::NotSent(_)));
    assert!(matches!(pay(fake::interrupted), Submission::Unknown(_)));
    assert!(matches!(pay(|| fake::status(503)), Submission::Unknown(_)));
}

#[test]
fn an_application_must_be_this_orders_whole_amount() {
    let Submission::Applied(application) = pay(|| fake::ok(&applied(|_| ()))) else {
        panic!("not applied");
    };
    assert_eq!(application.at, "2026-11-21T08:30:00Z");
    assert_eq!(application.accounting_date.as_deref(), Some("2026-11-21"));
    let edits: [fn(&mut Value); 6] = [
        |body| body["amount"] = json!(8649),
        |body| body["reference"] = json!("pay_2"),
        |body| body["state"] = json!("pending"),
        |body| body["at"] = json!("yesterday"),
        |body| body["serial"] = json!(null),
        |body| body["amount"] = json!("86.50"),
    ];
    for edit in edits {
        assert!(matches!(
            pay(move || fake::ok(&applied(edit))),
            Submission::Unknown(_)
        ));
    }
}

#[test]
fn a_status_question_that_fails_refuses_nothing() {
    let order = fake::order(Some("1"), "b", "", 8650);
    let status = |code: &'static str| {
        let answer = ask(move || fake::ok(&json!({"code": code, "message": "m"}))).unwrap();
        payment::status(&answer, &order, |_, _| Ok(())).unwrap_or_else(Status::from)
    };
    assert!(matches!(status("0108"), Status::NotFound));
    assert!(matches!(status("0112"), Status::Pending(_)));
    for doubtful in ["0101", "0104", "0113", "0901", "0909"] {
        assert!(matches!(status(doubtful), Status::Unknown(_)), "{doubtful}");
    }
}
