//! What an answer of a plugin proves, judged by what the sandbox saw of its
//! requests: a refusal without a complete answer, an application without a
//! request, a status without any answer are not believed and become `Unknown`.
//! Pure: the payment room's calls and certification judge alike.

use guichet_sandbox::contract::bill_payment as contract;
use guichet_sandbox::{Answer, Report};

use super::translate;
use crate::terms::order::{Outcome, ReversalOutcome};

/// What a submission proves.
pub fn submission(report: &Report) -> Outcome {
    let answer = match &report.result {
        Ok(Answer::Submission(answer)) => answer.as_ref(),
        Ok(_) => return Outcome::Unknown("the answer is of another kind".to_owned()),
        Err(error) if report.effect.supports_not_sent() => {
            return Outcome::NotSent(error.to_string());
        }
        Err(error) => return Outcome::Unknown(error.to_string()),
    };
    let effect = report.effect;
    match answer {
        contract::Submission::NotSent(why) if effect.supports_not_sent() => {
            Outcome::NotSent(why.clone())
        }
        contract::Submission::Applied(application) if effect.supports_applied() => {
            applied(application)
        }
        contract::Submission::Pending(pending) if effect.supports_applied() => {
            Outcome::Pending(translate::pending(pending))
        }
        contract::Submission::Refused(refusal) if effect.supports_refusal() => {
            Outcome::Refused(translate::refusal(refusal))
        }
        contract::Submission::NotSent(_) => unproven("not sent"),
        contract::Submission::Applied(_) => unproven("applied"),
        contract::Submission::Pending(_) => unproven("pending"),
        contract::Submission::Refused(_) => unproven("refused"),
        contract::Submission::Unknown(why) | contract::Submission::Other(why) => {
            Outcome::Unknown(why.clone())
        }
    }
}

/// What a status answer proves: nothing without a complete answer of the biller.
pub fn status(report: &Report) -> Outcome {
    let answer = match &report.result {
        Ok(Answer::Status(answer)) => answer.as_ref(),
        Ok(_) => return Outcome::Unknown("the answer is of another kind".to_owned()),
        Err(error) => return Outcome::Unknown(error.to_string()),
    };
    if report.complete_answers == 0 {
        return unproven("a status");
    }
    match answer {
        contract::Status::Applied(application) => applied(application),
        contract::Status::Reversed(reversed) => {
            Outcome::Reversed(serde_json::to_value(reversed).unwrap_or_default())
        }
        contract::Status::Pending(pending) => Outcome::Pending(translate::pending(pending)),
        contract::Status::Refused(refusal) => Outcome::Refused(translate::refusal(refusal)),
        contract::Status::NotFound => Outcome::NotFound,
        contract::Status::Unknown(why) | contract::Status::Other(why) => {
            Outcome::Unknown(why.clone())
        }
    }
}

/// What an undoing proves; as strict as a submission.
pub fn undoing(report: &Report) -> ReversalOutcome {
    let answer = match &report.result {
        Ok(Answer::Reversal(answer)) => answer.as_ref(),
        Ok(_) => return ReversalOutcome::Unknown("the answer is of another kind".to_owned()),
        Err(error) if report.effect.supports_not_sent() => {
            return ReversalOutcome::NotSent(error.to_string());
        }
        Err(error) => return ReversalOutcome::Unknown(error.to_string()),
    };
    let effect = report.effect;
    match answer {
        contract::Reversal::NotSent(why) if effect.supports_not_sent() => {
            ReversalOutcome::NotSent(why.clone())
        }
        contract::Reversal::Reversed(reversed) if effect.supports_applied() => {
            ReversalOutcome::Reversed(serde_json::to_value(reversed).unwrap_or_default())
        }
        contract::Reversal::Pending(pending) if effect.supports_applied() => {
            ReversalOutcome::Pending(translate::pending(pending))
        }
        contract::Reversal::Refused(refusal) if effect.supports_refusal() => {
            ReversalOutcome::Refused(translate::refusal(refusal))
        }
        contract::Reversal::NotSent(_)
        | contract::Reversal::Reversed(_)
        | contract::Reversal::Pending(_)
        | contract::Reversal::Refused(_)
        | contract::Reversal::NotFound => {
            ReversalOutcome::Unknown("the plugin's word has no proof in its requests".to_owned())
        }
        contract::Reversal::Unknown(why) | contract::Reversal::Other(why) => {
            ReversalOutcome::Unknown(why.clone())
        }
    }
}

