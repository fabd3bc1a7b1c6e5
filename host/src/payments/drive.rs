//! One look at one payment: find out what is to be done, commit the intention,
//! do it, commit the outcome. Whatever stops in between is taken up again by
//! whoever looks next, from what is committed alone.

use futures::future::BoxFuture;
use guichet_domain::Moment;
use guichet_domain::payment::{
    Event, LegState, NextStep, Repetition, State, StatusAnswer, next_step,
};
use guichet_domain::planted::{Bug, planted};

use super::apply::Draft;
use super::judge::{Question, Verdict, judge};
use super::legs::own_by_operator;
use super::schedule::{ESCALATION_AGE_MS, OPERATOR, WORKER, news_by, next_look};
use super::{PaymentError, Payments};
use crate::store::{Claim, PaymentChange, PaymentRow, Refused, Schedule};
use crate::terms::order::Outcome;

/// How often an outcome is tried to be recorded while the books are away.
const RECORDING_TRIES: u32 = 120;
/// The pause in between.
const RECORDING_PAUSE_MS: u64 = 500;

/// How often an outcome is judged anew because the payment moved meanwhile.
pub(super) const CONCLUSIONS: u32 = 4;

/// Steps that one look takes one after the other: hold, submit, capture, and
/// what may come between.
const STEPS: usize = 8;

/// What a look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driven {
    /// Something was recorded, or nothing was left to do.
    Settled,
    /// The payment moved on meanwhile; whoever moved it looks after it.
    Overtaken,
}

/// What one step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// The next step can be taken at once; the lease is still held.
    GoesOn,
    /// That was all for now.
    Ended(Driven),
}

impl Payments {
    /// Looks after one payment whose lease this node holds.
    pub async fn drive(&self, claim: &Claim) -> Result<Driven, PaymentError> {
        for _ in 0..STEPS {
            let Some(row) = Box::pin(self.store.payment(&claim.payment)).await? else {
                return Ok(Driven::Settled);
            };
            match self.step(row, claim.tries).await? {
                Look::Ended(driven) => return Ok(driven),
                Look::GoesOn => {}
            }
        }
        self.give_back(claim).await?;
        Ok(Driven::Settled)
    }

    async fn step(&self, row: PaymentRow, tries: u32) -> Result<Look, PaymentError> {
        let now = self.ports.now();
        let facts = self.standing(&row);
        // Boxed, so that a look is as large as its one step and not as all.
        let step: BoxFuture<'_, Result<Look, PaymentError>> =
            match next_step(&facts, &row.terms.capabilities, now) {
                NextStep::Order(leg) => Box::pin(self.order_leg(row, leg, tries)),
                NextStep::Inquire(leg) => Box::pin(self.inquire_leg(row, leg, tries)),
                NextStep::Submit => Box::pin(self.submit(row, tries)),
                NextStep::Assume => Box::pin(self.assume_submitted(row, now)),
                NextStep::AskStatus => Box::pin(self.ask_status(row, tries)),
                NextStep::Reverse => Box::pin(self.drive_reversal(row, tries)),
                NextStep::Expire => Box::pin(self.expire(row, None)),
                NextStep::Escalate => Box::pin(self.escalate(row, tries, now)),
                NextStep::AwaitAgreement => Box::pin(self.await_agreement(row, now)),
                NextStep::AwaitPayer(until) => Box::pin(self.leave(row, Schedule::Due(until, 0))),
                NextStep::Nothing => Box::pin(self.leave(row, Schedule::Done)),
            };
        step.await
    }

    /// Changes nothing but the next look.
    async fn leave(&self, row: PaymentRow, schedule: Schedule) -> Result<Look, PaymentError> {
        let draft = Draft::of(&row, row.updated_at);
        self.settle(draft, schedule).await
    }

