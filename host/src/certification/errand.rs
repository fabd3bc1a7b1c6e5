//! The errand: a scenario's calls one after the other as they were recorded,
//! without faults. It gives the calls that the drill breaks, each with the
//! state of the test biller in which it begins.

mod asking;
mod paying;

use std::sync::Arc;
use std::time::Duration;

use guichet_registry::certification::Function;
use guichet_registry::service::ServiceKind;
use guichet_sandbox::contract::host::http;
use guichet_sandbox::ports::memory::MemoryKv;
use guichet_sandbox::{Answer, CallError, EffectState, Exchange, Question, Transcript};

pub(super) use paying::declared;

use super::player::{Called, Player};
use super::stage::{Seen, Stage, Truth};
use super::{CertificationError, Origins};
use crate::terms::order::Order;

/// The longest that a recording waits before it asks again.
const LONGEST_WAIT_SECONDS: u32 = 30;

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Asks for bills, a document or a credential.
    Ask,
    /// Asks again with a ticket or a next step.
    AskAgain,
    /// The status of a payment that was not submitted yet.
    StatusBefore,
    /// The submission.
    Submit,
    /// The status afterwards.
    StatusAfter,
    /// The same submission once more.
    SubmitAgain,
    /// The status of a reversal that was not asked for yet.
    ReversalStatusBefore,
    /// The reversal.
    Reverse,
    /// The reversal's status afterwards.
    ReversalStatus,
    /// The payment's status after its reversal.
    StatusReversed,
}

impl Role {
    /// What distinguishes it from the function's plain use.
    const fn tells(self) -> &'static str {
        match self {
            Self::Ask | Self::AskAgain | Self::Submit | Self::Reverse => "",
            Self::StatusBefore | Self::ReversalStatusBefore => ", before",
            Self::StatusAfter | Self::ReversalStatus => ", after",
            Self::SubmitAgain => ", again",
            Self::StatusReversed => ", after the reversal",
        }
    }
}

/// Where the test biller and the plugin's own state stand.
#[derive(Clone)]
pub(super) struct Scene {
    pub(super) truth: Truth,
    pub(super) kv: MemoryKv,
}

/// One call as it was recorded.
pub(super) struct Step {
    pub(super) role: Role,
    pub(super) question: Question,
    /// Where it began.
    pub(super) start: Scene,
    /// What the test biller knew afterwards.
    pub(super) end: Truth,
    /// The exchanges that took place, by number.
    pub(super) exchanges: Vec<usize>,
    pub(super) result: Result<Answer, CallError>,
    pub(super) effect: EffectState,
    /// What the call did, where it was live.
    pub(super) transcript: Option<Transcript>,
}

/// Where an errand is run.
#[derive(Clone, Copy)]
pub(super) enum Ground<'a> {
    /// On the stage.
    Stage,
    /// With a test system of the biller's.
    Live(&'a Origins),
}

impl Step {
    /// The exported function.
    pub(super) const fn function(&self) -> Function {
        function(&self.question)
    }

    /// The call in reports.
    pub(super) fn label(&self) -> String {
        format!("{}{}", self.function(), self.role.tells())
    }
}

/// An errand that was run.
pub(super) struct Errand<'a> {
    pub(super) steps: Vec<Step>,
    /// Calls that the scenario does not record, and why they were left out.
    pub(super) left_out: Vec<(Role, String)>,
    /// What went wrong: problem and mend.
    pub(super) faults: Vec<(String, String)>,
    /// What was paid.
    pub(super) order: Option<Order>,
    ground: Ground<'a>,
    scene: Scene,
}

/// Whether a scenario must record a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

impl<'a> Errand<'a> {
    /// Runs a scenario's errand.
    pub(super) async fn run(
        player: &Player<'_>,
        ground: Ground<'a>,
    ) -> Result<Self, CertificationError> {
        let mut errand = Self {
            steps: Vec::new(),
            left_out: Vec::new(),
            faults: Vec::new(),
            order: None,
            ground,
            scene: Scene {
                truth: Stage::new(&player.scenario).truth(),
                kv: MemoryKv::default(),
            },
        };
        match player.service.kind {
            ServiceKind::BillPayment => {
                let statement = errand.query(player).await?;
                if let (Some(payment), Some((statement, inputs))) =
                    (&player.scenario.payment, statement)
                {
                    match player.order(payment, &statement, inputs) {
                        Ok(order) => errand.pay(player, order).await?,
                        Err(problem) => errand.fault(
                            format!("what it pays is not there: {problem}"),
                            "let the scenario pay a bill that its query finds",
                        ),
                    }
                }
            }
            ServiceKind::Inquiry | ServiceKind::Credential => errand.inquire(player).await?,
        }
        Ok(errand)
    }

    /// The last call of this role.
    pub(super) fn last(&self, role: Role) -> Option<&Step> {
        self.steps.iter().rfind(|step| step.role == role)
    }

