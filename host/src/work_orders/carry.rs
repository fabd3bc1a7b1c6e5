//! Carries decisions out: first the payment moves, then the order is closed. A
//! node that is killed in between does it again, which changes nothing. A decision
//! that the payment room does not take is never kept for later, when it may be
//! wrong: the order is open again.

use guichet_domain::planted::{Bug, planted};
use guichet_domain::work_order::{Act, Decision, Kind, State};

use super::{DeskError, PAGE, Task, WorkOrderError, WorkOrders};
use crate::store::{WorkOrderFilter, WorkOrderRow};

impl WorkOrders {
    /// Carries one decision out.
    pub(super) async fn carry_out(
        &self,
        order: &WorkOrderRow,
    ) -> Result<WorkOrderRow, WorkOrderError> {
        if let Some(task) = task(order) {
            match self.desk.carry_out(&task).await {
                Ok(_) => {}
                Err(DeskError::NotPossible(why)) if !planted(Bug::LateDecision) => {
                    let line = ("not carried out", "node", why.as_str());
                    self.advance(order, &Act::NotPossible, line).await?;
                    return Err(WorkOrderError::NotCarriedOut(why));
                }
                Err(error) => return Err(error.into()),
            }
        }
        let line = ("carried out", "node", "");
        self.advance(order, &Act::CarriedOut, line).await
    }

    /// Carries out everything that was decided and not yet carried out; how many
    /// were. One that fails keeps no other waiting.
    pub(super) async fn carry_out_decided(&self) -> Result<usize, WorkOrderError> {
        let (mut done, mut after) = (0, String::new());
        loop {
            let filter = WorkOrderFilter {
                state: Some(State::Decided),
                owner: None,
            };
            let page = self.store.work_orders(filter, &after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(done);
            };
            after = last.id.to_string();
            for order in &page {
                match self.carry_out(order).await {
                    Ok(_) => done += 1,
                    Err(WorkOrderError::Store(error)) => return Err(error.into()),
                    Err(error) => {
                        tracing::warn!(order = %order.id, %error, "a decision waits");
                    }
                }
            }
        }
    }
}

/// What the payment room has to do; none where the decision moves no payment.
fn task(order: &WorkOrderRow) -> Option<Task> {
    let proposal = order.standing.proposal.as_ref()?;
    let second = order.standing.agreed_by.as_ref()?;
    match proposal.decision {
        Decision::Applied
        | Decision::NotApplied
        | Decision::RefundAgreed
        | Decision::RefundRefused
        | Decision::RefundPayer
        | Decision::TryAgain => {}
        Decision::PartyCorrects | Decision::OperatorBears | Decision::SettledOutside => {
            return None;
        }
    }
    if order.standing.kind == Kind::ReturnedSettlement {
        // A settlement that is tried again is the matter of the day end.
        return None;
    }
    let payment = order.record.parse().ok()?;
    Some(Task {
        payment,
        decision: proposal.decision,
        evidence: proposal.evidence.clone(),
        serial: proposal.serial.clone(),
        by: (proposal.by.clone(), second.clone()),
        seen: proposal.seen,
    })
}
