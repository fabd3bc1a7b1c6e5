//! What billers tell by themselves: "this payment is applied". A message counts
//! only with the biller's signature; what it says of an application is evidence
//! like an answer, anything else is a reason to ask now. Each message counts once,
//! in any order.

use guichet_domain::Money;
use guichet_domain::id::{RecordId, ServiceCode};
use guichet_domain::payment::{Event, State};
use guichet_domain::planted::{Bug, planted};
use serde::Deserialize;
use serde_json::json;

use super::apply::Draft;
use super::drive::{CONCLUSIONS, Driven, Look};
use super::judge::{CONTRADICTED, Question};
use super::legs::own_by_operator;
use super::{PaymentError, Payments};
use crate::store::{PaymentRow, Schedule};
use crate::terms::order::{Application, Outcome, Refusal, RefusalGround};
use crate::terms::payer::Evidence;

/// The longest body of a callback.
pub const CALLBACK_BYTES: usize = 16 * 1_024;

/// The event of a message in a payment's history.
const RECEIVED: &str = "callback_received";
/// So many messages about one payment are kept; more only fill the books.
const MOST_KEPT: u64 = 100;

/// A message as it came, after the shape of Standard Webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedMessage {
    /// The biller's own id of the message; the same when it is sent again.
    pub id: String,
    /// The biller's clock, as text: part of what is signed.
    pub timestamp: String,
    /// Signatures, separated by spaces: `v1,` and base64 of an HMAC-SHA-256, or
    /// `v1a,` and base64 of an Ed25519 signature.
    pub signatures: String,
    /// The exact bytes.
    pub body: Vec<u8>,
}

impl SignedMessage {
    /// What is signed: id, timestamp and body, joined by dots.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}.{}.", self.id, self.timestamp).into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// What a callback says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notice {
    /// The payment's id, as it was submitted.
    reference: RecordId,
    /// What became of it.
    outcome: NoticeOutcome,
    /// Beside `applied`.
    #[serde(default)]
    serial: Option<String>,
    /// Beside `applied`.
    #[serde(default)]
    amount: Option<Money>,
    /// The biller's own time, RFC 3339.
    #[serde(default)]
    at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NoticeOutcome {
    Applied,
    Refused,
    Changed,
}

/// What became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It was taken in.
    Now,
    /// The same message came before.
    Before,
}

impl Payments {
    /// Takes a biller's message in. A forged one changes nothing.
    pub async fn callback(
        &self,
        service: &ServiceCode,
        message: &SignedMessage,
    ) -> Result<Heard, PaymentError> {
        if !self.outside.callbacks.is_genuine(service, message).await? {
            return Err(PaymentError::Forged);
        }
        let notice: Notice = serde_json::from_slice(&message.body)
            .map_err(|error| PaymentError::Unreadable(error.to_string()))?;
        if self.store.knows_callback(service, &message.id).await? {
            return Ok(Heard::Before);
        }
        let row = self.store.payment(&notice.reference).await?;
        // A biller learns nothing of other services' payments.
        let row = row
            .filter(|row| row.service == *service || planted(Bug::CallbackOfAnybody))
            .ok_or(PaymentError::NotFound)?;
        let id = row.id.clone();
        if self.store.count_events(&id, RECEIVED).await? >= MOST_KEPT {
            // Evidence counts whenever it comes; of the rest nothing is written.
            if application(&notice).is_some_and(|told| told.amount == row.total) {
                self.settle_notice(row, &notice).await?;
            }
            return Ok(Heard::Now);
        }
        let row = self.note_callback(row, &notice).await?;
        self.settle_notice(row, &notice).await?;
        // Last: a message whose effect was not recorded has to come again.
        self.note_heard(service, message, &id).await?;
        Ok(Heard::Now)
    }

    async fn note_heard(
        &self,
        service: &ServiceCode,
        message: &SignedMessage,
        payment: &RecordId,
    ) -> Result<(), PaymentError> {
        let now = self.ports.now();
        let kept = self.store.keep_callback(service, &message.id, payment, now);
        Ok(kept.await?)
    }

    /// Does what the message is worth, where the payment stands now.
    pub(super) async fn settle_notice(
        &self,
        row: PaymentRow,
        notice: &Notice,
    ) -> Result<(), PaymentError> {
        let mut row = row;
        for _ in 0..CONCLUSIONS {
            if self.weigh(&row, notice).await? == Driven::Settled {
                return Ok(());
            }
            row = self.fresh(&row.id).await?;
        }
        Err(PaymentError::WrongState(row.snapshot.state))
    }

