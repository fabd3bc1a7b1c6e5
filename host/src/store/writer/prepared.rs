//! The money commands made ready in the caller's task, so that the writer only
//! has to collect rows. Decides nothing but when bills are free again.

use guichet_domain::books::Transfer;
use guichet_domain::id::{ClientId, RecordId, ServiceCode};
use guichet_domain::payment::State;
use guichet_domain::planted::{Bug, planted};
use guichet_domain::{Digest, Moment};

use super::super::ledger::NewAccount;
use super::super::payments::PaymentRow;
use super::super::value::Value;
use super::command::{BillKey, NewEvent, OpenPayment, PaymentChange, Schedule, Unique};

#[derive(Debug)]
pub(in crate::store) struct PreparedOpen {
    pub(super) payment: RecordId,
    pub(super) client: ClientId,
    pub(super) client_reference: Option<String>,
    pub(super) unique: Unique,
    pub(super) sealed_response: Vec<u8>,
    pub(super) row: Vec<Value>,
    pub(super) events: Vec<EventRow>,
    pub(super) bill_keys: Vec<BillKey>,
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
    /// By a new bill query; what the old one has named is paid.
    Applied,
    Closes,
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
        let limited = open.day_limit.zip(payment.account_key.clone());
        let day = limited.map(|(limit, account_key)| DayLimit {
            account_key,
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
fn history(payment: &PaymentRow, events: &[NewEvent], at: Moment) -> Vec<EventRow> {
    let first = payment.version - i64::try_from(events.len()).unwrap_or(0) + 1;
    (first..)
        .zip(events)
        .map(|(number, new)| EventRow {
            number,
            event: new.event.clone(),
            state: new.state,
            attempt: payment.attempts,
            content: new.content,
            at,
        })
        .collect()
}

/// A bill may be paid again once the money of this payment is taken or back.
fn closing(state: State) -> Closing {
    match state {
        State::Unknown if planted(Bug::BillFreeTooEarly) => Closing::Closes,
        State::Applied => Closing::Applied,
        State::Declined
        | State::Cancelled
        | State::Expired
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
