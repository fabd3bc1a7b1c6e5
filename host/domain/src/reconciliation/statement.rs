//! A bank's statement of an account (ISO 20022, camt.053.001.08): what it holds,
//! and its amounts as text. Reading and writing stand beside.

mod read;
mod write;

pub use read::read_statement;
pub use write::write_statement;

use crate::moment::{AccountingDate, Moment};
use crate::money::{Currency, Money};

/// The namespace that is written; newer ones are read too.
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
/// What every namespace of the message begins with.
const FAMILY: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";
/// The oldest version that is read.
const OLDEST: u32 = 8;

/// Which way an entry moved the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Into the account.
    Credit,
    /// Out of it.
    Debit,
}

/// One booked entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The end-to-end reference; empty where there is none.
    pub reference: String,
    /// Above zero.
    pub amount: Money,
    /// Which way.
    pub direction: Direction,
    /// Whether it takes back an earlier one.
    pub is_reversal: bool,
    /// When it was booked.
    pub booked: AccountingDate,
    /// The bank's own reference.
    pub serial: String,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its id at the bank.
    pub id: String,
    /// The bank's running number; a correction has the next one.
    pub number: u32,
    /// When it was made.
    pub made_at: Moment,
    /// The account's number.
    pub account: String,
    /// The day.
    pub date: AccountingDate,
    /// Before the first entry.
    pub opening: Money,
    /// After the last one.
    pub closing: Money,
    /// Booked entries.
    pub entries: Vec<Entry>,
}

impl Statement {
    /// The closing balance that follows from the opening one; none where
    /// currencies differ or 64 bits do not hold it.
    #[must_use]
    pub fn computed_closing(&self) -> Option<Money> {
        let mut balance = self.opening;
        for entry in &self.entries {
            balance = match entry.direction {
                Direction::Credit => balance.checked_add(entry.amount),
                Direction::Debit => balance.checked_sub(entry.amount),
            }
            .ok()?;
        }
        Some(balance)
    }
}

/// Digits behind the decimal point (ISO 4217).
fn decimals(currency: Currency) -> u32 {
    match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// An amount as the message writes it; its sign is said elsewhere.
fn amount_text(money: Money) -> String {
    let digits = decimals(money.currency());
    let scale = 10_u64.pow(digits);
    let units = money.minor_units().unsigned_abs();
    if digits == 0 {
        return units.to_string();
    }
    let width = digits as usize;
    format!("{}.{:0width$}", units / scale, units % scale)
}

/// Reads an amount of at most 18 digits.
fn read_amount(text: &str, currency: Currency) -> Option<Money> {
    let digits = decimals(currency);
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let part = part.trim_end_matches('0');
    let lawful = !whole.is_empty()
        && plain(whole)
        && plain(part)
        && whole.len() + part.len() <= 18
        && part.len() <= digits as usize;
    if !lawful {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let padded = format!("{part:0<width$}", width = digits as usize);
    let part: i64 = if padded.is_empty() {
        0
    } else {
        padded.parse().ok()?
    };
    let units = whole.checked_mul(10_i64.pow(digits))?.checked_add(part)?;
    Some(Money::new(units, currency))
}

#[cfg(test)]
mod tests;
