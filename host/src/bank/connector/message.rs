//! The protocol's bodies, and what an answer proves (`docs/bank.md`). Reads no
//! header and checks no signature; an answer that is not exactly as agreed is no
//! evidence of anything.

use guichet_domain::Money;
use guichet_domain::payment::{Leg, own_words};
use serde::{Deserialize, Serialize};

use crate::bank::{BankAnswer, BankOrder, Custom};

/// The longest serial number that is kept.
const SERIAL_CHARACTERS: usize = 64;
/// The longest code of a refusal.
const CODE_CHARACTERS: usize = 40;

/// What the bank was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// To carry out the order.
    Order,
    /// What became of it.
    Status,
}

/// Minor units, as on the access standard.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Amount {
    amount: i64,
    currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self {
            amount: money.minor_units(),
            currency: money.currency().into(),
        }
    }
}

#[derive(Serialize)]
struct OrderBody<'a> {
    reference: String,
    leg: Leg,
    account: &'a str,
    amount: Amount,
    payee: &'a str,
    accounting_date: String,
    requested_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<String>,
}

/// The body of an order.
pub(super) fn order_body(order: &BankOrder, custom: Custom) -> Vec<u8> {
    let body = OrderBody {
        reference: order.reference(),
        leg: order.leg,
        account: order.account.expose(),
        amount: order.amount.into(),
        payee: &order.payee,
        accounting_date: order.accounting_date.to_string(),
        requested_at: order.requested_at.to_string(),
        original: original(order, custom),
    };
    serde_json::to_vec(&body).expect("an order is plain JSON")
}

/// The leg that an order builds upon.
fn original(order: &BankOrder, custom: Custom) -> Option<String> {
    let leg = match (order.leg, custom) {
        (Leg::Hold, _) | (Leg::Capture, Custom::CaptureFirst) => return None,
        (Leg::Capture, Custom::HoldFirst) | (Leg::Release, _) => Leg::Hold,
        (Leg::Refund, _) => Leg::Capture,
    };
    Some(format!("{}:{leg}", order.payment))
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fate {
    Done,
    Refused,
    Pending,
    NotFound,
    /// The reference stands for another order.
    Conflict,
}

/// Fields that are not listed are for later versions, and are not looked at.
#[derive(Deserialize)]
struct AnswerBody {
    reference: String,
    state: Fate,
    leg: Option<Leg>,
    amount: Option<Amount>,
    serial: Option<String>,
    code: Option<String>,
    message: Option<String>,
}

/// What a signed answer proves about an order.
pub(super) fn judge(ask: Ask, order: &BankOrder, status: u16, body: &[u8]) -> BankAnswer {
    let answer: AnswerBody = match serde_json::from_slice(body) {
        Ok(answer) => answer,
        // The parser's own message could quote the answer.
        Err(error) => {
            return unknown(format!(
                "the answer with status {status} does not read at line {}, column {}",
                error.line(),
                error.column()
            ));
        }
    };
    if answer.reference != order.reference() {
        return unknown("the answer speaks of another reference");
    }
    if answer.state == Fate::NotFound {
        return match (ask, status) {
            (Ask::Status, 404) => BankAnswer::NotFound,
            _ => unknown(format!("`not_found` does not go with status {status} here")),
        };
    }
    if answer.leg != Some(order.leg) || answer.amount != Some(order.amount.into()) {
        return unknown("the answer speaks of another leg or amount");
    }
    match (answer.state, ask, status) {
        (Fate::Done, Ask::Order, 200 | 201) | (Fate::Done, Ask::Status, 200) => done(answer.serial),
        (Fate::Refused, Ask::Order, 422) | (Fate::Refused, Ask::Status, 200) => {
            refused(answer.code, answer.message)
        }
        (Fate::Pending, Ask::Order, 202) | (Fate::Pending, Ask::Status, 200) => {
            unknown("the bank has it in hand and has not decided")
        }
        (Fate::Conflict, _, _) => unknown("the bank knows the reference with another content"),
        (Fate::Done | Fate::Refused | Fate::Pending | Fate::NotFound, _, _) => unknown(format!(
            "the answer's state does not go with its status {status}"
        )),
    }
}

fn done(serial: Option<String>) -> BankAnswer {
    match serial {
        Some(serial) if is_visible(&serial, SERIAL_CHARACTERS) => BankAnswer::Done { serial },
        Some(_) | None => unknown("`done` without a lawful serial number"),
    }
}

fn refused(code: Option<String>, message: Option<String>) -> BankAnswer {
    let Some(code) = code.filter(|code| is_visible(code, CODE_CHARACTERS)) else {
        return unknown("`refused` without a lawful code");
    };
    let message = own_words(&message.unwrap_or_default());
    BankAnswer::Refused { code, message }
}

fn is_visible(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn unknown(why: impl Into<String>) -> BankAnswer {
    BankAnswer::Unknown(why.into())
}

#[cfg(test)]
mod tests;
