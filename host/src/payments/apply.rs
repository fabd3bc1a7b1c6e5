//! Turns events into one guarded change of a payment, with the money that
//! follows from them. The only place where a payment's state is moved.

use guichet_domain::Moment;
use guichet_domain::books::Transfer;
use guichet_domain::payment::{Backing, Event, Leg, Snapshot, State, Step, Unmoved, transition};
use guichet_domain::planted::{Bug, planted};

use super::money::{
    borne_fees, captures, client_captures, client_refunds, client_releases, holds,
    receiving_accounts, refunds, releases, returned_fees,
};
use super::receipt::{APPLIED, Facts};
use crate::store::{NewEvent, PaymentChange, PaymentRow, Schedule};

/// A change of a payment that is being put together.
pub(super) struct Draft {
    change: PaymentChange,
}

impl Draft {
    /// Begins with the payment as it stands.
    pub(super) fn of(row: &PaymentRow, now: Moment) -> Self {
        let mut next = row.clone();
        next.updated_at = now;
        let change = PaymentChange {
            expected: row.version,
            next,
            events: Vec::new(),
            accounts: Vec::new(),
            transfers: Vec::new(),
            schedule: Schedule::Keep,
        };
        Self { change }
    }

    /// The payment as it shall be.
    pub(super) fn next(&mut self) -> &mut PaymentRow {
        &mut self.change.next
    }

    /// The payment as it shall be, to look at.
    pub(super) const fn row(&self) -> &PaymentRow {
        &self.change.next
    }

    /// Whether anything happens at all.
    pub(super) const fn is_empty(&self) -> bool {
        self.change.events.is_empty()
    }

    /// Moves the payment and books what follows. What a bank would be asked for,
    /// the house's own ledger does in the same transaction. An event that
    /// changes nothing is left out.
    pub(super) fn push(&mut self, event: Event) -> Result<(), Unmoved> {
        let before = self.change.next.snapshot;
        match self.step(event) {
            Ok(()) => {}
            Err(Unmoved::Already) => return Ok(()),
            Err(error @ Unmoved::Forbidden(_)) => return Err(error),
        }
        let mut transfers = booked(before, event, &self.change.next);
        if !is_in_vain(before.state) && is_in_vain(self.change.next.snapshot.state) {
            transfers.append(&mut client_releases(&self.change.next));
        }
        if is_forgotten(event) {
            transfers.clear();
        }
        if !transfers.is_empty() {
            self.change.accounts = receiving_accounts(&self.change.next);
            self.change.transfers.append(&mut transfers);
        }
        match self.own_leg(event) {
            Some(leg) => self.push(Event::Bank(leg, Step::Done)),
            None => Ok(()),
        }
    }

    /// The leg that the house's own ledger does at once.
    fn own_leg(&self, event: Event) -> Option<Leg> {
        let snapshot = &self.change.next.snapshot;
        let is_banks = self.change.next.payer.backing() != Backing::OwnLedger;
        if is_banks && !(planted(Bug::BankNotAsked) && event == Event::Refused) {
            return None;
        }
        match event {
            Event::Applied => Some(Leg::Capture),
            Event::Refused | Event::Cancelled | Event::Expired => {
                snapshot.is_funded().then(|| snapshot.way_back())
            }
            Event::ReversalDone | Event::RefundAgreed => Some(Leg::Refund),
            Event::ActionRequired
            | Event::Authorised
            | Event::Declined
            | Event::Submitted
            | Event::NothingSent
            | Event::Pending
            | Event::Unknown
            | Event::Contradicted
            | Event::ReversalAsked
            | Event::ReversalRefused
            | Event::RefundAsked
            | Event::RefundRefused
            | Event::Bank(..) => None,
        }
    }

    /// Adds a line to the history that moves no state.
    pub(super) fn note(&mut self, event: &str) {
        let state = self.change.next.snapshot.state;
        let event = NewEvent::new(event.to_owned(), state);
        self.change.events.push(event);
        self.change.next.version += 1;
    }

