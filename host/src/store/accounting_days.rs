//! Days that were closed.

use guichet_domain::{AccountingDate, Moment};

use super::{Row, Statement, Store, StoreError};

/// A day that was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedDay {
    /// Which.
    pub date: AccountingDate,
    /// By whom, the first time.
    pub closed_by: String,
    /// When, the first time.
    pub closed_at: Moment,
    /// When it was counted last.
    pub counted_at: Moment,
    /// Payments of the day.
    pub payments: i64,
    /// Those among them whose outcome was open then.
    pub open_payments: i64,
}

impl Store {
    /// Closes a day, or counts a closed one anew.
    pub async fn close_day(
        &self,
        date: AccountingDate,
        by: &str,
        now: Moment,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into accounting_days \
             (accounting_date, closed_by, closed_at, counted_at, payments, open_payments) \
             select $1, $2, $3, $3, count(*), coalesce(sum(case when state in \
             ('requested', 'requires_action', 'held', 'submitted', 'pending', 'unknown', \
             'refused', 'reversing', 'refunding') then 1 else 0 end), 0) \
             from payments where accounting_date = $1 \
             on conflict (accounting_date) do update set counted_at = excluded.counted_at, \
             payments = excluded.payments, open_payments = excluded.open_payments",
            vec![date.to_string().into(), by.into(), now.into()],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// A day, where it was closed.
    pub async fn closed_day(&self, date: AccountingDate) -> Result<Option<ClosedDay>, StoreError> {
        let rows = self
            .fetch(
                "select accounting_date, closed_by, closed_at, counted_at, payments, \
                 open_payments from accounting_days where accounting_date = $1",
                &[date.to_string().into()],
            )
            .await?;
        rows.first().map(read).transpose()
    }
}

fn read(row: &Row) -> Result<ClosedDay, StoreError> {
    Ok(ClosedDay {
        date: row.parsed(0)?,
        closed_by: row.text(1)?.to_owned(),
        closed_at: row.moment(2)?,
        counted_at: row.moment(3)?,
        payments: row.int(4)?,
        open_payments: row.int(5)?,
    })
}
