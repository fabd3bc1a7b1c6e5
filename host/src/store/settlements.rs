//! Settlement batches and the payments in them.

use guichet_domain::id::{BillerId, RecordId};
use guichet_domain::settlement::{BatchState, Share, Sums};
use guichet_domain::{AccountingDate, Currency, Digest, Moment, Money};
use serde_json::json;

use super::{RecordEvent, Row, Statement, Store, StoreError};
use crate::canonical::canonical_digest;
use crate::terms::Payee;

/// A batch as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// Follows from day, biller, payee and currency.
    pub id: RecordId,
    /// The day it was made for.
    pub date: AccountingDate,
    /// Whose money.
    pub biller: BillerId,
    /// To the biller itself or to the treasury.
    pub payee: Payee,
    /// Of all amounts.
    pub currency: Currency,
    /// Counts from 1; another one after each return.
    pub attempt: i64,
    /// What it comes to.
    pub sums: Sums,
    /// Where it stands.
    pub state: BatchState,
    /// The register's record that names the account it was sent to.
    pub biller_record: Option<Digest>,
    /// The payment file that carries it.
    pub payment_file: Option<RecordId>,
    /// Why it came back.
    pub reason: Option<String>,
    /// Guards every change.
    pub version: i64,
    /// Since when.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

macro_rules! select_batches {
    ($rest:literal) => {
        concat!(
            "select id, accounting_date, biller, payee, currency, attempt, gross, given_back, \
             fees, net, payments, state, biller_record, payment_file, reason, version, \
             created_at, updated_at from settlement_batches ",
            $rest
        )
    };
}

const fn payee_word(payee: Payee) -> &'static str {
    match payee {
        Payee::Biller => "biller",
        Payee::Treasury => "treasury",
    }
}

