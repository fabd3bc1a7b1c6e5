//! Brings the lines of four sides together by reference and judges each. The
//! order of lines makes no difference.

use std::collections::BTreeMap;

use super::judge::{BillerSide, Finding, Heard, LedgerSide, Sides, judge};
use super::line::{Line, LineKind};
use crate::money::Money;

/// One reference with what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The payment's id, or another side's own reference.
    pub reference: String,
    /// What each side says.
    pub sides: Sides,
    /// What is found.
    pub finding: Finding,
}

/// Net of one side's lines about one reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Net {
    times: i64,
    amount: i128,
    currency: Option<crate::money::Currency>,
    mixed: bool,
}

impl Net {
    fn add(&mut self, line: &Line) {
        let sign = match line.kind {
            LineKind::Payment => 1,
            LineKind::Reversal | LineKind::Refund => -1,
        };
        self.times += sign;
        self.amount += i128::from(line.amount.minor_units()) * i128::from(sign);
        let currency = line.amount.currency();
        self.mixed |= self.currency.is_some_and(|known| known != currency);
        self.currency = Some(currency);
    }

    /// None where everything was undone again.
    fn money(self) -> Option<Money> {
        let currency = self.currency?;
        let whole = i64::try_from(self.amount).unwrap_or(i64::MAX);
        (self.times != 0 || whole != 0).then(|| Money::new(whole, currency))
    }
}

/// The lines of a day that are being brought together.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    ledger: BTreeMap<String, LedgerSide>,
    /// Payments behind a bank, which the bank's statement must have.
    banked: BTreeMap<String, ()>,
    biller: Option<BTreeMap<String, Net>>,
    bank: Option<BTreeMap<String, Net>>,
    channel: Option<BTreeMap<String, Net>>,
    nearby: BTreeMap<String, ()>,
}

impl Matching {
    /// What the ledger says about a payment.
    pub fn ledger(&mut self, reference: &str, side: LedgerSide) {
        self.ledger.insert(reference.to_owned(), side);
    }

    /// The payment's money lies at a bank, whose statement must have it.
    pub fn at_bank(&mut self, reference: &str) {
        self.banked.insert(reference.to_owned(), ());
    }

    /// The biller's file is here; its lines follow.
    pub fn biller_spoke(&mut self) {
        self.biller.get_or_insert_default();
    }

    /// A line of the biller's file.
    pub fn biller(&mut self, line: &Line) {
        add(self.biller.get_or_insert_default(), line);
    }

    /// The bank's statement is here; its lines follow.
    pub fn bank_spoke(&mut self) {
        self.bank.get_or_insert_default();
    }

    /// A line of the bank's statement.
    pub fn bank(&mut self, line: &Line) {
        add(self.bank.get_or_insert_default(), line);
    }

    /// The client's file is here; its lines follow.
    pub fn channel_spoke(&mut self) {
        self.channel.get_or_insert_default();
    }

    /// A line of the client's file.
    pub fn channel(&mut self, line: &Line) {
        add(self.channel.get_or_insert_default(), line);
    }

    /// The biller has the reference in the file of the day before or after: its
    /// day turns at another time than ours, so that this day's silence proves
    /// nothing.
    pub fn nearby(&mut self, reference: &str) {
        self.nearby.insert(reference.to_owned(), ());
    }

    /// Judges every reference that any side has named, in their order.
    #[must_use]
    pub fn judge(&self) -> Vec<Match> {
        let sides = [&self.biller, &self.bank, &self.channel];
        let named = sides.into_iter().flatten().flat_map(BTreeMap::keys);
        let mut references: Vec<&String> = self.ledger.keys().chain(named).collect();
        references.sort_unstable();
        references.dedup();
        references
            .into_iter()
            .map(|reference| {
                let sides = self.sides(reference);
                Match {
                    reference: reference.clone(),
                    finding: judge(&sides),
                    sides,
                }
            })
            .collect()
    }

    fn sides(&self, reference: &str) -> Sides {
        let ledger = self.ledger.get(reference).copied();
        let banked = self.banked.contains_key(reference);
        let known_here = ledger.is_some();
        Sides {
            ledger: ledger.unwrap_or(LedgerSide::Absent),
            biller: self.biller_side(reference),
            bank: match heard(self.bank.as_ref(), reference) {
                // Money that lies in our own books is no bank's matter.
                Heard::Nothing | Heard::NotYet if known_here && !banked => Heard::NotConcerned,
                other => other,
            },
            channel: heard(self.channel.as_ref(), reference),
        }
    }

    fn biller_side(&self, reference: &str) -> BillerSide {
        let Some(lines) = &self.biller else {
            return BillerSide::NotYet;
        };
        match lines.get(reference) {
            Some(net) if net.times > 1 || net.mixed => {
                BillerSide::Several(u32::try_from(net.times).unwrap_or(1))
            }
            Some(net) => net.money().map_or(BillerSide::Nothing, BillerSide::Once),
            None if self.nearby.contains_key(reference) => BillerSide::NotYet,
            None => BillerSide::Nothing,
        }
    }
}

fn add(side: &mut BTreeMap<String, Net>, line: &Line) {
    side.entry(line.reference.clone()).or_default().add(line);
}

fn heard(side: Option<&BTreeMap<String, Net>>, reference: &str) -> Heard {
    match side {
        None => Heard::NotYet,
        Some(lines) => lines
            .get(reference)
            .and_then(|net| net.money())
            .map_or(Heard::Nothing, Heard::Amount),
    }
}
