//! The diagram as one exhaustive function. Every pair of event and state stands
//! here by name, so that a new one does not compile until it is decided.

use crate::planted::{Bug, planted};

use super::{Event, Leg, LegState, Snapshot, State, Step};

/// Why an event moves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unmoved {
    /// It is so already: a repeated or late message of the same content.
    #[error("the payment stands there already")]
    Already,
    /// The diagram has no such arrow.
    #[error("this cannot happen to a payment that is {0}")]
    Forbidden(State),
}

/// Where the event leads, or why it leads nowhere.
pub fn transition(from: Snapshot, event: Event) -> Result<Snapshot, Unmoved> {
    let to = match event {
        Event::Bank(leg, step) => bank(from, leg, step)?,
        Event::ActionRequired
        | Event::Authorised
        | Event::Declined
        | Event::Cancelled
        | Event::Expired => Snapshot {
            state: payer(from, event)?,
            ..from
        },
        Event::Submitted
        | Event::NothingSent
        | Event::Applied
        | Event::Refused
        | Event::Pending
        | Event::Unknown
        | Event::Contradicted => Snapshot {
            state: biller(from, event)?,
            ..from
        },
        Event::ReversalAsked
        | Event::ReversalDone
        | Event::ReversalRefused
        | Event::RefundAsked
        | Event::RefundRefused => Snapshot {
            state: undoing(from, event)?,
            ..from
        },
        Event::RefundAgreed => agreed(from)?,
    };
    // A repeated "pending" or "unknown" is an answer too, but moves nothing.
    if to == from && event != Event::Submitted {
        Err(Unmoved::Already)
    } else {
        Ok(to)
    }
}

/// Before anything goes to the biller.
fn payer(from: Snapshot, event: Event) -> Result<State, Unmoved> {
    let waiting = match from.state {
        State::Requested | State::RequiresAction => true,
        State::Held
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
        | State::Refunded => false,
    };
    // While the bank's answer is missing, nobody may give up: the reservation, or
    // the taking, that may exist would be forgotten.
    let is_open = |leg| matches!(leg, LegState::Asked | LegState::Unknown);
    let bank_is_open =
        (is_open(from.hold) || is_open(from.capture)) && !planted(Bug::GiveUpWhileAsked);
    let given_up = (waiting || from.state == State::Held) && !bank_is_open
        || planted(Bug::CancelSubmitted) && from.state == State::Submitted
        || planted(Bug::ExpireUnknown) && from.state == State::Unknown;
    match event {
        Event::ActionRequired if from == Snapshot::NEW => Ok(State::RequiresAction),
        Event::Authorised if from.state == State::RequiresAction => Ok(State::Requested),
        Event::Authorised if from.state == State::Requested => Ok(State::Requested),
        Event::Declined if waiting && !bank_is_open => Ok(State::Declined),
        Event::Cancelled if given_up || from.state == State::Cancelled => Ok(State::Cancelled),
        Event::Expired if given_up || from.state == State::Expired => Ok(State::Expired),
        Event::ActionRequired
        | Event::Authorised
        | Event::Declined
        | Event::Cancelled
        | Event::Expired
        | Event::Submitted
        | Event::NothingSent
        | Event::Applied
        | Event::Refused
        | Event::Pending
        | Event::Unknown
        | Event::Contradicted
        | Event::ReversalAsked
        | Event::ReversalDone
        | Event::ReversalRefused
        | Event::RefundAsked
        | Event::RefundAgreed
        | Event::RefundRefused
        | Event::Bank(..) => Err(Unmoved::Forbidden(from.state)),
    }
}

