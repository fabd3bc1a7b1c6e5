//! Every answer that is a little wrong proves nothing.

use serde_json::{Value, json};

use super::*;
use crate::bank::AccountNumber;

fn order(leg: Leg) -> BankOrder {
    BankOrder {
        payment: format!("pay_{}", "0".repeat(26)).parse().unwrap(),
        leg,
        account: AccountNumber::new("6222020200112233").unwrap(),
        amount: Money::cny(8_650),
        payee: "杭州水务".to_owned(),
        accounting_date: "2026-11-22".parse().unwrap(),
        requested_at: "2026-11-22T08:00:00Z".parse().unwrap(),
    }
}

fn good(leg: Leg) -> Value {
    json!({
        "reference": order(leg).reference(),
        "leg": leg.as_str(),
        "amount": {"amount": 8_650, "currency": "CNY"},
        "state": "done",
        "serial": "B-1",
        "at": "2026-11-22T08:00:01Z",
    })
}

fn judged(ask: Ask, status: u16, body: &Value) -> BankAnswer {
    judge(ask, &order(Leg::Hold), status, body.to_string().as_bytes())
}

fn is_unknown(answer: &BankAnswer) -> bool {
    matches!(answer, BankAnswer::Unknown(_))
}

#[test]
fn an_answer_as_agreed_is_believed() {
    let done = BankAnswer::Done {
        serial: "B-1".to_owned(),
    };
    assert_eq!(judged(Ask::Order, 200, &good(Leg::Hold)), done);
    assert_eq!(judged(Ask::Order, 201, &good(Leg::Hold)), done);
    assert_eq!(judged(Ask::Status, 200, &good(Leg::Hold)), done);
    let mut no = good(Leg::Hold);
    no["state"] = "refused".into();
    no["code"] = "insufficient_funds".into();
    no["message"] = "余额不足\u{7}".into();
    let refused = BankAnswer::Refused {
        code: "insufficient_funds".to_owned(),
        message: "余额不足".to_owned(),
    };
    assert_eq!(judged(Ask::Order, 422, &no), refused);
    assert_eq!(judged(Ask::Status, 200, &no), refused);
    let gone = json!({"reference": order(Leg::Hold).reference(), "state": "not_found"});
    assert_eq!(judged(Ask::Status, 404, &gone), BankAnswer::NotFound);
}

#[test]
fn states_and_statuses_that_do_not_go_together_prove_nothing() {
    let believed = [
        (Ask::Order, 200, "done"),
        (Ask::Order, 201, "done"),
        (Ask::Status, 200, "done"),
        (Ask::Order, 422, "refused"),
        (Ask::Status, 200, "refused"),
        (Ask::Status, 404, "not_found"),
    ];
    for ask in [Ask::Order, Ask::Status] {
        for state in ["done", "refused", "pending", "not_found", "conflict"] {
            for status in [
                100, 200, 201, 202, 204, 301, 302, 400, 401, 403, 404, 408, 409,
            ]
            .into_iter()
            .chain([422, 429, 500, 502, 503, 504])
            {
                let mut body = good(Leg::Hold);
                body["state"] = state.into();
                body["code"] = "no".into();
                let answer = judged(ask, status, &body);
                let expected = !believed.contains(&(ask, status, state));
                assert_eq!(is_unknown(&answer), expected, "{ask:?} {status} {state}");
            }
        }
    }
}

#[test]
fn another_reference_leg_amount_or_currency_proves_nothing() {
    for (pointer, other) in [
        ("/reference", json!("pay_x:hold")),
        ("/reference", json!(null)),
        ("/leg", json!("capture")),
        ("/leg", json!("HOLD")),
        ("/leg", json!(null)),
        ("/amount/amount", json!(8_651)),
        ("/amount/amount", json!(8_650.0)),
        ("/amount/amount", json!("8650")),
        ("/amount/currency", json!("USD")),
        ("/amount", json!(null)),
        ("/state", json!("ok")),
        ("/serial", json!(null)),
        ("/serial", json!("")),
        ("/serial", json!("a b")),
        ("/serial", json!("x".repeat(65))),
    ] {
        let mut body = good(Leg::Hold);
        *body.pointer_mut(pointer).unwrap() = other.clone();
        let answer = judged(Ask::Order, 200, &body);
        assert!(is_unknown(&answer), "{pointer} {other}: {answer:?}");
    }
}

#[test]
fn half_answers_and_doubled_fields_prove_nothing() {
    let whole = good(Leg::Hold).to_string();
    for end in 0..whole.len() {
        if whole.is_char_boundary(end) {
            let part = judge(Ask::Order, &order(Leg::Hold), 200, &whole.as_bytes()[..end]);
            assert!(is_unknown(&part), "{end} bytes");
        }
    }
    for text in [
        format!("{whole}{whole}"),
        whole.replacen('{', "{\"state\":\"refused\",", 1),
        format!("[{whole}]"),
    ] {
        let answer = judge(Ask::Order, &order(Leg::Hold), 200, text.as_bytes());
        assert!(is_unknown(&answer), "{text}");
    }
}

#[test]
fn an_order_names_the_leg_that_it_builds_upon() {
    let body = |leg, custom| -> Value {
        serde_json::from_slice(&order_body(&order(leg), custom)).unwrap()
    };
    let payment = order(Leg::Hold).payment;
    for (leg, custom, upon) in [
        (Leg::Hold, Custom::HoldFirst, None),
        (Leg::Capture, Custom::HoldFirst, Some("hold")),
        (Leg::Release, Custom::HoldFirst, Some("hold")),
        (Leg::Refund, Custom::HoldFirst, Some("capture")),
        (Leg::Capture, Custom::CaptureFirst, None),
        (Leg::Refund, Custom::CaptureFirst, Some("capture")),
    ] {
        let expected = upon.map_or(Value::Null, |leg| format!("{payment}:{leg}").into());
        assert_eq!(body(leg, custom)["original"], expected, "{leg} {custom:?}");
    }
    let hold = body(Leg::Hold, Custom::HoldFirst);
    assert_eq!(hold["account"], "6222020200112233");
    assert_eq!(hold["amount"], json!({"amount": 8_650, "currency": "CNY"}));
}
