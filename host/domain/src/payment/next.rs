//! What may be done next for a payment with the biller, from what is known
//! about earlier attempts. Rule of the house: never guess, never submit twice
//! to a biller that does not provably deduplicate.

use serde::{Deserialize, Serialize};

use super::State;
use crate::moment::Moment;

/// What a biller's status query is worth.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum StatusAnswer {
    /// It has none: the day file decides.
    #[default]
    None,
    /// Its "not found" proves nothing.
    Advisory,
    /// Its "not found" proves that nothing was applied, once so many seconds
    /// have passed since the last attempt ended.
    Authoritative {
        /// Seconds after the attempt.
        after_seconds: u32,
    },
}

/// What a biller can do, as declared and certified.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Capabilities {
    /// Whether a repeated reference is provably applied once only.
    pub repetition: Repetition,
    /// Its status query.
    pub status: StatusAnswer,
    /// Whether an application can be undone.
    pub reversal: Reversal,
}

/// What a biller does with a reference that it has seen before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repetition {
    /// It recognises it and applies nothing again.
    Deduplicates,
    /// It may apply it again.
    MayApplyAgain,
}

/// Whether a biller undoes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reversal {
    /// Until the accounting date turns.
    SameAccountingDate,
    /// It cannot.
    Unsupported,
}

/// What is known of the payment besides its state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The payment's state.
    pub state: State,
    /// Attempts begun.
    pub attempts: u32,
    /// When the last attempt began; none where there was none.
    pub attempted_at: Option<Moment>,
    /// Until when a first submission makes sense.
    pub submit_until: Moment,
    /// The most attempts to submit.
    pub attempts_limit: u32,
}

/// The one thing to do now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextStep {
    /// Commit `submitted` and send it.
    Submit,
    /// Ask what became of it.
    AskStatus,
    /// Ask the biller to undo it, or what became of that.
    Reverse,
    /// Too late, nothing was sent: give the money back.
    Expire,
    /// Only people or the day file can decide: owned, with a deadline.
    Escalate,
    /// It has ended, or waits for the payer.
    Nothing,
}

/// Decides from facts alone.
#[must_use]
pub fn next_step(standing: &Standing, capabilities: &Capabilities, now: Moment) -> NextStep {
    match standing.state {
        State::Held if now >= standing.submit_until => NextStep::Expire,
        State::Held if standing.attempts >= standing.attempts_limit => NextStep::Expire,
        State::Held => NextStep::Submit,
        State::Submitted | State::Unknown | State::Pending => {
            match (capabilities.status, capabilities.repetition) {
                (StatusAnswer::Advisory | StatusAnswer::Authoritative { .. }, _) => {
                    NextStep::AskStatus
                }
                (StatusAnswer::None, Repetition::Deduplicates)
                    if standing.attempts < standing.attempts_limit =>
                {
                    NextStep::Submit
                }
                (StatusAnswer::None, Repetition::Deduplicates | Repetition::MayApplyAgain) => {
                    NextStep::Escalate
                }
            }
        }
        State::Reversing => NextStep::Reverse,
        State::Requested
        | State::RequiresAction
        | State::Declined
        | State::Cancelled
        | State::Expired
        | State::Applied
        | State::Refused
        | State::Released
        | State::Reversed
        | State::Refunding
        | State::Refunded => NextStep::Nothing,
    }
}

/// Whether a status query's "not found", asked at `asked_at`, proves that the
/// attempts so far had no effect and never will.
#[must_use]
pub fn not_found_is_proof(
    standing: &Standing,
    capabilities: &Capabilities,
    asked_at: Moment,
) -> bool {
    match (capabilities.status, standing.attempted_at) {
        (StatusAnswer::Authoritative { after_seconds }, Some(attempted_at)) => {
            asked_at.ms_since(attempted_at) >= i64::from(after_seconds) * 1_000
        }
        (StatusAnswer::Authoritative { .. }, None)
        | (StatusAnswer::None | StatusAnswer::Advisory, _) => false,
    }
}
