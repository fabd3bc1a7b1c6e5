//! Calls to billers for the payment room. What their answers prove is decided
//! in `judgement`.

use futures::future::BoxFuture;
use guichet_sandbox::Question;

use super::{Plugins, judgement, translate};
use crate::payments::ports::BillerPort;
use crate::terms::order::{
    Application, Order, Outcome, PendingAnswer, ReversalOrder, ReversalOutcome,
};

impl BillerPort for Plugins {
    fn submit<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Outcome> {
        let question = Question::SubmitPayment {
            order: Box::new(translate::order(order)),
        };
        Box::pin(async move {
            match self.call_for_order(order, question).await {
                Ok(report) => judgement::submission(&report),
                Err(never_ran) => Outcome::NotSent(never_ran),
            }
        })
    }

    fn status<'a>(
        &'a self,
        order: &'a Order,
        last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, Outcome> {
        let question = Question::PaymentStatus {
            order: Box::new(translate::order(order)),
            last: translate::last_pending(last),
        };
        Box::pin(async move {
            match self.call_for_order(order, question).await {
                Ok(report) => judgement::status(&report),
                Err(never_ran) => Outcome::Unknown(never_ran),
            }
        })
    }

    fn knows_again(&self, evidence: &Application) -> bool {
        translate::kept(evidence).is_some()
    }

    fn reverse<'a>(&'a self, reversal: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(async move {
            let Some(body) = translate::reversal(reversal) else {
                return ReversalOutcome::NotSent("the application does not read".to_owned());
            };
            let question = Question::ReversePayment {
                reversal: Box::new(body),
            };
            match self.call_for_order(&reversal.order, question).await {
                Ok(report) => judgement::undoing(&report),
                Err(never_ran) => ReversalOutcome::NotSent(never_ran),
            }
        })
    }

    fn reversal_status<'a>(
        &'a self,
        reversal: &'a ReversalOrder,
        last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(async move {
            let Some(body) = translate::reversal(reversal) else {
                return ReversalOutcome::Unknown("the application does not read".to_owned());
            };
            let last = translate::last_pending(last);
            let question = Question::ReversalStatus {
                reversal: Box::new(body),
                last,
            };
            match self.call_for_order(&reversal.order, question).await {
                Ok(report) => judgement::undoing_status(&report),
                Err(never_ran) => ReversalOutcome::Unknown(never_ran),
            }
        })
    }
}
