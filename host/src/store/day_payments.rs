//! Payments as the day's end looks at them: page by page, without opening what
//! is sealed.

use guichet_domain::fee::FeeBearer;
use guichet_domain::id::{AccountId, BankName, BillerId, ClientId, RecordId, ServiceCode};
use guichet_domain::payment::{Event, Leg, Snapshot, Step};
use guichet_domain::{AccountingDate, Moment, Money};

use super::{Row, Store, StoreError};
use crate::terms::{Payee, Terms};

/// A payment without anything personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayPayment {
    /// Its id.
    pub id: RecordId,
    /// The same as a number.
    pub sequence: i64,
    /// Who called.
    pub client: ClientId,
    /// The catalogue entry.
    pub service: ServiceCode,
    /// Who is paid.
    pub biller: BillerId,
    /// From where.
    pub payer_account: AccountId,
    /// The bank behind that account; none where our own ledger holds the money.
    pub bank: Option<BankName>,
    /// Sum of its items.
    pub total: Money,
    /// What the payer paid beside it, in minor units.
    pub payer_fee: i64,
    /// What it costs its client, in minor units.
    pub client_fee: i64,
    /// The day it belongs to.
    pub date: AccountingDate,
    /// Where it and its legs stand.
    pub snapshot: Snapshot,
    /// Under which it began.
    pub terms: Terms,
    /// Who looks after it while it is open.
    pub owner: Option<String>,
    /// Since when its outcome is open.
    pub open_since: Option<Moment>,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

impl DayPayment {
    /// The fee that is withheld from what is paid out, in minor units. Nothing is
    /// withheld from the treasury: an agency's fees stay a debt of its own.
    #[must_use]
    pub fn biller_fee(&self) -> i64 {
        match self.terms.fee.of(self.total) {
            Some(_) if self.terms.payee == Payee::Treasury => 0,
            Some(fee) if fee.bearer == FeeBearer::Biller => fee.amount.minor_units(),
            Some(_) | None => 0,
        }
    }
}

macro_rules! select_day {
    ($($rest:tt)*) => {
        concat!(
            "select p.id, p.sequence, p.client, p.service, p.biller, p.payer_account, p.total, \
             p.fee, p.currency, p.accounting_date, p.state, p.hold, p.capture, p.release_leg, \
             p.refund, p.terms, p.owner, p.open_since, p.created_at, p.updated_at, \
             k.bank, p.client_fee from payments as p \
             left join bank_accounts as k on k.account = p.payer_account ",
            $($rest)*
        )
    };
}

/// Applied, paid for, and in no batch.
macro_rules! unsettled {
    () => {
        "p.state = 'applied' and p.capture = 'done' \
         and not exists (select 1 from settlement_shares as s \
         where s.payment = p.id and s.share = 'application') "
    };
}

/// Compared with its own day since it last changed. Nodes' clocks may differ, so
/// that one whose outcome was open then does not count, whatever the times say.
macro_rules! compared {
    () => {
        "exists (select 1 from day_checks as c where c.accounting_date = p.accounting_date \
         and c.biller = p.biller and c.checked_at >= p.updated_at) \
         and not exists (select 1 from day_findings as f \
         where f.accounting_date = p.accounting_date and f.biller = p.biller \
         and f.reference = p.id \
         and f.finding in ('carried', 'found_applied', 'found_not_applied')) "
    };
}

impl Store {
    /// Billers that have payments of these days, in their order.
    pub async fn billers_of_days(
        &self,
        (from, to): (AccountingDate, AccountingDate),
    ) -> Result<Vec<BillerId>, StoreError> {
        // Jumps from biller to biller in the index instead of reading all payments.
        let rows = self
            .fetch(
                "with recursive b(biller) as (select min(biller) from payments union all \
                 select (select min(p.biller) from payments as p where p.biller > b.biller) \
                 from b where b.biller is not null) \
                 select b.biller from b where b.biller is not null and exists (select 1 \
                 from payments as p where p.biller = b.biller \
                 and p.accounting_date >= $1 and p.accounting_date <= $2)",
                &[from.to_string().into(), to.to_string().into()],
            )
            .await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }

    /// Days of a biller with payments that are to be settled and that nobody has
    /// compared since they came to be so, oldest first.
    pub async fn days_to_compare(
        &self,
        biller: &BillerId,
        (from, to): (AccountingDate, AccountingDate),
    ) -> Result<Vec<AccountingDate>, StoreError> {
        let rows = self
            .fetch(
                concat!(
                    "select distinct p.accounting_date from payments as p where p.biller = $1 \
                     and p.accounting_date >= $2 and p.accounting_date <= $3 and ",
                    unsettled!(),
                    "and not (",
                    compared!(),
                    ") order by p.accounting_date"
                ),
                &[
                    biller.as_str().into(),
                    from.to_string().into(),
                    to.to_string().into(),
                ],
            )
            .await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }

