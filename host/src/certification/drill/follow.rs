//! What the host does next after a broken submission or reversal: it asks until
//! it is certain, with a fault at the first question as well, and sends again
//! only where that is proven to be harmless.

use std::sync::Arc;

use guichet_domain::payment::StatusAnswer;
use guichet_registry::certification::{Fault, Moment};
use guichet_sandbox::Question;
use guichet_sandbox::ports::memory::MemoryKv;

use super::{Drill, Repeats, twice};
use crate::certification::CertificationError;
use crate::certification::errand::{Role, Step};
use crate::certification::judge::{self, Belief};
use crate::certification::player::{Called, order};
use crate::certification::stage::{Stage, Strike, Truth};

/// Questions and attempts after which the drill lets people decide.
const ROUNDS: u32 = 6;
/// Attempts of one payment.
const ATTEMPTS: u32 = 3;
/// Faults of the first question, in turn.
const AT_THE_QUESTION: [Fault; 7] = [
    Fault::Garbage,
    Fault::Status500,
    Fault::Truncated,
    Fault::ResetAfter,
    Fault::WrongType,
    Fault::Status202,
    Fault::Cut,
];

/// What the host does next.
enum Next {
    Submit,
    Ask,
    Stop,
}

impl Drill<'_> {
    /// Follows a payment until it is certain or people must decide; gives what
    /// goes wrong on the way.
    pub(super) async fn follow_payment(
        &self,
        stage: &Arc<Stage>,
        kv: &Arc<MemoryKv>,
        mut belief: Belief,
        strike: Strike,
        before: &Truth,
    ) -> Result<Vec<String>, CertificationError> {
        let Some(made) = &self.errand.order else {
            return Ok(Vec::new());
        };
        let mut problems = Vec::new();
        let mut attempt = 1;
        let mut asked = 0;
        if !self.lands_after_the_question() {
            stage.land_late();
        }
        for _ in 0..ROUNDS {
            let last = match &belief {
                Belief::Open(pending) => pending.clone(),
                _ => None,
            };
            let (question, struck, is_status) = match self.next(&belief, asked, attempt) {
                Next::Stop => break,
                Next::Submit => {
                    attempt += 1;
                    (order::submit(made, attempt), None, false)
                }
                Next::Ask => {
                    asked += 1;
                    let struck = (asked == 1).then(|| at_the_question(strike.fault));
                    (order::status(made, last.as_ref()), struck, true)
                }
            };
            let called = self.player.call(stage, kv, question, struck).await?;
            if is_unrecorded(&called) {
                problems.extend(twice(before, &stage.truth()));
                break;
            }
            let report = &called.report;
            let now = stage.truth();
            let what = if is_status { "status" } else { "next attempt" };
            let lie =
                judge::payment_lie((&report.result, report.effect), before, &now, &self.facts);
            problems.extend(
                lie.into_iter()
                    .chain(twice(before, &now))
                    .map(|problem| format!("and at the {what} afterwards: {problem}")),
            );
            stage.land_late();
            belief = judge::believed_of_payment(report, is_status, self.facts.total);
        }
        problems.extend(loss(&belief, before, &stage.truth()));
        problems.dedup();
        Ok(problems)
    }

    /// Whether a late success comes only after the first question: not where
    /// the biller promises that its "not found" holds at once.
    fn lands_after_the_question(&self) -> bool {
        let at_once = StatusAnswer::Authoritative { after_seconds: 0 };
        self.ways.status != at_once && self.ways.status != StatusAnswer::None
    }

    fn next(&self, belief: &Belief, asked: u32, attempt: u32) -> Next {
        let may_repeat = self.ways.repeats == Repeats::Harmless && attempt < ATTEMPTS;
        let can_ask = self.ways.status != StatusAnswer::None;
        match belief {
            Belief::Done(_) | Belief::Refused => Next::Stop,
            Belief::NotSent if attempt < ATTEMPTS && attempt == 1 => Next::Submit,
            Belief::NotFound if may_repeat => Next::Submit,
            Belief::NotFound if self.is_proof(asked) && attempt < ATTEMPTS => Next::Submit,
            Belief::NotSent | Belief::NotFound | Belief::Open(_) if can_ask => Next::Ask,
            Belief::NotSent | Belief::NotFound | Belief::Open(_) if may_repeat => Next::Submit,
            Belief::NotSent | Belief::NotFound | Belief::Open(_) => Next::Stop,
        }
    }

    /// Whether "not found" proves that nothing was applied: the first question
    /// comes at once, the later ones after the delay that the biller states.
    const fn is_proof(&self, asked: u32) -> bool {
        match self.ways.status {
            StatusAnswer::Authoritative { after_seconds } => after_seconds == 0 || asked > 1,
            StatusAnswer::None | StatusAnswer::Advisory => false,
        }
    }

    /// Follows a reversal. Another attempt is made only after proof that the
    /// first one was without effect.
    pub(super) async fn follow_reversal(
        &self,
        stage: &Arc<Stage>,
        kv: &Arc<MemoryKv>,
        mut belief: Belief,
        strike: Strike,
        step: &Step,
    ) -> Result<Vec<String>, CertificationError> {
        let before = &step.start.truth;
        let Some(again) = self.reversal_question() else {
            return Ok(Vec::new());
        };
        let mut problems = Vec::new();
        for asked in 0..ROUNDS {
            let resend = match &belief {
                Belief::Done(_) | Belief::Refused => break,
                Belief::NotSent => asked == 0,
                Belief::NotFound => self.is_proof(asked),
                Belief::Open(_) => false,
            };
            let (question, struck) = if resend {
                (step.question.clone(), None)
            } else {
                let struck = (asked == 0).then(|| at_the_question(strike.fault));
                (again.clone(), struck)
            };
            let called = self.player.call(stage, kv, question, struck).await?;
            if is_unrecorded(&called) {
                problems.extend(twice(before, &stage.truth()));
                break;
            }
            let now = stage.truth();
            let report = &called.report;
            let lie =
                judge::reversal_lie((&report.result, report.effect), before, &now, &self.facts);
            problems.extend(
                lie.into_iter()
                    .chain(twice(before, &now))
                    .map(|problem| format!("and afterwards: {problem}")),
            );
            stage.land_late();
            belief = judge::believed_of_reversal(report, !resend);
        }
        problems.dedup();
        Ok(problems)
    }

    fn reversal_question(&self) -> Option<Question> {
        let asked = [Role::ReversalStatusBefore, Role::ReversalStatus];
        let step = self
            .errand
            .steps
            .iter()
            .find(|step| asked.contains(&step.role));
        step.map(|step| step.question.clone())
    }
}

fn at_the_question(first: Fault) -> Strike {
    let place = Fault::ALL.iter().position(|fault| *fault == first);
    Strike {
        position: 1,
        fault: AT_THE_QUESTION[place.unwrap_or(0) % AT_THE_QUESTION.len()],
        moment: Moment::After,
    }
}

fn is_unrecorded(called: &Called) -> bool {
    !called.seen.strange.is_empty() || !called.seen.out_of_state.is_empty()
}

/// What the host believes in the end against what is true.
fn loss(belief: &Belief, before: &Truth, now: &Truth) -> Option<String> {
    let applied = now.payments > before.payments;
    match belief {
        Belief::Done(_) if !applied => {
            Some("the host books the payment, but the biller has applied nothing".to_owned())
        }
        Belief::Refused | Belief::NotSent if applied => {
            Some("the payer gets the money back, but the biller has applied the payment".to_owned())
        }
        Belief::Done(_)
        | Belief::Refused
        | Belief::NotSent
        | Belief::NotFound
        | Belief::Open(_) => None,
    }
}