/// What the biller says, and what is said to it.
fn biller(from: Snapshot, event: Event) -> Result<State, Unmoved> {
    let to = match event {
        Event::Submitted => State::Submitted,
        Event::NothingSent => State::Held,
        Event::Applied => State::Applied,
        Event::Refused => State::Refused,
        Event::Pending => State::Pending,
        Event::Unknown => State::Unknown,
        Event::Contradicted if from.state == State::Held => return Ok(State::Unknown),
        Event::Contradicted
        | Event::ActionRequired
        | Event::Authorised
        | Event::Declined
        | Event::Cancelled
        | Event::Expired
        | Event::ReversalAsked
        | Event::ReversalDone
        | Event::ReversalRefused
        | Event::RefundAsked
        | Event::RefundAgreed
        | Event::RefundRefused
        | Event::Bank(..) => return Err(Unmoved::Forbidden(from.state)),
    };
    match from.state {
        // The only way out towards the biller, and only with the money there.
        State::Held if to == State::Submitted && from.is_funded() => Ok(to),
        State::Held => Err(Unmoved::Forbidden(from.state)),
        // Open at the biller: any evidence counts, and another attempt may be
        // made where `next_step` allows it.
        State::Submitted | State::Pending | State::Unknown => Ok(to),
        // Late or repeated answers of the same content change nothing; others
        // contradict what was believed and must be looked at by people.
        State::Applied if to == State::Applied => Ok(to),
        State::Refused | State::Released if to == State::Refused => Ok(from.state),
        State::Requested
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
        | State::Refunded => Err(Unmoved::Forbidden(from.state)),
    }
}

/// Reversal and refund of an applied payment whose money was taken.
fn undoing(from: Snapshot, event: Event) -> Result<State, Unmoved> {
    let taken = from.capture == LegState::Done;
    match (event, from.state) {
        (Event::ReversalAsked, State::Applied) if taken => Ok(State::Reversing),
        (Event::ReversalAsked, State::Reversing) => Ok(State::Reversing),
        (Event::ReversalDone, State::Reversing | State::Reversed) => Ok(State::Reversed),
        (Event::ReversalRefused, State::Reversing | State::Applied) => Ok(State::Applied),
        (Event::RefundAsked, State::Applied) if taken => Ok(State::Refunding),
        (Event::RefundAsked, State::Refunding) => Ok(State::Refunding),
        // Once the biller has agreed, the payer's money is on its way.
        (Event::RefundRefused, State::Refunding) if from.refund == LegState::None => {
            Ok(State::Applied)
        }
        (Event::RefundRefused, State::Applied) => Ok(State::Applied),
        (
            Event::ActionRequired
            | Event::Authorised
            | Event::Declined
            | Event::Cancelled
            | Event::Expired
            | Event::Submitted
            | Event::NothingSent
            | Event::Applied
            | Event::Refused
            | Event::Pending
            | Event::Unknown
            | Event::Contradicted
            | Event::ReversalAsked
            | Event::ReversalDone
            | Event::ReversalRefused
            | Event::RefundAsked
            | Event::RefundAgreed
            | Event::RefundRefused
            | Event::Bank(..),
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
            | State::Reversed
            | State::Refunding
            | State::Refunded,
        ) => Err(Unmoved::Forbidden(from.state)),
    }
}

fn bank(from: Snapshot, leg: Leg, step: Step) -> Result<Snapshot, Unmoved> {
    let moved = leg_after(from.leg(leg), step).ok_or(Unmoved::Forbidden(from.state))?;
    match leg {
        // A bank either holds first or takes first, never both.
        Leg::Hold if from.capture == LegState::None => funding(from, leg, moved),
        Leg::Hold => repeated(from, leg, moved),
        Leg::Capture if from.hold == LegState::None => funding(from, leg, moved),
        Leg::Capture if from.state == State::Applied => Ok(with(from, leg, moved)),
        Leg::Capture => repeated(from, leg, moved),
        Leg::Release => release(from, moved),
        Leg::Refund => refund(from, moved),
    }
}

/// The biller agreed to a refund: from here on only the bank decides.
const fn agreed(from: Snapshot) -> Result<Snapshot, Unmoved> {
    match (from.state, from.refund) {
        (State::Refunding, LegState::None) => Ok(with(from, Leg::Refund, LegState::Asked)),
        (State::Refunding | State::Refunded, _) => Ok(from),
        (
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
            | State::Reversed,
            _,
        ) => Err(Unmoved::Forbidden(from.state)),
    }
}

/// The snapshot with one leg moved.
const fn with(from: Snapshot, leg: Leg, moved: LegState) -> Snapshot {
    let mut to = from;
    match leg {
        Leg::Hold => to.hold = moved,
        Leg::Capture => to.capture = moved,
        Leg::Release => to.release = moved,
        Leg::Refund => to.refund = moved,
    }
    to
}

