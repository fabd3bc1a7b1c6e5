//! Brings the lines of four sides together by reference and judges each. The
//! order of lines makes no difference.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::{AtBank, BillerSide, Finding, Heard, LedgerSide, Sides, judge};
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

    /// Both together.
    fn with(self, other: Self) -> Self {
        let mixed = match (self.currency, other.currency) {
            (Some(one), Some(another)) => one != another,
            (None, _) | (_, None) => false,
        };
        Self {
            times: self.times + other.times,
            amount: self.amount + other.amount,
            currency: self.currency.or(other.currency),
            mixed: mixed || self.mixed || other.mixed,
        }
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
    /// Payments whose money lies at a bank, with what it has to show.
    banked: BTreeMap<String, AtBank>,
    biller: Option<BTreeMap<String, Net>>,
    bank: Other,
    channel: Other,
    /// The biller's lines of days beside, which name nothing by themselves.
    beside: BTreeMap<String, Net>,
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

    /// The payment's money lies at a bank, which has to show so much.
    pub fn at_bank(&mut self, reference: &str, at_bank: AtBank) {
        self.banked.insert(reference.to_owned(), at_bank);
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

    /// A line of the biller's file of a day beside: its day turns at another time
    /// than ours, so that its word about a payment is what all of these files come
    /// to. It counts where the payment is judged anyway.
    pub fn beside(&mut self, line: &Line) {
        add(&mut self.beside, line);
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
        let at_bank = self.banked.get(reference).copied();
        let elsewhere = ledger.is_some() && at_bank.is_none();
        Sides {
            ledger: ledger.unwrap_or(LedgerSide::Absent),
            biller: self.biller_side(reference),
            bank: match self.bank.heard(reference) {
                // Money that lies in our own books is no bank's matter.
                Heard::Nothing | Heard::NotYet if elsewhere => Heard::NotConcerned,
                other => other,
            },
            at_bank,
            channel: self.channel.heard(reference),
        }
    }

    fn biller_side(&self, reference: &str) -> BillerSide {
        let Some(lines) = &self.biller else {
            return BillerSide::NotYet;
        };
        let own = lines.get(reference).copied().unwrap_or_default();
        let beside = self.beside.get(reference).copied().unwrap_or_default();
        let net = own.with(beside);
        if net.times > 1 || net.mixed {
            return BillerSide::Several(u32::try_from(net.times).unwrap_or(1));
        }
        net.money().map_or(BillerSide::Nothing, BillerSide::Once)
    }
}

fn add(side: &mut BTreeMap<String, Net>, line: &Line) {
    side.entry(line.reference.clone()).or_default().add(line);
}