impl Store {
    /// Begins a batch, still empty; one that was begun stays as it is.
    pub async fn begin_batch(&self, batch: &BatchRow) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into settlement_batches (id, accounting_date, biller, payee, currency, \
             attempt, gross, given_back, fees, net, payments, state, version, created_at, \
             updated_at) values ($1, $2, $3, $4, $5, 1, 0, 0, 0, 0, 0, 'gathering', 1, $6, $6) \
             on conflict (id) do nothing",
            vec![
                batch.id.as_str().into(),
                batch.date.to_string().into(),
                batch.biller.as_str().into(),
                payee_word(batch.payee).into(),
                batch.currency.as_str().into(),
                batch.created_at.into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// Puts payments into a batch that is still gathering. A payment that is in a
    /// batch already stays there.
    pub async fn gather(
        &self,
        batch: &RecordId,
        shares: &[(RecordId, Share)],
    ) -> Result<(), StoreError> {
        let statements = shares.iter().map(|(payment, share)| {
            let (word, total, fee) = match share {
                Share::Application { total, fee } => ("application", total, fee),
                Share::GivenBack { total, fee } => ("given_back", total, fee),
            };
            Statement::new(
                "insert into settlement_shares (payment, share, batch, total, fee) \
                 select $1, $2, id, $3, $4 from settlement_batches \
                 where id = $5 and state = 'gathering' on conflict (payment, share) do nothing",
                vec![
                    payment.as_str().into(),
                    word.into(),
                    total.minor_units().into(),
                    (*fee).into(),
                    batch.as_str().into(),
                ],
            )
        });
        self.write(statements.collect()).await.map(drop)
    }

    /// Payments in a batch, in their order, after the cursor's id.
    pub async fn shares_of(
        &self,
        batch: &BatchRow,
        after: &str,
        limit: u32,
    ) -> Result<Vec<(RecordId, Share)>, StoreError> {
        let rows = self
            .fetch(
                "select payment, share, total, fee from settlement_shares \
                 where batch = $1 and payment > $2 order by payment, share limit $3",
                &[batch.id.as_str().into(), after.into(), limit.into()],
            )
            .await?;
        let share = |row: &Row| {
            let total = Money::new(row.int(2)?, batch.currency);
            let fee = row.int(3)?;
            let share = match row.text(1)? {
                "application" => Share::Application { total, fee },
                "given_back" => Share::GivenBack { total, fee },
                _ => return Err(StoreError::Shape(1)),
            };
            Ok((row.parsed(0)?, share))
        };
        rows.iter().map(share).collect()
    }

    /// Ends the gathering with the sums that the shares come to, and tells the audit
    /// log.
    pub async fn finish_gathering(&self, id: &RecordId, now: Moment) -> Result<(), StoreError> {
        let statement = Statement::new(
            "with s(gross, given_back, fees, payments) as (select \
             cast(coalesce(sum(case when share = 'application' then total else 0 end), 0) as bigint), \
             cast(coalesce(sum(case when share = 'given_back' then total else 0 end), 0) as bigint), \
             cast(coalesce(sum(case when share = 'application' then fee else -fee end), 0) as bigint), \
             count(*) from settlement_shares where batch = $1) \
             update settlement_batches set gross = s.gross, given_back = s.given_back, \
             fees = s.fees, net = s.gross - s.given_back - s.fees, payments = s.payments, \
             state = 'made', version = version + 1, updated_at = $2 from s \
             where id = $1 and state = 'gathering' and s.gross - s.given_back - s.fees > 0 \
             returning id",
            vec![id.as_str().into(), now.into()],
        );
        let told = RecordEvent {
            record: id.clone(),
            event: "settlement_made".to_owned(),
            state: BatchState::Made.as_str().to_owned(),
            content: None,
            at: now,
        };
        self.write_recorded(vec![statement], told).await.map(drop)
    }

    /// Takes a batch apart that never came to be money.
    pub async fn dissolve_batch(&self, id: &RecordId) -> Result<(), StoreError> {
        let gathering = "delete from settlement_shares where batch in (select id \
                         from settlement_batches where id = $1 and state = 'gathering')";
        let shares = Statement::new(gathering, vec![id.as_str().into()]);
        let batch = Statement::new(
            "delete from settlement_batches where id = $1 and state = 'gathering'",
            vec![id.as_str().into()],
        );
        self.write(vec![shares, batch]).await.map(drop)
    }

    /// Moves a batch where it still stands at the version before, and tells the audit
    /// log; false where it has moved on.
    pub async fn change_batch(&self, next: &BatchRow) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update settlement_batches set state = $1, attempt = $2, biller_record = $3, \
             payment_file = $4, reason = $5, version = $6, updated_at = $7 \
             where id = $8 and version = $6 - 1 returning id",
            vec![
                next.state.as_str().into(),
                next.attempt.into(),
                next.biller_record.map(|digest| digest.to_string()).into(),
                next.payment_file.as_ref().map(ToString::to_string).into(),
                next.reason.clone().into(),
                next.version.into(),
                next.updated_at.into(),
                next.id.as_str().into(),
            ],
        );
        let told = RecordEvent {
            record: next.id.clone(),
            event: "settlement_moved".to_owned(),
            state: next.state.as_str().to_owned(),
            content: Some(canonical_digest(&json!({
                "attempt": next.attempt,
                "net": next.sums.net,
                "currency": next.currency.as_str(),
                "payment_file": next.payment_file,
                "reason": next.reason,
            }))),
            at: next.updated_at,
        };
        let rows = self.write_recorded(vec![statement], told).await?;
        Ok(rows.first().is_some_and(|rows| !rows.is_empty()))
    }

    /// A batch by its id.
    pub async fn batch(&self, id: &RecordId) -> Result<Option<BatchRow>, StoreError> {
        let rows = self
            .fetch(select_batches!("where id = $1"), &[id.as_str().into()])
            .await?;
        rows.first().map(read).transpose()
    }

    /// The batches of a biller's day.
    pub async fn batches_of(
        &self,
        date: AccountingDate,
        biller: &BillerId,
    ) -> Result<Vec<BatchRow>, StoreError> {
        let rows = self
            .fetch(
                select_batches!("where accounting_date = $1 and biller = $2 order by id"),
                &[date.to_string().into(), biller.as_str().into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// A page of the batches of one state, or of all, after the cursor's id.
    pub async fn batches(
        &self,
        state: Option<BatchState>,
        date: Option<AccountingDate>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<BatchRow>, StoreError> {
        let date = date.map(|date| date.to_string()).unwrap_or_default();
        let rows = self
            .fetch(
                select_batches!(
                    "where ($1 = '' or state = $1) and ($2 = '' or accounting_date = $2) \
                     and id > $3 order by id limit $4"
                ),
                &[
                    state.map_or("", BatchState::as_str).into(),
                    date.into(),
                    after.into(),
                    limit.into(),
                ],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<BatchRow, StoreError> {
    let payee = match row.text(3)? {
        "biller" => Payee::Biller,
        "treasury" => Payee::Treasury,
        _ => return Err(StoreError::Shape(3)),
    };
    let record = row.text_or_none(12)?.map(str::parse).transpose();
    let payment_file = row.text_or_none(13)?.map(str::parse).transpose();
    Ok(BatchRow {
        id: row.parsed(0)?,
        date: row.parsed(1)?,
        biller: row.parsed(2)?,
        payee,
        currency: row.parsed(4)?,
        attempt: row.int(5)?,
        sums: Sums {
            gross: row.int(6)?,
            given_back: row.int(7)?,
            fees: row.int(8)?,
            net: row.int(9)?,
            count: row.int(10)?,
        },
        state: row.text(11)?.parse().map_err(|()| StoreError::Shape(11))?,
        biller_record: record.map_err(|_| StoreError::Shape(12))?,
        payment_file: payment_file.map_err(|_| StoreError::Shape(13))?,
        reason: row.text_or_none(14)?.map(str::to_owned),
        version: row.int(15)?,
        created_at: row.moment(16)?,
        updated_at: row.moment(17)?,
    })
}
