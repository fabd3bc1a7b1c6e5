//! Accounts and transfers as kept: reading them, and the rows of new ones.
//! Transfers are only ever inserted, and only by the writer.

use guichet_domain::books::{Account, Capped, Transfer, TransferKind};
use guichet_domain::id::{AccountId, BillerId, ClientId, RecordId, SubjectId};
use guichet_domain::{Currency, Moment, Money};

use super::{Row, Store, StoreError, Value};

/// An account to be opened where it does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// As it starts, with empty sums.
    pub account: Account,
    /// Its place in the chart: `funding`, `payable` …
    pub kind: &'static str,
    /// Where it belongs to a client.
    pub client: Option<ClientId>,
    /// Where it belongs to a subject.
    pub subject: Option<SubjectId>,
    /// Where it stands in a biller's name.
    pub biller: Option<BillerId>,
}

/// An account as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// With its sums.
    pub account: Account,
    /// Its place in the chart.
    pub kind: String,
    /// Where it belongs to a client.
    pub client: Option<ClientId>,
    /// Where it belongs to a subject.
    pub subject: Option<SubjectId>,
    /// Since when.
    pub created_at: Moment,
}

/// One line of an account's statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// The transfer.
    pub transfer: Transfer,
    /// The payment it belongs to.
    pub payment: Option<RecordId>,
    /// When.
    pub at: Moment,
}

impl NewAccount {
    pub(super) fn values(&self, now: Moment) -> Vec<Value> {
        vec![
            self.account.id.as_str().into(),
            self.kind.into(),
            self.account.currency.as_str().into(),
            self.client.as_ref().map(|id| id.as_str().to_owned()).into(),
            self.subject
                .as_ref()
                .map(|id| id.as_str().to_owned())
                .into(),
            self.biller.as_ref().map(|id| id.as_str().to_owned()).into(),
            capped_word(self.account.capped).into(),
            self.account.credit_limit.into(),
            now.into(),
        ]
    }
}

pub(super) const fn capped_word(capped: Capped) -> &'static str {
    match capped {
        Capped::None => "none",
        Capped::Debits => "debits",
        Capped::Credits => "credits",
    }
}

pub(super) fn transfer_values(
    transfer: &Transfer,
    payment: Option<&RecordId>,
    at: Moment,
) -> Vec<Value> {
    let kind = match transfer.kind {
        TransferKind::Single => "single",
        TransferKind::Pending => "pending",
        TransferKind::Post => "post",
        TransferKind::Void => "void",
    };
    vec![
        transfer.id.as_str().into(),
        kind.into(),
        transfer.debit.as_str().into(),
        transfer.credit.as_str().into(),
        transfer.amount.minor_units().into(),
        transfer.amount.currency().as_str().into(),
        transfer
            .pending
            .as_ref()
            .map(|id| id.as_str().to_owned())
            .into(),
        payment.map(|id| id.as_str().to_owned()).into(),
        at.into(),
    ]
}

/// Reads id, currency, cap, credit limit and the four sums from the row's start.
pub(super) fn read_account(row: &Row) -> Result<Account, StoreError> {
    let currency: Currency = row.parsed(1)?;
    let capped = match row.text(2)? {
        "none" => Capped::None,
        "debits" => Capped::Debits,
        "credits" => Capped::Credits,
        _ => return Err(StoreError::Shape(2)),
    };
    Ok(Account {
        id: row.parsed(0)?,
        currency,
        capped,
        credit_limit: row.int(3)?,
        debits_pending: row.int(4)?,
        debits_posted: row.int(5)?,
        credits_pending: row.int(6)?,
        credits_posted: row.int(7)?,
    })
}

/// Reads id, kind, both accounts, amount, currency and pending id from the
/// row's start.
pub(super) fn read_transfer(row: &Row) -> Result<Transfer, StoreError> {
    let kind = match row.text(1)? {
        "single" => TransferKind::Single,
        "pending" => TransferKind::Pending,
        "post" => TransferKind::Post,
        "void" => TransferKind::Void,
        _ => return Err(StoreError::Shape(1)),
    };
    let pending = match row.text_or_none(6)? {
        Some(text) => Some(text.parse().map_err(|_| StoreError::Shape(6))?),
        None => None,
    };
    Ok(Transfer {
        id: row.parsed(0)?,
        kind,
        debit: row.parsed(2)?,
        credit: row.parsed(3)?,
        amount: Money::new(row.int(4)?, row.parsed(5)?),
        pending,
    })
}

fn optional<T: std::str::FromStr>(row: &Row, position: usize) -> Result<Option<T>, StoreError> {
    row.text_or_none(position)?
        .map(|text| text.parse().map_err(|_| StoreError::Shape(position)))
        .transpose()
}

impl Store {
    /// An account; whose it is, the caller checks.
    pub async fn account(&self, id: &AccountId) -> Result<Option<AccountRow>, StoreError> {
        let rows = self
            .fetch(
                "select id, currency, capped, credit_limit, debits_pending, debits_posted, \
                 credits_pending, credits_posted, kind, client, subject, created_at \
                 from accounts where id = $1",
                &[id.as_str().into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(AccountRow {
            account: read_account(row)?,
            kind: row.text(8)?.to_owned(),
            client: optional(row, 9)?,
            subject: optional(row, 10)?,
            created_at: row.moment(11)?,
        }))
    }

    /// The accounts that a subject may pay from through a client.
    pub async fn accounts_of(
        &self,
        client: &ClientId,
        subject: &SubjectId,
    ) -> Result<Vec<AccountId>, StoreError> {
        let rows = self
            .fetch(
                "select id from accounts where client = $1 and subject = $2 order by id limit 200",
                &[client.as_str().into(), subject.as_str().into()],
            )
            .await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }

    /// An account's transfers, newest first, before the cursor's moment and id.
    pub async fn account_entries(
        &self,
        account: &AccountId,
        before: (Moment, &str),
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let rows = self
            .fetch(
                "select * from (select id, kind, debit_account, credit_account, amount, \
                 currency, pending_id, payment, created_at from transfers \
                 where debit_account = $1 and (created_at < $2 or created_at = $2 and id < $3) \
                 order by created_at desc, id desc limit $4) as debits \
                 union all \
                 select * from (select id, kind, debit_account, credit_account, amount, \
                 currency, pending_id, payment, created_at from transfers \
                 where credit_account = $1 and (created_at < $2 or created_at = $2 and id < $3) \
                 order by created_at desc, id desc limit $4) as credits \
                 order by 9 desc, 1 desc limit $4",
                &[
                    account.as_str().into(),
                    before.0.into(),
                    before.1.into(),
                    limit.into(),
                ],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(EntryRow {
                    transfer: read_transfer(row)?,
                    payment: optional(row, 7)?,
                    at: row.moment(8)?,
                })
            })
            .collect()
    }
}
