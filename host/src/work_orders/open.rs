//! Opens orders. The same matter has one order only, ever: where evidence has ended
//! it and a file shows the difference again, that order is open again.

use std::collections::BTreeSet;

use guichet_domain::id::RecordId;
use guichet_domain::work_order::{Act, Kind, Standing, State};
use guichet_domain::{AccountingDate, Moment, Money};

use super::{OPERATOR, WorkOrderError, WorkOrders, order_id};
use crate::store::WorkOrderRow;

/// What an order is opened about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// What kind of matter.
    pub kind: Kind,
    /// A payment, another side's reference, or a party's day.
    pub record: String,
    /// The biller, client or bank on the other side.
    pub party: String,
    /// The day it belongs to.
    pub date: AccountingDate,
    /// How much money it is about.
    pub amount: Option<Money>,
    /// What was found; nothing personal.
    pub found: serde_json::Value,
}

impl Matter {
    fn order(&self, now: Moment) -> WorkOrderRow {
        WorkOrderRow {
            id: order_id(self.kind, &self.record),
            record: self.record.clone(),
            party: self.party.clone(),
            date: self.date,
            amount: self.amount,
            standing: Standing {
                kind: self.kind,
                state: State::Open,
                proposal: None,
                agreed_by: None,
            },
            owner: OPERATOR.to_owned(),
            found: self.found.clone(),
            version: 1,
            opened_at: now,
            deadline: now.plus_ms(self.kind.patience_ms()),
            updated_at: now,
            closed_at: None,
        }
    }
}

impl WorkOrders {
    /// Opens orders about matters that have none yet; how many are new.
    pub async fn open(&self, matters: &[Matter]) -> Result<usize, WorkOrderError> {
        let now = self.ports.now();
        let orders: Vec<WorkOrderRow> = matters.iter().map(|matter| matter.order(now)).collect();
        if orders.is_empty() {
            return Ok(0);
        }
        Ok(self.store.open_work_orders(&orders).await?.len())
    }

    /// As [`Self::open`], for differences that a comparison shows: an order that
    /// evidence alone had ended is open again. What two persons have decided stays
    /// decided. How many are open now and were not before.
    pub async fn open_or_again(&self, matters: &[Matter]) -> Result<usize, WorkOrderError> {
        let now = self.ports.now();
        let orders: Vec<WorkOrderRow> = matters.iter().map(|matter| matter.order(now)).collect();
        if orders.is_empty() {
            return Ok(0);
        }
        let new = self.store.open_work_orders(&orders).await?;
        let new: BTreeSet<RecordId> = new.into_iter().collect();
        let mut opened = new.len();
        for order in orders.iter().filter(|order| !new.contains(&order.id)) {
            opened += usize::from(self.is_open_again(order).await?);
        }
        Ok(opened)
    }

    /// Writes down what is found now about a matter whose order nobody has decided:
    /// who agrees to a proposal has read it.
    pub async fn found_now(&self, matter: &Matter) -> Result<(), WorkOrderError> {
        let id = order_id(matter.kind, &matter.record);
        let Some(order) = self.store.work_order(&id).await? else {
            return Ok(());
        };
        let is_undecided = matches!(order.standing.state, State::Open | State::Proposed);
        if !is_undecided || order.found == matter.found {
            return Ok(());
        }
        let next = WorkOrderRow {
            found: matter.found.clone(),
            version: order.version + 1,
            updated_at: self.ports.now(),
            ..order
        };
        match self.keep(next, ("found", "node", "")).await {
            // Where another node was faster, it has found the same.
            Ok(_) | Err(WorkOrderError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn is_open_again(&self, found: &WorkOrderRow) -> Result<bool, WorkOrderError> {
        let Some(order) = self.store.work_order(&found.id).await? else {
            return Ok(false);
        };
        let standing = &order.standing;
        if standing.state != State::Closed || standing.agreed_by.is_some() {
            return Ok(false);
        }
        let order = WorkOrderRow {
            found: found.found.clone(),
            ..order
        };
        let line = ("opened again", "node", "the files differ again");
        match self.advance(&order, &Act::Again, line).await {
            Ok(_) => Ok(true),
            // Another node was faster.
            Err(WorkOrderError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
