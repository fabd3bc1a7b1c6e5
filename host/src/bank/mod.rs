//! The bank behind a payer's account, one leg at a time. A leg is an order under
//! a reference of its own: the same order twice has one effect at the bank, and
//! what is not certain is said to be unknown. Moves no payment: what an answer
//! means for a payment is decided by the payment room.
//!
//! The built-in ledger is a bank too, but needs none of this: its legs are booked
//! in the very transaction that moves the payment, and are never unknown.

pub mod account;
mod connector;

use futures::future::BoxFuture;
use guichet_domain::id::RecordId;
use guichet_domain::payment::Leg;
use guichet_domain::{AccountingDate, Moment, Money};
use serde::{Deserialize, Serialize};

pub use account::{AccountNumber, Mandate, NotMandated};
pub use connector::{
    Algorithm, BankSettings, ConnectedBanks, HttpBank, KeyError, SettingsError, SettingsFault,
};

/// How a bank lets itself be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Custom {
    /// Hold, then capture or release.
    #[default]
    HoldFirst,
    /// Debit (the capture) before anything goes to the biller, refund where it
    /// was in vain.
    CaptureFirst,
}

/// One order to a bank. Payment and leg together are its reference for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankOrder {
    /// The payment.
    pub payment: RecordId,
    /// What the bank shall do.
    pub leg: Leg,
    /// The account's number at the bank; personal, never logged.
    pub account: AccountNumber,
    /// How much.
    pub amount: Money,
    /// In whose favour, for the payer's statement.
    pub payee: String,
    /// The payment's accounting date.
    pub accounting_date: AccountingDate,
    /// When the payment was asked for.
    pub requested_at: Moment,
}

impl BankOrder {
    /// The reference under which the bank knows the order.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}:{}", self.payment, self.leg)
    }
}

/// What a bank answers to an order, or to the question what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "body")]
pub enum BankAnswer {
    /// Done, with the bank's own serial number.
    Done {
        /// The bank's serial number.
        serial: String,
    },
    /// A definite no. The bank has done nothing and will do nothing.
    Refused {
        /// The bank's own code.
        code: String,
        /// For the payer.
        message: String,
    },
    /// The bank knows no such reference (status only); an order that is still on
    /// its way may arrive later, so this alone proves nothing.
    NotFound,
    /// No evidence.
    Unknown(String),
}

/// A bank. Every call ends by itself within its deadline; what went wrong on the
/// way is part of the answer.
pub trait Bank: Send + Sync {
    /// How it lets itself be used.
    fn custom(&self) -> Custom;

    /// Sends the order once.
    fn order<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer>;

    /// Asks what became of it.
    fn status<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer>;
}

/// The banks that this installation is connected to, by name.
pub trait Banks: Send + Sync {
    /// One of them.
    fn bank(&self, name: &str) -> Option<&dyn Bank>;
}
