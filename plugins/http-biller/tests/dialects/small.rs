//! Small mappings: the documentation's example, and what no dialect of the city
//! has: deliveries, groups, structured tokens, tables, GET, a query signature.

use guichet_sdk::bill::{Delivery, LateChargeKind, QueryOutcome, Submission};
use guichet_sdk::{BillPayment, Failure, Inputs, RefusalReason, fake};
use http_biller::plugin::HttpBiller;
use serde_json::{Value, json};

use super::common::{account, json_of, ok, order, ready};
use super::mappings::checked;

fn with(mapping: &str, answer: Value) -> fake::Installed {
    checked(mapping);
    fake::Host::new()
        .config("mapping", mapping)
        .mac_key("mac", "hmac-sha256", b"key")
        .answers(move |_| ok(&answer))
        .install()
}

#[test]
fn the_documentation_s_example_works() {
    let page = include_str!("../../../../docs/declarative.md");
    let mapping = page
        .split("```json")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("an example");
    let answer = json!({"code": 0, "name": "张三", "bill": {"no": "b1", "sum": 86.5}});
    let host = with(mapping, answer);
    let statement = ready(HttpBiller::query_bills(&fake::context("w"), &account()));
    assert_eq!(statement.bills[0].payable.minor_units, 8650);
    assert_eq!(
        statement
            .account
            .and_then(|account| account.holder_name)
            .as_deref(),
        Some("张*")
    );
    host.answers(|_| {
        ok(&json!({"code": 0, "serial": "S1", "time": "20261121163000", "sum": "86.50"}))
    });
    let submission = HttpBiller::submit_payment(&fake::context("w"), &order());
    assert!(
        matches!(&submission, Ok(Submission::Applied(a)) if a.at == "2026-11-21T08:30:00Z"),
        "{submission:?}"
    );
    host.answers(|_| ok(&json!({"code": 9})));
    let submission = HttpBiller::submit_payment(&fake::context("w"), &order());
    assert!(
        matches!(submission, Ok(Submission::Refused(refusal)) if refusal.reason == RefusalReason::AlreadyPaid)
    );
}

const PREPAID: &str = r#"{"guichet_mapping": 1,
  "tables": {"late": {"1": "liquidated-damages", "*": "other-charge"}},
  "operations": {
    "query": {
      "request": {"method": "GET", "path": "/meters/{inputs.account}", "query": {"day": "{context.accounting_date|time:yyyyMMdd}"},
        "sign": {"key": "mac", "with": "mac", "over": "{request.target}", "encoding": "hex", "put": "query:sign"}},
      "answer": {"expect": [["{answer.meter}", "{inputs.account}"]]},
      "statement": {"bills": [
        {"each": "answer.bills[open=yes]", "number": "{$.no}", "title": "{index}", "payable": "{$.parts..amount|sum}", "group": "{$.group?}",
         "token": {"no": "{$.no}", "n": "{index}"}, "late_charges": {"kind": "{$.kind|table:late}", "amount": "{$.late}"},
         "not_payable": "{$.why?}"},
        {"when": ["{answer.kind}", "prepaid"], "number": "open", "title": "充值", "rule": "at-least:100"}]}},
    "pay": {
      "request": {"path": "/pay", "body": {"first": "{order.items[0].data.no}", "all": {"$each": "order.items", "$item": "{$.data.n}"}}},
      "applied": {"serial": "{answer.s}", "at": "{answer.t|instant_utc:unix}", "amount": "{order.total}",
        "deliveries": [
          {"when": "{answer.token?}", "token": {"digits": "{answer.token|group:4}", "quantity": "{answer.kwh}", "measure": "kWh"}},
          {"when": "{answer.card?}", "card_write": {"instruction": {"zh-CN": "写卡", "en": "Write the card"}, "payload": "{answer.card}"}}]}}}}"#;

