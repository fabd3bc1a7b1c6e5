//! Brings the lines of four sides together by reference and judges each. The
//! order of lines makes no difference.

use std::collections::{BTreeMap, BTreeSet};

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
        let amount = i128::from(line.amount.minor_units());
        match line.kind {
            LineKind::Payment => {
                self.times += 1;
                self.amount += amount;
            }
            LineKind::Reversal | LineKind::Refund => {
                self.times -= 1;
                self.amount -= amount;
            }
        }
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

/// Lines of one side, and the references about which its silence speaks: its
/// file is here.
#[derive(Debug, Clone, Default)]
struct Other {
    lines: BTreeMap<String, Net>,
    spoke: BTreeSet<String>,
}

impl Other {
    fn heard(&self, reference: &str) -> Heard {
        match self.lines.get(reference).and_then(|net| net.money()) {
            Some(amount) => Heard::Amount(amount),
            None if self.spoke.contains(reference) || self.lines.contains_key(reference) => {
                Heard::Nothing
            }
            None => Heard::NotYet,
        }
    }
}

/// The lines of a day that are being brought together.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    ledger: BTreeMap<String, LedgerSide>,
    /// Payments whose money lies at a bank.
    banked: BTreeSet<String>,
    biller: Option<BTreeMap<String, Net>>,
    bank: Other,
    channel: Other,
    nearby: BTreeSet<String>,
}

impl Matching {
    /// What the ledger says about a payment.
    pub fn ledger(&mut self, reference: &str, side: LedgerSide) {
        self.ledger.insert(reference.to_owned(), side);
    }

    /// The biller's file is here; its lines follow.
    pub fn biller_spoke(&mut self) {
        self.biller.get_or_insert_default();
    }

    /// A line of the biller's file.
    pub fn biller(&mut self, line: &Line) {
        add(self.biller.get_or_insert_default(), line);
    }

    /// The payment's money lies at a bank.
    pub fn at_bank(&mut self, reference: &str) {
        self.banked.insert(reference.to_owned());
    }

    /// The statement is here that must have the payment.
    pub fn bank_spoke(&mut self, reference: &str) {
        self.bank.spoke.insert(reference.to_owned());
    }

    /// A line of a bank's statement.
    pub fn bank(&mut self, line: &Line) {
        add(&mut self.bank.lines, line);
    }

    /// The client's file is here that must have the payment.
    pub fn channel_spoke(&mut self, reference: &str) {
        self.channel.spoke.insert(reference.to_owned());
    }

    /// A line of a client's file.
    pub fn channel(&mut self, line: &Line) {
        add(&mut self.channel.lines, line);
    }

    /// The biller has the reference in the file of the day before or after: its
    /// day turns at another time than ours, so that this day's silence proves
    /// nothing.
    pub fn nearby(&mut self, reference: &str) {
        self.nearby.insert(reference.to_owned());
    }

    /// Judges every reference that any side has named, in their order.
    #[must_use]
    pub fn judge(&self) -> Vec<Match> {
        let biller = self.biller.iter().flat_map(BTreeMap::keys);
        let others = [&self.bank, &self.channel];
        let others = others.into_iter().flat_map(|other| other.lines.keys());
        let mut references: Vec<&String> = self.ledger.keys().chain(biller).chain(others).collect();
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
        let elsewhere = ledger.is_some() && !self.banked.contains(reference);
        Sides {
            ledger: ledger.unwrap_or(LedgerSide::Absent),
            biller: self.biller_side(reference),
            bank: match self.bank.heard(reference) {
                // Money that lies in our own books is no bank's matter.
                Heard::Nothing | Heard::NotYet if elsewhere => Heard::NotConcerned,
                other => other,
            },
            channel: self.channel.heard(reference),
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
            None if self.nearby.contains(reference) => BillerSide::NotYet,
            None => BillerSide::Nothing,
        }
    }
}

fn add(side: &mut BTreeMap<String, Net>, line: &Line) {
    side.entry(line.reference.clone()).or_default().add(line);
}
