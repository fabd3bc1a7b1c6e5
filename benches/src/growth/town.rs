//! The outside of the bench: one service, and a biller that applies at once and
//! remembers nothing.

use futures::future::BoxFuture;
use guichet::payments::{BillerPort, Closed, TermsPort};
use guichet::terms::order::{
    Application, Order, Outcome, PendingAnswer, ReversalOrder, ReversalOutcome,
};
use guichet::terms::{Payee, Terms};
use guichet_domain::Moment;
use guichet_domain::bill::{AmountRule, Limits};
use guichet_domain::fee::FeeTerms;
use guichet_domain::id::{BillerId, CategoryCode, ServiceCode};
use guichet_domain::payment::{Capabilities, Repetition, Reversal, StatusAnswer};
use serde_json::json;

/// The service that everybody pays.
pub(super) fn service() -> ServiceCode {
    ServiceCode::new("water-330100-1").expect("a lawful code")
}

/// Its terms.
pub(super) struct Town;

impl TermsPort for Town {
    fn terms(&self, service: &ServiceCode, _: &str, _: Moment) -> Result<Terms, Closed> {
        Ok(Terms {
            service: service.clone(),
            category: CategoryCode::new("water").expect("a lawful name"),
            biller: BillerId::new("b-330100-water").expect("a lawful name"),
            payee: Payee::Biller,
            rule: AmountRule::Exact,
            limits: Limits::default(),
            fee: FeeTerms::default(),
            capabilities: Capabilities {
                repetition: Repetition::Deduplicates,
                status: StatusAnswer::Authoritative { after_seconds: 60 },
                reversal: Reversal::SameAccountingDate,
            },
        })
    }
}

/// Its biller.
pub(super) struct QuickBiller;

impl BillerPort for QuickBiller {
    fn submit<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Outcome> {
        Box::pin(std::future::ready(Outcome::Applied(Application {
            serial: format!("S{}", order.sequence),
            amount: order.total,
            at: order.requested_at.to_string(),
            record: json!({}),
        })))
    }

    fn status<'a>(&'a self, _: &'a Order, _: Option<&'a PendingAnswer>) -> BoxFuture<'a, Outcome> {
        Box::pin(std::future::ready(Outcome::Unknown(
            "nobody asks".to_owned(),
        )))
    }

    fn reverse<'a>(&'a self, _: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(std::future::ready(ReversalOutcome::NotSent(
            "nobody undoes".to_owned(),
        )))
    }

    fn reversal_status<'a>(
        &'a self,
        _: &'a ReversalOrder,
        _: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(std::future::ready(ReversalOutcome::Unknown(
            "nobody undoes".to_owned(),
        )))
    }
}
