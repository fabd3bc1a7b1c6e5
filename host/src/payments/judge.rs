//! What an answer of a biller proves. The one place where belief is decided;
//! whatever proves nothing is unknown, never a failure.

use guichet_domain::Moment;
use guichet_domain::payment::{Event, Standing, not_found_is_proof};
use guichet_domain::planted::{Bug, planted};

use super::Payments;
use super::apply::Draft;
use super::schedule::OPERATOR;
use crate::store::PaymentRow;
use crate::terms::order::{Application, Outcome, PendingAnswer, RefusalGround};

/// For whoever looks into a payment that the biller tells two things of.
pub(super) const CONTRADICTED: &str =
    "the biller has told of an application that it did not know before";

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// An attempt to submit.
    Submission,
    /// A status query.
    Status {
        /// When it was begun.
        asked_at: Moment,
        /// How long this node had then waited for the attempt, by its own clock.
        waited_ms: i64,
    },
}

/// What is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What happens to the payment.
    pub(super) event: Event,
    /// Evidence to be kept.
    pub(super) application: Option<Application>,
    /// To be sent along with the next status query.
    pub(super) pending: Option<PendingAnswer>,
    /// For the citizen, or for whoever looks into it.
    pub(super) reason: Option<String>,
    /// Who has to look into it, where the worker cannot find out.
    pub(super) owner: Option<&'static str>,
}

impl Verdict {
    fn of(event: Event, reason: Option<String>) -> Self {
        Self {
            event,
            application: None,
            pending: None,
            reason,
            owner: None,
        }
    }

    fn unknown(reason: &str) -> Self {
        Self::of(Event::Unknown, Some(reason.to_owned()))
    }
}

/// What is known of the payment besides its state.
pub(super) fn standing(
    row: &PaymentRow,
    attempts_limit: u32,
    restored_at: Option<Moment>,
) -> Standing {
    Standing {
        snapshot: row.snapshot,
        backing: row.payer.backing(),
        attempts: row.attempts,
        attempted_at: row.attempted_at,
        act_until: row.payer.agreement.as_ref().map(|asked| asked.expires_at),
        submit_until: row.submit_until,
        attempts_limit,
        restored_at: restored_at.filter(|at| row.created_at <= *at),
    }
}

/// Judges an answer. Where the biller has contradicted itself, no further "no" of
/// its own frees the money: people decide, or it says "applied" again.
pub(super) fn judge(
    row: &PaymentRow,
    standing: &Standing,
    outcome: Outcome,
    question: Question,
) -> Verdict {
    let verdict = believed(row, standing, outcome, question);
    let frees = matches!(verdict.event, Event::NothingSent | Event::Refused);
    if frees && row.answer.contradicted_at.is_some() {
        return Verdict::unknown(CONTRADICTED);
    }
    verdict
}

fn believed(
    row: &PaymentRow,
    standing: &Standing,
    outcome: Outcome,
    question: Question,
) -> Verdict {
    // An answer to one attempt says nothing about earlier ones.
    let speaks_for_all = match question {
        Question::Submission => row.exposed == 0 || planted(Bug::RefusalSpeaksForAll),
        Question::Status { .. } => true,
    };
    match outcome {
        Outcome::Applied(application)
            if application.amount == row.total || planted(Bug::AnyAmount) =>
        {
            Verdict {
                application: Some(application),
                ..Verdict::of(Event::Applied, None)
            }
        }
        Outcome::Applied(application) => Verdict {
            owner: Some(OPERATOR),
            ..Verdict::unknown(&format!(
                "the biller names another amount: {} instead of {}",
                application.amount.minor_units(),
                row.total.minor_units()
            ))
        },
        Outcome::Pending(pending) => {
            let reason = Some(pending.message.clone());
            Verdict {
                pending: Some(pending),
                ..Verdict::of(Event::Pending, reason)
            }
        }
        Outcome::Refused(refusal) => match refusal.ground {
            RefusalGround::Definite if speaks_for_all => {
                Verdict::of(Event::Refused, Some(refusal.message))
            }
            RefusalGround::PerhapsPaid if planted(Bug::PerhapsPaidIsRefused) => {
                Verdict::of(Event::Refused, Some(refusal.message))
            }
            RefusalGround::Definite | RefusalGround::PerhapsPaid => {
                Verdict::unknown(&refusal.message)
            }
        },
        Outcome::NotSent(reason) => match question {
            Question::Submission if speaks_for_all => Verdict::of(Event::NothingSent, Some(reason)),
            Question::Submission if planted(Bug::UnsentSpeaksForAll) => {
                Verdict::of(Event::NothingSent, Some(reason))
            }
            Question::Submission | Question::Status { .. } => Verdict::unknown(&reason),
        },
        Outcome::NotFound => match question {
            Question::Status {
                asked_at,
                waited_ms,
            } if not_found_is_proof(standing, &row.terms.capabilities, asked_at, waited_ms) => {
                Verdict::of(Event::NothingSent, None)
            }
            Question::Status { .. } | Question::Submission => {
                Verdict::unknown("the biller does not know the payment yet")
            }
        },
        Outcome::Unknown(reason) if planted(Bug::TimeoutMeansFailed) => {
            Verdict::of(Event::Refused, Some(reason))
        }
        Outcome::Unknown(reason) => Verdict::unknown(&reason),
        Outcome::Reversed(_) => Verdict {
            owner: Some(OPERATOR),
            ..Verdict::unknown("the biller says that it has undone the payment")
        },
    }
}

impl Payments {
    /// Evidence of what was known already is no other evidence: the log has the
    /// first one's digest. The biller's own answer is kept beside it.
    pub(super) fn keep_evidence(&self, draft: &mut Draft, application: Application) {
        let biller = &self.outside.biller;
        let is_first = !draft.is_empty();
        let answer = &mut draft.next().answer;
        if is_first {
            answer.application = Some(application);
            return;
        }
        let knows = answer
            .fullest()
            .is_some_and(|kept| biller.knows_again(kept));
        if !knows && biller.knows_again(&application) {
            answer.whole = Some(application);
        }
    }
}
