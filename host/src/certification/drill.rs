//! The drill: every call of an errand again, with every fault at every one of
//! its exchanges, and what the host would do afterwards. Judging stands in
//! `judge`.

mod follow;
mod wording;

use std::sync::Arc;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use guichet_domain::payment::StatusAnswer;
use guichet_registry::certification::{Fault, Function, Moment};

use super::CertificationError;
use super::errand::{self, Errand, Role, Step};
use super::judge::{self, Belief, Facts};
use super::player::{Called, Player};
use super::stage::{Stage, Strike, Truth};

/// Runs at once: most of them wait for an answer that never comes.
const RUNS_AT_ONCE: usize = 32;

/// The drill of one errand.
pub(super) struct Drill<'a> {
    pub(super) player: &'a Player<'a>,
    pub(super) errand: &'a Errand<'a>,
    pub(super) facts: Facts,
    /// What the host may do next with this biller.
    pub(super) ways: Ways,
}

/// What the host may do after an outcome that is not certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ways {
    /// What its status is declared to be worth.
    pub(super) status: StatusAnswer,
    /// Whether the errand has shown that a repeated payment has no effect.
    pub(super) repeats: Repeats,
}

/// Whether the same payment may be submitted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    /// The biller applies it once only.
    Harmless,
    /// It might apply it again.
    Dangerous,
}

/// One run that is over.
pub(super) struct Ran {
    pub(super) function: Function,
    pub(super) fault: Fault,
    /// What went wrong: problem and mend.
    pub(super) faults: Vec<(String, String)>,
}

