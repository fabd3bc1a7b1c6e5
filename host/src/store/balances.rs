//! What stands on the accounts of the chart, the stripes of each summed up. Payers'
//! own accounts are left out: there are as many as payers.

use guichet_domain::Currency;

use super::{Row, Store, StoreError};

/// What stands on one account of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartBalance {
    /// Its place in the chart: `payable`, `fee_income` …
    pub kind: String,
    /// Whose, where it stands in somebody's name.
    pub name: String,
    /// Of all amounts.
    pub currency: Currency,
    /// Credits less debits: what is owed; below zero, what is due.
    pub owed: i64,
    /// Reserved on the credit side: what will be owed if all goes well.
    pub coming: i64,
    /// Reserved on the debit side: what will be due if all goes well.
    pub going: i64,
    /// Rows it is spread over.
    pub stripes: i64,
}

impl Store {
    /// A page of the chart's balances by kind, name and currency, after the place
    /// that a page before has ended at.
    pub async fn chart_balances(
        &self,
        after: (&str, &str, &str),
        limit: u32,
    ) -> Result<Vec<ChartBalance>, StoreError> {
        let rows = self
            .fetch(
                "with c as (select a.kind as kind, \
                 coalesce(a.biller, a.client, a.bank, '') as name, a.currency as currency, \
                 b.credits_posted - b.debits_posted as owed, b.credits_pending as coming, \
                 b.debits_pending as going from accounts as a \
                 join balances as b on b.account = a.number \
                 where a.kind not in ('funding', 'bank_account')) \
                 select kind, name, currency, cast(sum(owed) as bigint), \
                 cast(sum(coming) as bigint), cast(sum(going) as bigint), count(*) from c \
                 where (kind, name, currency) > ($1, $2, $3) \
                 group by kind, name, currency order by kind, name, currency limit $4",
                &[after.0.into(), after.1.into(), after.2.into(), limit.into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<ChartBalance, StoreError> {
    Ok(ChartBalance {
        kind: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        currency: row.parsed(2)?,
        owed: row.int(3)?,
        coming: row.int(4)?,
        going: row.int(5)?,
        stripes: row.int(6)?,
    })
}
