//! Whether a certain word about a payment or a reversal is a lie. A word that
//! is not certain never is.

use guichet_sandbox::contract::bill_payment as contract;
use guichet_sandbox::contract::types::{Refusal, RefusalReason};
use guichet_sandbox::{Answer, CallError, EffectState};

use super::{Facts, amount};
use crate::certification::stage::Truth;

/// What is wrong with an answer about a payment, if anything. `before` is what
/// was true when the errand had not submitted anything yet.
pub(in crate::certification) fn payment_lie(
    (result, effect): (&Result<Answer, CallError>, EffectState),
    before: &Truth,
    now: &Truth,
    facts: &Facts,
) -> Option<String> {
    let state = Known::of(before, now);
    let lie = match result.as_ref().ok()? {
        Answer::Submission(answer) => match answer.as_ref() {
            contract::Submission::Applied(application) => state.applied(application, facts),
            contract::Submission::Pending(_) => state.pending(),
            contract::Submission::Refused(refusal) => state.refused(refusal),
            contract::Submission::NotSent(_) => not_sent(effect),
            contract::Submission::Unknown(_) | contract::Submission::Other(_) => None,
        },
        Answer::Status(answer) => match answer.as_ref() {
            contract::Status::Applied(application) => state.applied(application, facts),
            contract::Status::Reversed(reversed) => state.reversed(reversed, facts),
            contract::Status::Pending(_) => state.pending(),
            contract::Status::Refused(refusal) => state.refused(refusal),
            contract::Status::NotFound => state.not_found(),
            contract::Status::Unknown(_) | contract::Status::Other(_) => None,
        },
        Answer::Query(_) | Answer::Inquiry(_) | Answer::Issued(_) | Answer::Reversal(_) => None,
    };
    lie.map(|lie| format!("the plugin {lie}"))
}

/// What is wrong with an answer about a reversal. `before` is what was true
/// when no reversal had been asked for yet.
pub(in crate::certification) fn reversal_lie(
    (result, effect): (&Result<Answer, CallError>, EffectState),
    before: &Truth,
    now: &Truth,
    facts: &Facts,
) -> Option<String> {
    let Ok(Answer::Reversal(answer)) = result else {
        return None;
    };
    let is_reversed = now.reversals > before.reversals;
    let accepted = now.state != before.state;
    let lie = match answer.as_ref() {
        contract::Reversal::Reversed(_) if !is_reversed => {
            Some("says reversed, but the biller has undone nothing".to_owned())
        }
        contract::Reversal::Reversed(reversed) => {
            facts.wrong_evidence(&reversed.serial, amount(&reversed.amount))
        }
        contract::Reversal::Pending(_) if !is_reversed && !accepted => {
            Some("says pending, but the biller has received nothing".to_owned())
        }
        contract::Reversal::Refused(refusal) if is_reversed && is_definite(refusal) => {
            Some("says refused, but the biller has undone the payment".to_owned())
        }
        contract::Reversal::NotFound if is_reversed => {
            Some("says not found, but the biller has undone the payment".to_owned())
        }
        contract::Reversal::NotSent(_) => not_sent(effect),
        contract::Reversal::Pending(_)
        | contract::Reversal::Refused(_)
        | contract::Reversal::NotFound
        | contract::Reversal::Unknown(_)
        | contract::Reversal::Other(_) => None,
    };
    lie.map(|lie| format!("the plugin {lie}"))
}

/// Where a payment really stands.
struct Known {
    applied: bool,
    reversed: bool,
    /// The biller has it, decided or not.
    accepted: bool,
}

impl Known {
    fn of(before: &Truth, now: &Truth) -> Self {
        Self {
            applied: now.payments > before.payments,
            reversed: now.reversals > 0,
            accepted: now.state != before.state,
        }
    }

    fn applied(&self, application: &contract::Application, facts: &Facts) -> Option<String> {
        if !self.applied {
            return Some("says applied, but the biller has applied nothing".to_owned());
        }
        if self.reversed {
            return Some("says applied, but the biller has undone the payment".to_owned());
        }
        facts.wrong_evidence(&application.serial, amount(&application.amount))
    }

    fn reversed(&self, reversed: &contract::Reversed, facts: &Facts) -> Option<String> {
        if !self.reversed {
            return Some("says reversed, but the biller has undone nothing".to_owned());
        }
        facts.wrong_evidence(&reversed.serial, amount(&reversed.amount))
    }

    fn pending(&self) -> Option<String> {
        let lies = !self.applied && !self.accepted;
        lies.then(|| "says pending, but the biller has received nothing".to_owned())
    }

    fn refused(&self, refusal: &Refusal) -> Option<String> {
        let open = self.applied || self.accepted;
        (open && !self.reversed && is_definite(refusal)).then(|| {
            let what = if self.applied { "applied" } else { "accepted" };
            format!("says refused, but the biller has {what} the payment")
        })
    }

    fn not_found(&self) -> Option<String> {
        let open = self.applied || self.accepted;
        (open && !self.reversed)
            .then(|| "says not found, but the biller has the payment".to_owned())
    }
}

fn not_sent(effect: EffectState) -> Option<String> {
    (effect != EffectState::None).then(|| "says not sent, but its request has left it".to_owned())
}

/// Whether a refusal can give money back: "paid already" and "known already"
/// never do.
const fn is_definite(refusal: &Refusal) -> bool {
    !matches!(
        refusal.reason,
        RefusalReason::AlreadyPaid | RefusalReason::DuplicateReference
    )
}
