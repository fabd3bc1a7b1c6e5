//! Giving up before submission, and asking for the money of an applied payment
//! back: undone on its own day, refunded later.

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId};
use guichet_domain::payment::{Event, Reversal as Reversible, State, StatusAnswer};
use guichet_domain::planted::{Bug, planted};

use super::apply::Draft;
use super::drive::{CONCLUSIONS, Driven, Look};
use super::legs::{age, own_by_operator};
use super::schedule::{NEWS_BY_WORKER_MS, WORKER, next_look};
use super::view::PaymentView;
use super::{PaymentError, Payments};
use crate::store::{Claim, PaymentRow, Reversal, Schedule};
use crate::terms::order::{PendingAnswer, RefusalGround, ReversalOrder, ReversalOutcome};
use crate::terms::payer::Evidence;

/// What an answer about an undoing answers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Undoing {
    /// An attempt; the one before it began then.
    Attempted {
        /// None where it is the first.
        before: Option<Moment>,
    },
    /// A question what became of it.
    Asked,
}

impl Payments {
    /// Cancels a payment that was not yet sent to the biller.
    pub async fn cancel(
        &self,
        client: &ClientId,
        id: &RecordId,
    ) -> Result<PaymentView, PaymentError> {
        let row = self.owned(client, id).await?;
        let now = self.ports.now();
        if row.snapshot.state == State::Held && self.standing(&row).may_lack_attempts() {
            return Err(PaymentError::WrongState(row.snapshot.state));
        }
        let mut draft = Draft::of(&row, now);
        draft
            .push(Event::Cancelled)
            .map_err(|_| PaymentError::WrongState(row.snapshot.state))?;
        // A bank still has to give back what it holds.
        let change = draft.finish(Schedule::Due(now, 0));
        if change.events.is_empty() {
            return Ok(PaymentView::of(&row));
        }
        let cancelled = PaymentView::of(&change.next);
        match self.record(change).await? {
            Driven::Settled => Ok(cancelled),
            // The worker was faster: it is on its way.
            Driven::Overtaken => {
                let row = self.owned(client, id).await?;
                Err(PaymentError::WrongState(row.snapshot.state))
            }
        }
    }

    /// Asks for the money of an applied payment back: on its own day undone with
    /// the biller, where the biller can; otherwise as a refund that the biller
    /// has to agree to.
    pub async fn reverse(
        &self,
        client: &ClientId,
        id: &RecordId,
        reason: &str,
    ) -> Result<PaymentView, PaymentError> {
        let row = self.owned(client, id).await?;
        let now = self.ports.now();
        let undone_today = match row.terms.capabilities.reversal {
            Reversible::SameAccountingDate => {
                self.ports.accounting_date(now) == row.accounting_date
            }
            Reversible::Unsupported => false,
        };
        // A biller that has refused to undo it is asked to agree to a refund; so is
        // one that cannot be shown its own answer.
        let tried = row.reversal.is_some();
        let kept = row.answer.fullest();
        let known = kept.is_some_and(|kept| self.outside.biller.knows_again(kept));
        match row.snapshot.state {
            State::Reversing | State::Refunding => Ok(PaymentView::of(&row)),
            _ if undone_today && !tried && known => self.begin_reversal(row, reason, now).await,
            _ => self.begin_refund(row, reason, now).await,
        }
    }

    /// Waits for the biller's agreement; people bring it.
    async fn begin_refund(
        &self,
        row: PaymentRow,
        reason: &str,
        now: Moment,
    ) -> Result<PaymentView, PaymentError> {
        let wrong_state = || PaymentError::WrongState(row.snapshot.state);
        let mut draft = Draft::of(&row, now);
        draft.push(Event::RefundAsked).map_err(|_| wrong_state())?;
        if planted(Bug::RefundUnasked) {
            draft.push(Event::RefundAgreed).map_err(|_| wrong_state())?;
        }
        let next = draft.next();
        next.open_since = None;
        next.payer.put_evidence(Evidence {
            source: "client".to_owned(),
            text: reason.to_owned(),
            persons: Vec::new(),
            at: now,
        });
        let deadline = own_by_operator(next, now);
        let view = PaymentView::of(next);
        match self
            .record(draft.finish(Schedule::Due(deadline, 0)))
            .await?
        {
            Driven::Settled => Ok(view),
            Driven::Overtaken => Err(wrong_state()),
        }
    }