#[test]
fn lists_conditions_tables_and_tokens() {
    let bill = |no: &str, open: &str, kind: &str| json!({"no": no, "open": open, "kind": kind, "late": 5, "group": "g", "parts": [{"amount": 100}, {"x": {"amount": 23}}], "why": null});
    let answer = json!({"meter": "3301000001", "kind": "prepaid", "bills": [bill("a", "yes", "1"), bill("b", "no", "1"), bill("c", "yes", "9")]});
    let host = with(PREPAID, answer);
    let statement = ready(HttpBiller::query_bills(&fake::context("w"), &account()));
    let sent = host.last_request();
    assert!(
        sent.path
            .starts_with("/meters/3301000001?day=20261121&sign=")
            && sent.body.is_empty()
            && sent.headers.is_empty()
    );
    let numbers: Vec<&str> = statement
        .bills
        .iter()
        .map(|bill| bill.number.as_str())
        .collect();
    assert_eq!(numbers, ["a", "c", "open"]);
    assert_eq!(statement.bills[0].payable.minor_units, 123);
    assert_eq!(statement.bills[0].group.as_deref(), Some("g"));
    assert_eq!(
        statement.bills[0].late_charges[0].kind,
        LateChargeKind::LiquidatedDamages
    );
    assert_eq!(
        statement.bills[1].late_charges[0].kind,
        LateChargeKind::Other("other-charge".to_owned())
    );
    assert_eq!(statement.bills[1].token, r#"{"no":"c","n":1}"#);
}

#[test]
fn an_answer_to_something_else_is_not_believed() {
    let _host = with(PREPAID, json!({"meter": "another", "kind": "prepaid"}));
    let failure = HttpBiller::query_bills(&fake::context("w"), &account());
    assert!(
        matches!(failure, Err(Failure::Unavailable(_))),
        "{failure:?}"
    );
}

#[test]
fn a_prepaid_purchase_delivers_token_or_card_step() {
    let mut order = order();
    order.items[0].token = r#"{"no":"c","n":1}"#.to_owned();
    let host = with(
        PREPAID,
        json!({"s": "S1", "t": 1_795_249_800, "token": "12345678901234567890", "kwh": "92.94"}),
    );
    let Ok(Submission::Applied(application)) =
        HttpBiller::submit_payment(&fake::context("w"), &order)
    else {
        panic!("not applied");
    };
    assert_eq!(
        json_of(&host.last_request()),
        json!({"first": "c", "all": [1]})
    );
    assert!(
        matches!(&application.deliveries[..], [Delivery::Token(token)] if token.digits == "1234 5678 9012 3456 7890")
    );
    host.answers(|_| ok(&json!({"s": "S1", "t": 1_795_249_800, "card": "AQID"})));
    let Ok(Submission::Applied(application)) =
        HttpBiller::submit_payment(&fake::context("w"), &order)
    else {
        panic!("not applied");
    };
    assert!(
        matches!(&application.deliveries[..], [Delivery::CardWrite(card)] if card.payload == [1, 2, 3] && card.instruction == "写卡")
    );
}

#[test]
fn a_missing_input_sends_nothing() {
    let host = with(PREPAID, json!({}));
    let failure = HttpBiller::query_bills(&fake::context("w"), &Inputs::default());
    assert!(
        matches!(&failure, Err(Failure::Other(text)) if text.contains("inputs.account")),
        "{failure:?}"
    );
    let dotted = HttpBiller::query_bills(&fake::context("w"), &Inputs::from([("account", "..")]));
    assert!(!matches!(dotted, Ok(QueryOutcome::Ready(_))));
    assert!(host.requests().is_empty());
}

#[test]
fn values_beyond_their_limits_are_not_sent() {
    let host = with(PREPAID, json!({}));
    let long = "9".repeat(20_000);
    for value in ["a/b", "a\u{0}b", "%2e", long.as_str()] {
        let failure =
            HttpBiller::query_bills(&fake::context("w"), &Inputs::from([("account", value)]));
        assert!(matches!(failure, Err(Failure::Other(_))));
    }
    assert!(host.requests().is_empty());
}

#[test]
fn what_no_operation_serves_is_said() {
    let mut reversal = super::common::reversal();
    reversal.order.inputs.clear();
    let _host = with(PREPAID, json!({}));
    let refused = HttpBiller::reverse_payment(&fake::context("w"), &reversal);
    assert!(matches!(
        refused,
        Ok(guichet_sdk::bill::Reversal::Refused(_))
    ));
    let status = HttpBiller::payment_status(&fake::context("w"), &order(), None);
    assert!(matches!(status, Ok(guichet_sdk::bill::Status::Unknown(_))));
}
