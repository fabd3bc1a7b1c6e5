//! Decisions, unhandled violations and surcharges, against the fake host.

use guichet_sdk::bill::{LateChargeKind, Payability};
use guichet_sdk::fake::json::{Value, json};
use guichet_sdk::fake::{self, Host};
use guichet_sdk::{BillPayment as _, Context, Failure, Inputs};

use super::*;

const NUMBER: &str = "330100123456789";
const CODE: &str = "33010026000000000000";

fn host(answer: impl Fn() -> fake::Answer + 'static) -> fake::Installed {
    Host::new()
        .mac_key("mac", "hmac-sha256", b"key")
        .answers(move |_| answer())
        .install()
}

fn context() -> Context {
    fake::context("traffic-fine-330100-1")
}

fn decision(edit: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"code": "0000", "message": "成功", "decision": {
        "number": NUMBER, "offender": "张*", "plate": "浙A12*45", "act": "违反禁令标志指示",
        "place": "文三路", "violated_at": "2026-09-20T02:00:00Z", "decided_on": "2026-10-01",
        "due": "2026-10-16", "principal": 20_000, "days_late": 5, "penalty": 3000,
        "payable": 23_000, "points": 3, "authority": "某市交通警察支队", "treasury_code": CODE,
        "token": "t1"}});
    edit(&mut body);
    body
}

fn query(inputs: &Inputs, body: Value) -> Result<Statement, Failure> {
    let _host = host(move || fake::ok(&body));
    match TrafficFine::query_bills(&context(), inputs)? {
        QueryOutcome::Ready(statement) => Ok(statement),
        other => panic!("{other:?}"),
    }
}

fn by_number(body: Value) -> Result<Statement, Failure> {
    query(&Inputs::from([("decision", NUMBER)]), body)
}

fn token() -> String {
    by_number(decision(|_| ())).unwrap().bills.remove(0).token
}

fn paid(edit: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"code": "0000", "message": "成功", "state": "applied", "reference": "pay_1",
        "serial": "S1", "at": "2026-11-21T08:30:00Z", "amount": 23_000, "treasury_code": CODE,
        "fiscal_receipt": "33060126-0000000001", "accounting_date": "2026-11-21"});
    edit(&mut body);
    body
}

fn pay(answer: impl Fn() -> fake::Answer + 'static) -> Submission {
    let order = fake::order(Some(NUMBER), NUMBER, &token(), 23_000);
    let _host = host(answer);
    TrafficFine::submit_payment(&context(), &order).unwrap_or_else(Submission::from)
}

#[test]
fn a_decision_is_one_exact_bill_with_its_penalty() {
    let statement = by_number(decision(|_| ())).unwrap();
    assert_eq!(statement.account.unwrap().kind, "decision");
    let [bill] = &statement.bills[..] else {
        panic!("one bill")
    };
    assert_eq!(
        (bill.principal.minor_units, bill.payable.minor_units),
        (20_000, 23_000)
    );
    assert_eq!(bill.late_charges[0].kind, LateChargeKind::AdditionalPenalty);
    assert_eq!(bill.late_charges[0].amount.minor_units, 3000);
    assert_eq!(bill.charges[0].treasury_code.as_deref(), Some(CODE));
    assert_eq!(bill.payability, Payability::Payable);
    assert!(
        bill.fields
            .iter()
            .any(|field| field.name == "due" && field.value == "2026-10-16")
    );
}

#[test]
fn the_lawful_penalty_is_three_percent_a_day_and_never_above_the_fine() {
    let cases = [
        (20_000, 0, 0),
        (20_000, 5, 3000),
        (20_000, 33, 19_800),
        (20_000, 34, 20_000),
        (20_000, 5000, 20_000),
        (5050, 1, 151),
        (20_000, -3, 0),
        (i64::MAX, i64::MAX, i64::MAX),
    ];
    for (principal, days, penalty) in cases {
        assert_eq!(
            decision::lawful_penalty(principal, days),
            penalty,
            "{principal} {days}"
        );
    }
}

#[test]
fn a_penalty_above_the_lawful_one_is_shown_but_not_payable() {
    let capped = by_number(decision(|body| {
        body["decision"]["days_late"] = json!(60);
        body["decision"]["penalty"] = json!(20_000);
        body["decision"]["payable"] = json!(40_000);
    }));
    assert_eq!(capped.unwrap().bills[0].payability, Payability::Payable);
    let unlawful = by_number(decision(|body| {
        body["decision"]["days_late"] = json!(60);
        body["decision"]["penalty"] = json!(36_000);
        body["decision"]["payable"] = json!(56_000);
    }));
    assert!(matches!(
        unlawful.unwrap().bills[0].payability,
        Payability::NotPayable(_)
    ));
}