    async fn begin_reversal(
        &self,
        row: PaymentRow,
        reason: &str,
        now: Moment,
    ) -> Result<PaymentView, PaymentError> {
        let wrong_state = || PaymentError::WrongState(row.snapshot.state);
        let application = row.answer.fullest().cloned().ok_or_else(wrong_state)?;
        let mut draft = Draft::of(&row, now);
        draft
            .push(Event::ReversalAsked)
            .map_err(|_| wrong_state())?;
        let next = draft.next();
        next.owner = Some(WORKER.to_owned());
        next.open_since = Some(now);
        next.news_by = Some(now.plus_ms(NEWS_BY_WORKER_MS));
        next.reversal = Some(Reversal {
            order: ReversalOrder {
                reversal: self.ports.record_id("rev"),
                attempt: 0,
                order: row.order.clone(),
                application,
                reason: reason.to_owned(),
                requested_at: now,
            },
            last: None,
            attempted_at: None,
        });
        let view = PaymentView::of(next);
        match self.record(draft.finish(Schedule::Due(now, 0))).await? {
            Driven::Settled => Ok(view),
            Driven::Overtaken => Err(wrong_state()),
        }
    }

    /// One look at a reversal. An attempt that was begun is asked about first;
    /// another follows only after proof that it was without effect.
    pub(super) async fn drive_reversal(
        &self,
        row: PaymentRow,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        let Some(reversal) = row.reversal.clone() else {
            tracing::error!(payment = %row.id, "a reversing payment has no reversal");
            return Ok(Look::Ended(Driven::Overtaken));
        };
        if self.may_lack_reversal(&reversal) {
            return self.assume_reversal(row, reversal).await;
        }
        if reversal.order.attempt == 0 || planted(Bug::ReverseAgain) {
            return self.attempt_reversal(row, reversal, tries).await;
        }
        if row.terms.capabilities.status == StatusAnswer::None {
            return self
                .keep_reversal(&row, None, "the biller cannot be asked", tries)
                .await;
        }
        let asked_at = self.ports.now();
        let waited_ms = self.waited_ms(&reversal.order.reversal, reversal.order.attempt);
        let outcome = self
            .outside
            .biller
            .reversal_status(&reversal.order, reversal.last.as_ref())
            .await;
        let proof = match (row.terms.capabilities.status, reversal.attempted_at) {
            (StatusAnswer::Authoritative { after_seconds }, Some(attempted)) => {
                let delay_ms = i64::from(after_seconds) * 1_000;
                asked_at.ms_since(attempted) >= delay_ms && waited_ms >= delay_ms
            }
            (StatusAnswer::Authoritative { .. }, None)
            | (StatusAnswer::None | StatusAnswer::Advisory, _) => false,
        };
        if outcome == ReversalOutcome::NotFound && proof {
            return self.attempt_reversal(row, reversal, tries).await;
        }
        self.conclude_reversal(row, &outcome, Undoing::Asked, tries)
            .await
    }

