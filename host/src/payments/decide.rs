//! What ends an open outcome from outside: a decision of two persons, or a
//! biller's day file. Everything is kept with the payment as evidence, and may
//! be repeated. Who the persons are, and whether they may, the callers know.

use guichet_domain::id::{PersonId, RecordId};
use guichet_domain::payment::{Event, State};
use guichet_domain::planted::{Bug, planted};
use guichet_domain::work_order::Seen;
use guichet_domain::{AccountingDate, Moment, Money};
use serde_json::json;

use super::apply::Draft;
use super::drive::{Driven, Look};
use super::schedule::{WORKER, news_by};
use super::{PaymentError, Payments};
use crate::store::{PaymentRow, Reversal, Schedule};
use crate::terms::order::Application;
use crate::terms::payer::Evidence;

/// No call of an attempt lives as long as this: whatever it sent has been sent.
const CALL_ENDS_MS: i64 = 10 * 60_000;
/// How far the clocks of two nodes may be apart.
const SKEW_MS: i64 = 2 * 60 * 60_000;
/// A biller's day may turn so much earlier or later than ours, or the clock by which
/// an attempt was written down be so wrong; and the call took its time.
const CUT_OFF_MARGIN_MS: i64 = 2 * 60 * 60_000;

/// Why a decision is not carried out that was made about something else.
const CHANGED: &str = "the payment was on its way, or has changed, since they looked";

/// What was found out about an open payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The biller has applied it.
    Applied {
        /// The biller's serial number.
        serial: String,
    },
    /// The biller has not applied it and will not.
    NotApplied,
}

/// Whether the biller agrees to a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundAnswer {
    /// The payer gets the money back.
    Agreed,
    /// The payment stays applied.
    Refused,
}

/// A decision's ground, and the two who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// For people: what was seen, where it is kept.
    pub evidence: String,
    /// Who proposed and who agreed: two different persons.
    pub by: (PersonId, PersonId),
    /// The payment as it stood when they looked; none where that is not known.
    pub seen: Option<Seen>,
}

/// What a biller's day file says about one payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayFileWord {
    /// It is in the file.
    Applied {
        /// The biller's serial number.
        serial: String,
        /// What was credited.
        amount: Money,
        /// The biller's own time, RFC 3339.
        at: String,
    },
    /// The complete file of that day does not have it.
    NotFound {
        /// The last day that the biller's files cover.
        covers: AccountingDate,
    },
}

impl Payments {
    /// What a decision rests on that is made about this payment now.
    pub async fn seen(&self, id: &RecordId) -> Result<Option<Seen>, PaymentError> {
        let row = self.store.payment(id).await?;
        Ok(row.map(|row| Seen {
            attempted_at: attempted_at(&row),
            open_since: row.open_since,
            quiet: self.is_quiet(&row, self.ports.now()),
        }))
    }

    /// Ends an open outcome, or an open reversal, by a decision of two persons.
    pub async fn decide_unknown(
        &self,
        id: &RecordId,
        found: &Found,
        ground: &Ground,
    ) -> Result<(), PaymentError> {
        let row = self.known(id).await?;
        if ground.by.0 == ground.by.1 {
            return Err(PaymentError::OnePerson);
        }
        let now = self.ports.now();
        match found {
            Found::Applied { serial } => {
                // It says then that the undoing had no effect.
                if row.snapshot.state == State::Reversing {
                    self.check_quiet(&row, now)?;
                    check_unchanged(&row, ground)?;
                }
                let application = Application {
                    serial: serial.clone(),
                    amount: row.total,
                    at: now.to_string(),
                    record: json!({"decision": "applied", "serial": serial}),
                };
                self.believe(row, Some(application), decision(ground, now))
                    .await
            }
            Found::NotApplied => {
                self.check_quiet(&row, now)?;
                check_unchanged(&row, ground)?;
                self.believe(row, None, decision(ground, now)).await
            }
        }
    }

