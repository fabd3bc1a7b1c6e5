//! One look at one payment: find out what is to be done, commit the intention,
//! do it, commit the outcome. Whatever stops in between is taken up again by
//! whoever looks next, from what is committed alone.

use guichet_domain::Moment;
use guichet_domain::payment::{Event, NextStep, Repetition, State, StatusAnswer, next_step};

use super::apply::Draft;
use super::judge::{Question, Verdict, judge, standing};
use super::order::Outcome;
use super::schedule::{
    ESCALATION_AGE_MS, NEWS_BY_OPERATOR_MS, NEWS_BY_WORKER_MS, OPERATOR, WORKER, next_look,
};
use super::{PaymentError, Payments};
use crate::store::{Claim, PaymentChange, PaymentRow, Schedule};

/// How often an outcome is tried to be recorded while the books are away.
const RECORDING_TRIES: u32 = 120;
/// The pause in between.
const RECORDING_PAUSE_MS: u64 = 500;

/// How often an outcome is judged anew because the payment moved meanwhile.
const CONCLUSIONS: u32 = 4;

/// What a look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driven {
    /// Something was recorded, or nothing was left to do.
    Settled,
    /// The payment moved on meanwhile; whoever moved it looks after it.
    Overtaken,
}

impl Payments {
    /// Looks after one payment whose lease this node holds.
    pub async fn drive(&self, claim: &Claim) -> Result<Driven, PaymentError> {
        let Some(row) = self.store.payment(&claim.payment).await? else {
            return Ok(Driven::Settled);
        };
        let now = self.ports.now();
        let facts = standing(&row, self.settings.attempts);
        match next_step(&facts, &row.terms.capabilities, now) {
            NextStep::Submit => self.submit(row, claim.tries).await,
            NextStep::AskStatus => self.ask_status(row, claim.tries).await,
            NextStep::Reverse => self.drive_reversal(row, claim.tries).await,
            NextStep::Expire => {
                let mut draft = Draft::of(&row, now);
                match draft.push(Event::Expired) {
                    Ok(()) => self.record(draft.finish(Schedule::Done)).await,
                    Err(_) => Ok(Driven::Overtaken),
                }
            }
            NextStep::Escalate => self.escalate(&row, claim.tries, now).await,
            NextStep::Nothing => {
                let draft = Draft::of(&row, row.updated_at);
                self.record(draft.finish(Schedule::Done)).await
            }
        }
    }