    /// When one of a payment's legs at its bank was known to be done; none where
    /// it is not.
    pub async fn leg_done_at(
        &self,
        payment: &RecordId,
        leg: Leg,
    ) -> Result<Option<Moment>, StoreError> {
        let rows = self
            .fetch(
                "select at from events where record = $1 and event = $2 \
                 order by number desc limit 1",
                &[
                    payment.as_str().into(),
                    Event::Bank(leg, Step::Done).name().into(),
                ],
            )
            .await?;
        rows.first().map(|row| row.moment(0)).transpose()
    }

    /// A page of a biller's payments of a day, after the cursor's id.
    pub async fn payments_of_day(
        &self,
        date: AccountingDate,
        biller: &BillerId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<DayPayment>, StoreError> {
        let rows = self
            .fetch(
                select_day!(
                    "where p.biller = $1 and p.accounting_date = $2 and p.id > $3 \
                     order by p.id limit $4"
                ),
                &[
                    biller.as_str().into(),
                    date.to_string().into(),
                    after.into(),
                    limit.into(),
                ],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// One payment, as the day's end looks at it.
    pub async fn day_payment(&self, id: &RecordId) -> Result<Option<DayPayment>, StoreError> {
        let rows = self
            .fetch(select_day!("where p.id = $1"), &[id.as_str().into()])
            .await?;
        rows.first().map(read).transpose()
    }

    /// A page of the payments that people must look at, after the cursor's id.
    pub async fn payments_of_operator(
        &self,
        after: &str,
        limit: u32,
    ) -> Result<Vec<DayPayment>, StoreError> {
        let rows = self
            .fetch(
                select_day!("where p.owner = 'operator' and p.id > $1 order by p.id limit $2"),
                &[after.into(), limit.into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// A page of a biller's applied payments up to a day that are in no batch, that
    /// were compared with their own day, and that no open work order holds back.
    pub async fn unsettled_payments(
        &self,
        biller: &BillerId,
        (from, to): (AccountingDate, AccountingDate),
        after: &str,
        limit: u32,
    ) -> Result<Vec<DayPayment>, StoreError> {
        let rows = self
            .fetch(
                select_day!(
                    "where p.biller = $1 and p.accounting_date >= $2 and p.accounting_date <= $3 \
                     and p.id > $4 and ",
                    unsettled!(),
                    "and ",
                    compared!(),
                    "and not exists (select 1 from work_orders as w where w.record = p.id \
                     and w.state <> 'closed' and w.kind in \
                     ('surplus', 'amount_differs', 'bank_differs', 'bank_leg')) \
                     order by p.id limit $5"
                ),
                &[
                    biller.as_str().into(),
                    from.to_string().into(),
                    to.to_string().into(),
                    after.into(),
                    limit.into(),
                ],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// A page of payments that were settled to the biller and given back since.
    pub async fn given_back_payments(
        &self,
        biller: &BillerId,
        (from, to): (AccountingDate, AccountingDate),
        after: &str,
        limit: u32,
    ) -> Result<Vec<DayPayment>, StoreError> {
        let rows = self
            .fetch(
                select_day!(
                    "join settlement_shares as s on s.payment = p.id and s.share = 'application' \
                     where p.biller = $1 and p.accounting_date >= $2 and p.accounting_date <= $3 \
                     and p.id > $4 and p.state in ('refunded', 'reversed') \
                     and p.refund = 'done' and not exists (select 1 from settlement_shares as g \
                     where g.payment = p.id and g.share = 'given_back') order by p.id limit $5"
                ),
                &[
                    biller.as_str().into(),
                    from.to_string().into(),
                    to.to_string().into(),
                    after.into(),
                    limit.into(),
                ],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<DayPayment, StoreError> {
    let text = |position: usize| -> Result<Option<String>, StoreError> {
        Ok(row.text_or_none(position)?.map(str::to_owned))
    };
    let currency = row.parsed(8)?;
    Ok(DayPayment {
        id: row.parsed(0)?,
        sequence: row.int(1)?,
        client: row.parsed(2)?,
        service: row.parsed(3)?,
        biller: row.parsed(4)?,
        payer_account: row.parsed(5)?,
        total: Money::new(row.int(6)?, currency),
        payer_fee: row.int(7)?,
        client_fee: row.int(21)?,
        date: row.parsed(9)?,
        snapshot: Snapshot {
            state: row.parsed(10)?,
            hold: row.parsed(11)?,
            capture: row.parsed(12)?,
            release: row.parsed(13)?,
            refund: row.parsed(14)?,
        },
        terms: serde_json::from_str(row.text(15)?)?,
        owner: text(16)?,
        open_since: row.moment_or_none(17)?,
        created_at: row.moment(18)?,
        updated_at: row.moment(19)?,
        bank: text(20)?
            .map(|name| name.parse().map_err(|_| StoreError::Shape(20)))
            .transpose()?,
    })
}