#[test]
fn answers_that_do_not_add_up_are_unreadable() {
    let edits: [fn(&mut Value); 6] = [
        |body| body["decision"]["payable"] = json!(22_999),
        |body| body["decision"]["penalty"] = json!(-1),
        |body| body["decision"]["number"] = json!("330100123456780"),
        |body| body["decision"]["due"] = json!("soon"),
        |body| body["decision"]["treasury_code"] = json!(null),
        |body| body["decision"] = json!([]),
    ];
    for edit in edits {
        assert!(matches!(
            by_number(decision(edit)),
            Err(Failure::Unavailable(_))
        ));
    }
}

#[test]
fn a_paid_fine_is_an_empty_statement_and_an_unknown_one_is_not() {
    let statement = by_number(json!({"code": "0104", "message": "已缴"})).unwrap();
    assert!(statement.bills.is_empty() && statement.notice.is_some());
    let unknown = by_number(json!({"code": "0101", "message": "无此决定书"}));
    assert_eq!(unknown, Err(Failure::NotFound("无此决定书".to_owned())));
}

#[test]
fn violations_by_plate_are_shown_and_not_payable() {
    let body = json!({"code": "0000", "message": "成功", "plate": "浙A12345", "violations": [
        {"id": "V1", "at": "2026-11-01T02:00:00Z", "place": "文三路", "act": "违停",
         "principal": 15_000, "points": 0, "state": "unhandled"}]});
    let statement = query(&Inputs::from([("plate", "浙A12345")]), body).unwrap();
    assert!(matches!(
        statement.bills[0].payability,
        Payability::NotPayable(_)
    ));
    assert_eq!(statement.account.unwrap().kind, "plate");
    let none = query(
        &Inputs::from([("plate", "浙A12345")]),
        json!({"code": "0102", "message": ""}),
    );
    assert!(none.unwrap().bills.is_empty());
}

#[test]
fn one_of_both_inputs_is_needed() {
    let failure = query(&Inputs::default(), json!({})).unwrap_err();
    assert!(matches!(failure, Failure::InvalidInput(_)));
}

#[test]
fn a_payment_carries_the_treasurys_code_and_its_receipt() {
    let order = fake::order(Some(NUMBER), NUMBER, &token(), 23_000);
    let host = host(|| fake::ok(&paid(|_| ())));
    let submission = TrafficFine::submit_payment(&context(), &order).unwrap();
    let Submission::Applied(application) = submission else {
        panic!("not applied")
    };
    assert_eq!(application.treasury_code.as_deref(), Some(CODE));
    assert_eq!(
        application.fiscal_receipt.as_deref(),
        Some("33060126-0000000001")
    );
    let sent = host.last_request().json();
    assert_eq!(sent["treasury_code"], CODE);
    assert_eq!(
        (sent["principal"].as_i64(), sent["penalty"].as_i64()),
        (Some(20_000), Some(3000))
    );
    assert_eq!(sent["token"], "t1");
    let status = TrafficFine::payment_status(&context(), &order, None).unwrap();
    assert!(matches!(status, Status::Applied(_)));
}

#[test]
fn payments_that_prove_nothing_stay_unknown() {
    let unknown: [fn() -> fake::Answer; 5] = [
        fake::interrupted,
        || fake::bytes(200, b"{\"code\":\"0000\",\"state\":\"app"),
        || {
            fake::ok(&paid(|body| {
                body["treasury_code"] = json!("33010026000000000001");
            }))
        },
        || fake::ok(&paid(|body| body["fiscal_receipt"] = json!(null))),
        || fake::ok(&paid(|body| body["amount"] = json!(20_000))),
    ];
    for answer in unknown {
        assert!(matches!(pay(answer), Submission::Unknown(_)));
    }
    assert!(matches!(pay(fake::not_sent), Submission::NotSent(_)));
    let refused = pay(|| fake::ok(&json!({"code": "0103", "message": "缴款码不符"})));
    assert!(matches!(refused, Submission::Refused(_)));
}

#[test]
fn a_token_of_another_plugin_sends_nothing() {
    let host = host(|| fake::ok(&paid(|_| ())));
    for token in ["", "[]", "[1,2,3,4]", "{}"] {
        let order = fake::order(Some(NUMBER), NUMBER, token, 23_000);
        let doubt = TrafficFine::submit_payment(&context(), &order).unwrap_err();
        assert!(matches!(Submission::from(doubt), Submission::NotSent(_)));
    }
    assert!(host.requests().is_empty());
}
