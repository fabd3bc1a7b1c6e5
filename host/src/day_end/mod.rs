//! The day's end: closes a day, makes and takes day files, compares what bank,
//! ledger, client and biller say, and settles with billers. Every step can be
//! run again, and goes on where it was cut off: what it writes follows from the
//! day and the party, and money moves under ids of its own. Reading and judging
//! are pure and stand in `domain::reconciliation`.

mod banks;
mod check;
mod close;
mod compare;
mod confirm;
mod error;
mod fees;
mod files;
mod gather;
mod make;
mod others;
mod pay_to;
mod payment_file;
mod receive;
mod second;
mod settle;
mod sides;

use std::sync::Arc;

use guichet_domain::AccountingDate;
use guichet_domain::id::BillerId;
use guichet_domain::reconciliation::LIMIT_LINES;

pub use check::Checked;
pub use error::DayEndError;
pub use fees::{FeeKey, Fees};
pub use make::{LeftOut, Made};
pub use pay_to::{PayTo, SettlementAccounts};
pub use receive::{Received, Sender};
pub use settle::Settled;

use crate::objects::Objects;
use crate::ports::Ports;
use crate::store::Store;
use crate::work_orders::{PaymentDesk, WorkOrders};

/// Payments that are looked at together.
const PAGE: u32 = 500;

/// How far back payments are looked for that are not settled yet, and
/// settled ones that were given back; what is older is a matter for people.
const LOOK_BACK_DAYS: u32 = 62;

/// The room. Cheap to clone.
#[derive(Clone)]
pub struct DayEnd {
    store: Store,
    ports: Ports,
    objects: Objects,
    accounts: Arc<dyn SettlementAccounts>,
    desk: Arc<dyn PaymentDesk>,
    work_orders: WorkOrders,
    /// The most lines of one file.
    most_lines: usize,
}

impl std::fmt::Debug for DayEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DayEnd")
    }
}

/// Which day, and whose: one biller's or all.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The day.
    pub date: AccountingDate,
    /// One biller; none means all that have payments or a file of the day.
    pub biller: Option<BillerId>,
}

impl DayEnd {
    /// The room.
    #[must_use]
    pub fn new(
        (store, ports): (Store, Ports),
        objects: Objects,
        accounts: Arc<dyn SettlementAccounts>,
        desk: Arc<dyn PaymentDesk>,
        work_orders: WorkOrders,
    ) -> Self {
        Self {
            store,
            ports,
            objects,
            accounts,
            desk,
            work_orders,
            most_lines: LIMIT_LINES as usize,
        }
    }

    /// Refuses a day that was not closed.
    async fn require_closed(&self, date: AccountingDate) -> Result<(), DayEndError> {
        match self.store.closed_day(date).await? {
            Some(_) => Ok(()),
            None => Err(DayEndError::NotClosed(date)),
        }
    }

    /// The billers of a scope, in their order.
    async fn billers(&self, scope: &Scope) -> Result<Vec<BillerId>, DayEndError> {
        if let Some(biller) = &scope.biller {
            return Ok(vec![biller.clone()]);
        }
        let days = (scope.date, scope.date);
        let mut billers = self.store.billers_of_days(days).await?;
        billers.extend(self.billers_with_file(scope.date).await?);
        billers.sort_unstable();
        billers.dedup();
        Ok(billers)
    }

    /// Billers beside those of the day itself that have payments within the look
    /// back: something of theirs may have been found out late, or given back.
    async fn billers_before(
        &self,
        scope: &Scope,
        of_day: &[BillerId],
    ) -> Result<Vec<BillerId>, DayEndError> {
        if scope.biller.is_some() {
            return Ok(Vec::new());
        }
        let days = (look_back(scope.date), scope.date);
        let mut billers = self.store.billers_of_days(days).await?;
        billers.retain(|biller| !of_day.contains(biller));
        Ok(billers)
    }
}

/// The first day that is looked at.
fn look_back(date: AccountingDate) -> AccountingDate {
    (0..LOOK_BACK_DAYS).fold(date, |day, _| day.previous())
}

#[cfg(test)]
mod tests;
