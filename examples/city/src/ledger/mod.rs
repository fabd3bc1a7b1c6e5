//! What was really applied: orders, what is paid on which bill, and the log of
//! effects that tests rely on. It knows no dialect and no HTTP; what was owed
//! before anybody paid is `world`'s.

mod apply;
mod effect;
mod undo;

use std::collections::HashMap;

use time::Date;

use crate::clock::Moment;

pub(crate) use apply::{Gate, Terms};
pub(crate) use effect::{Effect, EffectItem};

/// Orders that one city remembers; beyond it every biller is busy.
pub(crate) const ORDERS_LIMIT: usize = 4_000_000;

/// Bills in one order, as the contract has it.
const ITEMS_LIMIT: usize = 50;

/// One item of an order, amount in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) bill: String,
    pub(crate) token: String,
    pub(crate) amount: i64,
}

/// A payment as it comes in.
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    pub(crate) reference: String,
    pub(crate) account: String,
    pub(crate) items: Vec<Item>,
    pub(crate) total: i64,
    pub(crate) accounting_date: Date,
}

/// A reversal as it comes in.
#[derive(Debug, Clone)]
pub(crate) struct Undoing {
    pub(crate) reference: String,
    pub(crate) payment: String,
    pub(crate) amount: i64,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Applied,
    Reversed,
}

/// The biller's answer about an order or a reversal.
#[derive(Debug, Clone)]
pub(crate) struct Receipt {
    pub(crate) state: State,
    pub(crate) reference: String,
    pub(crate) serial: String,
    pub(crate) at: Moment,
    pub(crate) amount: i64,
    pub(crate) accounting_date: Date,
    pub(crate) balance: i64,
}

/// An order that was applied, once or, where the biller does not deduplicate,
/// several times.
#[derive(Debug, Clone)]
struct Order {
    account: String,
    /// Of the latest application.
    items: Vec<EffectItem>,
    total: i64,
    accounting_date: Date,
    serial: String,
    at: Moment,
    /// Applications that have not been undone.
    standing: u32,
    /// Applications ever, so that each has a serial of its own.
    ever: u32,
    undone: Option<Undone>,
}

#[derive(Debug, Clone)]
struct Undone {
    serial: String,
    at: Moment,
}

/// The books of one biller's service.
#[derive(Debug, Default)]
pub(crate) struct Books {
    orders: HashMap<String, Order>,
    /// Reversal's reference → payment's.
    reversals: HashMap<String, String>,
    paid: HashMap<String, i64>,
    balances: HashMap<String, i64>,
    effects: Vec<Effect>,
}

impl Books {
    /// What is paid on a bill.
    pub(crate) fn paid(&self, bill: &str) -> i64 {
        self.paid.get(bill).copied().unwrap_or(0)
    }

    /// What the biller holds for an account.
    pub(crate) fn balance(&self, account: &str) -> i64 {
        self.balances.get(account).copied().unwrap_or(0)
    }

    /// Everything that was really applied, in order.
    pub(crate) fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// The account that a payment was made for.
    pub(crate) fn account_of(&self, reference: &str) -> Option<&str> {
        self.orders
            .get(reference)
            .map(|order| order.account.as_str())
    }

    /// What became of a payment or reversal of this reference.
    pub(crate) fn find(&self, reference: &str) -> Option<Receipt> {
        if let Some(payment) = self.reversals.get(reference) {
            return Some(self.undone(reference, payment));
        }
        let order = self.orders.get(reference)?;
        Some(match &order.undone {
            Some(_) if order.standing == 0 => self.undone(reference, reference),
            _ => self.receipt(reference, order),
        })
    }

    fn receipt(&self, reference: &str, order: &Order) -> Receipt {
        Receipt {
            state: State::Applied,
            reference: reference.to_owned(),
            serial: order.serial.clone(),
            at: order.at,
            amount: order.total,
            accounting_date: order.accounting_date,
            balance: self.balance(&order.account),
        }
    }

    fn undone(&self, reference: &str, payment: &str) -> Receipt {
        let order = &self.orders[payment];
        let mut receipt = self.receipt(reference, order);
        if let Some(undone) = &order.undone {
            receipt.state = State::Reversed;
            receipt.serial.clone_from(&undone.serial);
            receipt.at = undone.at;
        }
        receipt
    }
}
