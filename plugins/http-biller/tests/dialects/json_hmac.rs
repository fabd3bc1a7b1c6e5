//! The dialect json-hmac: queries of all four flows, every code, inquiries, and
//! the ugly answers.

use serde_json::{Value, json};

use super::common::{account, answering, host, json_of, ok, ready};
use guichet_sdk::bill::{AmountRule, LateChargeKind, QueryOutcome, Selection};
use guichet_sdk::document::{Content, InquiryOutcome};
use guichet_sdk::{BillPayment, Failure, Inputs, Inquiry, fake};
use http_biller::plugin::HttpBiller;

const SERVICE: &str = "water-330100-1";

fn bills() -> Value {
    json!({"code": "0000", "message": "成功",
     "account": {"number": "3301000001", "kind": "household", "contract": "HT8", "holder": "张*", "address": "西湖区****3幢", "balance": 0, "arrears": 17350, "notice": null},
     "bills": [
       {"number": "202609-3301000001", "title": "2026年9月", "from": "2026-09-01", "to": "2026-09-30", "due": "2026-10-20",
        "principal": 8500, "late": 150, "late_kind": "liquidated-damages", "discount": 0, "paid": 0, "payable": 8650,
        "charges": [{"code": "base", "title": "基本费", "amount": 6000}, {"code": "extra", "title": "附加费", "amount": 2500}],
        "reading": {"meter": "M330100", "previous": "1203", "current": "1225", "used": "22", "measure": "m³", "read_on": "2026-09-28"},
        "tiers": [{"name": "第一阶梯", "quantity": "22", "measure": "m³", "price": "2.7272", "amount": 6000}],
        "token": "k3v9", "order": 1},
       {"number": "202610-3301000001", "title": "2026年10月", "from": "2026-10-01", "to": "2026-10-31", "due": "2026-11-20",
        "principal": 8700, "late": 0, "late_kind": "liquidated-damages", "discount": 0, "paid": 0, "payable": 8700,
        "charges": [], "reading": null, "tiers": [], "token": "", "order": 2}],
     "notice": null})
}

