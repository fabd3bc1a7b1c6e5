//! The states of a payment and of its legs at the bank, and the one pure
//! function that moves them. It neither books money nor asks anybody: what has
//! to be done next is for the payment rooms.

use serde::{Deserialize, Serialize};

use crate::words::words;

mod message;
mod next;
mod transition;

pub use message::own_words;
pub use next::{
    Backing, Capabilities, NextStep, Repetition, Reversal, Standing, StatusAnswer, next_step,
    not_found_is_proof,
};
pub use transition::{Unmoved, transition};

words! {
    /// Where a payment stands.
    State {
        /// Asked for; no money is reserved yet.
        Requested = "requested",
        /// Waits for the payer's authorisation or a second person.
        RequiresAction = "requires_action",
        /// Risk, a limit or the bank said no.
        Declined = "declined",
        /// Money is reserved; nothing was sent to the biller.
        Held = "held",
        /// Given up by the payer before anything was sent.
        Cancelled = "cancelled",
        /// Given up by time before anything was sent.
        Expired = "expired",
        /// About to be sent, or sent, to the biller.
        Submitted = "submitted",
        /// The biller took it and has not decided.
        Pending = "pending",
        /// Nobody knows whether the biller has applied it.
        Unknown = "unknown",
        /// Written off by the biller (销账).
        Applied = "applied",
        /// The biller said no; the money is still to be given back.
        Refused = "refused",
        /// The biller said no and the payer has the money back.
        Released = "released",
        /// The application is being undone with the biller.
        Reversing = "reversing",
        /// Undone with the biller (冲正).
        Reversed = "reversed",
        /// The money is being given back later.
        Refunding = "refunding",
        /// Given back later (退款).
        Refunded = "refunded",
    }

    /// Where one leg at the bank stands.
    LegState {
        /// Not asked for.
        None = "none",
        /// Asked for, no answer yet.
        Asked = "asked",
        /// The answer is missing: asked again by reference.
        Unknown = "unknown",
        /// Done.
        Done = "done",
        /// Refused by the bank.
        Refused = "refused",
    }

    /// The bank's legs.
    Leg {
        /// Reserving the money.
        Hold = "hold",
        /// Taking it.
        Capture = "capture",
        /// Giving the reservation back.
        Release = "release",
        /// Giving taken money back.
        Refund = "refund",
    }

    /// What a leg reports.
    Step {
        /// It is asked for.
        Asked = "asked",
        /// No answer came.
        Unknown = "unknown",
        /// The bank did it.
        Done = "done",
        /// The bank refused.
        Refused = "refused",
    }
}

/// Everything that happens to a payment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// Authorisation or a second person is needed.
    ActionRequired,
    /// The payer, or the second person, agreed.
    Authorised,
    /// Risk or a limit said no.
    Declined,
    /// The payer gave up.
    Cancelled,
    /// Time ran out before anything was sent.
    Expired,
    /// An attempt is about to be sent; committed before the first byte.
    Submitted,
    /// It is certain that no attempt had, or can have, an effect.
    NothingSent,
    /// Evidence that the biller has written the bill off.
    Applied,
    /// The biller's definite no, believed for the payment as a whole.
    Refused,
    /// The biller took it and has not decided.
    Pending,
    /// No evidence.
    Unknown,
    /// The biller tells of an application after it was proven that there was none.
    Contradicted,
    /// Undoing was asked for.
    ReversalAsked,
    /// The biller has undone it.
    ReversalDone,
    /// The biller will not undo it.
    ReversalRefused,
    /// Giving the money back was asked for; the biller has to agree.
    RefundAsked,
    /// The biller agreed to give it back: the bank is asked.
    RefundAgreed,
    /// The biller did not agree; it stays applied.
    RefundRefused,
    /// Something happened at the bank.
    Bank(Leg, Step),
}

