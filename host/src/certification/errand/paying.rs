//! Paying, asking what became of it, paying the same again, and undoing it, as
//! far as the scenario records it.

use guichet_domain::payment::StatusAnswer;
use guichet_registry::service::{Capabilities, Reversal};
use guichet_sandbox::Answer;
use guichet_sandbox::contract::bill_payment as contract;

use super::{Errand, Need, Role};
use crate::certification::CertificationError;
use crate::certification::player::{Player, order};
use crate::plugins::translate;
use crate::terms::order::{Application, Order, PendingAnswer};

/// How often the status is asked until it is certain.
const ROUNDS: usize = 8;

impl Errand<'_> {
    /// The whole way of a payment.
    pub(super) async fn pay(
        &mut self,
        player: &Player<'_>,
        made: Order,
    ) -> Result<(), CertificationError> {
        self.order = Some(made.clone());
        let declared = declared(player);
        let asks = declared.status != StatusAnswer::None;
        if asks {
            let question = order::status(&made, None);
            self.step(player, Role::StatusBefore, Need::May, question)
                .await?;
        }
        let question = order::submit(&made, 1);
        self.step(player, Role::Submit, Need::Must, question)
            .await?;
        let mut pending = self.pending();
        let was_pending = pending.is_some();
        for _ in 0..ROUNDS {
            if !asks && pending.is_none() {
                break;
            }
            if let Some(pending) = &pending {
                self.wait(pending.ask_after_seconds).await;
            }
            let question = order::status(&made, pending.as_ref());
            let step = self
                .step(player, Role::StatusAfter, Need::May, question)
                .await?;
            if step.is_none() {
                break;
            }
            pending = self.pending();
            if pending.is_none() {
                break;
            }
        }
        if asks && was_pending && pending.is_none() {
            // Now that the biller has decided, not while it did.
            let question = order::status(&made, None);
            self.step(player, Role::StatusAfter, Need::May, question)
                .await?;
        }
        let Some(application) = self.application() else {
            return Ok(());
        };
        let question = order::submit(&made, 2);
        self.step(player, Role::SubmitAgain, Need::May, question)
            .await?;
        if declared.reversal != Reversal::None {
            self.undo(player, &made, &application, asks).await?;
        }
        Ok(())
    }

    async fn undo(
        &mut self,
        player: &Player<'_>,
        made: &Order,
        application: &Application,
        asks: bool,
    ) -> Result<(), CertificationError> {
        let reversal = player.reversal(made, application, 1);
        let asked = |last| order::reversal_status(&reversal, last);
        if let Some(question) = asked(None).filter(|_| asks) {
            self.step(player, Role::ReversalStatusBefore, Need::May, question)
                .await?;
        }
        let Some(question) = order::reverse(&reversal) else {
            return Ok(());
        };
        let step = self
            .step(player, Role::Reverse, Need::May, question)
            .await?;
        if step.is_none() || !asks {
            return Ok(());
        }
        let mut pending = self.reversal_pending();
        for _ in 0..ROUNDS {
            if let Some(pending) = &pending {
                self.wait(pending.ask_after_seconds).await;
            }
            let Some(question) = asked(pending.take()) else {
                break;
            };
            let step = self
                .step(player, Role::ReversalStatus, Need::May, question)
                .await?;
            if step.is_none() {
                break;
            }
            pending = self.reversal_pending();
            if pending.is_none() {
                break;
            }
        }
        let question = order::status(made, None);
        self.step(player, Role::StatusReversed, Need::May, question)
            .await?;
        Ok(())
    }

    /// The pending answer of the last call.
    fn pending(&self) -> Option<PendingAnswer> {
        match &self.steps.last()?.result {
            Ok(Answer::Submission(answer)) => match answer.as_ref() {
                contract::Submission::Pending(pending) => Some(translate::pending(pending)),
                _ => None,
            },
            Ok(Answer::Status(answer)) => match answer.as_ref() {
                contract::Status::Pending(pending) => Some(translate::pending(pending)),
                _ => None,
            },
            _ => None,
        }
    }

    fn reversal_pending(&self) -> Option<contract::Pending> {
        match &self.steps.last()?.result {
            Ok(Answer::Reversal(answer)) => match answer.as_ref() {
                contract::Reversal::Pending(pending) => Some(pending.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The evidence that the payment was applied, from submission or status.
    pub(in crate::certification) fn application(&self) -> Option<Application> {
        self.steps.iter().rev().find_map(|step| {
            let application = match step.result.as_ref().ok()? {
                Answer::Submission(answer) => match answer.as_ref() {
                    contract::Submission::Applied(application) => application,
                    _ => return None,
                },
                Answer::Status(answer) => match answer.as_ref() {
                    contract::Status::Applied(application) => application,
                    _ => return None,
                },
                _ => return None,
            };
            translate::application(application)
        })
    }
}

/// What the service says of its biller.
pub(in crate::certification) fn declared(player: &Player<'_>) -> Capabilities {
    player
        .service
        .payment
        .as_ref()
        .map(|terms| terms.capabilities.clone())
        .unwrap_or_default()
}
