//! What the writer can be told, and what it answers.

use guichet_domain::books::{BooksError, Transfer};
use guichet_domain::id::RecordId;
use guichet_domain::payment::State;
use guichet_domain::{Digest, Moment};

use super::super::idempotency::{IdempotencyKey, Remembered, RememberedRow};
use super::super::ledger::NewAccount;
use super::super::payments::PaymentRow;
use super::super::value::{Row, Value};
use super::prepared::{PreparedChange, PreparedOpen};

/// One statement with its values.
#[derive(Debug, Clone)]
pub struct Statement {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Value>,
}

impl Statement {
    /// A static text with its values.
    #[must_use]
    pub const fn new(sql: &'static str, values: Vec<Value>) -> Self {
        Self { sql, values }
    }
}

/// One line of a record's history, for the audit log: whatever changes money or
/// consent and is no payment.
#[derive(Debug, Clone)]
pub struct RecordEvent {
    /// The record that it happens to.
    pub record: RecordId,
    /// What happens: a word.
    pub event: String,
    /// Where it leads: a word.
    pub state: String,
    /// SHA-256 of what it is about.
    pub content: Option<Digest>,
    /// When.
    pub at: Moment,
}

/// Statements of one transaction, with the event that tells of them.
#[derive(Debug)]
pub(in crate::store) struct Recorded {
    pub(super) statements: Vec<Statement>,
    /// Written where the first statement has given back a row, or beside transfers
    /// where one of these is new.
    pub(super) event: RecordEvent,
}

impl Recorded {
    pub(in crate::store) const fn new(statements: Vec<Statement>, event: RecordEvent) -> Self {
        Self { statements, event }
    }
}

/// Transfers to be recorded together or not at all.
#[derive(Debug, Clone)]
pub struct LedgerCommand {
    /// Opened where they do not exist yet.
    pub accounts: Vec<NewAccount>,
    /// In this order.
    pub transfers: Vec<Transfer>,
    /// The payment they belong to.
    pub payment: Option<RecordId>,
    /// When.
    pub at: Moment,
}

/// The key of a request and the digest of its body.
#[derive(Debug, Clone)]
pub struct Unique {
    /// The key.
    pub key: IdempotencyKey,
    /// SHA-256 of the body's canonical form.
    pub body_digest: Vec<u8>,
}

/// A key that one payment has for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillKey {
    /// Made of service, account and bill, or of bill query and bill.
    pub bytes: Vec<u8>,
    /// Until when an applied payment keeps it; none where it goes with the
    /// payment's end.
    pub kept_until: Option<Moment>,
}

/// What happens to a payment.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Its name.
    pub event: String,
    /// The state that it leads to.
    pub state: State,
    /// Digest of what it is about, for the audit log.
    pub content: Option<Digest>,
}

impl NewEvent {
    /// About nothing that the log shall prove.
    #[must_use]
    pub const fn new(event: String, state: State) -> Self {
        Self {
            event,
            state,
            content: None,
        }
    }
}

/// A payment to be opened, with its money held, in one transaction.
#[derive(Debug, Clone)]
pub struct OpenPayment {
    /// Under which key.
    pub unique: Unique,
    /// The acknowledgement that is answered now and for ever.
    pub response: String,
    /// The payment; its version counts the events below.
    pub row: PaymentRow,
    /// What happens to it, one after the other.
    pub events: Vec<NewEvent>,
    /// By them no bill is paid twice.
    pub bill_keys: Vec<BillKey>,
    /// Opened where they do not exist yet.
    pub accounts: Vec<NewAccount>,
    /// The holds.
    pub transfers: Vec<Transfer>,
    /// The most that the account may be paid on this accounting date, in minor
    /// units.
    pub day_limit: Option<i64>,
    /// The most that the payer may pay on this accounting date through the client,
    /// the payer's fees included, in minor units.
    pub payer_day_limit: Option<i64>,
    /// Until when this node has the outbox row to itself.
    pub lease_until: Moment,
}