    fn step(&mut self, event: Event) -> Result<(), Unmoved> {
        let next = &mut self.change.next;
        next.snapshot = transition(next.snapshot, event)?;
        next.version += 1;
        let event = NewEvent::new(event.name(), next.snapshot.state);
        self.change.events.push(event);
        Ok(())
    }

    /// The finished change. A payment that has ended needs nobody any more. What its
    /// receipt will say stands in the log from the first moment, so that nobody can
    /// make another receipt of the same payment later.
    pub(super) fn finish(mut self, schedule: Schedule) -> PaymentChange {
        self.change.schedule = schedule;
        let next = &mut self.change.next;
        if next.snapshot.has_ended() {
            next.owner = None;
            next.news_by = None;
            next.open_since = None;
            self.change.schedule = Schedule::Done;
        }
        let mut events = self.change.events.iter_mut();
        if let Some(applied) = events.find(|new| new.event == APPLIED) {
            applied.content = Facts::of(&self.change.next).map(|facts| facts.digest());
        }
        self.change
    }
}

/// What the books do at an event. They are the mirror of what banks do: money is
/// reserved once the bank's first leg is done, taken when the biller has applied
/// it, and goes back when the bank has given it back.
fn booked(before: Snapshot, event: Event, row: &PaymentRow) -> Vec<Transfer> {
    match event {
        Event::Bank(Leg::Hold | Leg::Capture, Step::Done) if before.state == State::Requested => {
            holds(row)
        }
        Event::Applied => [captures(row), borne_fees(row), client_captures(row)].concat(),
        Event::Bank(Leg::Release, Step::Done) => releases(row),
        Event::Bank(Leg::Refund, Step::Done) => match row.snapshot.state {
            State::Reversed | State::Refunded => {
                [refunds(row), returned_fees(row), client_refunds(row)].concat()
            }
            State::Requested
            | State::RequiresAction
            | State::Declined
            | State::Held
            | State::Cancelled
            | State::Expired
            | State::Submitted
            | State::Pending
            | State::Unknown
            | State::Applied
            | State::Refused
            | State::Released
            | State::Reversing
            | State::Refunding => releases(row),
        },
        Event::Bank(
            Leg::Hold | Leg::Capture | Leg::Release | Leg::Refund,
            Step::Asked | Step::Unknown | Step::Done | Step::Refused,
        )
        | Event::ActionRequired
        | Event::Authorised
        | Event::Declined
        | Event::Cancelled
        | Event::Expired
        | Event::Submitted
        | Event::NothingSent
        | Event::Refused
        | Event::Pending
        | Event::Unknown
        | Event::Contradicted
        | Event::ReversalAsked
        | Event::ReversalDone
        | Event::ReversalRefused
        | Event::RefundAsked
        | Event::RefundAgreed
        | Event::RefundRefused => Vec::new(),
    }
}

/// Whether it is certain that the payment has no effect. Its client pays nothing
/// for it from then on, even while the payer's money is still on its way back.
const fn is_in_vain(state: State) -> bool {
    match state {
        State::Declined | State::Cancelled | State::Expired | State::Refused | State::Released => {
            true
        }
        State::Requested
        | State::RequiresAction
        | State::Held
        | State::Submitted
        | State::Pending
        | State::Unknown
        | State::Applied
        | State::Reversing
        | State::Reversed
        | State::Refunding
        | State::Refunded => false,
    }
}

/// Never, but for planted mistakes.
fn is_forgotten(event: Event) -> bool {
    match event {
        Event::Applied => planted(Bug::ForgottenCapture),
        Event::Bank(Leg::Release, Step::Done) => planted(Bug::ForgottenRelease),
        Event::Bank(Leg::Refund, Step::Done) => planted(Bug::ForgottenRefund),
        _ => false,
    }
}