    /// What was true before the payment, or before the reversal, that a call is
    /// about.
    pub(super) fn before(&self, step: &Step) -> Truth {
        let first = match step.role {
            Role::Reverse | Role::ReversalStatusBefore | Role::ReversalStatus => Role::Reverse,
            Role::Submit
            | Role::StatusBefore
            | Role::StatusAfter
            | Role::SubmitAgain
            | Role::StatusReversed => Role::Submit,
            Role::Ask | Role::AskAgain => return step.start.truth.clone(),
        };
        let first = self.steps.iter().find(|step| step.role == first);
        first
            .map_or(&step.start, |first| &first.start)
            .truth
            .clone()
    }

    /// Why a call of this role was left out.
    pub(super) fn why_left_out(&self, role: Role) -> Option<&str> {
        let found = self.left_out.iter().find(|(left, _)| *left == role);
        found.map(|(_, why)| why.as_str())
    }

    fn fault(&mut self, problem: String, mend: &str) {
        self.faults.push((problem, mend.to_owned()));
    }

    /// Makes the call where the errand stands. A call that may be missing and
    /// is not recorded leaves everything as it was.
    async fn step(
        &mut self,
        player: &Player<'_>,
        role: Role,
        need: Need,
        question: Question,
    ) -> Result<Option<&Step>, CertificationError> {
        let start = self.scene.clone();
        let stage = Arc::new(Stage::at(&player.scenario, start.truth.clone()));
        let kv = Arc::new(start.kv.clone());
        let mut called = match self.ground {
            Ground::Stage => player.call(&stage, &kv, question.clone(), None).await?,
            Ground::Live(origins) => Called {
                report: player.ask(origins, &kv, question.clone(), None).await?,
                seen: Seen::default(),
            },
        };
        let label = format!("{}{}", function(&question), role.tells());
        if let Some(why) = unrecorded(player, &called) {
            match need {
                Need::Must => self.fault(
                    format!("{label} asks the test biller what is not recorded: {why}"),
                    "correct the plugin, or record the scenario again",
                ),
                Need::May => {
                    self.left_out.push((role, why));
                    return Ok(None);
                }
            }
        }
        if need == Need::May && self.asked_nobody(&called) {
            let why = "the plugin answers without asking the biller".to_owned();
            self.left_out.push((role, why));
            return Ok(None);
        }
        if let Err(error) = &called.report.result {
            self.fault(
                format!("{label} ends without an answer: {error}"),
                "correct the plugin",
            );
        }
        if let Some(denied) = denied(&called) {
            self.fault(
                format!("{label} asks for what is not granted: {denied}"),
                "let the plugin keep to its manifest, or widen the manifest",
            );
        }
        self.scene = Scene {
            truth: stage.truth(),
            kv: (*kv).clone(),
        };
        self.steps.push(Step {
            role,
            question,
            start,
            end: self.scene.truth.clone(),
            exchanges: called.seen.exchanges,
            effect: called.report.effect,
            transcript: called.report.transcript.take(),
            result: called.report.result,
        });
        Ok(self.steps.last())
    }

    fn asked_nobody(&self, called: &Called) -> bool {
        match self.ground {
            Ground::Stage => called.seen.exchanges.is_empty(),
            Ground::Live(_) => {
                let transcript = called.report.transcript.as_ref();
                transcript.is_none_or(|transcript| http_exchanges(transcript).next().is_none())
            }
        }
    }

    /// Waits as a real biller asks for; the stage is never in a hurry.
    async fn wait(&self, seconds: Option<u32>) {
        if let Ground::Live(_) = self.ground {
            let seconds = seconds.unwrap_or(1).clamp(1, LONGEST_WAIT_SECONDS);
            tokio::time::sleep(Duration::from_secs(seconds.into())).await;
        }
    }
}

/// A call's exchanges with the other side.
pub(super) fn http_exchanges(
    transcript: &Transcript,
) -> impl Iterator<Item = (&http::Request, &Result<http::Response, http::Error>)> {
    transcript
        .exchanges
        .iter()
        .filter_map(|exchange| match exchange {
            Exchange::Http { request, answer } => Some((request, answer)),
            _ => None,
        })
}

/// Why the call was not as recorded.
fn unrecorded(player: &Player<'_>, called: &Called) -> Option<String> {
    if let Some((index, state)) = called.seen.out_of_state.first() {
        let name = &player.scenario.exchanges[*index].name;
        return Some(format!(
            "the request of {name} came while the biller's state was {state}, for which no \
             answer is recorded"
        ));
    }
    called.seen.strange.first().cloned()
}

/// A request that the sandbox did not let out.
pub(super) fn denied(called: &Called) -> Option<String> {
    let transcript = called.report.transcript.as_ref()?;
    http_exchanges(transcript).find_map(|(request, answer)| match answer {
        Err(http::Error::Denied(why)) => {
            Some(format!("{} {}: {why}", request.method, request.path))
        }
        _ => None,
    })
}

const fn function(question: &Question) -> Function {
    match question {
        Question::QueryBills { .. } => Function::QueryBills,
        Question::PollQuery { .. } => Function::PollQuery,
        Question::SubmitPayment { .. } => Function::SubmitPayment,
        Question::PaymentStatus { .. } => Function::PaymentStatus,
        Question::ReversePayment { .. } => Function::ReversePayment,
        Question::ReversalStatus { .. } => Function::ReversalStatus,
        Question::Ask { .. } => Function::Ask,
        Question::Poll { .. } => Function::Poll,
        Question::Issue { .. } => Function::Issue,
    }
}
