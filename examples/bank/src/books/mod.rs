//! The bank's books in double entry: customers' accounts, what is held of them,
//! and what is owed to Guichet. They change only by entering a decision, so that
//! books read from a journal are those that wrote it. Knows no HTTP.

mod decide;
mod posting;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::order::{Leg, Order};
use posting::Place;
pub(crate) use posting::{Shown, Totals};

/// Orders that the bank remembers; beyond it everything is refused.
const ORDERS_LIMIT: usize = 4_000_000;

/// How the bank lets itself be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Custom {
    /// Hold, then capture or release.
    #[default]
    HoldFirst,
    /// Capture at once, refund where it was in vain.
    CaptureFirst,
}

/// Whether the bank recognises an order that it knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Memory {
    /// As it must.
    #[default]
    Keeps,
    /// It breaks the protocol and carries every delivery out: for tests that
    /// must notice.
    Forgets,
}

/// What a customer's account is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    Open,
    Blocked,
    Closed,
}

/// An order's fate; it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub(crate) enum Fate {
    Done { serial: String },
    Refused { code: String, message: String },
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "line")]
pub(crate) enum Line {
    /// An account as it begins, or its new standing.
    Account {
        number: String,
        opening: i64,
        standing: Standing,
    },
    /// A decision.
    Decision(Box<Decision>),
}

/// An order with its fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decision {
    pub(crate) order: Order,
    pub(crate) fate: Fate,
    /// RFC 3339, UTC.
    pub(crate) at: String,
}

/// What really happened, as `GET /_log` shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Effect {
    reference: String,
    leg: Leg,
    account: String,
    amount: i64,
    currency: String,
    at: String,
    serial: String,
}

/// How an order was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Decided now; the line must be in the journal before it is answered.
    New(Decision),
    /// Decided before.
    Known(Decision),
    /// The reference stands for another order.
    Conflict,
}

/// Where a leg stands that others build upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Yes,
    /// Captured, released or refunded.
    No,
}

/// The books.
#[derive(Debug)]
pub(crate) struct Books {
    custom: Custom,
    memory: Memory,
    /// What an account that nobody listed begins with, in minor units.
    opening: i64,
    standings: HashMap<String, Standing>,
    balances: BTreeMap<Place, i64>,
    decisions: HashMap<String, Decision>,
    open: HashMap<String, Open>,
    effects: Vec<Effect>,
}

impl Books {
    pub(crate) fn new(custom: Custom, memory: Memory, opening: i64) -> Self {
        Self {
            custom,
            memory,
            opening,
            standings: HashMap::new(),
            balances: BTreeMap::new(),
            decisions: HashMap::new(),
            open: HashMap::new(),
            effects: Vec::new(),
        }
    }

    /// How the bank lets itself be used.
    pub(crate) const fn custom(&self) -> Custom {
        self.custom
    }

    /// What became of an order.
    pub(crate) fn find(&self, reference: &str) -> Option<&Decision> {
        self.decisions.get(reference)
    }

    /// Everything that was really done, in order.
    pub(crate) fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// Enters a line: the only way in which books change.
    pub(crate) fn enter(&mut self, line: Line) {
        match line {
            Line::Account {
                number,
                opening,
                standing,
            } => {
                if !self.standings.contains_key(&number) {
                    self.post(&Place::Opening, &Place::customer(&number), opening);
                }
                self.standings.insert(number, standing);
            }
            Line::Decision(decision) => self.enter_decision(*decision),
        }
    }

    fn enter_decision(&mut self, decision: Decision) {
        if let Fate::Done { serial } = &decision.fate {
            let order = &decision.order;
            let (from, to) = self.way(order);
            self.post(&from, &to, order.amount.amount);
            if let Some(original) = &order.original {
                // A capture stays open for its refund; the hold below it ends.
                self.open.insert(original.clone(), Open::No);
            }
            self.open.insert(order.reference.clone(), Open::Yes);
            self.effects.push(Effect {
                reference: order.reference.clone(),
                leg: order.leg,
                account: order.account.clone(),
                amount: order.amount.amount,
                currency: order.amount.currency.clone(),
                at: decision.at.clone(),
                serial: serial.clone(),
            });
        }
        self.decisions
            .entry(decision.order.reference.clone())
            .or_insert(decision);
    }

    /// Moves money between two places; what leaves one arrives at the other.
    fn post(&mut self, from: &Place, to: &Place, amount: i64) {
        *self.balances.entry(from.clone()).or_default() -= amount;
        *self.balances.entry(to.clone()).or_default() += amount;
    }

    fn balance(&self, place: &Place) -> i64 {
        self.balances.get(place).copied().unwrap_or(0)
    }

    /// From where to where a leg moves money.
    fn way(&self, order: &Order) -> (Place, Place) {
        let customer = Place::customer(&order.account);
        let held = Place::held(&order.account);
        match order.leg {
            Leg::Hold => (customer, held),
            Leg::Capture if order.original.is_some() => (held, Place::Guichet),
            Leg::Capture => (customer, Place::Guichet),
            Leg::Release => (held, customer),
            Leg::Refund => (Place::Guichet, customer),
        }
    }
}
