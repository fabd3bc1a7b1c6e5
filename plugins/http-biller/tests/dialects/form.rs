//! The dialect form: sorted signatures, numbered parameters, yuan texts.

use guichet_sdk::bill::{AmountRule, QueryOutcome, Submission};
use guichet_sdk::fake::{self, Answer};
use guichet_sdk::{BillPayment, Failure, Inputs, keys};
use http_biller::filter::to_hex;
use http_biller::plugin::HttpBiller;

use super::common::{account, answering, body, host, order, ready};

const SERVICE: &str = "gas-330100-1";

fn query(inputs: &Inputs) -> Result<QueryOutcome, Failure> {
    HttpBiller::query_bills(&fake::context(SERVICE), inputs)
}

/// A signed answer of the dialect form.
fn form(parameters: &[(&str, &str)]) -> Answer {
    let mut sorted = parameters.to_vec();
    sorted.retain(|(_, value)| !value.is_empty());
    sorted.sort_unstable();
    let joined: Vec<String> = sorted
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let sign =
        to_hex(&keys::mac("mac", joined.join("&").as_bytes()).expect("a key")).to_uppercase();
    let mut all = parameters.to_vec();
    all.push(("sign", &sign));
    fake::bytes(200, encoded(&all).as_bytes())
}

#[test]
fn the_documented_form_signature_is_made() {
    let _host = host("form").install();
    let mac = keys::mac(
        "mac",
        b"merchant=guichet&nonce=n-00000001&timestamp=2026-11-21 16:30:00&user_no=3301000001",
    );
    assert_eq!(
        to_hex(&mac.expect("a key")).to_uppercase(),
        "92C4E208BE4C25412330ECE2F2420A47B0BAE3008434B614F581832DC4C435A0"
    );
}

/// Two bills, one of them metered.
const TWO_BILLS: &[(&str, &str)] = &[
    ("ret", "0"),
    ("msg", "成功"),
    ("timestamp", "2026-11-21 16:30:00"),
    ("user_no", "3301000001"),
    ("user_kind", "household"),
    ("user_name", "张*"),
    ("balance", "0.00"),
    ("arrears", "173.50"),
    ("bill_count", "2"),
    ("bill_1_no", "b1"),
    ("bill_1_title", "九月"),
    ("bill_1_from", "2026-09-01"),
    ("bill_1_to", "2026-09-30"),
    ("bill_1_principal", "85.00"),
    ("bill_1_late", "1.50"),
    ("bill_1_late_kind", "liquidated-damages"),
    ("bill_1_payable", "86.50"),
    ("bill_1_token", "t"),
    ("bill_1_order", "1"),
    ("bill_1_meter", "M1"),
    ("bill_1_last", "1"),
    ("bill_1_this", "2"),
    ("bill_1_used", "1"),
    ("bill_1_unit", "m³"),
    ("bill_2_no", "b2"),
    ("bill_2_title", "十月"),
    ("bill_2_principal", "87.00"),
    ("bill_2_late", "0.00"),
    ("bill_2_late_kind", "liquidated-damages"),
    ("bill_2_payable", "87.00"),
    ("bill_2_order", "2"),
];

#[test]
fn form_parameters_make_lists() {
    let host = answering("form", |_| fake::status(500));
    let answer = form(TWO_BILLS);
    host.answers(move |_| answer.clone());
    let statement = ready(query(&account()));
    assert_eq!(
        statement
            .bills
            .iter()
            .map(|bill| bill.payable.minor_units)
            .collect::<Vec<_>>(),
        [8650, 8700]
    );
    assert_eq!(
        (
            statement.bills[0].readings.len(),
            statement.bills[1].readings.len()
        ),
        (1, 0)
    );
    assert_eq!(
        (
            statement.bills[0].late_charges.len(),
            statement.bills[1].late_charges.len()
        ),
        (1, 0)
    );
    let sent = body(&host.last_request());
    assert!(
        sent.starts_with("merchant=guichet&timestamp=2026-11-21+16%3A30%3A00&nonce="),
        "{sent}"
    );
    let parameters: Vec<(&str, &str)> = sent
        .split('&')
        .filter_map(|part| part.split_once('='))
        .collect();
    let nonce = parameters
        .iter()
        .find(|(name, _)| *name == "nonce")
        .expect("a nonce")
        .1;
    let signed =
        format!("merchant=guichet&nonce={nonce}&timestamp=2026-11-21 16:30:00&user_no=3301000001");
    let sign = to_hex(&keys::mac("mac", signed.as_bytes()).expect("a key")).to_uppercase();
    assert!(sent.ends_with(&format!("&sign={sign}")));
}

