//! The bank behind a payer's account. Today the built-in ledger is the bank:
//! holds, captures and releases are booked in the very transaction that moves
//! the payment, so that the bank's legs have no unknowns. The trait below is
//! what another bank's connector has to offer; its answers are the legs' steps.

use futures::future::BoxFuture;
use guichet_domain::Money;
use guichet_domain::id::{AccountId, RecordId};
use guichet_domain::payment::{Leg, Step};

/// One order to a bank, repeatable by payment and leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankOrder {
    /// The payment: with the leg it is the reference that the bank sees.
    pub payment: RecordId,
    /// What the bank shall do.
    pub leg: Leg,
    /// From where, or back to where.
    pub account: AccountId,
    /// How much.
    pub amount: Money,
}

/// A bank that holds first: hold, then capture or release. The same order twice
/// has one effect, and what is not certain is `Step::Unknown`.
pub trait HoldFirst: Send + Sync {
    /// Sends the order once.
    fn order<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, Step>;

    /// Asks what became of it.
    fn status<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, Step>;
}