/// The reservation, or the taking beforehand, decides whether the payment goes
/// on at all.
fn funding(from: Snapshot, leg: Leg, moved: LegState) -> Result<Snapshot, Unmoved> {
    match from.state {
        State::Requested => Ok(Snapshot {
            state: match moved {
                LegState::Done => State::Held,
                LegState::Refused => State::Declined,
                LegState::None | LegState::Asked | LegState::Unknown => State::Requested,
            },
            ..with(from, leg, moved)
        }),
        State::RequiresAction
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
        | State::Reversed
        | State::Refunding
        | State::Refunded => repeated(from, leg, moved),
    }
}

/// A reservation goes back only where nothing can have been applied.
fn release(from: Snapshot, moved: LegState) -> Result<Snapshot, Unmoved> {
    match from.state {
        State::Refused if from.hold == LegState::Done => {
            Ok(after_refusal(with(from, Leg::Release, moved), moved))
        }
        State::Cancelled | State::Expired if from.hold == LegState::Done => {
            Ok(with(from, Leg::Release, moved))
        }
        State::Released => repeated(from, Leg::Release, moved),
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
        | State::Reversing
        | State::Reversed
        | State::Refunding
        | State::Refunded => Err(Unmoved::Forbidden(from.state)),
    }
}

/// Taken money goes back where it was taken in vain, or was undone since.
fn refund(from: Snapshot, moved: LegState) -> Result<Snapshot, Unmoved> {
    let in_vain = from.hold == LegState::None && from.capture == LegState::Done;
    let to = with(from, Leg::Refund, moved);
    match from.state {
        State::Refused if in_vain => Ok(after_refusal(to, moved)),
        State::Cancelled | State::Expired if in_vain => Ok(to),
        State::Reversed => Ok(to),
        // Only once the biller has agreed.
        State::Refunding if from.refund != LegState::None => Ok(Snapshot {
            state: match moved {
                LegState::Done => State::Refunded,
                LegState::None | LegState::Asked | LegState::Unknown | LegState::Refused => {
                    State::Refunding
                }
            },
            ..to
        }),
        State::Refunded | State::Released => repeated(from, Leg::Refund, moved),
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
        | State::Reversing
        | State::Refunding => Err(Unmoved::Forbidden(from.state)),
    }
}

/// A refused payment has ended once the payer has the money back.
const fn after_refusal(to: Snapshot, moved: LegState) -> Snapshot {
    let state = match moved {
        LegState::Done => State::Released,
        LegState::None | LegState::Asked | LegState::Unknown | LegState::Refused => State::Refused,
    };
    Snapshot { state, ..to }
}

/// The same answer again is harmless in any later state.
fn repeated(from: Snapshot, leg: Leg, moved: LegState) -> Result<Snapshot, Unmoved> {
    if from.leg(leg) == moved && moved == LegState::Done {
        Ok(from)
    } else {
        Err(Unmoved::Forbidden(from.state))
    }
}

/// A leg by itself: what is done stays done; what is refused may be asked again.
const fn leg_after(leg: LegState, step: Step) -> Option<LegState> {
    match (leg, step) {
        (LegState::Done, Step::Done) => Some(LegState::Done),
        (LegState::Done, Step::Asked | Step::Unknown | Step::Refused) => None,
        (LegState::None | LegState::Asked | LegState::Unknown | LegState::Refused, Step::Asked) => {
            Some(LegState::Asked)
        }
        (LegState::Asked | LegState::Unknown, Step::Unknown) => Some(LegState::Unknown),
        (LegState::None | LegState::Refused, Step::Unknown) => None,
        // The embedded ledger answers in the transaction that asks.
        (LegState::None | LegState::Asked | LegState::Unknown, Step::Done) => Some(LegState::Done),
        (LegState::Refused, Step::Done) => None,
        (
            LegState::None | LegState::Asked | LegState::Unknown | LegState::Refused,
            Step::Refused,
        ) => Some(LegState::Refused),
    }
}
