//! A control, not a fake: what a house would look like that takes a missing
//! answer for a refusal. The suite must catch it.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::bank::FakeBank;
use super::biller::FakeBiller;
use crate::bank::{Bank, BankAnswer, BankOrder, Banks, Custom};
use crate::payments::ports::BillerPort;
use crate::terms::order::{
    Order, Outcome, PendingAnswer, Refusal, RefusalGround, ReversalOrder, ReversalOutcome,
};

/// Takes a biller's silence for a no.
pub(in crate::payments::tests) struct HastyBiller(pub(in crate::payments::tests) Arc<FakeBiller>);

/// Takes a bank's silence for a no.
pub(in crate::payments::tests) struct HastyBank(pub(in crate::payments::tests) Arc<FakeBank>);

impl BillerPort for HastyBiller {
    fn submit<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            match self.0.submit(order).await {
                Outcome::Unknown(message) => Outcome::Refused(Refusal {
                    ground: RefusalGround::Definite,
                    code: "timeout".to_owned(),
                    message,
                }),
                outcome => outcome,
            }
        })
    }

    fn status<'a>(
        &'a self,
        order: &'a Order,
        last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, Outcome> {
        self.0.status(order, last)
    }

    fn reverse<'a>(&'a self, reversal: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome> {
        self.0.reverse(reversal)
    }

    fn reversal_status<'a>(
        &'a self,
        reversal: &'a ReversalOrder,
        last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome> {
        self.0.reversal_status(reversal, last)
    }
}

impl Banks for HastyBank {
    fn bank(&self, name: &str) -> Option<&dyn Bank> {
        self.0.bank(name).map(|_| self as &dyn Bank)
    }
}

impl Bank for HastyBank {
    fn custom(&self) -> Custom {
        self.0.custom()
    }

    fn order<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer> {
        Box::pin(async move {
            match self.0.order(order).await {
                BankAnswer::Unknown(message) => BankAnswer::Refused {
                    code: "timeout".to_owned(),
                    message,
                },
                answer => answer,
            }
        })
    }

    fn status<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer> {
        self.0.status(order)
    }
}