/// What becomes of the outbox row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// It stays with this node.
    Keep,
    /// Given back until it is due again.
    Due(Moment, u32),
    /// Nothing is left to do.
    Done,
}

/// A payment's next state, guarded by the version it was computed from.
#[derive(Debug, Clone)]
pub struct PaymentChange {
    /// The version that must still stand.
    pub expected: i64,
    /// The payment as it shall be; its version is `expected` plus the events.
    pub next: PaymentRow,
    /// What happens to it, one after the other.
    pub events: Vec<NewEvent>,
    /// Opened where they do not exist yet.
    pub accounts: Vec<NewAccount>,
    /// What is booked with it.
    pub transfers: Vec<Transfer>,
    /// What is still to be done.
    pub schedule: Schedule,
}

/// Why a command was not carried out. Nothing of it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The key stands with another body.
    #[error("the key was used with another body")]
    KeyReused,
    /// A bill is in another open payment.
    #[error("a bill is in the open payment {0}")]
    BillInPayment(RecordId),
    /// The client's reference stands on another payment.
    #[error("the client's reference is taken")]
    ReferenceReused,
    /// The limit by day would be passed.
    #[error("the limit by day is reached")]
    AboveDayLimit,
    /// The payer's limit by day would be passed.
    #[error("the payer's limit by day is reached")]
    AbovePayerLimit,
    /// The books do not allow it.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The payment has moved on: read it again.
    #[error("the payment has changed meanwhile")]
    Stale,
}

/// How a payment was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// Now.
    Made,
    /// Earlier, by the same request.
    Remembered(Remembered),
}

/// The writer's answer.
#[derive(Debug)]
pub enum Outcome {
    /// Rows of each statement.
    Rows(Vec<Vec<Row>>),
    /// Carried out.
    Done,
    /// The key stands already with the same body.
    #[doc(hidden)]
    Known(Known),
    /// Not carried out.
    Refused(Refused),
}

/// A remembered acknowledgement whose seal is still closed.
#[derive(Debug)]
pub struct Known(pub(in crate::store) RememberedRow);

/// A command, prepared so that the writer only collects.
#[derive(Debug)]
pub(in crate::store) enum Command {
    Statements(Vec<Statement>),
    Recorded(Box<Recorded>),
    Claim(Vec<Value>),
    /// The last command: what waits behind it is not taken any more.
    Stop,
    Ledger(Box<LedgerCommand>),
    /// Transfers with the statements and the event that tell of them, where one of
    /// them is new.
    Told(Box<LedgerCommand>, Box<Recorded>),
    Open(Box<PreparedOpen>),
    Change(Box<PreparedChange>),
}

impl Command {
    /// The transfers and accounts that the command names.
    pub(super) fn booking(&self) -> Option<Booking<'_>> {
        match self {
            Self::Statements(_) | Self::Recorded(_) | Self::Claim(_) | Self::Stop => None,
            Self::Ledger(ledger) | Self::Told(ledger, _) => Some(Booking {
                accounts: &ledger.accounts,
                transfers: &ledger.transfers,
                payment: ledger.payment.as_ref(),
                at: ledger.at,
            }),
            Self::Open(open) => Some(Booking {
                accounts: &open.accounts,
                transfers: &open.transfers,
                payment: Some(&open.payment),
                at: open.at,
            }),
            Self::Change(change) => Some(Booking {
                accounts: &change.accounts,
                transfers: &change.transfers,
                payment: Some(&change.payment),
                at: change.at,
            }),
        }
    }
}

/// What a command wants to book.
pub(super) struct Booking<'a> {
    pub(super) accounts: &'a [NewAccount],
    pub(super) transfers: &'a [Transfer],
    pub(super) payment: Option<&'a RecordId>,
    pub(super) at: Moment,
}