impl Drill<'_> {
    /// Runs all of it; in the order of calls, exchanges and faults.
    pub(super) async fn run(&self) -> Result<Vec<Ran>, CertificationError> {
        let runs = self.errand.steps.iter().filter(|step| self.is_done(step));
        let runs: Vec<(&Step, Strike)> = runs
            .flat_map(|step| self.strikes(step).into_iter().map(move |one| (step, one)))
            .collect();
        let mut ran: Vec<(usize, Ran)> = stream::iter(runs.into_iter().enumerate())
            .map(|(index, (step, strike))| async move {
                Ok::<_, CertificationError>((index, self.run_one(step, strike).await?))
            })
            .buffer_unordered(RUNS_AT_ONCE)
            .try_collect()
            .await?;
        ran.sort_by_key(|(index, _)| *index);
        Ok(ran.into_iter().map(|(_, ran)| ran).collect())
    }

    /// Whether the host would ever make the call: it never pays again where
    /// that is dangerous.
    fn is_done(&self, step: &Step) -> bool {
        step.role != Role::SubmitAgain || self.ways.repeats == Repeats::Harmless
    }

    fn strikes(&self, step: &Step) -> Vec<Strike> {
        let mut strikes = Vec::new();
        for (index, exchange) in step.exchanges.iter().enumerate() {
            let exchange = &self.player.scenario.exchanges[*exchange];
            let acts = exchange.effect.is_some() || exchange.then.is_some();
            for fault in Fault::ALL.iter().copied() {
                if fault == Fault::LateSuccess && exchange.effect.is_none() {
                    continue;
                }
                let moments = fault.moments();
                // Where nothing is done, both moments are the same.
                let moments = if acts { moments } else { &moments[..1] };
                strikes.extend(moments.iter().map(|moment| Strike {
                    position: index + 1,
                    fault,
                    moment: *moment,
                }));
            }
        }
        strikes
    }

    async fn run_one(&self, step: &Step, strike: Strike) -> Result<Ran, CertificationError> {
        let stage = Arc::new(Stage::at(&self.player.scenario, step.start.truth.clone()));
        let kv = Arc::new(step.start.kv.clone());
        let question = step.question.clone();
        let called = self
            .player
            .call(&stage, &kv, question, Some(strike))
            .await?;
        let mut problems = self.problems(step, strike, &called, &stage);
        let belief = self.belief(step.function(), &called);
        if let Some(belief) = belief {
            if judge_is_believed(&belief) {
                for problem in &mut problems {
                    problem.push_str("; the host would believe it");
                }
            }
            let further = match step.role {
                Role::Submit => {
                    self.follow_payment(&stage, &kv, belief, strike, &step.start.truth)
                        .await?
                }
                Role::Reverse => {
                    self.follow_reversal(&stage, &kv, belief, strike, step)
                        .await?
                }
                Role::Ask
                | Role::AskAgain
                | Role::StatusBefore
                | Role::StatusAfter
                | Role::SubmitAgain
                | Role::ReversalStatusBefore
                | Role::ReversalStatus
                | Role::StatusReversed => Vec::new(),
            };
            problems.extend(further);
        }
        let place = wording::place(step, strike, &self.player.scenario);
        let mend = wording::mend(step.function());
        let mut faults: Vec<(String, String)> = problems
            .into_iter()
            .map(|problem| (format!("{place}: {problem}"), mend.to_owned()))
            .collect();
        faults.dedup();
        Ok(Ran {
            function: step.function(),
            fault: strike.fault,
            faults,
        })
    }

    /// Everything that is wrong with the call itself.
    fn problems(&self, step: &Step, strike: Strike, called: &Called, stage: &Stage) -> Vec<String> {
        let scenario = &self.player.scenario;
        let report = &called.report;
        let mut problems = Vec::new();
        problems.extend(judge::no_answer(report, strike.fault.is_silent()));
        if let Some(denied) = errand::denied(called) {
            problems.push(format!(
                "the plugin then asks for what is not granted: {denied}"
            ));
        }
        problems.extend(called.seen.out_of_state.iter().map(|(index, state)| {
            let name = &scenario.exchanges[*index].name;
            format!("the plugin then sends {name} although the biller's state is {state}")
        }));
        problems.extend(
            called
                .seen
                .strange
                .first()
                .map(|text| format!("the plugin then asks what is not recorded: {text}")),
        );
        let before = self.errand.before(step);
        let now = if strike.fault == Fault::LateSuccess
            && judge::word(&report.result) != "applied"
            && judge::word(&report.result) != "reversed"
        {
            stage.truth_when_landed()
        } else {
            stage.truth()
        };
        problems.extend(match step.function() {
            Function::SubmitPayment | Function::PaymentStatus => {
                judge::payment_lie((&report.result, report.effect), &before, &now, &self.facts)
            }
            Function::ReversePayment | Function::ReversalStatus => {
                judge::reversal_lie((&report.result, report.effect), &before, &now, &self.facts)
            }
            _ if strike.fault.leaves_the_answer() => None,
            _ => judge::made_up(report, &step.result),
        });
        problems.extend(twice(&before, &now));
        problems.extend(acts_when_asking(step.function(), &step.start.truth, &now));
        let acts = self.acts(step, strike);
        let same = report.result == step.result;
        if strike.fault == Fault::Slow || (strike.fault == Fault::Twice && !acts) {
            problems.extend((!same).then(|| {
                let (now, then) = (judge::word(&report.result), judge::word(&step.result));
                format!("the whole answer came, but the plugin says {now} instead of {then}")
            }));
        }
        problems
    }

    fn acts(&self, step: &Step, strike: Strike) -> bool {
        let exchange = step.exchanges.get(strike.position - 1);
        exchange.is_some_and(|index| {
            let exchange = &self.player.scenario.exchanges[*index];
            exchange.effect.is_some() || exchange.then.is_some()
        })
    }

    fn belief(&self, function: Function, called: &Called) -> Option<Belief> {
        let report = &called.report;
        match function {
            Function::SubmitPayment => {
                Some(judge::believed_of_payment(report, false, self.facts.total))
            }
            Function::PaymentStatus => {
                Some(judge::believed_of_payment(report, true, self.facts.total))
            }
            Function::ReversePayment => Some(judge::believed_of_reversal(report, false)),
            Function::ReversalStatus => Some(judge::believed_of_reversal(report, true)),
            Function::QueryBills
            | Function::PollQuery
            | Function::Ask
            | Function::Poll
            | Function::Issue => None,
        }
    }
}

/// Whether the host acts on it without asking again.
const fn judge_is_believed(belief: &Belief) -> bool {
    match belief {
        Belief::Done(_) | Belief::Refused | Belief::NotSent => true,
        Belief::NotFound | Belief::Open(_) => false,
    }
}

/// A question that pays or undoes.
pub(super) fn acts_when_asking(function: Function, start: &Truth, end: &Truth) -> Option<String> {
    match function {
        Function::SubmitPayment | Function::ReversePayment => None,
        _ if end.payments > start.payments => {
            Some("the plugin only asks, and a payment is applied by it".to_owned())
        }
        _ if end.reversals > start.reversals => {
            Some("the plugin only asks, and a payment is undone by it".to_owned())
        }
        _ => None,
    }
}

/// More than one effect.
fn twice(before: &Truth, now: &Truth) -> Option<String> {
    if now.payments > before.payments + 1 {
        let times = now.payments - before.payments;
        return Some(format!("the payment is applied {times} times"));
    }
    if now.reversals > before.reversals + 1 {
        let times = now.reversals - before.reversals;
        return Some(format!("the payment is undone {times} times"));
    }
    None
}

/// Whether the moment of a fault makes a difference worth naming.
pub(super) const fn is_worth_naming(fault: Fault, moment: Moment) -> bool {
    fault.moments().len() > 1 || matches!((fault, moment), (Fault::Cut | Fault::Truncated, _))
}
