//! The five dialects that carry ordinary bills (`PROTOCOLS.md`). Each reads a
//! letter into an [`Ask`] and writes an [`Answer`]; what is answered is
//! decided in `desk`.

mod form;
mod json_hmac;
mod json_rsa;
mod json_sm2;
mod xml;
mod xml_tree;

use crate::catalogue::Dialect;
use crate::code::Code;
use crate::desk::{Answer, Ask};
use crate::ledger::{State, Submission};
use crate::wire::{Letter, Reply};

pub(crate) use json_hmac::verify as verify_hmac;
pub(crate) use json_rsa::{sign as sign_rsa, verify as verify_rsa};
pub(crate) use xml_tree::Node;

/// Reads the letter in its service's dialect.
pub(crate) fn read(letter: &Letter<'_>, dialect: Dialect) -> Result<Ask, Failed> {
    let ask = match dialect {
        Dialect::JsonRsa => json_rsa::read(letter),
        Dialect::XmlGb18030 => xml::read(letter),
        Dialect::Form => form::read(letter),
        Dialect::JsonSm2 => json_sm2::read(letter),
        Dialect::JsonHmac
        | Dialect::PrepaidPower
        | Dialect::TrafficFine
        | Dialect::ProvidentFund
        | Dialect::CreditReport
        | Dialect::MedicalInsuranceCode => json_hmac::read(letter),
    };
    if let Ok(Ask::Pay(Submission { items, .. })) = &ask
        && items.is_empty()
    {
        return Err(Failed::Code(Code::BadRequest));
    }
    ask
}

/// Writes the answer in its service's dialect.
pub(crate) fn write(letter: &Letter<'_>, dialect: Dialect, answer: &Answer) -> Reply {
    match dialect {
        Dialect::JsonRsa => json_rsa::write(letter, answer),
        Dialect::XmlGb18030 => xml::write(letter, answer),
        Dialect::Form => form::write(letter, answer),
        Dialect::JsonSm2 => json_sm2::write(letter, answer),
        Dialect::JsonHmac
        | Dialect::PrepaidPower
        | Dialect::TrafficFine
        | Dialect::ProvidentFund
        | Dialect::CreditReport
        | Dialect::MedicalInsuranceCode => json_hmac::write(letter, answer),
    }
}

/// Why a letter could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failed {
    /// Answered in the dialect.
    Code(Code),
    /// The dialect has no such path.
    NoSuchPath,
}

impl From<Code> for Failed {
    fn from(code: Code) -> Self {
        Self::Code(code)
    }
}

/// The states as json-hmac, form and json-sm2 spell them.
fn state_name(state: State) -> &'static str {
    match state {
        State::Pending => "pending",
        State::Applied => "applied",
        State::Reversed => "reversed",
    }
}

/// An invoice's number goes with the serial number.
fn invoice(serial: &str) -> String {
    format!("FP{}", serial.trim_start_matches('S'))
}

/// The accounting date that a request names, or today.
fn accounting_date(text: Option<String>, letter: &Letter<'_>) -> Result<time::Date, Code> {
    match text {
        Some(text) => crate::clock::read_date(&text).ok_or(Code::BadRequest),
        None => Ok(letter.now.date()),
    }
}

/// How long to wait before the next status query, where one is needed.
fn wait(letter: &Letter<'_>, state: State) -> Option<u32> {
    (state == State::Pending).then(|| crate::desk::applying_seconds(letter.place).max(1))
}
