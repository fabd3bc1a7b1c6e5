//! Asking until there is an answer: tickets are presented, and what the plugin
//! asks the citizen is answered as the scenario says.

use guichet_registry::service::ServiceKind;
use guichet_sandbox::contract::bill_payment::{QueryOutcome, Statement};
use guichet_sandbox::contract::credential::Issued;
use guichet_sandbox::contract::inquiry::InquiryOutcome;
use guichet_sandbox::contract::types::{NextStep, Ticket};
use guichet_sandbox::{Answer, Inputs, Question};

use super::{Errand, Need, Role};
use crate::certification::CertificationError;
use crate::certification::player::Player;

/// How often an errand asks again before it gives up.
const ROUNDS: usize = 8;

/// What an answer asks for.
enum Next {
    /// Nothing more.
    Done,
    /// To be asked again with a ticket, after so many seconds.
    Later(String, u32),
    /// To be asked again with one more input.
    More { token: String, field: String },
}

impl Errand<'_> {
    /// Asks for bills; gives the statement and the inputs that led to it.
    pub(super) async fn query(
        &mut self,
        player: &Player<'_>,
    ) -> Result<Option<(Statement, Inputs)>, CertificationError> {
        let inputs = self.ask(player).await?;
        let last = self.steps.last().map(|step| &step.result);
        let Some(Ok(Answer::Query(answer))) = last else {
            return Ok(None);
        };
        Ok(match answer.as_ref() {
            Ok(QueryOutcome::Ready(statement)) => Some((statement.clone(), inputs)),
            Ok(_) | Err(_) => None,
        })
    }

    /// Asks for a document or a credential.
    pub(super) async fn inquire(&mut self, player: &Player<'_>) -> Result<(), CertificationError> {
        self.ask(player).await.map(drop)
    }

    async fn ask(&mut self, player: &Player<'_>) -> Result<Inputs, CertificationError> {
        let mut inputs = player.inputs();
        let kind = player.service.kind;
        let mut answers = player.scenario.answers.iter();
        let mut question = first(kind, inputs.clone());
        let mut role = Role::Ask;
        for _ in 0..ROUNDS {
            let step = self.step(player, role, Need::Must, question).await?;
            let next = step.map_or(Next::Done, |step| next(&step.result));
            let token = match next {
                Next::Done => return Ok(inputs),
                Next::Later(token, seconds) => {
                    self.wait(Some(seconds)).await;
                    token
                }
                Next::More { token, field } => {
                    let Some(answer) = answers.next() else {
                        self.fault(
                            format!("the plugin asks for {field:?}, and no answer is given"),
                            "add the answer to `answers`",
                        );
                        return Ok(inputs);
                    };
                    inputs.retain(|(name, _)| *name != field);
                    inputs.push((field, answer.clone()));
                    token
                }
            };
            question = again(kind, token, inputs.clone());
            role = Role::AskAgain;
        }
        self.fault(
            format!("after {ROUNDS} questions there is still no answer"),
            "let the recorded exchanges come to an answer sooner",
        );
        Ok(inputs)
    }
}

fn first(kind: ServiceKind, inputs: Inputs) -> Question {
    match kind {
        ServiceKind::BillPayment => Question::QueryBills { inputs },
        ServiceKind::Inquiry => Question::Ask { inputs },
        ServiceKind::Credential => Question::Issue {
            inputs,
            token: None,
        },
    }
}

fn again(kind: ServiceKind, token: String, inputs: Inputs) -> Question {
    match kind {
        ServiceKind::BillPayment => Question::PollQuery { token, inputs },
        ServiceKind::Inquiry => Question::Poll { token, inputs },
        ServiceKind::Credential => Question::Issue {
            inputs,
            token: Some(token),
        },
    }
}

fn next(result: &Result<Answer, guichet_sandbox::CallError>) -> Next {
    let more = |step: &NextStep| Next::More {
        token: step.token.clone(),
        field: step.field.clone(),
    };
    let later = |ticket: &Ticket| Next::Later(ticket.token.clone(), ticket.ask_after_seconds);
    match result {
        Ok(Answer::Query(answer)) => match answer.as_ref() {
            Ok(QueryOutcome::PollLater(ticket)) => later(ticket),
            Ok(QueryOutcome::AskMore(step)) => more(step),
            Ok(QueryOutcome::Ready(_) | QueryOutcome::Other(_)) | Err(_) => Next::Done,
        },
        Ok(Answer::Inquiry(answer)) => match answer.as_ref() {
            Ok(InquiryOutcome::PollLater(ticket)) => later(ticket),
            Ok(InquiryOutcome::AskMore(step)) => more(step),
            Ok(InquiryOutcome::Ready(_) | InquiryOutcome::Other(_)) | Err(_) => Next::Done,
        },
        Ok(Answer::Issued(answer)) => match answer.as_ref() {
            Ok(Issued::AskMore(step)) => more(step),
            Ok(Issued::Code(_) | Issued::Handoff(_) | Issued::Other(_)) | Err(_) => Next::Done,
        },
        Ok(Answer::Submission(_) | Answer::Status(_) | Answer::Reversal(_)) | Err(_) => Next::Done,
    }
}
