//! Buying power, its token and its card, against the fake host.

use guichet_sdk::bill::{Delivery, Order, Reversal, ReversalOrder};
use guichet_sdk::fake::json::{Value, json};
use guichet_sdk::fake::{self, Host};
use guichet_sdk::{BillPayment as _, Context, Failure, Inputs};

use super::*;

const NUMBER: &str = "330100000001";

fn host(answer: impl Fn() -> fake::Answer + 'static) -> fake::Installed {
    Host::new()
        .mac_key("mac", "hmac-sha256", b"key")
        .answers(move |_| answer())
        .install()
}

fn context() -> Context {
    fake::context("prepaid-power-330100-1")
}

fn order() -> Order {
    fake::order(Some(NUMBER), "open", "", 5000)
}

fn meter(edit: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"code": "0000", "message": "成功",
        "meter": {"number": NUMBER, "kind": "token", "holder": "张*", "address": "西湖区****3幢",
            "balance": 1200, "arrears": 0, "price": "0.5380", "notice": null},
        "minimum": 1000, "maximum": 100_000, "step": 100, "choices": []});
    edit(&mut body);
    body
}

fn purchase(edit: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({"code": "0000", "message": "成功", "state": "applied", "reference": "pay_1",
        "serial": "S1", "at": "2026-11-21T08:30:00Z", "amount": 5000, "quantity": "92.93",
        "measure": "kWh", "price": "0.5380", "delivery": "token", "token": "12345678901234567890",
        "card": null, "effective_in": 0});
    edit(&mut body);
    body
}

fn on_card(body: &mut Value) {
    body["delivery"] = json!("card-write");
    body["token"] = json!(null);
    body["card"] = json!({"number": "C1", "payload_base64": "AQID", "instruction": "请写卡",
        "expires_at": "2026-11-22T08:30:00Z"});
}

fn query(body: Value) -> Result<Statement, Failure> {
    let _host = host(move || fake::ok(&body));
    match PrepaidPower::query_bills(&context(), &Inputs::from([("meter", NUMBER)]))? {
        QueryOutcome::Ready(statement) => Ok(statement),
        other => panic!("{other:?}"),
    }
}

fn buy(answer: impl Fn() -> fake::Answer + 'static) -> Submission {
    let _host = host(answer);
    PrepaidPower::submit_payment(&context(), &order()).unwrap_or_else(Submission::from)
}

#[test]
fn a_meter_has_one_open_bill_by_the_suppliers_rule() {
    let statement = query(meter(|_| ())).unwrap();
    let account = statement.account.unwrap();
    assert_eq!(
        (account.kind.as_str(), account.holder_name.as_deref()),
        ("meter", Some("张*"))
    );
    assert_eq!(account.meter, Some(MeterKind::Token));
    let [bill] = &statement.bills[..] else {
        panic!("one bill")
    };
    assert_eq!(
        (bill.number.as_str(), bill.payable.minor_units),
        ("open", 0)
    );
    let AmountRule::Steps(steps) = &bill.rule else {
        panic!("steps")
    };
    let amounts = [&steps.minimum, &steps.maximum, &steps.step].map(|money| money.minor_units);
    assert_eq!(amounts, [1000, 100_000, 100]);
}

#[test]
fn choices_are_offered_where_only_they_are_taken() {
    let statement = query(meter(|body| {
        body["choices"] = json!([5000, 10_000, 20_000]);
        body["meter"]["arrears"] = json!(5000);
    }));
    let rule = statement.unwrap().bills.remove(0).rule;
    assert_eq!(
        rule,
        AmountRule::Choices(vec![Money::fen(10_000), Money::fen(20_000)])
    );
}

#[test]
fn arrears_raise_the_least_amount_and_are_told() {
    for (arrears, least) in [(999, 1000), (1000, 1100), (1050, 1100), (1100, 1200)] {
        let statement = query(meter(|body| body["meter"]["arrears"] = json!(arrears))).unwrap();
        let AmountRule::Steps(steps) = &statement.bills[0].rule else {
            panic!("steps")
        };
        assert_eq!(steps.minimum.minor_units, least, "{arrears}");
        assert!(statement.notice.unwrap().contains("欠费"));
    }
    assert!(query(meter(|body| body["meter"]["arrears"] = json!(100_000))).is_err());
}

