//! Accounts with their four sums and their caps.

use serde::{Deserialize, Serialize};

use crate::id::AccountId;
use crate::money::{Currency, Money};

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

    pub(super) fn keeps_its_cap(&self) -> bool {
        let within = |pending: i64, posted: i64, other: i64| {
            i128::from(pending) + i128::from(posted)
                <= i128::from(other) + i128::from(self.credit_limit)
        };
        match self.capped {
            Capped::None => true,
            Capped::Debits => within(self.debits_pending, self.debits_posted, self.credits_posted),
            Capped::Credits => within(
                self.credits_pending,
                self.credits_posted,
                self.debits_posted,
            ),
        }
    }
}
