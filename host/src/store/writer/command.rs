//! What the writer can be told, and what it answers.

use guichet_domain::books::{BooksError, Transfer};
use guichet_domain::id::{ClientId, RecordId, ServiceCode};
use guichet_domain::payment::State;
use guichet_domain::planted::{Bug, planted};
use guichet_domain::{Digest, Moment};

use super::super::idempotency::{IdempotencyKey, Remembered, RememberedRow};
use super::super::ledger::NewAccount;
use super::super::payments::PaymentRow;
use super::super::value::{Row, Value};
use crate::payments::receipt::{APPLIED, Facts};

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
    /// Written where the first statement has given back a row.
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

/// A payment to be opened, with its money held, in one transaction.
#[derive(Debug, Clone)]
pub struct OpenPayment {
    /// Under which key.
    pub unique: Unique,
    /// The acknowledgement that is answered now and for ever.
    pub response: String,
    /// The payment; its version counts the events below.
    pub row: PaymentRow,
    /// Event names with the states they lead to.
    pub events: Vec<(String, State)>,
    /// Digests of service, account and bill: each may be in one open payment.
    pub bill_keys: Vec<Vec<u8>>,
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
    /// Event names with the states they lead to.
    pub events: Vec<(String, State)>,
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
    /// Transfers with the event that tells of them, where one of them is new.
    Told(Box<LedgerCommand>, RecordEvent),
    Open(Box<PreparedOpen>),
    Change(Box<PreparedChange>),
}

#[derive(Debug)]
pub(in crate::store) struct PreparedOpen {
    pub(super) payment: RecordId,
    pub(super) client: ClientId,
    pub(super) client_reference: Option<String>,
    pub(super) unique: Unique,
    pub(super) sealed_response: Vec<u8>,
    pub(super) row: Vec<Value>,
    pub(super) events: Vec<EventRow>,
    pub(super) bill_keys: Vec<Vec<u8>>,
    pub(super) accounts: Vec<NewAccount>,
    pub(super) transfers: Vec<Transfer>,
    pub(super) day: Option<DayLimit>,
    pub(super) payer_day: Option<PayerDayLimit>,
    pub(super) outbox: Vec<Value>,
    pub(super) at: Moment,
}

/// One line of a payment's history; its place in the node's log is given when
/// it is written.
#[derive(Debug)]
pub(super) struct EventRow {
    pub(super) number: i64,
    pub(super) event: String,
    pub(super) state: State,
    pub(super) attempt: u32,
    pub(super) content: Option<Digest>,
    pub(super) at: Moment,
}

/// A payer's limit; counted by client, subject and date.
#[derive(Debug)]
pub(super) struct PayerDayLimit {
    pub(super) client: String,
    pub(super) subject: String,
    pub(super) date: String,
    pub(super) limit: i64,
    pub(super) amount: i64,
}

impl PayerDayLimit {
    pub(super) fn key(&self) -> (String, String, String) {
        (self.client.clone(), self.subject.clone(), self.date.clone())
    }
}

#[derive(Debug)]
pub(super) struct DayLimit {
    pub(super) account_key: Vec<u8>,
    pub(super) date: String,
    pub(super) limit: i64,
    pub(super) amount: i64,
}

#[derive(Debug)]
pub(in crate::store) struct PreparedChange {
    pub(super) payment: RecordId,
    pub(super) service: ServiceCode,
    pub(super) expected: i64,
    pub(super) row: Vec<Value>,
    pub(super) events: Vec<EventRow>,
    pub(super) closes_bills: Closing,
    pub(super) accounts: Vec<NewAccount>,
    pub(super) transfers: Vec<Transfer>,
    pub(super) schedule: Schedule,
    pub(super) at: Moment,
}

/// Whether the payment's bills may be paid again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    StaysOpen,
    Closes,
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

impl PreparedOpen {
    pub(in crate::store) fn new(
        open: &OpenPayment,
        row: Vec<Value>,
        sealed_response: Vec<u8>,
        node: &str,
    ) -> Self {
        let payment = &open.row;
        let at = payment.created_at;
        let events = history(payment, &open.events, at);
        let day = open.day_limit.map(|limit| DayLimit {
            account_key: payment.account_key.clone(),
            date: payment.accounting_date.to_string(),
            limit,
            amount: payment.total.minor_units(),
        });
        let payer_day = open.payer_day_limit.map(|limit| PayerDayLimit {
            client: payment.client.to_string(),
            subject: payment.subject.to_string(),
            date: payment.accounting_date.to_string(),
            limit,
            amount: payment
                .total
                .minor_units()
                .saturating_add(payment.payer_fee),
        });
        Self {
            payment: payment.id.clone(),
            client: payment.client.clone(),
            client_reference: payment.client_reference.clone(),
            unique: open.unique.clone(),
            sealed_response,
            row,
            events,
            bill_keys: open.bill_keys.clone(),
            accounts: open.accounts.clone(),
            transfers: open.transfers.clone(),
            day,
            payer_day,
            outbox: vec![
                payment.id.as_str().into(),
                payment.service.as_str().into(),
                at.into(),
                0_i64.into(),
                node.into(),
                open.lease_until.into(),
            ],
            at,
        }
    }
}

impl PreparedChange {
    pub(in crate::store) fn new(change: &PaymentChange, changing: Vec<Value>) -> Self {
        let next = &change.next;
        let at = next.updated_at;
        let events = history(next, &change.events, at);
        let mut row: Vec<Value> = vec![next.id.as_str().into()];
        row.extend(changing);
        Self {
            payment: next.id.clone(),
            service: next.service.clone(),
            expected: change.expected,
            row,
            events,
            closes_bills: closing(next.snapshot.state),
            accounts: change.accounts.clone(),
            transfers: change.transfers.clone(),
            schedule: change.schedule.clone(),
            at,
        }
    }
}

/// The payment's newest events; the last one bears its version's number.
fn history(payment: &PaymentRow, events: &[(String, State)], at: Moment) -> Vec<EventRow> {
    let first = payment.version - i64::try_from(events.len()).unwrap_or(0) + 1;
    (first..)
        .zip(events)
        .map(|(number, (event, state))| EventRow {
            number,
            event: event.clone(),
            state: *state,
            attempt: payment.attempts,
            content: content(payment, event),
            at,
        })
        .collect()
}

/// What the receipt will say stands in the log from the first moment, so that
/// nobody can make another receipt of the same payment later.
fn content(payment: &PaymentRow, event: &str) -> Option<Digest> {
    let facts = (event == APPLIED).then(|| Facts::of(payment)).flatten()?;
    Some(facts.digest())
}

/// A bill may be paid again once the money of this payment is taken or back.
fn closing(state: State) -> Closing {
    match state {
        State::Unknown if planted(Bug::BillFreeTooEarly) => Closing::Closes,
        State::Declined
        | State::Cancelled
        | State::Expired
        | State::Applied
        | State::Released
        | State::Reversed
        | State::Refunded => Closing::Closes,
        State::Requested
        | State::RequiresAction
        | State::Held
        | State::Submitted
        | State::Pending
        | State::Unknown
        | State::Refused
        | State::Reversing
        | State::Refunding => Closing::StaysOpen,
    }
}
