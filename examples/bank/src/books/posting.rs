//! Where money can be, and what the whole of it must come to.

use serde::Serialize;

use super::Books;

/// One account of the books.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Where openings come from; as far below zero as everything else is above.
    Opening,
    /// Taken for payments through Guichet.
    Guichet,
    /// A customer's own money.
    Customer(String),
    /// Of a customer, reserved.
    Held(String),
}

impl Place {
    pub(super) fn customer(number: &str) -> Self {
        Self::Customer(number.to_owned())
    }

    pub(super) fn held(number: &str) -> Self {
        Self::Held(number.to_owned())
    }
}

/// A customer's account as `GET /_accounts/{number}` shows it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Shown {
    pub(crate) available: i64,
    pub(crate) held: i64,
}

/// The books' totals as `GET /_books` shows them.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Totals {
    pub(crate) opening: i64,
    pub(crate) customers: i64,
    pub(crate) held: i64,
    pub(crate) guichet: i64,
    /// Whether the four come to zero and no customer is below it.
    pub(crate) balanced: bool,
}

impl Books {
    /// A customer's account, where it was ever used.
    pub(crate) fn account(&self, number: &str) -> Option<Shown> {
        self.standings.contains_key(number).then(|| Shown {
            available: self.balance(&Place::customer(number)),
            held: self.balance(&Place::held(number)),
        })
    }

    /// The totals.
    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals {
            opening: 0,
            customers: 0,
            held: 0,
            guichet: 0,
            balanced: true,
        };
        for (place, balance) in &self.balances {
            match place {
                Place::Opening => totals.opening += balance,
                Place::Guichet => totals.guichet += balance,
                Place::Customer(_) => totals.customers += balance,
                Place::Held(_) => totals.held += balance,
            }
            totals.balanced &= *balance >= 0 || *place == Place::Opening;
        }
        let sum = totals.opening + totals.customers + totals.held + totals.guichet;
        totals.balanced &= sum == 0;
        totals
    }
}