#[test]
fn form_pays_several_bills_in_one_parameter() {
    let host = answering("form", |_| fake::status(500));
    let mut order = order();
    let mut second = order.items[0].clone();
    second.bill_number = "b2".to_owned();
    second.token = String::new();
    order.items.push(second);
    order.total.minor_units = 17_300;
    assert!(matches!(
        HttpBiller::submit_payment(&fake::context(SERVICE), &order),
        Ok(Submission::Unknown(_))
    ));
    let sent = body(&host.last_request());
    assert!(
        sent.contains("items=202609-3301000001%3Ak3v9%3A86.50%2Cb2%3A%3A86.50"),
        "{sent}"
    );
    assert!(sent.contains("total_amount=173.00"));
    let answer = form(&[
        ("ret", "0"),
        ("state", "applied"),
        ("trade_no", "pay_1"),
        ("serial_no", "S1"),
        ("trade_time", "2026-11-21 16:30:00"),
        ("amount", "173.00"),
        ("acct_date", "2026-11-21"),
    ]);
    host.answers(move |_| answer.clone());
    let submission = HttpBiller::submit_payment(&fake::context(SERVICE), &order);
    assert!(
        matches!(&submission, Ok(Submission::Applied(a)) if a.amount.minor_units == 17_300 && a.at == "2026-11-21T08:30:00Z"),
        "{submission:?}"
    );
}

#[test]
fn form_choices_and_steps() {
    let host = host("form")
        .config("flow", "validate")
        .answers(|_| fake::status(500))
        .install();
    let answer = form(&[
        ("ret", "0"),
        ("user_no", "3301000001"),
        ("user_kind", "phone"),
        ("min_amount", "10.00"),
        ("max_amount", "500.00"),
        ("step_amount", "10.00"),
        ("choice_count", "2"),
        ("choice_1", "10.00"),
        ("choice_2", "50.00"),
    ]);
    host.answers(move |_| answer.clone());
    let statement = ready(query(&account()));
    assert!(
        matches!(&statement.bills[0].rule, AmountRule::Choices(amounts) if amounts.iter().map(|amount| amount.minor_units).eq([1000, 5000]))
    );
    drop(host);
    let host = host_second_step();
    let answer = form(&[
        ("ret", "111"),
        ("step", "st"),
        ("account_count", "2"),
        ("account_1_no", "1"),
        ("account_1_name", "张*"),
        ("account_1_addr", "a"),
        ("account_2_no", "2"),
        ("account_2_name", "李*"),
    ]);
    host.answers(move |_| answer.clone());
    let Ok(QueryOutcome::AskMore(step)) = query(&Inputs::from([("phone", "13800000001")])) else {
        panic!("no step")
    };
    assert_eq!(
        step.choices
            .iter()
            .map(|choice| choice.title.as_str())
            .collect::<Vec<_>>(),
        ["1 张*", "2 李*"]
    );
}

fn host_second_step() -> fake::Installed {
    host("form")
        .config("flow", "second-step")
        .answers(|_| fake::status(500))
        .install()
}

fn encoded(parameters: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in parameters {
        out.push_str(if out.is_empty() { "" } else { "&" });
        http_biller::form::escape(name.as_bytes(), &mut out);
        out.push('=');
        http_biller::form::escape(value.as_bytes(), &mut out);
    }
    out
}