    async fn weigh(&self, row: &PaymentRow, notice: &Notice) -> Result<Driven, PaymentError> {
        let applied = notice.outcome == NoticeOutcome::Applied;
        match row.snapshot.state {
            State::Submitted | State::Pending | State::Unknown => self.take_in(row, notice).await,
            State::Held if applied && row.attempts > 0 => self.contradict(row).await,
            State::Held if applied => {
                tracing::error!(payment = %row.id, "a biller says applied of what was never sent");
                Ok(Driven::Settled)
            }
            State::Held
            | State::Requested
            | State::RequiresAction
            | State::Declined
            | State::Cancelled
            | State::Expired
            | State::Applied
            | State::Refused
            | State::Released
            | State::Reversing
            | State::Reversed
            | State::Refunding
            | State::Refunded => Ok(Driven::Settled),
        }
    }

    /// Evidence, or a reason to ask now.
    async fn take_in(&self, row: &PaymentRow, notice: &Notice) -> Result<Driven, PaymentError> {
        let now = self.ports.now();
        if let Some(outcome) = evidence(notice) {
            let question = Question::Status {
                asked_at: now,
                waited_ms: 0,
            };
            match self.conclude(row.clone(), outcome, question, 0).await? {
                Look::GoesOn => self.store.reschedule(&row.id, now, 0).await?,
                Look::Ended(driven) => return Ok(driven),
            }
        } else if row.snapshot.state != State::Submitted {
            self.store.reschedule(&row.id, now, 0).await?;
        }
        // Else our own call is still waiting for its answer: it will bring it.
        Ok(Driven::Settled)
    }

    /// It was proven that no attempt had an effect, and the biller says that one had:
    /// nothing more is sent before people know.
    pub(super) async fn contradict(&self, row: &PaymentRow) -> Result<Driven, PaymentError> {
        let now = self.ports.now();
        let mut draft = Draft::of(row, now);
        if draft.push(Event::Contradicted).is_err() {
            return Ok(Driven::Overtaken);
        }
        let next = draft.next();
        next.answer.contradicted_at = Some(now);
        next.answer.reason = Some(CONTRADICTED.to_owned());
        own_by_operator(next, now);
        self.record(draft.finish(Schedule::Due(now, 0))).await
    }

    async fn fresh(&self, id: &RecordId) -> Result<PaymentRow, PaymentError> {
        let row = self.store.payment(id).await?;
        row.ok_or(PaymentError::NotFound)
    }

    /// Keeps the message in the payment's history, whatever it is worth.
    async fn note_callback(
        &self,
        row: PaymentRow,
        notice: &Notice,
    ) -> Result<PaymentRow, PaymentError> {
        let now = self.ports.now();
        let mut draft = Draft::of(&row, now);
        draft.note(RECEIVED);
        let serial = notice.serial.as_deref().unwrap_or_default();
        draft.next().payer.put_evidence(Evidence {
            source: "callback".to_owned(),
            text: format!("{:?} {serial}", notice.outcome)
                .trim_end()
                .to_owned(),
            persons: Vec::new(),
            at: now,
        });
        let change = draft.finish(Schedule::Keep);
        let noted = change.next.clone();
        match self.try_record(change).await? {
            Ok(()) => Ok(noted),
            // It moved meanwhile; the message itself still counts.
            Err(_stale) => self.fresh(&row.id).await,
        }
    }
}

/// What the message proves: an application, where it says so. A refusal may be
/// older than what was sent since.
fn evidence(notice: &Notice) -> Option<Outcome> {
    if planted(Bug::CallbackRefuses) && notice.outcome == NoticeOutcome::Refused {
        return Some(Outcome::Refused(Refusal {
            ground: RefusalGround::Definite,
            code: String::new(),
            message: "refused".to_owned(),
        }));
    }
    application(notice).map(Outcome::Applied)
}

/// Evidence, where the message names serial number and amount.
fn application(notice: &Notice) -> Option<Application> {
    if notice.outcome != NoticeOutcome::Applied {
        return None;
    }
    let (serial, amount) = (notice.serial.clone()?, notice.amount?);
    let at = notice.at.clone().unwrap_or_default();
    Some(Application {
        record: json!({"callback": {"serial": serial, "at": at}}),
        serial,
        amount,
        at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Standard Webhooks, "Signature scheme": billers sign exactly these bytes.
    #[test]
    fn id_time_and_body_are_signed_with_dots_between() {
        let message = SignedMessage {
            id: "msg_1".to_owned(),
            timestamp: "1795000000".to_owned(),
            signatures: "v1,AAAA".to_owned(),
            body: br#"{"a":1}"#.to_vec(),
        };
        assert_eq!(message.signed_bytes(), br#"msg_1.1795000000.{"a":1}"#);
    }
}