#[test]
fn a_query_is_asked_and_read() {
    let host = answering("json-hmac", |_| ok(&bills()));
    let statement = ready(HttpBiller::query_bills(&fake::context(SERVICE), &account()));
    let sent = host.last_request();
    assert_eq!(sent.path, "/b/water-330100-1/bills");
    assert_eq!(super::common::body(&sent), r#"{"account":"3301000001"}"#);
    assert_eq!(sent.header("x-timestamp"), Some("1795249800"));
    assert_eq!(statement.bills.len(), 2);
    assert_eq!(statement.selection, Selection::Single);
    let account = statement.account.expect("told");
    assert_eq!(
        (
            account.holder_name.as_deref(),
            account.arrears.map(|sum| sum.minor_units)
        ),
        (Some("张*"), Some(17350))
    );
    let bill = &statement.bills[0];
    assert_eq!(
        (bill.principal.minor_units, bill.payable.minor_units),
        (8500, 8650)
    );
    assert_eq!(bill.late_charges[0].kind, LateChargeKind::LiquidatedDamages);
    assert_eq!(
        bill.charges
            .iter()
            .map(|charge| charge.amount.minor_units)
            .sum::<i64>(),
        8500
    );
    assert_eq!(bill.readings[0].read_on.as_deref(), Some("2026-09-28"));
    assert_eq!(bill.tiers[0].unit_price, "2.7272");
    assert_eq!((bill.token.as_str(), bill.order), ("k3v9", 1));
    let second = &statement.bills[1];
    assert!(
        second.late_charges.is_empty() && second.readings.is_empty() && second.charges.is_empty()
    );
}

#[test]
fn the_signature_is_the_documented_one() {
    let host = host("json-hmac")
        .now("2025-11-21T00:00:00Z")
        .answers(|_| ok(&bills()))
        .install();
    ready(HttpBiller::query_bills(&fake::context(SERVICE), &account()));
    let sent = host.last_request();
    let nonce = sent.header("x-nonce").expect("stands there");
    let digest = "4e49673223f80007744c65d67200d902ceb9eeb4da4f8975f439c09c2d7bf00c";
    let text = format!("POST\n/b/water-330100-1/bills\n1763683200\n{nonce}\n{digest}");
    let mac = guichet_sdk::keys::mac("mac", text.as_bytes()).expect("a key");
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(sent.header("x-signature"), Some(hex.as_str()));
}

#[test]
fn selection_and_rule_come_from_the_service() {
    let _host = host("json-hmac")
        .config("selection", "oldest-first")
        .config("rule", "at-most")
        .answers(|_| ok(&bills()))
        .install();
    let statement = ready(HttpBiller::query_bills(&fake::context(SERVICE), &account()));
    assert_eq!(statement.selection, Selection::OldestFirst);
    assert!(
        matches!(&statement.bills[0].rule, AmountRule::AtMost(most) if most.minor_units == 8650)
    );
}

#[test]
fn nothing_owed_is_an_empty_statement() {
    let mut answer = bills();
    answer["code"] = json!("0102");
    answer["bills"] = json!([]);
    let _host = answering("json-hmac", move |_| ok(&answer));
    let statement = ready(HttpBiller::query_bills(&fake::context(SERVICE), &account()));
    assert!(statement.bills.is_empty() && statement.account.is_some());
}

#[test]
fn failures_of_a_query_say_what_to_do() {
    let ask = |code: &'static str, status: u16| {
        let answer = json!({"code": code, "message": "说明"}).to_string();
        let _host = answering("json-hmac", move |_| fake::bytes(status, answer.as_bytes()));
        HttpBiller::query_bills(&fake::context(SERVICE), &account()).expect_err("a failure")
    };
    assert_eq!(ask("0101", 200), Failure::NotFound("说明".to_owned()));
    assert!(
        matches!(ask("0110", 400), Failure::InvalidInput(fields) if fields[0].field == "account")
    );
    assert!(
        matches!(ask("0107", 200), Failure::Unavailable(why) if why.retry_after_seconds == Some(600))
    );
    assert!(matches!(ask("0113", 200), Failure::Refused(_)));
    assert!(matches!(ask("0909", 503), Failure::Unavailable(_)));
    assert!(matches!(ask("7777", 200), Failure::Other(_)));
    for broken in [
        &b"{\"code\":\"0000\""[..],
        b"",
        b"<html>",
        b"\xff\xfe",
        b"{}",
        b"[]",
        b"{\"code\":\"0000\"}",
    ] {
        let _host = answering("json-hmac", |_| fake::bytes(200, broken));
        let failure =
            HttpBiller::query_bills(&fake::context(SERVICE), &account()).expect_err("a failure");
        assert!(
            matches!(failure, Failure::Unavailable(_) | Failure::Other(_)),
            "{failure:?}"
        );
    }
}

#[test]
fn the_second_step_asks_for_the_account() {
    let choose = json!({"code": "0111", "message": "请选择", "step": "st1",
        "choices": [{"account": "3301000001", "holder": "张*", "address": "西湖区****"}, {"account": "3301000002", "holder": "李*", "address": null}]});
    let host = host("json-hmac")
        .config("flow", "second-step")
        .answers(move |_| ok(&choose))
        .install();
    let inputs = Inputs::from([("phone", "13800000001")]);
    let Ok(QueryOutcome::AskMore(step)) = HttpBiller::query_bills(&fake::context(SERVICE), &inputs)
    else {
        panic!("no second step");
    };
    assert_eq!(
        json_of(&host.last_request()),
        json!({"phone": "13800000001"})
    );
    assert_eq!((step.field.as_str(), step.choices.len()), ("account", 2));
    assert_eq!(step.choices[0].fields[0].value, "西湖区****");
    assert!(step.choices[1].fields.is_empty());
    host.answers(|_| ok(&bills()));
    let inputs = Inputs::from([("phone", "13800000001"), ("account", "3301000001")]);
    ready(HttpBiller::poll_query(
        &fake::context(SERVICE),
        &step.token,
        &inputs,
    ));
    assert_eq!(
        json_of(&host.last_request()),
        json!({"account": "3301000001", "step": "st1"})
    );
}