/// What a reversal's status proves.
pub fn undoing_status(report: &Report) -> ReversalOutcome {
    let answer = match &report.result {
        Ok(Answer::Reversal(answer)) => answer.as_ref(),
        Ok(_) => return ReversalOutcome::Unknown("the answer is of another kind".to_owned()),
        Err(error) => return ReversalOutcome::Unknown(error.to_string()),
    };
    if report.complete_answers == 0 {
        return ReversalOutcome::Unknown("a status without any answer of the biller".to_owned());
    }
    match answer {
        contract::Reversal::Reversed(reversed) => {
            ReversalOutcome::Reversed(serde_json::to_value(reversed).unwrap_or_default())
        }
        contract::Reversal::Pending(pending) => {
            ReversalOutcome::Pending(translate::pending(pending))
        }
        contract::Reversal::Refused(refusal) => {
            ReversalOutcome::Refused(translate::refusal(refusal))
        }
        contract::Reversal::NotFound => ReversalOutcome::NotFound,
        contract::Reversal::NotSent(why)
        | contract::Reversal::Unknown(why)
        | contract::Reversal::Other(why) => ReversalOutcome::Unknown(why.clone()),
    }
}

fn applied(application: &contract::Application) -> Outcome {
    match translate::application(application) {
        Some(application) => Outcome::Applied(application),
        None => Outcome::Unknown("the applied amount is no money".to_owned()),
    }
}

fn unproven(what: &str) -> Outcome {
    Outcome::Unknown(format!(
        "the plugin says {what}, but its requests do not prove it"
    ))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use guichet_sandbox::contract::types;
    use guichet_sandbox::{CallError, EffectState};

    use super::*;

    fn report(result: Result<Answer, CallError>, effect: EffectState, answers: u32) -> Report {
        Report {
            result,
            effect,
            complete_answers: answers,
            log: Vec::new(),
            log_dropped: 0,
            fuel_used: 0,
            elapsed: Duration::ZERO,
            transcript: None,
        }
    }

    fn submitted(answer: contract::Submission, effect: EffectState) -> Outcome {
        submission(&report(Ok(Answer::Submission(Box::new(answer))), effect, 1))
    }

    fn no() -> contract::Submission {
        contract::Submission::Refused(types::Refusal {
            reason: types::RefusalReason::NotAllowed,
            code: "0103".into(),
            message: "no".into(),
            details: Vec::new(),
        })
    }

    #[test]
    fn a_refusal_needs_a_complete_answer_to_every_effect() {
        assert!(matches!(
            submitted(no(), EffectState::Answered),
            Outcome::Refused(_)
        ));
        assert!(matches!(
            submitted(no(), EffectState::Unanswered),
            Outcome::Unknown(_)
        ));
        assert!(matches!(
            submitted(no(), EffectState::Inconclusive),
            Outcome::Unknown(_)
        ));
    }

    #[test]
    fn not_sent_is_believed_only_when_nothing_left() {
        let answer = contract::Submission::NotSent("closed".into());
        assert!(matches!(
            submitted(answer.clone(), EffectState::None),
            Outcome::NotSent(_)
        ));
        assert!(matches!(
            submitted(answer, EffectState::Answered),
            Outcome::Unknown(_)
        ));
    }

    #[test]
    fn applied_without_any_request_is_a_lie() {
        let application = contract::Application {
            serial: "1".into(),
            at: "2026-11-21T00:00:00Z".into(),
            amount: types::Money {
                minor_units: 5,
                currency: "CNY".into(),
            },
            accounting_date: None,
            balance: None,
            deliveries: Vec::new(),
            effective_in_seconds: None,
            invoice_reference: None,
            treasury_code: None,
            fiscal_receipt: None,
            fields: Vec::new(),
            details: Vec::new(),
        };
        let answer = contract::Submission::Applied(application);
        assert!(matches!(
            submitted(answer.clone(), EffectState::None),
            Outcome::Unknown(_)
        ));
        assert!(matches!(
            submitted(answer, EffectState::Answered),
            Outcome::Applied(_)
        ));
    }

    #[test]
    fn a_trap_after_the_request_left_is_unknown_and_before_it_is_not_sent() {
        let trap = || Err(CallError::Trap("unreachable".into()));
        let before = submission(&report(trap(), EffectState::None, 0));
        assert!(matches!(before, Outcome::NotSent(_)));
        let after = submission(&report(trap(), EffectState::Unanswered, 0));
        assert!(matches!(after, Outcome::Unknown(_)));
    }

    #[test]
    fn a_status_without_an_answer_of_the_biller_is_no_evidence() {
        let not_found = || Ok(Answer::Status(Box::new(contract::Status::NotFound)));
        let guessed = status(&report(not_found(), EffectState::None, 0));
        assert!(matches!(guessed, Outcome::Unknown(_)));
        let asked = status(&report(not_found(), EffectState::None, 1));
        assert_eq!(asked, Outcome::NotFound);
    }
}
