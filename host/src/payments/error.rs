//! Why the payment room says no. Clients see the kind; operators the detail.

use guichet_domain::bill::ItemError;
use guichet_domain::id::RecordId;
use guichet_domain::payment::State;

use super::ports::Closed;
use crate::bank::NotMandated;
use crate::store::StoreError;

/// Everything that can keep a payment from being made or shown.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// No such payment, or not the caller's.
    #[error("there is no such payment")]
    NotFound,
    /// No such bill query, or not the caller's.
    #[error("there is no such bill query")]
    NoSuchQuery,
    /// It still waits for the biller.
    #[error("the bill query has no answer yet")]
    QueryNotReady,
    /// Its amounts hold no longer: ask again.
    #[error("the bill query has expired: query the bill again")]
    QueryExpired,
    /// The items break a rule.
    #[error(transparent)]
    Items(#[from] ItemError),
    /// The service takes no payment now.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// The account is not the subject's, not the client's, or does not exist.
    #[error("this account cannot pay for this subject")]
    NoMandate,
    /// The payer's mandate does not cover it.
    #[error("the payer's mandate does not cover this payment: {0}")]
    NotMandated(#[from] NotMandated),
    /// The bank behind the account is not connected now.
    #[error("the bank behind this account is not connected")]
    BankNotConnected,
    /// Not enough money, or beyond the credit limit.
    #[error("the account has not enough money for this payment")]
    InsufficientFunds,
    /// The client's own account does not cover its fee.
    #[error("the client's own account does not cover the fee of this payment")]
    ClientFunds,
    /// The account has been paid as much today as it may be.
    #[error("the limit for this account and day is reached")]
    AboveDayLimit,
    /// The payer has paid as much today through this client as it lets one pay.
    #[error("the payer's limit for this day is reached")]
    AbovePayerLimit,
    /// Same key, other body: nothing was done.
    #[error("this Idempotency-Key was used with another body")]
    KeyReused,
    /// The bill is in an open payment already.
    #[error("a payment for this bill is under way")]
    BillInPayment {
        /// That payment, where it is the caller's own subject's.
        payment: Option<RecordId>,
    },
    /// The client's reference stands on another payment.
    #[error("this client_reference stands on another payment")]
    ReferenceReused,
    /// It is too late, or too early, for that.
    #[error("this cannot be done to a payment that is {0}")]
    WrongState(State),
    /// What was agreed to is not what the payment is.
    #[error("this binding does not belong to the payment")]
    WrongBinding,
    /// Only the payer can authorise.
    #[error("only the payer authorises this payment")]
    NotThePayer,
    /// Who made the payment, or agreed to it, cannot be the second person.
    #[error("the second person must be another one than who made the payment")]
    MakerCannotCheck,
    /// A decision needs two different persons.
    #[error("two different persons decide")]
    OnePerson,
    /// What was brought proves nothing about this payment.
    #[error("this proves nothing yet: {0}")]
    NoProof(&'static str),
    /// A callback that its biller has not signed.
    #[error("the callback's signature is missing or wrong")]
    Forged,
    /// A callback that says nothing that can be understood.
    #[error("the callback cannot be read: {0}")]
    Unreadable(String),
    /// The writer's queue is full or the database is away: safe to ask again
    /// with the same key.
    #[error("the books cannot be written now")]
    Busy(#[source] StoreError),
    /// A fault of the house.
    #[error("the books cannot be read")]
    Store(#[source] StoreError),
}

impl From<StoreError> for PaymentError {
    fn from(error: StoreError) -> Self {
        if error.is_temporary() {
            Self::Busy(error)
        } else {
            Self::Store(error)
        }
    }
}
