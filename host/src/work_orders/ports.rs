//! What the work-order room and the day's end ask of the payment room. Every
//! call may be repeated: what was done before is done.

use futures::future::BoxFuture;
use guichet_domain::AccountingDate;
use guichet_domain::id::{PersonId, RecordId};
use guichet_domain::work_order::{Decision, Seen};

/// A decision of two persons about a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The payment.
    pub payment: RecordId,
    /// What was decided.
    pub decision: Decision,
    /// On which ground.
    pub evidence: String,
    /// The biller's serial number, where it has applied the payment.
    pub serial: Option<String>,
    /// Who proposed and who agreed.
    pub by: (PersonId, PersonId),
    /// The payment as it stood when this was proposed.
    pub seen: Option<Seen>,
}

/// What a biller's day file says about a payment whose outcome is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// It was applied, under this serial number, at the biller's own time.
    Applied {
        /// The biller's serial number.
        serial: String,
        /// RFC 3339.
        at: String,
    },
    /// Its files up to this day do not have it.
    NotFound {
        /// The last day that they cover without a gap.
        covers: AccountingDate,
    },
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// The payment has moved, or stood there already.
    Done,
    /// Nothing has to be moved for this decision.
    Nothing,
}

/// Why the payment room did not move the payment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// It cannot go there from where it stands; the reason is for people.
    #[error("the payment cannot go there: {0}")]
    NotPossible(String),
    /// The books are away, or something has to end before: it is tried again.
    #[error("not now: {0}")]
    Later(String),
}

/// The payment room, as far as its outcome can be decided from outside.
pub trait PaymentDesk: Send + Sync {
    /// What a decision rests on that is made about this payment now; none where
    /// there is no such payment.
    fn look<'a>(&'a self, payment: &'a RecordId) -> BoxFuture<'a, Result<Option<Seen>, DeskError>>;

    /// Carries a decision out.
    fn carry_out<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Result<Carried, DeskError>>;

    /// Takes a day file's word as evidence about an open payment.
    fn evidence<'a>(
        &'a self,
        payment: &'a RecordId,
        word: &'a Word,
    ) -> BoxFuture<'a, Result<Carried, DeskError>>;
}
