//! Credit reports: ordered now, ready later. An order is sealed into its own
//! number, so that a city that is started again still knows it.

use serde_json::{Value, json};

use super::certificate::Certificate;
use super::{Outcome, known_person, masked};
use crate::clock::{Moment, iso};
use crate::code::Code;
use crate::desk::{seal, unseal};
use crate::draw::Draw;
use crate::wire::{Fields, Letter};
use crate::world::Person;

/// Longest wait that a request may ask for: a week.
const DELAY_LIMIT_SECONDS: i64 = 604_800;

pub(super) fn answer(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    if letter.operation == "orders" {
        order(letter, fields)
    } else {
        report(letter, fields)
    }
}

fn order(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    let number = known_person(fields, "id_number")?;
    let reference = fields.text("reference")?;
    let asked: Option<i64> = letter.header("x-simulated-delay").parse().ok();
    let seconds = asked
        .unwrap_or(i64::from(letter.city.report_seconds))
        .clamp(0, DELAY_LIMIT_SECONDS);
    let name = fields.find("name").unwrap_or_default();
    let ready = letter
        .place
        .ready_at(&reference, letter.now.plus_seconds(seconds));
    let content = json!([ready.0, reference, number, name]).to_string();
    let order = format!("R{}", seal(letter.city, letter.place, "report", &content));
    Ok((Code::Done, processing(letter, &order, ready)))
}

fn processing(letter: &Letter<'_>, order: &str, ready: Moment) -> Value {
    let left_seconds = ((ready.0 - letter.now.0).max(0) + 999) / 1_000;
    json!({
        "order": order,
        "state": "processing",
        "ask_after": left_seconds.clamp(1, 3_600),
        "expected_by": ready.rfc3339(),
    })
}

fn report(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    let order = fields.text("order")?;
    let content = order
        .strip_prefix('R')
        .and_then(|token| unseal(letter.city, letter.place, "report", token))
        .ok_or(Code::OrderNotFound)?;
    let (ready, _, number, name): (i64, String, String, String) =
        serde_json::from_str(&content).map_err(|_| Code::OrderNotFound)?;
    if letter.now < Moment(ready) {
        return Ok((Code::Processing, processing(letter, &order, Moment(ready))));
    }
    let mut draw = Draw::of(letter.city.world.seed, &["report", &number]);
    let person = Person::draw(&mut draw);
    let holder_name = name
        .chars()
        .next()
        .map_or(person.name, |first| format!("{first}*"));
    let report_number = format!("ZX{}", draw.digits(16));
    let certificate = Certificate::new(letter, "Personal credit report", &report_number);
    Ok((
        Code::Done,
        json!({
            "state": "ready",
            "order": order,
            "number": report_number,
            "issued_at": Moment(ready).rfc3339(),
            "valid_until": Moment(ready).plus_seconds(30 * 86_400).rfc3339(),
            "holder": holder_name,
            "id_number": masked(&number),
            "summary": {
                "accounts": draw.below(9),
                "overdue_accounts": draw.below(8) / 7,
                "inquiries_last_two_years": draw.below(20),
            },
            "loans": loans(letter, &mut draw),
            "inquiries": inquiries(letter, &mut draw),
            "attachment": {
                "name": "credit-report.pdf",
                "media_type": "application/pdf",
                "bytes_base64": certificate.base64,
                "verification_code": certificate.verification_code,
            },
        }),
    ))
}

fn loans(letter: &Letter<'_>, draw: &mut Draw) -> Vec<Value> {
    let count = draw.below(4);
    (0..count)
        .map(|_| {
            let amount = draw.between(1, 80) * 1_000_000;
            let opened = letter.city.world.today - time::Duration::days(draw.between(100, 3_000));
            json!({
                "lender": draw.pick(&["模拟银行甲", "模拟银行乙", "模拟消费金融公司"]),
                "kind": draw.pick(&["个人住房贷款", "信用卡", "个人消费贷款"]),
                "opened_on": iso(opened),
                "amount": amount,
                "balance": amount * draw.between(0, 100) / 100,
                "status": "正常",
            })
        })
        .collect()
}

fn inquiries(letter: &Letter<'_>, draw: &mut Draw) -> Vec<Value> {
    let count = draw.below(5);
    (0..count)
        .map(|back| {
            let day = letter.city.world.today - time::Duration::days(i64::from(back) * 40 + 3);
            json!({
                "date": iso(day),
                "by": draw.pick(&["模拟银行甲", "模拟银行乙"]),
                "reason": draw.pick(&["贷款审批", "信用卡审批", "贷后管理"]),
            })
        })
        .collect()
}