    /// Nothing was sent, and it is too late for it.
    pub(super) async fn expire(
        &self,
        row: PaymentRow,
        reason: Option<String>,
    ) -> Result<Look, PaymentError> {
        let now = self.ports.now();
        let mut draft = Draft::of(&row, now);
        if draft.push(Event::Expired).is_err() {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        if reason.is_some() {
            draft.next().answer.reason = reason;
        }
        self.settle(draft, Schedule::Due(now, 0)).await
    }

    /// Records a step, and says whether the next one can follow at once.
    pub(super) async fn settle(
        &self,
        draft: Draft,
        otherwise: Schedule,
    ) -> Result<Look, PaymentError> {
        let goes_on = self.goes_on(draft.row());
        let schedule = if goes_on { Schedule::Keep } else { otherwise };
        match self.record(draft.finish(schedule)).await? {
            Driven::Settled if goes_on => Ok(Look::GoesOn),
            driven => Ok(Look::Ended(driven)),
        }
    }

    /// A leg that was never ordered, and a first submission, need not wait.
    fn goes_on(&self, row: &PaymentRow) -> bool {
        let facts = self.standing(row);
        match next_step(&facts, &row.terms.capabilities, self.ports.now()) {
            NextStep::Order(leg) => row.snapshot.leg(leg) == LegState::None,
            NextStep::Submit => row.attempts == 0,
            NextStep::Expire => true,
            NextStep::Inquire(_)
            | NextStep::Assume
            | NextStep::AskStatus
            | NextStep::Reverse
            | NextStep::Escalate
            | NextStep::AwaitPayer(_)
            | NextStep::AwaitAgreement
            | NextStep::Nothing => false,
        }
    }

    async fn submit(&self, row: PaymentRow, tries: u32) -> Result<Look, PaymentError> {
        let now = self.ports.now();
        if row.snapshot.state == State::Held
            && let Some(reason) = self.closed(&row, now)
        {
            return self.expire(row, Some(reason)).await;
        }
        let mut draft = Draft::of(&row, now);
        let next = draft.next();
        // Held money means that every earlier attempt is proven to be without
        // effect; otherwise this attempt cannot speak for the earlier ones.
        next.exposed = match row.snapshot.state {
            State::Held => 0,
            State::Requested
            | State::RequiresAction
            | State::Declined
            | State::Cancelled
            | State::Expired
            | State::Submitted
            | State::Pending
            | State::Unknown
            | State::Applied
            | State::Refused
            | State::Released
            | State::Reversing
            | State::Reversed
            | State::Refunding
            | State::Refunded => 1,
        };
        next.attempts += 1;
        next.attempted_at = Some(now);
        next.order.attempt = next.attempts;
        if draft.push(Event::Submitted).is_err() {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        let change = draft.finish(Schedule::Keep);
        let submitted = change.next.clone();
        let spoken = if planted(Bug::SpeakFirst) {
            Some(self.outside.biller.submit(&submitted.order).await)
        } else {
            None
        };
        // Committed before the first byte leaves.
        if self.record(change).await? == Driven::Overtaken {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        if planted(Bug::RipensFromTheBegin) {
            self.attempt_ended(&submitted.id, submitted.attempts);
        }
        let outcome = match spoken {
            Some(outcome) => outcome,
            None => self.outside.biller.submit(&submitted.order).await,
        };
        if !planted(Bug::RipensFromTheBegin) {
            self.attempt_ended(&submitted.id, submitted.attempts);
        }
        self.conclude(submitted, outcome, Question::Submission, tries)
            .await
    }

    /// Why nothing may be sent now, though it could when the payment began.
    fn closed(&self, row: &PaymentRow, now: Moment) -> Option<String> {
        let (service, release) = (&row.service, row.order.release.as_str());
        self.outside.terms.closed_now(service, release, now)
    }

    async fn ask_status(&self, row: PaymentRow, tries: u32) -> Result<Look, PaymentError> {
        let asked_at = self.ports.now();
        let waited_ms = self.waited_ms(&row.id, row.attempts);
        let mut order = row.order.clone();
        order.attempt = row.attempts;
        let outcome = self
            .outside
            .biller
            .status(&order, row.answer.pending.as_ref())
            .await;
        let may_repeat = row.terms.capabilities.repetition == Repetition::Deduplicates
            && row.attempts < self.settings.attempts
            && asked_at < row.submit_until
            && self.standing(&row).restored_at.is_none();
        if outcome == Outcome::NotFound && may_repeat {
            // The biller recognises the reference, should the first one be on
            // its way still.
            return self.submit(row, tries).await;
        }
        self.conclude(
            row,
            outcome,
            Question::Status {
                asked_at,
                waited_ms,
            },
            tries,
        )
        .await
    }

    /// Records what an answer proves, and when to look again. An answer stays
    /// evidence where somebody moved the payment meanwhile, unless another
    /// attempt was begun: then only an application still counts. One that meets the
    /// proof of the contrary is left to people.
    pub(super) async fn conclude(
        &self,
        row: PaymentRow,
        outcome: Outcome,
        question: Question,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        let attempts = row.attempts;
        let mut row = row;
        for _ in 0..CONCLUSIONS {
            let now = self.ports.now();
            let facts = self.standing(&row);
            let verdict = judge(&row, &facts, outcome.clone(), question);
            let mut draft = Draft::of(&row, now);
            let look = match draft.push(verdict.event) {
                Ok(()) => {
                    let schedule = self.keep_verdict(&mut draft, verdict, tries, now);
                    self.settle(draft, schedule).await?
                }
                Err(_) if verdict.event == Event::Applied && row.snapshot.state == State::Held => {
                    Look::Ended(self.contradict(&row).await?)
                }
                Err(_) => {
                    tracing::warn!(payment = %row.id, event = ?verdict.event, "an answer came too late");
                    return Ok(Look::Ended(Driven::Overtaken));
                }
            };
            if look != Look::Ended(Driven::Overtaken) {
                return Ok(look);
            }
            let applied = matches!(outcome, Outcome::Applied(_));
            match Box::pin(self.store.payment(&row.id)).await? {
                Some(fresh) if applied || fresh.attempts == attempts => row = fresh,
                Some(_) | None => return Ok(Look::Ended(Driven::Overtaken)),
            }
        }
        Ok(Look::Ended(Driven::Overtaken))
    }

    fn keep_verdict(
        &self,
        draft: &mut Draft,
        verdict: Verdict,
        tries: u32,
        now: Moment,
    ) -> Schedule {
        if let Some(application) = verdict.application {
            self.keep_evidence(draft, application);
        }
        let next = draft.next();
        let asked = verdict
            .pending
            .as_ref()
            .and_then(|pending| pending.ask_after_seconds);
        if verdict.pending.is_some() {
            next.answer.pending = verdict.pending;
        }
        next.answer.reason = verdict.reason;
        // Where nothing was sent, the next attempt waits the longer the more were
        // made, however often the biller had to be asked before.
        let is_unsent = next.snapshot.state == State::Held;
        let (made, tries) = if is_unsent {
            (next.attempts.saturating_sub(1), 0)
        } else {
            (tries, tries.saturating_add(1))
        };
        let mut look = next_look(now, made, asked, &*self.ports.random);
        if let (StatusAnswer::Authoritative { after_seconds }, Some(attempted)) =
            (next.terms.capabilities.status, next.attempted_at)
        {
            // Asking between is useful only until the answer can be proof.
            let delay_ms = i64::from(after_seconds) * 1_000;
            let ripe = now.plus_ms(delay_ms - self.waited_ms(&next.id, next.attempts));
            let proof = attempted.plus_ms(delay_ms).max(ripe);
            if now < proof {
                look = look.min(proof);
            }
        }
        if matches!(next.snapshot.state, State::Pending | State::Unknown) {
            let since = *next.open_since.get_or_insert(now);
            let old = now.ms_since(since) >= ESCALATION_AGE_MS;
            let is_peoples = old || next.answer.contradicted_at.is_some();
            let usual = if is_peoples { OPERATOR } else { WORKER };
            let owner = verdict.owner.unwrap_or(usual);
            next.owner = Some(owner.to_owned());
            next.news_by = Some(news_by(owner, since, now));
        } else {
            next.owner = Some(WORKER.to_owned());
            next.open_since = None;
            // By then it is sent, or the money goes back.
            next.news_by = is_unsent.then_some(next.submit_until);
        }
        Schedule::Due(look, tries)
    }

    /// Nobody can be asked: people and the biller's day file decide, and the
    /// payment says until when.
    async fn escalate(
        &self,
        row: PaymentRow,
        tries: u32,
        now: Moment,
    ) -> Result<Look, PaymentError> {
        let mut draft = Draft::of(&row, now);
        if draft.push(Event::Unknown).is_err() {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        let deadline = own_by_operator(draft.next(), now);
        self.settle(draft, Schedule::Due(deadline, tries.saturating_add(1)))
            .await
    }

    /// The biller is asked by people whether it agrees; the promise of news is
    /// renewed when it was not kept.
    async fn await_agreement(&self, row: PaymentRow, now: Moment) -> Result<Look, PaymentError> {
        let mut draft = Draft::of(&row, now);
        let deadline = own_by_operator(draft.next(), now);
        self.settle(draft, Schedule::Due(deadline, 0)).await
    }

    /// Commits a change. While the books are away it is tried again: the
    /// biller's answer must not be lost, though it could be asked for again.
    pub(super) async fn record(&self, change: PaymentChange) -> Result<Driven, PaymentError> {
        match self.try_record(change).await? {
            Ok(()) => Ok(Driven::Settled),
            Err(_stale_or_booked) => Ok(Driven::Overtaken),
        }
    }

    /// The same, with the reason why it was not recorded.
    pub(super) async fn try_record(
        &self,
        change: PaymentChange,
    ) -> Result<Result<(), Refused>, PaymentError> {
        let mut tries = 0;
        loop {
            // Boxed: every step ends here, and would be as large as this.
            match Box::pin(self.store.change_payment(&change)).await {
                Ok(Ok(())) => {
                    if change.next.snapshot.has_ended() {
                        self.watches.forget(&change.next.id);
                    }
                    self.bus.ring(&change.next);
                    return Ok(Ok(()));
                }
                Ok(Err(refused)) => return Ok(Err(refused)),
                Err(error) if error.is_temporary() && tries < RECORDING_TRIES => {
                    tries += 1;
                    if error.trouble().is_none() {
                        tracing::warn!(payment = %change.next.id, %error, "the books are away");
                    }
                    self.outside.timer.sleep(RECORDING_PAUSE_MS).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
