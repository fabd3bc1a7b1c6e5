//! What the host would make of an answer: the production judgement, brought
//! down to what decides the next step.

use guichet_domain::Money;
use guichet_sandbox::Report;

use crate::plugins::judgement;
use crate::terms::order::{Application, Outcome, PendingAnswer, RefusalGround, ReversalOutcome};

/// What the host believes after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::certification) enum Belief {
    /// It has ended well: applied, or undone.
    Done(Option<Application>),
    /// A definite no: the money goes back, or the reversal has failed.
    Refused,
    /// It is certain that nothing was sent.
    NotSent,
    /// The biller does not know it.
    NotFound,
    /// Not certain; with what comes along at the next question.
    Open(Option<PendingAnswer>),
}

/// After a submission or a status.
pub(in crate::certification) fn believed_of_payment(
    report: &Report,
    is_status: bool,
    total: Option<Money>,
) -> Belief {
    let outcome = if is_status {
        judgement::status(report)
    } else {
        judgement::submission(report)
    };
    match outcome {
        Outcome::Applied(application) if Some(application.amount) == total => {
            Belief::Done(Some(application))
        }
        Outcome::Applied(_) | Outcome::Reversed(_) | Outcome::Unknown(_) => Belief::Open(None),
        Outcome::Pending(pending) => Belief::Open(Some(pending)),
        Outcome::Refused(refusal) => match refusal.ground {
            RefusalGround::Definite => Belief::Refused,
            RefusalGround::PerhapsPaid => Belief::Open(None),
        },
        Outcome::NotSent(_) => Belief::NotSent,
        Outcome::NotFound => Belief::NotFound,
    }
}

/// After a reversal or its status.
pub(in crate::certification) fn believed_of_reversal(report: &Report, is_status: bool) -> Belief {
    let outcome = if is_status {
        judgement::undoing_status(report)
    } else {
        judgement::undoing(report)
    };
    match outcome {
        ReversalOutcome::Reversed(_) => Belief::Done(None),
        ReversalOutcome::Pending(pending) => Belief::Open(Some(pending)),
        ReversalOutcome::Refused(refusal) => match refusal.ground {
            RefusalGround::Definite => Belief::Refused,
            RefusalGround::PerhapsPaid => Belief::Open(None),
        },
        ReversalOutcome::NotSent(_) => Belief::NotSent,
        ReversalOutcome::NotFound => Belief::NotFound,
        ReversalOutcome::Unknown(_) => Belief::Open(None),
    }
}