impl Event {
    /// Every event there is, for tables and tests.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut events = vec![
            Self::ActionRequired,
            Self::Authorised,
            Self::Declined,
            Self::Cancelled,
            Self::Expired,
            Self::Submitted,
            Self::NothingSent,
            Self::Applied,
            Self::Refused,
            Self::Pending,
            Self::Unknown,
            Self::Contradicted,
            Self::ReversalAsked,
            Self::ReversalDone,
            Self::ReversalRefused,
            Self::RefundAsked,
            Self::RefundAgreed,
            Self::RefundRefused,
        ];
        for leg in Leg::ALL {
            events.extend(Step::ALL.iter().map(|step| Self::Bank(*leg, *step)));
        }
        events
    }

    /// The event's name in the payment's history.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::ActionRequired => "action_required".to_owned(),
            Self::Authorised => "authorised".to_owned(),
            Self::Declined => "declined".to_owned(),
            Self::Cancelled => "cancelled".to_owned(),
            Self::Expired => "expired".to_owned(),
            Self::Submitted => "submitted".to_owned(),
            Self::NothingSent => "nothing_sent".to_owned(),
            Self::Applied => "applied".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::Pending => "pending".to_owned(),
            Self::Unknown => "unknown".to_owned(),
            Self::Contradicted => "contradicted".to_owned(),
            Self::ReversalAsked => "reversal_asked".to_owned(),
            Self::ReversalDone => "reversal_done".to_owned(),
            Self::ReversalRefused => "reversal_refused".to_owned(),
            // Beside the bank's own `refund_asked` and `refund_refused`, which are a
            // leg's.
            Self::RefundAsked => "refund_agreement_asked".to_owned(),
            Self::RefundAgreed => "refund_agreed".to_owned(),
            Self::RefundRefused => "refund_not_agreed".to_owned(),
            Self::Bank(leg, step) => format!("{leg}_{step}"),
        }
    }
}

/// A payment's state with its legs: all that a transition looks at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The payment's own state.
    pub state: State,
    /// The reservation.
    pub hold: LegState,
    /// The taking.
    pub capture: LegState,
    /// The giving back of the reservation.
    pub release: LegState,
    /// The giving back of taken money.
    pub refund: LegState,
}

impl Snapshot {
    /// A payment that was just asked for.
    pub const NEW: Self = Self {
        state: State::Requested,
        hold: LegState::None,
        capture: LegState::None,
        release: LegState::None,
        refund: LegState::None,
    };

    /// One leg.
    #[must_use]
    pub const fn leg(&self, leg: Leg) -> LegState {
        match leg {
            Leg::Hold => self.hold,
            Leg::Capture => self.capture,
            Leg::Release => self.release,
            Leg::Refund => self.refund,
        }
    }

    /// Whether the money for the biller is there: reserved, or taken beforehand.
    #[must_use]
    pub const fn is_funded(&self) -> bool {
        matches!(self.hold, LegState::Done) || matches!(self.capture, LegState::Done)
    }

    /// The leg by which money goes back that was reserved or taken in vain.
    #[must_use]
    pub const fn way_back(&self) -> Leg {
        match self.hold {
            LegState::Done => Leg::Release,
            LegState::None | LegState::Asked | LegState::Unknown | LegState::Refused => Leg::Refund,
        }
    }

    /// Whether nothing more happens unless somebody asks for it: an end state
    /// whose legs have ended too.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        match self.state {
            State::Declined => true,
            State::Applied => matches!(self.capture, LegState::Done),
            State::Released => true,
            State::Cancelled | State::Expired => {
                !self.is_funded()
                    || matches!(self.release, LegState::Done)
                    || matches!(self.refund, LegState::Done)
            }
            State::Reversed => matches!(self.refund, LegState::Done),
            State::Refunded => true,
            State::Requested
            | State::RequiresAction
            | State::Held
            | State::Submitted
            | State::Pending
            | State::Unknown
            | State::Refused
            | State::Reversing
            | State::Refunding => false,
        }
    }
}

#[cfg(test)]
mod tests;
