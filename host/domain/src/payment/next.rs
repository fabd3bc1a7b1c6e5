//! What may be done next for a payment with the bank and the biller, from what
//! is known about earlier attempts. Rule of the house: never guess, never submit twice
//! to a biller that does not provably deduplicate.

use serde::{Deserialize, Serialize};

use super::{Leg, LegState, Snapshot, State};
use crate::moment::Moment;
use crate::planted::{Bug, planted};

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

/// What stands behind the payer's account.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Backing {
    /// The house's own ledger: its legs are booked in the transaction that moves
    /// the payment.
    #[default]
    OwnLedger,
    /// A bank that holds, then takes or releases.
    HoldFirst,
    /// A bank that takes before anything goes to the biller, and gives back.
    CaptureFirst,
}

impl Backing {
    /// The leg that the payment begins with.
    #[must_use]
    pub const fn first_leg(self) -> Leg {
        match self {
            Self::OwnLedger | Self::HoldFirst => Leg::Hold,
            Self::CaptureFirst => Leg::Capture,
        }
    }
}

/// What is known of the payment besides its capabilities.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The payment's state and its legs.
    pub snapshot: Snapshot,
    /// Behind the payer's account.
    pub backing: Backing,
    /// Attempts begun.
    pub attempts: u32,
    /// When the last attempt began; none where there was none.
    pub attempted_at: Option<Moment>,
    /// Until when the payer may act, where an action is required.
    pub act_until: Option<Moment>,
    /// Until when a first submission makes sense.
    pub submit_until: Moment,
    /// The most attempts to submit.
    pub attempts_limit: u32,
    /// When the database was put back from a backup, where that was after the
    /// payment began: what has happened in between is not in it.
    pub restored_at: Option<Moment>,
}

impl Standing {
    /// Whether attempts may have been made that the database does not know of.
    #[must_use]
    pub fn may_lack_attempts(&self) -> bool {
        self.restored_at
            .is_some_and(|restored| self.attempted_at.is_none_or(|at| at < restored))
    }
}

/// The one thing to do now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextStep {
    /// Commit that the leg is asked for, then order it.
    Order(Leg),
    /// Ask the bank what became of the leg.
    Inquire(Leg),
    /// Commit `submitted` and send it.
    Submit,
    /// Commit that an attempt may have been made which the database has lost; then
    /// ask.
    Assume,
    /// Ask what became of it.
    AskStatus,
    /// Ask the biller to undo it, or what became of that.
    Reverse,
    /// Too late, nothing was sent: give the money back.
    Expire,
    /// Only people or the day file can decide: owned, with a deadline.
    Escalate,
    /// It waits for the payer, until then.
    AwaitPayer(Moment),
    /// It waits for the biller's agreement, brought by people with a deadline.
    AwaitAgreement,
    /// It has ended.
    Nothing,
}

/// Decides from facts alone.
#[must_use]
pub fn next_step(standing: &Standing, capabilities: &Capabilities, now: Moment) -> NextStep {
    let snapshot = &standing.snapshot;
    match snapshot.state {
        State::Requested => fund(standing, now),
        State::RequiresAction => match standing.act_until {
            Some(until) if now < until => NextStep::AwaitPayer(until),
            Some(_) | None => NextStep::Expire,
        },
        State::Held if standing.may_lack_attempts() => NextStep::Assume,
        // It is proven that nothing was applied; and what is older than a restored
        // database is never sent again.
        State::Held if standing.restored_at.is_some() => NextStep::Expire,
        State::Held if now >= standing.submit_until => NextStep::Expire,
        State::Held if standing.attempts >= standing.attempts_limit => NextStep::Expire,
        State::Held => NextStep::Submit,
        State::Unknown if planted(Bug::ExpireUnknown) && now >= standing.submit_until => {
            NextStep::Expire
        }
        State::Submitted | State::Unknown | State::Pending => find_out(standing, capabilities),
        State::Reversing => NextStep::Reverse,
        State::Applied => leg(snapshot, Leg::Capture),
        State::Cancelled | State::Expired if snapshot.has_ended() => NextStep::Nothing,
        State::Refused | State::Cancelled | State::Expired => leg(snapshot, snapshot.way_back()),
        State::Reversed => leg(snapshot, Leg::Refund),
        State::Refunding if snapshot.refund == LegState::None => NextStep::AwaitAgreement,
        State::Refunding => leg(snapshot, Leg::Refund),
        State::Declined | State::Released | State::Refunded => NextStep::Nothing,
    }
}

/// Nothing goes to the biller before the bank's first leg is done; and while
/// its fate is open it is found out, however late it is.
fn fund(standing: &Standing, now: Moment) -> NextStep {
    let first = standing.backing.first_leg();
    if standing.restored_at.is_some() && standing.backing != Backing::OwnLedger {
        // The bank may have been asked in the time that was lost.
        return match standing.snapshot.leg(first) {
            LegState::None | LegState::Asked | LegState::Unknown => NextStep::Inquire(first),
            LegState::Done | LegState::Refused => leg(&standing.snapshot, first),
        };
    }
    match standing.snapshot.leg(first) {
        LegState::None if now >= standing.submit_until => NextStep::Expire,
        LegState::None
        | LegState::Asked
        | LegState::Unknown
        | LegState::Done
        | LegState::Refused => leg(&standing.snapshot, first),
    }
}

/// What to do about a leg that has to be done. A bank that refused what it owes
/// is asked again, each time people had their deadline to mend it.
const fn leg(snapshot: &Snapshot, leg: Leg) -> NextStep {
    match snapshot.leg(leg) {
        LegState::None | LegState::Refused => NextStep::Order(leg),
        LegState::Asked | LegState::Unknown => NextStep::Inquire(leg),
        LegState::Done => NextStep::Nothing,
    }
}

/// The biller may have applied it.
fn find_out(standing: &Standing, capabilities: &Capabilities) -> NextStep {
    if planted(Bug::SubmitAgain) && standing.attempts < standing.attempts_limit {
        return NextStep::Submit;
    }
    match (capabilities.status, capabilities.repetition) {
        (StatusAnswer::Advisory | StatusAnswer::Authoritative { .. }, _) => NextStep::AskStatus,
        (StatusAnswer::None, Repetition::Deduplicates)
            if standing.attempts < standing.attempts_limit && standing.restored_at.is_none() =>
        {
            NextStep::Submit
        }
        (StatusAnswer::None, Repetition::Deduplicates | Repetition::MayApplyAgain) => {
            NextStep::Escalate
        }
    }
}

/// Whether a status query's "not found", asked at `asked_at`, proves that the
/// attempts so far had no effect and never will. Both clocks must agree that the
/// biller's delay has passed: the one by which the attempt was written down, and
/// the asking node's own, which nobody sets.
#[must_use]
pub fn not_found_is_proof(
    standing: &Standing,
    capabilities: &Capabilities,
    asked_at: Moment,
    waited_ms: i64,
) -> bool {
    if planted(Bug::NotFoundIsProof) {
        return true;
    }
    match (capabilities.status, standing.attempted_at) {
        (StatusAnswer::Authoritative { after_seconds }, Some(attempted_at)) => {
            let delay_ms = i64::from(after_seconds) * 1_000;
            asked_at.ms_since(attempted_at) >= delay_ms && waited_ms >= delay_ms
        }
        (StatusAnswer::Authoritative { .. }, None)
        | (StatusAnswer::None | StatusAnswer::Advisory, _) => false,
    }
}
