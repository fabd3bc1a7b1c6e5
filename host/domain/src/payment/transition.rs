//! The diagram as one exhaustive function. Every pair of event and state stands
//! here by name, so that a new one does not compile until it is decided.

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
        | Event::Unknown => Snapshot {
            state: biller(from, event)?,
            ..from
        },
        Event::ReversalAsked
        | Event::ReversalDone
        | Event::ReversalRefused
        | Event::RefundAsked => Snapshot {
            state: undoing(from, event)?,
            ..from
        },
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
    // While the bank's answer to the hold is missing, nobody may give up: the
    // reservation that may exist would be forgotten.
    let hold_is_open = matches!(from.hold, LegState::Asked | LegState::Unknown);
    let given_up = (waiting || from.state == State::Held) && !hold_is_open;
    match event {
        Event::ActionRequired if from.state == State::Requested => Ok(State::RequiresAction),
        Event::Authorised if from.state == State::RequiresAction => Ok(State::Requested),
        Event::Authorised if from.state == State::Requested => Ok(State::Requested),
        Event::Declined if waiting && !hold_is_open => Ok(State::Declined),
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
        | Event::ReversalAsked
        | Event::ReversalDone
        | Event::ReversalRefused
        | Event::RefundAsked
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
        Event::ActionRequired
        | Event::Authorised
        | Event::Declined
        | Event::Cancelled
        | Event::Expired
        | Event::ReversalAsked
        | Event::ReversalDone
        | Event::ReversalRefused
        | Event::RefundAsked
        | Event::Bank(..) => return Err(Unmoved::Forbidden(from.state)),
    };
    match from.state {
        // The only way out towards the biller, and only with the money held.
        State::Held if to == State::Submitted && from.hold == LegState::Done => Ok(to),
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
            | Event::ReversalAsked
            | Event::ReversalDone
            | Event::ReversalRefused
            | Event::RefundAsked
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
    let forbidden = Err(Unmoved::Forbidden(from.state));
    let moved = leg_after(from.leg(leg), step).ok_or(Unmoved::Forbidden(from.state))?;
    match leg {
        Leg::Hold => hold(from, moved),
        Leg::Capture if from.state == State::Applied => Ok(Snapshot {
            capture: moved,
            ..from
        }),
        Leg::Capture => repeated(from, leg, moved),
        Leg::Release => release(from, moved),
        Leg::Refund => match (from.state, moved) {
            (State::Refunding, LegState::Done) => Ok(Snapshot {
                refund: moved,
                state: State::Refunded,
                ..from
            }),
            // A later refund may be asked for again.
            (State::Refunding, LegState::Refused) => Ok(Snapshot {
                refund: LegState::None,
                state: State::Applied,
                ..from
            }),
            (State::Refunding, LegState::None | LegState::Asked | LegState::Unknown)
            | (State::Reversed, _) => Ok(Snapshot {
                refund: moved,
                ..from
            }),
            (State::Refunded, LegState::Done) => Ok(from),
            (State::Refunded, _) => forbidden,
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
                | State::Reversing,
                _,
            ) => forbidden,
        },
    }
}

/// The reservation decides whether the payment goes on at all.
fn hold(from: Snapshot, moved: LegState) -> Result<Snapshot, Unmoved> {
    match from.state {
        State::Requested => Ok(Snapshot {
            hold: moved,
            state: match moved {
                LegState::Done => State::Held,
                LegState::Refused => State::Declined,
                LegState::None | LegState::Asked | LegState::Unknown => State::Requested,
            },
            ..from
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
        | State::Refunded => repeated(from, Leg::Hold, moved),
    }
}

/// Money goes back only where nothing can have been applied.
fn release(from: Snapshot, moved: LegState) -> Result<Snapshot, Unmoved> {
    match from.state {
        State::Refused => Ok(Snapshot {
            release: moved,
            state: if moved == LegState::Done {
                State::Released
            } else {
                State::Refused
            },
            ..from
        }),
        State::Cancelled | State::Expired if from.hold == LegState::Done => Ok(Snapshot {
            release: moved,
            ..from
        }),
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
        | State::Reversing
        | State::Reversed
        | State::Refunding
        | State::Refunded => Err(Unmoved::Forbidden(from.state)),
    }
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