#[test]
fn a_slow_query_is_polled() {
    let host = answering("json-hmac", |_| {
        ok(&json!({"code": "0112", "message": "稍后", "ticket": "t1", "ask_after": 2}))
    });
    let Ok(QueryOutcome::PollLater(ticket)) =
        HttpBiller::query_bills(&fake::context(SERVICE), &account())
    else {
        panic!("no ticket");
    };
    assert_eq!(ticket.ask_after_seconds, 2);
    host.answers(|_| ok(&bills()));
    ready(HttpBiller::poll_query(
        &fake::context(SERVICE),
        &ticket.token,
        &account(),
    ));
    assert_eq!(host.last_request().path, "/b/water-330100-1/tickets");
    assert_eq!(json_of(&host.last_request()), json!({"ticket": "t1"}));
}

#[test]
fn validate_then_pay_gives_one_open_bill() {
    let answer = |choices: Value| json!({"code": "0000", "message": "成功", "account": bills()["account"], "minimum": 1000, "maximum": 200_000, "step": 100, "choices": choices});
    let host = host("json-hmac")
        .config("flow", "validate")
        .answers(move |_| ok(&answer(json!([]))))
        .install();
    let statement = ready(HttpBiller::query_bills(&fake::context(SERVICE), &account()));
    assert_eq!(
        (
            statement.bills.len(),
            statement.bills[0].number.as_str(),
            statement.bills[0].payable.minor_units
        ),
        (1, "open", 0)
    );
    assert!(
        matches!(&statement.bills[0].rule, AmountRule::Steps(steps) if steps.maximum.minor_units == 200_000)
    );
    host.answers(move |_| ok(&answer(json!([1000, 5000]))));
    let statement = ready(HttpBiller::query_bills(&fake::context(SERVICE), &account()));
    assert_eq!(statement.bills.len(), 1);
    assert!(matches!(&statement.bills[0].rule, AmountRule::Choices(amounts) if amounts.len() == 2));
}

#[test]
fn a_direct_flow_sends_nothing() {
    let host = host("json-hmac")
        .config("flow", "direct")
        .config("rule", "choices:[1000,2000]")
        .install();
    let mut context = fake::context(SERVICE);
    context.locale = "en".to_owned();
    let statement = ready(HttpBiller::query_bills(&context, &account()));
    assert_eq!(statement.bills[0].title, "Payment");
    assert!(host.requests().is_empty());
}

#[test]
fn an_inquiry_becomes_a_document() {
    let record = json!({"code": "0000", "message": "成功", "number": "CX1", "issued_at": "2026-11-21T08:30:00Z", "issuer": "模拟",
        "holder": "张*", "subject": "浙A***", "status": "正常", "since": "2012-07-01", "valid_until": null,
        "rows": [{"date": "2021-03-05", "item": "登记", "value": "甲", "note": null}, {"date": "2022-03-05", "item": "变更", "value": "乙", "note": "无"}],
        "certificate": {"name": "certificate.pdf", "media_type": "application/pdf", "bytes_base64": "JVBERg==", "verification_code": "V1"}});
    let host = host("json-hmac")
        .config("topic", "vehicle")
        .answers(move |_| ok(&record))
        .install();
    let inputs = Inputs::from([("query", "浙A12345")]);
    let Ok(InquiryOutcome::Ready(document)) = HttpBiller::ask(&fake::context("vehicle"), &inputs)
    else {
        panic!("no document")
    };
    assert_eq!(
        json_of(&host.last_request()),
        json!({"query": "浙A12345", "topic": "vehicle"})
    );
    assert_eq!(document.attachments[0].bytes, b"%PDF");
    let Content::Fields(fields) = &document.sections[0].content else {
        panic!("no fields")
    };
    assert_eq!(fields.len(), 4);
    let Content::Table(table) = &document.sections[1].content else {
        panic!("no table")
    };
    assert_eq!(
        (
            table.columns.len(),
            table.rows.len(),
            table.rows[0][3].as_str(),
            table.rows[1][3].as_str()
        ),
        (4, 2, "", "无")
    );
}

#[test]
fn subject_data_needs_consent() {
    let host = host("json-hmac")
        .config("inquiry", "contributions")
        .answers(|_| fake::status(500))
        .install();
    let failure =
        HttpBiller::ask(&fake::context("social"), &Inputs::default()).expect_err("no consent");
    assert_eq!(
        failure,
        Failure::NeedsConsent(vec!["identity.number".to_owned()])
    );
    assert!(host.requests().is_empty());
}
