//! Turns events into one guarded change of a payment, with the money that
//! follows from them. The only place where a payment's state is moved.

use guichet_domain::Moment;
use guichet_domain::payment::{Event, Leg, Step, Unmoved, transition};

use super::money::{captures, refunds, releases};
use crate::store::{PaymentChange, PaymentRow, Schedule};

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

    /// Moves the payment, and with it what the embedded ledger does in the same
    /// transaction: what is applied is taken, what is refused or given up is
    /// given back. An event that changes nothing is left out.
    pub(super) fn push(&mut self, event: Event) -> Result<(), Unmoved> {
        match self.step(event) {
            Ok(()) => {}
            Err(Unmoved::Already) => return Ok(()),
            Err(error @ Unmoved::Forbidden(_)) => return Err(error),
        }
        let money = match event {
            Event::Applied => Some((Leg::Capture, captures(&self.change.next))),
            Event::Refused | Event::Cancelled | Event::Expired => {
                Some((Leg::Release, releases(&self.change.next)))
            }
            Event::ReversalDone => Some((Leg::Refund, refunds(&self.change.next))),
            Event::ActionRequired
            | Event::Authorised
            | Event::Declined
            | Event::Submitted
            | Event::NothingSent
            | Event::Pending
            | Event::Unknown
            | Event::ReversalAsked
            | Event::ReversalRefused
            | Event::RefundAsked
            | Event::Bank(..) => None,
        };
        if let Some((leg, mut transfers)) = money {
            self.step(Event::Bank(leg, Step::Done))?;
            self.change.transfers.append(&mut transfers);
        }
        Ok(())
    }

    /// Adds a line to the history that moves no state.
    pub(super) fn note(&mut self, event: &str) {
        let state = self.change.next.snapshot.state;
        self.change.events.push((event.to_owned(), state));
        self.change.next.version += 1;
    }

    fn step(&mut self, event: Event) -> Result<(), Unmoved> {
        let next = &mut self.change.next;
        next.snapshot = transition(next.snapshot, event)?;
        next.version += 1;
        self.change.events.push((event.name(), next.snapshot.state));
        Ok(())
    }

    /// The finished change. A payment that has ended needs nobody any more.
    pub(super) fn finish(mut self, schedule: Schedule) -> PaymentChange {
        self.change.schedule = schedule;
        let next = &mut self.change.next;
        if next.snapshot.has_ended() {
            next.owner = None;
            next.news_by = None;
            next.open_since = None;
            self.change.schedule = Schedule::Done;
        }
        self.change
    }
}