    /// The biller's answer to a refund, brought by two persons.
    pub async fn decide_refund(
        &self,
        id: &RecordId,
        answer: RefundAnswer,
        ground: &Ground,
    ) -> Result<(), PaymentError> {
        let row = self.known(id).await?;
        if ground.by.0 == ground.by.1 {
            return Err(PaymentError::OnePerson);
        }
        let now = self.ports.now();
        let event = match answer {
            RefundAnswer::Agreed => Event::RefundAgreed,
            RefundAnswer::Refused if planted(Bug::RefundDespiteNo) => Event::RefundAgreed,
            RefundAnswer::Refused => Event::RefundRefused,
        };
        let mut draft = Draft::of(&row, now);
        draft
            .push(event)
            .map_err(|_| PaymentError::WrongState(row.snapshot.state))?;
        if draft.is_empty() {
            return Ok(());
        }
        // An answer to an earlier request says nothing about this one.
        if is_other(ground, |before| before.open_since == row.open_since) {
            return Err(PaymentError::NoProof(CHANGED));
        }
        let next = draft.next();
        next.payer.put_evidence(decision(ground, now));
        next.owner = Some(WORKER.to_owned());
        next.open_since = Some(now);
        next.news_by = Some(news_by(WORKER, now, now));
        self.settle_from_outside(draft, now).await
    }

    /// Takes a day file's word as evidence. What it cannot prove, it leaves as it
    /// was, and says why.
    pub async fn evidence_from_day_file(
        &self,
        id: &RecordId,
        word: &DayFileWord,
    ) -> Result<(), PaymentError> {
        let row = self.known(id).await?;
        let now = self.ports.now();
        let evidence = |text: String| Evidence {
            source: "day_file".to_owned(),
            text,
            persons: Vec::new(),
            at: now,
        };
        match word {
            DayFileWord::Applied { serial, amount, at } => {
                if *amount != row.total {
                    return Err(PaymentError::NoProof("the day file names another amount"));
                }
                let application = Application {
                    serial: serial.clone(),
                    amount: *amount,
                    at: at.clone(),
                    record: json!({"day_file": {"serial": serial, "at": at}}),
                };
                let text = format!("applied under {serial}");
                self.believe(row, Some(application), evidence(text)).await
            }
            DayFileWord::NotFound { covers } => {
                self.check_quiet(&row, now)?;
                let tried = row.attempted_at.unwrap_or(row.created_at);
                let latest = tried.plus_ms(CUT_OFF_MARGIN_MS);
                if self.ports.accounting_date(latest) > *covers && !planted(Bug::AnyDaysFile) {
                    return Err(PaymentError::NoProof(
                        "the last attempt may belong to a later day than the file covers",
                    ));
                }
                let text = format!("not in the files up to {covers}");
                self.believe(row, None, evidence(text)).await
            }
        }
    }

    /// Lets the worker look now: the bank's leg is asked for again, the biller is
    /// asked again.
    pub async fn look_now(&self, id: &RecordId) -> Result<(), PaymentError> {
        let row = self.known(id).await?;
        if row.snapshot.has_ended() {
            return Ok(());
        }
        Ok(self.store.reschedule(id, self.ports.now(), 0).await?)
    }

    /// Moves an open payment by evidence: applied with it, not applied without.
    async fn believe(
        &self,
        row: PaymentRow,
        application: Option<Application>,
        evidence: Evidence,
    ) -> Result<(), PaymentError> {
        let now = self.ports.now();
        let event = match (&application, row.snapshot.state) {
            (Some(_), State::Reversing) => Event::ReversalRefused,
            (None, State::Reversing | State::Reversed) => Event::ReversalDone,
            (Some(_), _) => Event::Applied,
            (None, _) => Event::Refused,
        };
        let mut draft = Draft::of(&row, now);
        draft
            .push(event)
            .map_err(|_| PaymentError::WrongState(row.snapshot.state))?;
        if draft.is_empty() {
            return Ok(());
        }
        let next = draft.next();
        if event == Event::Applied {
            next.answer.application = application;
        }
        next.answer.reason = None;
        next.payer.put_evidence(evidence);
        next.owner = Some(WORKER.to_owned());
        next.open_since = None;
        next.news_by = None;
        self.settle_from_outside(draft, now).await
    }

