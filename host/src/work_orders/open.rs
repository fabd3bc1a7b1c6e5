//! Opens orders. The same matter opens one order only, ever.

use guichet_domain::work_order::{Kind, Standing, State};
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
}
