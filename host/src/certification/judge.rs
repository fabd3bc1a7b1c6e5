//! Judges answers by the test biller's truth: what the plugin says, and what
//! the host would believe of it.

mod belief;
mod truth;

use std::collections::BTreeSet;

use guichet_domain::Money;
use guichet_sandbox::contract::bill_payment as contract;
use guichet_sandbox::contract::types::Failure;
use guichet_sandbox::{Answer, CallError, Report};

use super::errand::Errand;
use crate::plugins::translate;

pub(super) use belief::{Belief, believed_of_payment, believed_of_reversal};
pub(super) use truth::{payment_lie, reversal_lie};

/// What the errand without faults has shown to be true.
pub(super) struct Facts {
    /// What is paid.
    pub(super) total: Option<Money>,
    /// Serial numbers that the test biller really gave.
    pub(super) serials: BTreeSet<String>,
}

impl Facts {
    /// From an errand.
    pub(super) fn of(errand: &Errand<'_>) -> Self {
        let applications = errand.steps.iter().filter_map(|step| {
            let answer = step.result.as_ref().ok()?;
            application(answer).map(|application| application.serial.clone())
        });
        let reversed = errand.steps.iter().filter_map(|step| {
            let answer = step.result.as_ref().ok()?;
            reversed(answer).map(|reversed| reversed.serial.clone())
        });
        Self {
            total: errand.order.as_ref().map(|order| order.total),
            serials: applications.chain(reversed).collect(),
        }
    }

    /// What is wrong with evidence, although something was done.
    fn wrong_evidence(&self, serial: &str, amount: Option<Money>) -> Option<String> {
        if amount != self.total {
            return Some("names another amount than the order's".to_owned());
        }
        (!self.serials.contains(serial))
            .then(|| format!("names the serial {serial:?}, which the biller never gave"))
    }
}

fn application(answer: &Answer) -> Option<&contract::Application> {
    match answer {
        Answer::Submission(answer) => match answer.as_ref() {
            contract::Submission::Applied(application) => Some(application),
            _ => None,
        },
        Answer::Status(answer) => match answer.as_ref() {
            contract::Status::Applied(application) => Some(application),
            _ => None,
        },
        _ => None,
    }
}

fn reversed(answer: &Answer) -> Option<&contract::Reversed> {
    match answer {
        Answer::Status(answer) => match answer.as_ref() {
            contract::Status::Reversed(reversed) => Some(reversed),
            _ => None,
        },
        Answer::Reversal(answer) => match answer.as_ref() {
            contract::Reversal::Reversed(reversed) => Some(reversed),
            _ => None,
        },
        _ => None,
    }
}

/// A call that did not end in an answer. Waiting until the deadline for an
/// answer that never comes is allowed.
pub(super) fn no_answer(report: &Report, is_silent: bool) -> Option<String> {
    match &report.result {
        Ok(_) => None,
        Err(CallError::Deadline(_)) if is_silent => None,
        Err(error) => Some(format!("the call ends without an answer: {error}")),
    }
}

/// What a question that changes nothing makes up out of a broken answer.
pub(super) fn made_up(report: &Report, true_answer: &Result<Answer, CallError>) -> Option<String> {
    if report.result == *true_answer {
        return None;
    }
    let claim = match report.result.as_ref().ok()? {
        Answer::Query(answer) => match answer.as_ref() {
            Ok(contract::QueryOutcome::Other(_)) => None,
            Ok(contract::QueryOutcome::Ready(statement)) => Some(match statement.bills.len() {
                0 => "says that nothing is owed".to_owned(),
                count => format!("gives a statement with {count} bills of its own making"),
            }),
            Ok(_) => Some("asks for more, or for patience".to_owned()),
            Err(failure) => false_failure(failure),
        },
        Answer::Inquiry(answer) => match answer.as_ref() {
            Ok(guichet_sandbox::contract::inquiry::InquiryOutcome::Other(_)) => None,
            Ok(guichet_sandbox::contract::inquiry::InquiryOutcome::Ready(_)) => {
                Some("gives a document of its own making".to_owned())
            }
            Ok(_) => Some("asks for more, or for patience".to_owned()),
            Err(failure) => false_failure(failure),
        },
        Answer::Issued(answer) => match answer.as_ref() {
            Ok(guichet_sandbox::contract::credential::Issued::Other(_)) => None,
            Ok(_) => Some("issues a credential of its own making".to_owned()),
            Err(failure) => false_failure(failure),
        },
        Answer::Submission(_) | Answer::Status(_) | Answer::Reversal(_) => None,
    };
    claim.map(|claim| format!("the plugin {claim}"))
}