#[test]
fn unlawful_rules_and_other_meters_are_unreadable() {
    let edits: [fn(&mut Value); 6] = [
        |body| body["step"] = json!(0),
        |body| body["maximum"] = json!(10),
        |body| body["minimum"] = json!(-5),
        |body| body["choices"] = json!(["many"]),
        |body| body["meter"]["number"] = json!("330100000002"),
        |body| body["meter"] = json!(null),
    ];
    for edit in edits {
        assert!(matches!(query(meter(edit)), Err(Failure::Unavailable(_))));
    }
    let unknown = query(json!({"code": "0101", "message": "无此表号"}));
    assert_eq!(unknown, Err(Failure::NotFound("无此表号".to_owned())));
}

#[test]
fn a_meter_number_must_be_given() {
    let host = host(|| fake::status(200));
    let failure = PrepaidPower::query_bills(&context(), &Inputs::default());
    assert!(matches!(failure, Err(Failure::InvalidInput(errors)) if errors[0].field == "meter"));
    assert!(host.requests().is_empty());
}

#[test]
fn a_token_comes_in_groups_of_four() {
    let host = host(|| fake::ok(&purchase(|_| ())));
    let Ok(Submission::Applied(application)) = PrepaidPower::submit_payment(&context(), &order())
    else {
        panic!("not applied");
    };
    let Delivery::Token(token) = &application.deliveries[0] else {
        panic!("no token")
    };
    assert_eq!(token.digits, "1234 5678 9012 3456 7890");
    assert_eq!(application.effective_in_seconds, Some(0));
    let sent = host.last_request().json();
    assert_eq!(sent["meter"], NUMBER);
    assert_eq!(sent["amount"], 5000);
    assert_eq!(sent["reference"], "pay_1");
}

#[test]
fn a_card_is_written_at_an_outlet() {
    let Submission::Applied(application) = buy(|| fake::ok(&purchase(on_card))) else {
        panic!("not applied");
    };
    let Delivery::CardWrite(card) = &application.deliveries[0] else {
        panic!("no card")
    };
    assert_eq!(
        (card.payload.as_slice(), card.card.as_deref()),
        (&[1, 2, 3][..], Some("C1"))
    );
    assert_eq!(card.expires_at.as_deref(), Some("2026-11-22T08:30:00Z"));
}

#[test]
fn a_purchase_without_readable_delivery_is_asked_again() {
    let edits: [fn(&mut Value); 6] = [
        |body| body["token"] = json!("1234"),
        |body| body["token"] = json!(null),
        |body| body["delivery"] = json!("pigeon"),
        |body| body["quantity"] = json!(null),
        |body| {
            on_card(body);
            body["card"]["payload_base64"] = json!("?");
        },
        |body| {
            on_card(body);
            body["card"] = json!(null);
        },
    ];
    for edit in edits {
        assert!(matches!(
            buy(move || fake::ok(&purchase(edit))),
            Submission::Unknown(_)
        ));
    }
    assert!(matches!(buy(fake::interrupted), Submission::Unknown(_)));
    assert!(matches!(buy(fake::not_sent), Submission::NotSent(_)));
    let refused = buy(|| fake::ok(&json!({"code": "0106", "message": "金额不符"})));
    assert!(matches!(refused, Submission::Refused(refusal) if refusal.code == "0106"));
}

#[test]
fn only_one_open_bill_is_bought() {
    let host = host(|| fake::ok(&purchase(|_| ())));
    for order in [
        fake::order(None, "open", "", 1),
        fake::order(Some(NUMBER), "other", "", 1),
    ] {
        let doubt = PrepaidPower::submit_payment(&context(), &order).unwrap_err();
        assert!(matches!(Submission::from(doubt), Submission::NotSent(_)));
    }
    assert!(host.requests().is_empty());
}

#[test]
fn a_status_brings_the_token_again() {
    let _host = host(|| fake::ok(&purchase(|_| ())));
    let status = PrepaidPower::payment_status(&context(), &order(), None).unwrap();
    let Status::Applied(application) = status else {
        panic!("not applied")
    };
    assert_eq!(application.deliveries.len(), 1);
}

#[test]
fn tokens_are_not_taken_back() {
    let host = host(|| fake::status(200));
    let reversal = ReversalOrder {
        reference: "rev_1".to_owned(),
        attempt: 1,
        application: guichet_sdk::bill::Application::new("S1", String::new(), Money::fen(5000)),
        order: order(),
        amount: Money::fen(5000),
        reason: String::new(),
        accounting_date: "2026-11-21".to_owned(),
        requested_at: "2026-11-21T08:30:00Z".to_owned(),
        details: Vec::new(),
    };
    let answer = PrepaidPower::reverse_payment(&context(), &reversal).unwrap();
    assert!(matches!(answer, Reversal::Refused(_)));
    assert!(host.requests().is_empty());
}
