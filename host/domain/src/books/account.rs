//! Accounts with their four sums and their caps.

use serde::{Deserialize, Serialize};

use super::{BooksError, Movement};
use crate::id::AccountId;
use crate::money::{Currency, Money};
use crate::planted::{Bug, planted};

/// Which side of an account may not exceed the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capped {
    /// Neither.
    None,
    /// Debits, pending ones included, may not exceed posted credits: an account
    /// that pays (funding).
    Debits,
    /// Credits, pending ones included, may not exceed posted debits.
    Credits,
}

/// The two sides of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Debit,
    Credit,
}

/// An account with its four sums, all of them zero or above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The only currency it takes.
    pub currency: Currency,
    /// Which side is capped.
    pub capped: Capped,
    /// By how much the capped side may exceed the other after all; zero or above.
    pub credit_limit: i64,
    /// Reserved on the debit side.
    pub debits_pending: i64,
    /// Taken on the debit side.
    pub debits_posted: i64,
    /// Reserved on the credit side.
    pub credits_pending: i64,
    /// Given on the credit side.
    pub credits_posted: i64,
}

impl Account {
    /// A new account with nothing in it.
    #[must_use]
    pub const fn empty(id: AccountId, currency: Currency, capped: Capped) -> Self {
        Self {
            id,
            currency,
            capped,
            credit_limit: 0,
            debits_pending: 0,
            debits_posted: 0,
            credits_pending: 0,
            credits_posted: 0,
        }
    }

    /// What the account still may pay, its credit limit not counted; negative
    /// while it lives on credit.
    #[must_use]
    pub fn available(&self) -> Money {
        let available = self
            .credits_posted
            .saturating_sub(self.debits_posted)
            .saturating_sub(self.debits_pending);
        Money::new(available, self.currency)
    }

    /// What is reserved and taken on one side.
    pub(super) const fn sums(&self, side: Side) -> (i64, i64) {
        match side {
            Side::Debit => (self.debits_pending, self.debits_posted),
            Side::Credit => (self.credits_pending, self.credits_posted),
        }
    }

    pub(super) const fn set(&mut self, side: Side, (pending, posted): (i64, i64)) {
        match side {
            Side::Debit => (self.debits_pending, self.debits_posted) = (pending, posted),
            Side::Credit => (self.credits_pending, self.credits_posted) = (pending, posted),
        }
    }

    /// That side's sums after the movement, where bounds and cap allow it.
    pub(super) fn after(&self, side: Side, movement: Movement) -> Result<(i64, i64), BooksError> {
        let (pending, posted) = self.sums(side);
        let moved = |sum: i64, by: i64| sum.checked_add(by).filter(|sum| *sum >= 0);
        let overflow = || BooksError::Overflow(self.id.clone());
        let pending = moved(pending, movement.pending).ok_or_else(overflow)?;
        let posted = moved(posted, movement.posted).ok_or_else(overflow)?;
        if self.covers(side, pending, posted) {
            Ok((pending, posted))
        } else {
            Err(BooksError::Exceeds(self.id.clone()))
        }
    }

    /// Whether the capped side would stay within the other one and the limit.
    fn covers(&self, side: Side, pending: i64, posted: i64) -> bool {
        let (debits, credits) = match side {
            Side::Debit => ((pending, posted), self.sums(Side::Credit)),
            Side::Credit => (self.sums(Side::Debit), (pending, posted)),
        };
        let within = |(pending, posted): (i64, i64), (_, other): (i64, i64)| {
            i128::from(pending) + i128::from(posted)
                <= i128::from(other) + i128::from(self.credit_limit)
        };
        if planted(Bug::NoCap) {
            return true;
        }
        match self.capped {
            Capped::None => true,
            Capped::Debits => within(debits, credits),
            Capped::Credits => within(credits, debits),
        }
    }

    #[cfg(test)]
    pub(super) fn keeps_its_cap(&self) -> bool {
        self.covers(Side::Debit, self.debits_pending, self.debits_posted)
    }
}