    /// "It was not applied" is believed only when no call can be on its way.
    fn check_quiet(&self, row: &PaymentRow, now: Moment) -> Result<(), PaymentError> {
        let ended = matches!(
            row.snapshot.state,
            State::Refused | State::Released | State::Reversed
        );
        let open = is_open(row.snapshot.state);
        if ended || (open && self.is_quiet(row, now)) {
            Ok(())
        } else if open || row.snapshot.state == State::Submitted {
            Err(PaymentError::NoProof("an attempt may still be on its way"))
        } else {
            Err(PaymentError::WrongState(row.snapshot.state))
        }
    }

    /// Whether the last attempt has ended for certain: by the clock that it was
    /// written down by and by this node's own, which nobody sets; or so long ago
    /// that no clock can be that wrong.
    fn is_quiet(&self, row: &PaymentRow, now: Moment) -> bool {
        let (record, attempt, began) = match undoing(row) {
            Some(reversal) => {
                let order = &reversal.order;
                (&order.reversal, order.attempt, reversal.attempted_at)
            }
            None => (&row.id, row.attempts, row.attempted_at),
        };
        let waited = self.waited_ms(record, attempt) >= CALL_ENDS_MS;
        let age = |began: Moment| now.ms_since(began);
        began.is_none_or(|began| {
            (waited && age(began) >= CALL_ENDS_MS) || age(began) >= CALL_ENDS_MS + SKEW_MS
        })
    }

    /// Records what came from outside; what follows is the worker's.
    pub(super) async fn settle_from_outside(
        &self,
        draft: Draft,
        now: Moment,
    ) -> Result<(), PaymentError> {
        let (id, state) = (draft.row().id.clone(), draft.row().snapshot.state);
        match self.settle(draft, Schedule::Due(now, 0)).await? {
            Look::GoesOn => Ok(self.store.reschedule(&id, now, 0).await?),
            Look::Ended(Driven::Settled) => Ok(()),
            Look::Ended(Driven::Overtaken) => Err(PaymentError::WrongState(state)),
        }
    }

    async fn known(&self, id: &RecordId) -> Result<PaymentRow, PaymentError> {
        let row = self.store.payment(id).await?;
        row.ok_or(PaymentError::NotFound)
    }
}

/// The reversal that is under way.
fn undoing(row: &PaymentRow) -> Option<&Reversal> {
    let reversal = row.reversal.as_ref();
    reversal.filter(|_| row.snapshot.state == State::Reversing)
}

/// When the last attempt was begun, of the reversal where one is under way.
fn attempted_at(row: &PaymentRow) -> Option<Moment> {
    undoing(row).map_or(row.attempted_at, |reversal| reversal.attempted_at)
}

const fn is_open(state: State) -> bool {
    matches!(state, State::Unknown | State::Pending | State::Reversing)
}

/// "It was not applied" does not speak for an attempt that was on its way when they
/// looked, or was begun since.
fn check_unchanged(row: &PaymentRow, ground: &Ground) -> Result<(), PaymentError> {
    let now = attempted_at(row);
    let is_same = |before: &Seen| before.quiet && before.attempted_at == now;
    if is_open(row.snapshot.state) && is_other(ground, is_same) {
        return Err(PaymentError::NoProof(CHANGED));
    }
    Ok(())
}

/// Whether the persons have looked at something else.
fn is_other(ground: &Ground, is_same: impl Fn(&Seen) -> bool) -> bool {
    ground.seen.is_some_and(|before| !is_same(&before)) && !planted(Bug::LateDecision)
}

fn decision(ground: &Ground, now: Moment) -> Evidence {
    Evidence {
        source: "decision".to_owned(),
        text: ground.evidence.clone(),
        persons: vec![ground.by.0.clone(), ground.by.1.clone()],
        at: now,
    }
}