/// A failure that tells the citizen something which no answer has said.
fn false_failure(failure: &Failure) -> Option<String> {
    let claim = match failure {
        Failure::Unavailable(_) | Failure::Other(_) => return None,
        Failure::NotFound(_) => "says that there is no such account",
        Failure::InvalidInput(_) => "says that the input is wrong",
        Failure::Refused(_) => "says that the biller refuses",
        Failure::NeedsAssurance(_) | Failure::NeedsConsent(_) => "asks for more consent or proof",
    };
    Some(claim.to_owned())
}

/// The case of an answer, in a word.
pub(super) fn word(result: &Result<Answer, CallError>) -> String {
    use guichet_sandbox::contract::credential::Issued;
    use guichet_sandbox::contract::inquiry::InquiryOutcome;
    let word = match result {
        Err(_) => "none",
        Ok(Answer::Query(answer)) => match answer.as_ref() {
            Ok(contract::QueryOutcome::Ready(_)) => "ready",
            Ok(contract::QueryOutcome::PollLater(_)) => "poll-later",
            Ok(contract::QueryOutcome::AskMore(_)) => "ask-more",
            Ok(contract::QueryOutcome::Other(_)) => "other",
            Err(failure) => failure_word(failure),
        },
        Ok(Answer::Inquiry(answer)) => match answer.as_ref() {
            Ok(InquiryOutcome::Ready(_)) => "ready",
            Ok(InquiryOutcome::PollLater(_)) => "poll-later",
            Ok(InquiryOutcome::AskMore(_)) => "ask-more",
            Ok(InquiryOutcome::Other(_)) => "other",
            Err(failure) => failure_word(failure),
        },
        Ok(Answer::Issued(answer)) => match answer.as_ref() {
            Ok(Issued::Code(_)) => "code",
            Ok(Issued::Handoff(_)) => "handoff",
            Ok(Issued::AskMore(_)) => "ask-more",
            Ok(Issued::Other(_)) => "other",
            Err(failure) => failure_word(failure),
        },
        Ok(Answer::Submission(answer)) => match answer.as_ref() {
            contract::Submission::NotSent(_) => "not-sent",
            contract::Submission::Applied(_) => "applied",
            contract::Submission::Pending(_) => "pending",
            contract::Submission::Refused(_) => "refused",
            contract::Submission::Unknown(_) => "unknown",
            contract::Submission::Other(_) => "other",
        },
        Ok(Answer::Status(answer)) => match answer.as_ref() {
            contract::Status::Applied(_) => "applied",
            contract::Status::Reversed(_) => "reversed",
            contract::Status::Pending(_) => "pending",
            contract::Status::Refused(_) => "refused",
            contract::Status::NotFound => "not-found",
            contract::Status::Unknown(_) => "unknown",
            contract::Status::Other(_) => "other",
        },
        Ok(Answer::Reversal(answer)) => match answer.as_ref() {
            contract::Reversal::NotSent(_) => "not-sent",
            contract::Reversal::Reversed(_) => "reversed",
            contract::Reversal::Pending(_) => "pending",
            contract::Reversal::Refused(_) => "refused",
            contract::Reversal::NotFound => "not-found",
            contract::Reversal::Unknown(_) => "unknown",
            contract::Reversal::Other(_) => "other",
        },
    };
    word.to_owned()
}

pub(super) const fn failure_word(failure: &Failure) -> &'static str {
    match failure {
        Failure::InvalidInput(_) => "invalid-input",
        Failure::NotFound(_) => "not-found",
        Failure::Refused(_) => "refused",
        Failure::Unavailable(_) => "unavailable",
        Failure::NeedsAssurance(_) => "needs-assurance",
        Failure::NeedsConsent(_) => "needs-consent",
        Failure::Other(_) => "other",
    }
}

/// The amount of a contract's record as money.
fn amount(of: &guichet_sandbox::contract::types::Money) -> Option<Money> {
    translate::money(of)
}
