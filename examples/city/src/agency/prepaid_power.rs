//! Prepaid power: a meter is looked up, power is bought, and a token or a card
//! write brings it to the meter.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Outcome, receipt_fields};
use crate::catalogue::{Amounts, Bills, StatusQuery};
use crate::code::Code;
use crate::desk::Limits;
use crate::draw::Draw;
use crate::ledger::{Item, Receipt, Submission, Terms};
use crate::wire::{Fields, Letter};
use crate::world::{OPEN, Standing};

/// A hundredth of a fen for a kilowatt-hour where the catalogue says nothing.
const USUAL_PRICE: u32 = 5_380;

pub(super) fn answer(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    match letter.operation {
        "meter" => look_up(letter, &fields.text("meter")?),
        "purchase" => purchase(letter, fields),
        _ => status(letter, &fields.text("reference")?),
    }
}

fn look_up(letter: &Letter<'_>, meter: &str) -> Outcome {
    let place = letter.place;
    if letter.city.world.standing(&place.service, meter) == Standing::Missing {
        return Err(Code::AccountNotFound);
    }
    let limits = limits(letter);
    let balance = place.books().balance(meter);
    let account = letter.city.world.account(&place.service, meter, balance);
    Ok((
        Code::Done,
        json!({
            "meter": {
                "number": meter,
                "kind": kind(meter),
                "holder": account.holder,
                "address": account.address,
                "balance": balance,
                "arrears": arrears(letter, meter),
                "price": price_text(letter),
                "notice": account.notice,
            },
            "minimum": limits.minimum, "maximum": limits.maximum,
            "step": limits.step, "choices": limits.choices,
        }),
    ))
}

fn limits(letter: &Letter<'_>) -> Limits {
    match &letter.place.service.traits.amounts {
        Amounts::Exact | Amounts::AtMost | Amounts::WholePlus(_) => Limits {
            minimum: 1_000,
            maximum: 100_000,
            step: 100,
            choices: &[],
        },
        amounts => Limits::of(amounts),
    }
}

fn purchase(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    let (meter, amount) = (fields.text("meter")?, fields.fen("amount")?);
    let place = letter.place;
    if letter.city.world.standing(&place.service, &meter) == Standing::Missing {
        return Err(Code::AccountNotFound);
    }
    if amount <= arrears(letter, &meter) {
        return Err(Code::AmountWrong);
    }
    let date = fields.find("accounting_date");
    let submission = Submission {
        reference: fields.text("reference")?,
        account: meter,
        items: vec![Item {
            bill: OPEN.to_owned(),
            token: String::new(),
            amount,
        }],
        total: amount,
        accounting_date: match date {
            Some(text) => crate::clock::read_date(&text).ok_or(Code::BadRequest)?,
            None => letter.now.date(),
        },
    };
    let Limits {
        minimum,
        maximum,
        step,
        choices,
    } = limits(letter);
    let amounts = if choices.is_empty() {
        Amounts::Steps(minimum, maximum, step)
    } else {
        Amounts::Choices(choices)
    };
    let selection = place.service.traits.selection;
    let terms = Terms {
        bills: &[],
        amounts: &amounts,
        selection,
        open: true,
    };
    let receipt = letter.city.apply(place, &submission, &terms)?;
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
    let meter = books
        .account_of(reference)
        .ok_or(Code::OrderNotFound)?
        .to_owned();
    drop(books);
    Ok((Code::Done, receipt_value(letter, &meter, &receipt)))
}

fn receipt_value(letter: &Letter<'_>, meter: &str, receipt: &Receipt) -> Value {
    let mut value = receipt_fields(receipt);
    let mut draw = Draw::of(
        letter.city.world.seed,
        &["power", &letter.place.service.code, &receipt.reference],
    );
    let credited = receipt.amount - arrears(letter, meter);
    // Hundredths of a kilowatt-hour: fen times 10,000 over a hundredth of a fen.
    let quantity = credited * 10_000 / i64::from(price(letter));
    value["quantity"] = json!(format!("{}.{:02}", quantity / 100, quantity % 100));
    value["measure"] = json!("kWh");
    value["price"] = json!(price_text(letter));
    value["effective_in"] = json!(0);
    if kind(meter) == "token" {
        value["delivery"] = json!("token");
        value["token"] = json!(draw.digits(20));
        value["card"] = Value::Null;
    } else {
        value["delivery"] = json!("card-write");
        value["token"] = Value::Null;
        value["card"] = json!({
            "number": format!("C{}", draw.digits(10)),
            "payload_base64": STANDARD.encode(draw.value().to_be_bytes()),
            "instruction": "请在24小时内到营业网点写卡",
            "expires_at": receipt.at.plus_seconds(86_400).rfc3339(),
        });
    }
    value
}

/// Meters whose last digit is odd take tokens.
fn kind(meter: &str) -> &'static str {
    match meter.bytes().last() {
        Some(byte) if byte % 2 == 1 => "token",
        _ => "ic-card",
    }
}

fn arrears(letter: &Letter<'_>, meter: &str) -> i64 {
    let names = ["power arrears", &letter.place.service.code, meter];
    let mut draw = Draw::of(letter.city.world.seed, &names);
    if draw.below(10) == 0 {
        draw.between(50, 900)
    } else {
        0
    }
}

fn price(letter: &Letter<'_>) -> u32 {
    match letter.place.service.bills {
        Bills::Metered { price, .. } => price,
        Bills::None | Bills::Periodic { .. } | Bills::Open | Bills::Decision { .. } => USUAL_PRICE,
    }
}

fn price_text(letter: &Letter<'_>) -> String {
    let price = price(letter);
    format!("{}.{:04}", price / 10_000, price % 10_000)
}