    async fn attempt_reversal(
        &self,
        row: PaymentRow,
        reversal: Reversal,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        let now = self.ports.now();
        let mut draft = Draft::of(&row, now);
        draft.note("reversal_submitted");
        let before = reversal.attempted_at;
        let mut begun = reversal;
        begun.order.attempt += 1;
        begun.attempted_at = Some(now);
        draft.next().reversal = Some(begun.clone());
        let change = draft.finish(Schedule::Keep);
        let submitted = change.next.clone();
        if self.record(change).await? == Driven::Overtaken {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        let outcome = self.outside.biller.reverse(&begun.order).await;
        self.attempt_ended(&begun.order.reversal, begun.order.attempt);
        let undoing = Undoing::Attempted { before };
        self.conclude_reversal(submitted, &outcome, undoing, tries)
            .await
    }

    /// Records what an answer proves. It stays evidence where somebody moved the
    /// payment meanwhile, unless the undoing has ended or another attempt was begun.
    pub(super) async fn conclude_reversal(
        &self,
        row: PaymentRow,
        outcome: &ReversalOutcome,
        undoing: Undoing,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        let mut row = row;
        for _ in 0..CONCLUSIONS {
            let look = self.take_reversal(&row, outcome, undoing, tries).await?;
            if look != Look::Ended(Driven::Overtaken) {
                return Ok(look);
            }
            match Box::pin(self.store.payment(&row.id)).await? {
                Some(fresh) if attempt_of(&fresh) == attempt_of(&row) => row = fresh,
                Some(_) | None => break,
            }
        }
        tracing::warn!(payment = %row.id, "an answer to a reversal came too late");
        Ok(Look::Ended(Driven::Overtaken))
    }

    async fn take_reversal(
        &self,
        row: &PaymentRow,
        outcome: &ReversalOutcome,
        undoing: Undoing,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        match (outcome, undoing) {
            (ReversalOutcome::Reversed(_), _) => self.end_reversal(row, Event::ReversalDone).await,
            (ReversalOutcome::Refused(refusal), _) => match refusal.ground {
                RefusalGround::Definite => self.end_reversal(row, Event::ReversalRefused).await,
                RefusalGround::PerhapsPaid => {
                    self.keep_reversal(row, None, &refusal.message, tries).await
                }
            },
            (ReversalOutcome::Pending(pending), _) => {
                self.keep_reversal(row, Some(pending), &pending.message, tries)
                    .await
            }
            (ReversalOutcome::NotFound, _) => {
                self.keep_reversal(row, None, "not known to the biller yet", tries)
                    .await
            }
            (ReversalOutcome::NotSent(reason), Undoing::Attempted { before }) => {
                let mut row = row.clone();
                if let Some(reversal) = &mut row.reversal {
                    // Earlier attempts are proven to be without effect, or there were
                    // none; and nothing left the house since.
                    reversal.order.attempt = 0;
                    reversal.attempted_at = before;
                }
                self.keep_reversal(&row, None, reason, tries).await
            }
            (ReversalOutcome::NotSent(reason), Undoing::Asked)
            | (ReversalOutcome::Unknown(reason), _) => {
                self.keep_reversal(row, None, reason, tries).await
            }
        }
    }

    async fn end_reversal(&self, row: &PaymentRow, event: Event) -> Result<Look, PaymentError> {
        let mut draft = Draft::of(row, self.ports.now());
        if draft.push(event).is_err() {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        draft.next().answer.reason = None;
        self.settle(draft, Schedule::Done).await
    }

    async fn keep_reversal(
        &self,
        row: &PaymentRow,
        pending: Option<&PendingAnswer>,
        reason: &str,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        let now = self.ports.now();
        let mut draft = Draft::of(row, now);
        let asked = pending.and_then(|pending| pending.ask_after_seconds);
        let next = draft.next();
        if let (Some(reversal), Some(pending)) = (&mut next.reversal, pending) {
            reversal.last = Some(pending.clone());
        }
        next.answer.reason = Some(reason.to_owned());
        age(next, now);
        let look = next_look(now, tries, asked, &*self.ports.random);
        self.settle(draft, Schedule::Due(look, tries.saturating_add(1)))
            .await
    }

    /// Gives a payment back to the outbox after an error, without judging it.
    pub async fn give_back(&self, claim: &Claim) -> Result<(), PaymentError> {
        let look = next_look(self.ports.now(), claim.tries, None, &*self.ports.random);
        Ok(self
            .store
            .reschedule(&claim.payment, look, claim.tries.saturating_add(1))
            .await?)
    }
}

/// The attempt to undo that is under way; none once it has ended.
fn attempt_of(row: &PaymentRow) -> Option<(&RecordId, u32)> {
    let reversal = row.reversal.as_ref()?;
    let order = &reversal.order;
    (row.snapshot.state == State::Reversing).then_some((&order.reversal, order.attempt))
}
