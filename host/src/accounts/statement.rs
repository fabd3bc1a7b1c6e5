//! The statement of an account over a month or a day: what was paid in and out,
//! with the balance after each entry. Pure: reading the books is the room's.
//! Reservations are no entries; they move no money.

use std::fmt::Write as _;
use std::str::FromStr;

use guichet_domain::books::TransferKind;
use guichet_domain::id::{AccountId, RecordId, TransferId};
use guichet_domain::{Currency, Moment, Money};

use crate::store::EntryRow;

/// Milliseconds of a day; Asia/Shanghai has had no summer time since 1991.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A month or a day in Asia/Shanghai, from midnight to midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first moment.
    pub from: Moment,
    /// The first moment after it.
    pub until: Moment,
}

/// A text that names no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period is a month such as 2026-11 or a day such as 2026-11-22")]
pub struct NoPeriod;

impl FromStr for Period {
    type Err = NoPeriod;

    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let midnight = |day: &str| -> Result<Moment, NoPeriod> {
            let text = format!("{day}T00:00:00+08:00");
            text.parse().map_err(|_| NoPeriod)
        };
        if text.len() == "2026-11-22".len() {
            let from = midnight(text)?;
            let until = from.plus_ms(DAY_MS);
            return Ok(Self { from, until });
        }
        // Nothing but four digits and two is read as a date.
        let from = midnight(&format!("{text}-01"))?;
        let (year, month) = text.split_once('-').ok_or(NoPeriod)?;
        let year: u32 = year.parse().map_err(|_| NoPeriod)?;
        let next = match month.parse() {
            Ok(12) => format!("{:04}-01-01", year + 1),
            Ok(month @ 1..=11_u32) => format!("{year:04}-{:02}-01", month + 1),
            _ => return Err(NoPeriod),
        };
        let until = midnight(&next)?;
        Ok(Self { from, until })
    }
}

/// Whether money came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It came.
    In,
    /// It went.
    Out,
}

impl Direction {
    /// The word used on the API and in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementEntry {
    /// When.
    pub at: Moment,
    /// Which way.
    pub direction: Direction,
    /// How much, above zero.
    pub amount: Money,
    /// What stood on the account after it.
    pub balance: Money,
    /// The payment it belongs to.
    pub payment: Option<RecordId>,
    /// The transfer.
    pub transfer: TransferId,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Of which account.
    pub account: AccountId,
    /// Over which time.
    pub period: Period,
    /// What stood on it at the beginning.
    pub opening: Money,
    /// What stood on it at the end, or now where the end is still to come.
    pub closing: Money,
    /// The sum of what came.
    pub paid_in: Money,
    /// The sum of what went.
    pub paid_out: Money,
    /// Oldest first.
    pub entries: Vec<StatementEntry>,
}

/// Which way a transfer moved an account's money, where it moved any.
#[must_use]
pub fn direction(account: &AccountId, row: &EntryRow) -> Option<Direction> {
    match row.transfer.kind {
        TransferKind::Pending | TransferKind::Void => None,
        TransferKind::Single | TransferKind::Post if row.transfer.amount.minor_units() == 0 => None,
        TransferKind::Single | TransferKind::Post if row.transfer.credit == *account => {
            Some(Direction::In)
        }
        TransferKind::Single | TransferKind::Post => Some(Direction::Out),
    }
}

impl Statement {
    /// Makes a statement from what stood on the account at the period's end and
    /// the transfers within it, in any order.
    #[must_use]
    pub fn new(
        account: &AccountId,
        period: Period,
        (closing, currency): (i64, Currency),
        mut rows: Vec<EntryRow>,
    ) -> Self {
        // Nodes whose clocks differ have written in another order than that of time.
        rows.sort_by_key(|row| (row.at, row.position));
        let money = |minor_units| Money::new(minor_units, currency);
        let (mut paid_in, mut paid_out) = (0_i64, 0_i64);
        let mut moved = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(direction) = direction(account, &row) else {
                continue;
            };
            let amount = row.transfer.amount.minor_units();
            match direction {
                Direction::In => paid_in = paid_in.saturating_add(amount),
                Direction::Out => paid_out = paid_out.saturating_add(amount),
            }
            moved.push((row, direction));
        }
        let opening = closing.saturating_sub(paid_in).saturating_add(paid_out);
        let mut balance = opening;
        let entries = moved.into_iter().map(|(row, direction)| {
            let amount = row.transfer.amount;
            balance = match direction {
                Direction::In => balance.saturating_add(amount.minor_units()),
                Direction::Out => balance.saturating_sub(amount.minor_units()),
            };
            StatementEntry {
                at: row.at,
                direction,
                amount,
                balance: money(balance),
                payment: row.payment,
                transfer: row.transfer.id,
            }
        });
        Self {
            account: account.clone(),
            period,
            entries: entries.collect(),
            opening: money(opening),
            closing: money(closing),
            paid_in: money(paid_in),
            paid_out: money(paid_out),
        }
    }

    /// As RFC 4180 has it: a line for the opening, one for each entry, one for the
    /// closing. No field needs quotes, for all are made of names and numbers.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = String::from("at,direction,amount,balance,currency,payment,transfer\r\n");
        let currency = self.opening.currency();
        let mut line = |at: Moment, word: &str, amount: &str, balance: Money, ids: (&str, &str)| {
            let (payment, transfer) = ids;
            let balance = balance.minor_units();
            let _infallible = write!(
                text,
                "{at},{word},{amount},{balance},{currency},{payment},{transfer}\r\n"
            );
        };
        line(self.period.from, "opening", "", self.opening, ("", ""));
        for entry in &self.entries {
            let amount = entry.amount.minor_units().to_string();
            let payment = entry.payment.as_ref().map_or("", RecordId::as_str);
            let ids = (payment, entry.transfer.as_str());
            line(
                entry.at,
                entry.direction.as_str(),
                &amount,
                entry.balance,
                ids,
            );
        }
        line(self.period.until, "closing", "", self.closing, ("", ""));
        text
    }
}

#[cfg(test)]
mod tests;