    async fn submit(&self, row: PaymentRow, tries: u32) -> Result<Driven, PaymentError> {
        let now = self.ports.now();
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
            return Ok(Driven::Overtaken);
        }
        let change = draft.finish(Schedule::Keep);
        let submitted = change.next.clone();
        // Committed before the first byte leaves.
        if self.record(change).await? == Driven::Overtaken {
            return Ok(Driven::Overtaken);
        }
        let outcome = self.biller.submit(&submitted.order).await;
        self.conclude(submitted, outcome, Question::Submission, tries)
            .await
    }

    async fn ask_status(&self, row: PaymentRow, tries: u32) -> Result<Driven, PaymentError> {
        let asked_at = self.ports.now();
        let mut order = row.order.clone();
        order.attempt = row.attempts;
        let outcome = self
            .biller
            .status(&order, row.answer.pending.as_ref())
            .await;
        let may_repeat = row.terms.capabilities.repetition == Repetition::Deduplicates
            && row.attempts < self.settings.attempts
            && asked_at < row.submit_until;
        if outcome == Outcome::NotFound && may_repeat {
            // The biller recognises the reference, should the first one be on
            // its way still.
            return self.submit(row, tries).await;
        }
        self.conclude(row, outcome, Question::Status(asked_at), tries)
            .await
    }

    /// Records what an answer proves, and when to look again. An answer stays
    /// evidence where somebody moved the payment meanwhile, unless another
    /// attempt was begun: then only an application still counts.
    async fn conclude(
        &self,
        row: PaymentRow,
        outcome: Outcome,
        question: Question,
        tries: u32,
    ) -> Result<Driven, PaymentError> {
        let attempts = row.attempts;
        let mut row = row;
        for _ in 0..CONCLUSIONS {
            let now = self.ports.now();
            let facts = standing(&row, self.settings.attempts);
            let verdict = judge(&row, &facts, outcome.clone(), question);
            let mut draft = Draft::of(&row, now);
            if draft.push(verdict.event).is_err() {
                tracing::warn!(payment = %row.id, event = ?verdict.event, "an answer came too late");
                return Ok(Driven::Overtaken);
            }
            let schedule = self.keep_verdict(&mut draft, verdict, tries, now);
            if self.record(draft.finish(schedule)).await? == Driven::Settled {
                return Ok(Driven::Settled);
            }
            let applied = matches!(outcome, Outcome::Applied(_));
            match self.store.payment(&row.id).await? {
                Some(fresh) if applied || fresh.attempts == attempts => row = fresh,
                Some(_) | None => return Ok(Driven::Overtaken),
            }
        }
        Ok(Driven::Overtaken)
    }

    fn keep_verdict(
        &self,
        draft: &mut Draft,
        verdict: Verdict,
        tries: u32,
        now: Moment,
    ) -> Schedule {
        let next = draft.next();
        if verdict.application.is_some() {
            next.answer.application = verdict.application;
        }
        let asked = verdict
            .pending
            .as_ref()
            .and_then(|pending| pending.ask_after_seconds);
        if verdict.pending.is_some() {
            next.answer.pending = verdict.pending;
        }
        next.reason = verdict.reason;
        let mut look = next_look(now, tries, asked, &*self.ports.random);
        if let (StatusAnswer::Authoritative { after_seconds }, Some(attempted)) =
            (next.terms.capabilities.status, next.attempted_at)
        {
            // Asking between is useful only until the answer can be proof.
            let proof = attempted.plus_ms(i64::from(after_seconds) * 1_000);
            if now < proof && proof < look {
                look = proof;
            }
        }
        if matches!(next.snapshot.state, State::Pending | State::Unknown) {
            let since = *next.open_since.get_or_insert(now);
            let old = now.ms_since(since) >= ESCALATION_AGE_MS;
            let owner = verdict.owner.unwrap_or(if old { OPERATOR } else { WORKER });
            next.owner = Some(owner.to_owned());
            next.news_by = Some(news_by(owner, since, now));
        } else {
            next.owner = Some(WORKER.to_owned());
            next.open_since = None;
            next.news_by = None;
        }
        Schedule::Due(look, tries.saturating_add(1))
    }

    /// Nobody can be asked: people and the biller's day file decide, and the
    /// payment says until when.
    async fn escalate(
        &self,
        row: &PaymentRow,
        tries: u32,
        now: Moment,
    ) -> Result<Driven, PaymentError> {
        let mut draft = Draft::of(row, now);
        if draft.push(Event::Unknown).is_err() {
            return Ok(Driven::Overtaken);
        }
        let next = draft.next();
        let since = *next.open_since.get_or_insert(now);
        let news_by = news_by(OPERATOR, since, now);
        next.owner = Some(OPERATOR.to_owned());
        next.news_by = Some(news_by);
        self.record(draft.finish(Schedule::Due(news_by, tries.saturating_add(1))))
            .await
    }

    /// Commits a change. While the books are away it is tried again: the
    /// biller's answer must not be lost, though it could be asked for again.
    pub(super) async fn record(&self, change: PaymentChange) -> Result<Driven, PaymentError> {
        let mut tries = 0;
        loop {
            match self.store.change_payment(&change).await {
                Ok(Ok(())) => {
                    self.bus.ring(&change.next);
                    return Ok(Driven::Settled);
                }
                Ok(Err(_stale_or_booked)) => return Ok(Driven::Overtaken),
                Err(error) if error.is_temporary() && tries < RECORDING_TRIES => {
                    tries += 1;
                    tracing::warn!(payment = %change.next.id, %error, "the books are away");
                    self.timer.sleep(RECORDING_PAUSE_MS).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A promise that was not kept is renewed from now on.
fn news_by(owner: &str, since: Moment, now: Moment) -> Moment {
    let patience = if owner == OPERATOR {
        NEWS_BY_OPERATOR_MS
    } else {
        NEWS_BY_WORKER_MS
    };
    let promised = since.plus_ms(patience);
    if promised > now {
        promised
    } else {
        now.plus_ms(patience)
    }
}
