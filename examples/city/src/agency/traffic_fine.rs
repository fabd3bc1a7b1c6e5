//! Traffic fines: by decision number, to be paid to the treasury; by plate, to
//! be looked at only.

use serde_json::{Value, json};
use time::Duration;

use super::{Outcome, receipt_fields};
use crate::catalogue::StatusQuery;
use crate::clock::iso;
use crate::code::Code;
use crate::draw::Draw;
use crate::ledger::{Item, Receipt, Submission, Terms};
use crate::wire::{Fields, Letter};
use crate::world::{Bill, Person, Standing};

const ACTS: [&str; 6] = [
    "违反禁令标志指示",
    "不按规定停放机动车",
    "驾驶时拨打接听手持电话",
    "超过规定时速百分之二十未达百分之五十",
    "不按交通信号灯规定通行",
    "违反导向车道规定",
];
const PLACES: [&str; 4] = [
    "人民路口",
    "环城北路隧道",
    "高速公路K12+300",
    "中山路与解放路交叉口",
];

pub(super) fn answer(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    match letter.operation {
        "decision" => decision(letter, &fields.text("decision")?),
        "violations" => violations(letter, &fields.text("plate")?),
        "fine-payments" => pay(letter, fields),
        _ => status(letter, &fields.text("reference")?),
    }
}

/// The decision as a bill; paid ones are refused.
fn open_bill(letter: &Letter<'_>, number: &str) -> Result<Bill, Code> {
    let service = &letter.place.service;
    if letter.city.world.standing(service, number) == Standing::Missing {
        return Err(Code::AccountNotFound);
    }
    let bills = letter.city.world.fine(service, number);
    // What is clear from the beginning was paid long ago.
    let bill = bills.ok_or(Code::AlreadyPaid)?;
    let paid = letter.place.books().paid(&bill.number);
    if paid > 0 {
        Err(Code::AlreadyPaid)
    } else {
        Ok(bill)
    }
}

fn decision(letter: &Letter<'_>, number: &str) -> Outcome {
    let bill = open_bill(letter, number)?;
    let mut draw = draw(letter, number);
    let person = Person::draw(&mut draw);
    let days = (letter.city.world.today - bill.due).whole_days().max(0);
    let decided = bill.due - Duration::days(15);
    Ok((
        Code::Done,
        json!({"decision": {
            "number": bill.number,
            "offender": person.name,
            "plate": format!("浙A{}*{}", draw.below(90) + 10, draw.below(90) + 10),
            "act": draw.pick(&ACTS),
            "place": draw.pick(&PLACES),
            "violated_at": format!("{}T06:12:00Z", iso(decided - Duration::days(20))),
            "decided_on": iso(decided),
            "due": iso(bill.due),
            "principal": bill.principal,
            "days_late": days,
            "penalty": bill.late,
            "payable": bill.payable,
            "points": draw.below(4) * 3,
            "authority": letter.place.service.biller.names.zh,
            "treasury_code": treasury_code(letter, number),
            "token": bill.token,
        }}),
    ))
}

fn violations(letter: &Letter<'_>, plate: &str) -> Outcome {
    if letter.city.world.standing(&letter.place.service, plate) == Standing::Missing {
        return Err(Code::AccountNotFound);
    }
    let mut draw = draw(letter, plate);
    let count = if plate.ends_with("1111") {
        0
    } else {
        draw.below(4)
    };
    let today = letter.city.world.today;
    let list: Vec<Value> = (0..count)
        .map(|_| {
            let day = today - Duration::days(i64::from(draw.below(60)));
            json!({
                "id": draw.digits(16),
                "at": format!("{}T0{}:30:00Z", iso(day), draw.below(10)),
                "place": draw.pick(&PLACES),
                "act": draw.pick(&ACTS),
                "principal": draw.between(1, 10) * 5_000,
                "points": draw.below(4) * 3,
                "state": "unhandled",
            })
        })
        .collect();
    let code = if list.is_empty() {
        Code::NothingOwed
    } else {
        Code::Done
    };
    Ok((code, json!({"plate": plate, "violations": list})))
}

fn pay(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    let number = fields.text("decision")?;
    let service = &letter.place.service;
    if letter.city.world.standing(service, &number) == Standing::Missing {
        return Err(Code::AccountNotFound);
    }
    if fields.text("treasury_code")? != treasury_code(letter, &number) {
        return Err(Code::NotPayable);
    }
    let total = fields.fen("total")?;
    if fields.fen("principal")?.checked_add(fields.fen("penalty")?) != Some(total) {
        return Err(Code::AmountWrong);
    }
    let bills: Vec<Bill> = letter
        .city
        .world
        .fine(service, &number)
        .into_iter()
        .collect();
    let submission = Submission {
        reference: fields.text("reference")?,
        account: number.clone(),
        items: vec![Item {
            bill: number,
            token: fields.text("token")?,
            amount: total,
        }],
        total,
        accounting_date: match fields.find("accounting_date") {
            Some(text) => crate::clock::read_date(&text).ok_or(Code::BadRequest)?,
            None => letter.now.date(),
        },
    };
    let terms = Terms {
        bills: &bills,
        amounts: &crate::catalogue::Amounts::Exact,
        selection: service.traits.selection,
        open: false,
    };
    let receipt = letter.city.apply(letter.place, &submission, &terms)?;
    Ok((
        Code::Done,
        receipt_value(letter, &submission.account, &receipt),
    ))
}

fn status(letter: &Letter<'_>, reference: &str) -> Outcome {
    if letter.place.service.traits.status == StatusQuery::None {
        return Err(Code::NotSupported);
    }
    let books = letter.place.books();
    let receipt = books.find(reference).ok_or(Code::OrderNotFound)?;
    let number = books
        .account_of(reference)
        .ok_or(Code::OrderNotFound)?
        .to_owned();
    drop(books);
    Ok((Code::Done, receipt_value(letter, &number, &receipt)))
}

fn receipt_value(letter: &Letter<'_>, decision: &str, receipt: &Receipt) -> Value {
    let mut value = receipt_fields(receipt);
    let names = [
        "fiscal receipt",
        &letter.place.service.code,
        &receipt.reference,
    ];
    let mut draw = Draw::of(letter.city.world.seed, &names);
    value["treasury_code"] = json!(treasury_code(letter, decision));
    value["fiscal_receipt"] = json!(format!("33060126-{}", draw.digits(10)));
    value
}

fn treasury_code(letter: &Letter<'_>, decision: &str) -> String {
    let names = ["treasury code", &letter.place.service.code, decision];
    let mut draw = Draw::of(letter.city.world.seed, &names);
    let region = letter
        .place
        .service
        .regions
        .first()
        .map_or("000000", String::as_str);
    format!("{region}26{}", draw.digits(12))
}

fn draw(letter: &Letter<'_>, number: &str) -> Draw {
    Draw::of(
        letter.city.world.seed,
        &["fine", &letter.place.service.code, number],
    )
}
