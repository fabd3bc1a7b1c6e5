//! The sweep: orders follow from what the books show. It can be repeated at any
//! time, and carries on what was interrupted.

use guichet_domain::payment::{LegState, State as PaymentState};
use guichet_domain::planted::{Bug, planted};
use guichet_domain::work_order::{Act, Decision, Kind, State};
use serde_json::json;

use super::{Matter, PAGE, WorkOrderError, WorkOrders};
use crate::store::{DayPayment, WorkOrderFilter, WorkOrderRow};

/// What a sweep came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Orders that were opened.
    pub opened: usize,
    /// Orders that were closed because the payment has moved on by itself.
    pub closed: usize,
    /// Decisions that were carried out.
    pub carried_out: usize,
}

impl WorkOrders {
    /// Opens an order for every payment that people must look at, closes those
    /// whose payment has moved on, and carries out what was decided.
    pub async fn sweep(&self) -> Result<Swept, WorkOrderError> {
        let mut swept = Swept::default();
        let mut after = String::new();
        loop {
            let page = self.store.payments_of_operator(&after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id.to_string();
            let matters: Vec<Matter> = page.iter().filter_map(matter).collect();
            swept.opened += self.open(&matters).await?;
        }
        swept.opened += self.open_again().await?;
        for state in [State::Open, State::Proposed] {
            swept.closed += self.close_settled(state).await?;
        }
        swept.carried_out = self.carry_out_decided().await?;
        Ok(swept)
    }

    /// Opens the orders of payments that need people once more. What was settled
    /// outside stays so.
    async fn open_again(&self) -> Result<usize, WorkOrderError> {
        let (mut opened, mut after) = (0, String::new());
        loop {
            let page = self.store.closed_orders_of_operator(&after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(opened);
            };
            after = last.id.to_string();
            for order in &page {
                let proposal = order.standing.proposal.as_ref();
                let outside =
                    proposal.is_some_and(|proposal| proposal.decision == Decision::SettledOutside);
                // Read after the order: whoever closes one has moved the payment before.
                if outside || !self.needs_people(order).await? || planted(Bug::NoSecondOrder) {
                    continue;
                }
                let line = ("opened again", "node", "the payment needs people again");
                match self.advance(order, &Act::Again, line).await {
                    Ok(_) => opened += 1,
                    Err(WorkOrderError::Stale) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// Whether the payment still is what the order is about.
    async fn needs_people(&self, order: &WorkOrderRow) -> Result<bool, WorkOrderError> {
        let Ok(id) = order.record.parse() else {
            return Ok(false);
        };
        let payment = self.store.day_payment(&id).await?;
        Ok(payment.is_some_and(|payment| kind_of(&payment) == Some(order.standing.kind)))
    }

    async fn close_settled(&self, state: State) -> Result<usize, WorkOrderError> {
        let (mut closed, mut after) = (0, String::new());
        loop {
            let filter = WorkOrderFilter {
                state: Some(state),
                owner: None,
            };
            let page = self.store.work_orders(filter, &after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(closed);
            };
            after = last.id.to_string();
            for order in &page {
                if self.has_moved_on(order).await? {
                    let ground = "the payment has moved on";
                    closed += usize::from(self.settle_by_evidence(order, ground).await?);
                }
            }
        }
    }

    /// Whether the payment no longer needs what the order is about.
    async fn has_moved_on(&self, order: &WorkOrderRow) -> Result<bool, WorkOrderError> {
        let of_payment = matches!(
            order.standing.kind,
            Kind::UnknownPayment | Kind::BankLeg | Kind::RefundAgreement
        );
        let Ok(id) = order.record.parse() else {
            return Ok(false);
        };
        if !of_payment {
            return Ok(false);
        }
        let payment = self.store.day_payment(&id).await?;
        Ok(payment.is_some_and(|payment| kind_of(&payment) != Some(order.standing.kind)))
    }

    /// Closes an order because evidence has come; false where it moved meanwhile.
    pub async fn settle_by_evidence(
        &self,
        order: &WorkOrderRow,
        ground: &str,
    ) -> Result<bool, WorkOrderError> {
        let done = self
            .advance(order, &Act::Evidence, ("evidence", "node", ground))
            .await;
        match done {
            Ok(_) => Ok(true),
            Err(WorkOrderError::Stale | WorkOrderError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What people have to find out about a payment that is theirs.
fn kind_of(payment: &DayPayment) -> Option<Kind> {
    let snapshot = &payment.snapshot;
    if payment.owner.as_deref() != Some(super::OPERATOR) {
        return None;
    }
    match snapshot.state {
        PaymentState::Refunding if snapshot.refund == LegState::None => Some(Kind::RefundAgreement),
        PaymentState::Submitted
        | PaymentState::Pending
        | PaymentState::Unknown
        | PaymentState::Reversing => Some(Kind::UnknownPayment),
        PaymentState::Requested
        | PaymentState::RequiresAction
        | PaymentState::Held
        | PaymentState::Declined
        | PaymentState::Cancelled
        | PaymentState::Expired
        | PaymentState::Applied
        | PaymentState::Refused
        | PaymentState::Released
        | PaymentState::Reversed
        | PaymentState::Refunding
        | PaymentState::Refunded => Some(Kind::BankLeg),
    }
}

/// The biller's own words are not in it: they may name a person.
fn matter(payment: &DayPayment) -> Option<Matter> {
    let snapshot = &payment.snapshot;
    Some(Matter {
        kind: kind_of(payment)?,
        record: payment.id.to_string(),
        party: payment.biller.to_string(),
        date: payment.date,
        amount: Some(payment.total),
        found: json!({
            "state": snapshot.state,
            "hold": snapshot.hold,
            "capture": snapshot.capture,
            "release": snapshot.release,
            "refund": snapshot.refund,
            "open_since": payment.open_since,
            "service": payment.service,
        }),
    })
}
