//! Reading orders, and what persons do to them.

use guichet_domain::id::{PersonId, RecordId};
use guichet_domain::work_order::{Act, Proposal, Seen, State, advance};

use super::{PAGE, WorkOrderError, WorkOrders};
use crate::store::{WorkOrderEvent, WorkOrderFilter, WorkOrderRow};

impl WorkOrders {
    /// An order.
    pub async fn get(&self, id: &RecordId) -> Result<WorkOrderRow, WorkOrderError> {
        self.store
            .work_order(id)
            .await?
            .ok_or(WorkOrderError::NotFound)
    }

    /// A page of orders, after the cursor's id.
    pub async fn list(
        &self,
        filter: WorkOrderFilter<'_>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<WorkOrderRow>, WorkOrderError> {
        Ok(self
            .store
            .work_orders(filter, after, limit.clamp(1, PAGE + 1))
            .await?)
    }

    /// An order's history, oldest first.
    pub async fn history(&self, id: &RecordId) -> Result<Vec<WorkOrderEvent>, WorkOrderError> {
        self.get(id).await?;
        Ok(self.store.work_order_events(id).await?)
    }

    /// One person proposes a decision.
    pub async fn propose(
        &self,
        id: &RecordId,
        proposal: Proposal,
    ) -> Result<WorkOrderRow, WorkOrderError> {
        let order = self.get(id).await?;
        let (by, evidence) = (proposal.by.to_string(), proposal.evidence.clone());
        let event = format!("proposed {}", proposal.decision);
        let act = Act::Propose(Proposal {
            seen: self.seen(&order).await?,
            ..proposal
        });
        self.repeatable(&order, &act, (&event, &by, &evidence))
            .await
    }

    /// The payment that an order is about, as it stands.
    async fn seen(&self, order: &WorkOrderRow) -> Result<Option<Seen>, WorkOrderError> {
        let Ok(payment) = order.record.parse() else {
            return Ok(None);
        };
        Ok(self.desk.look(&payment).await?)
    }

    /// Another person agrees to the proposal of the version that he has read; the
    /// decision is carried out at once, or by the next sweep where the books are
    /// away. Where the payment does not take it, the order is open again.
    pub async fn agree(
        &self,
        id: &RecordId,
        version: i64,
        by: &PersonId,
    ) -> Result<WorkOrderRow, WorkOrderError> {
        let order = self.get(id).await?;
        // A proposal put in its place meanwhile is not what he has agreed to.
        if order.standing.state == State::Proposed && order.version != version {
            return Err(WorkOrderError::Stale);
        }
        let act = Act::Agree(by.clone());
        let decided = self
            .repeatable(&order, &act, ("agreed", by.as_str(), ""))
            .await?;
        match decided.standing.state {
            State::Decided => self.carry_out(&decided).await,
            State::Open | State::Proposed | State::Closed => Ok(decided),
        }
    }

    /// A person declines what was proposed.
    pub async fn decline(
        &self,
        id: &RecordId,
        by: &PersonId,
        why: &str,
    ) -> Result<WorkOrderRow, WorkOrderError> {
        let order = self.get(id).await?;
        let act = Act::Decline(by.clone());
        self.advance(&order, &act, ("declined", by.as_str(), why))
            .await
    }

    /// A person takes the order.
    pub async fn take(&self, id: &RecordId, by: &PersonId) -> Result<WorkOrderRow, WorkOrderError> {
        let order = self.get(id).await?;
        if order.owner == by.as_str() {
            return Ok(order);
        }
        let mut next = order;
        next.owner = by.to_string();
        next.version += 1;
        next.updated_at = self.ports.now();
        self.keep(next, ("taken", by.as_str(), "")).await
    }

    /// As [`Self::advance`]; what is so already is answered as it stands.
    async fn repeatable(
        &self,
        order: &WorkOrderRow,
        act: &Act,
        line: (&str, &str, &str),
    ) -> Result<WorkOrderRow, WorkOrderError> {
        use guichet_domain::work_order::Refusal;
        match self.advance(order, act, line).await {
            Err(WorkOrderError::Refused(Refusal::Already)) => Ok(order.clone()),
            other => other,
        }
    }

    /// Moves an order and writes its history, where nobody was faster.
    pub(super) async fn advance(
        &self,
        order: &WorkOrderRow,
        act: &Act,
        line: (&str, &str, &str),
    ) -> Result<WorkOrderRow, WorkOrderError> {
        let standing = advance(&order.standing, act)?;
        let now = self.ports.now();
        let mut next = order.clone();
        next.version += 1;
        next.updated_at = now;
        next.closed_at = (standing.state == State::Closed).then_some(now);
        if *act == Act::Again {
            next.deadline = now.plus_ms(standing.kind.patience_ms());
        }
        next.standing = standing;
        self.keep(next, line).await
    }

    pub(super) async fn keep(
        &self,
        next: WorkOrderRow,
        line: (&str, &str, &str),
    ) -> Result<WorkOrderRow, WorkOrderError> {
        if self.store.change_work_order(&next, line).await? {
            Ok(next)
        } else {
            Err(WorkOrderError::Stale)
        }
    }
}
