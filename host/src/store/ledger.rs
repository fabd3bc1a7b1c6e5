//! Accounts and transfers as kept: reading them, and the rows of new ones.
//! Transfers are only ever inserted, and only by the writer.

use guichet_domain::books::{Account, Capped, Transfer, TransferKind};
use guichet_domain::id::{AccountId, BankName, BillerId, ClientId, RecordId, SubjectId};
use guichet_domain::{Currency, Moment, Money};

use super::{Row, Statement, Store, StoreError, Value};

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
    /// Where it stands for what a bank owes.
    pub bank: Option<BankName>,
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
    /// Its place in the ledger.
    pub position: i64,
}

impl NewAccount {
    /// What it is, as `accounts` keeps it.
    pub(super) fn description(&self, at: Moment) -> Vec<Value> {
        let owner = |id: Option<&str>| -> Value { id.map(str::to_owned).into() };
        vec![
            self.account.id.as_str().into(),
            self.kind.into(),
            self.account.currency.as_str().into(),
            owner(self.client.as_ref().map(ClientId::as_str)),
            owner(self.subject.as_ref().map(SubjectId::as_str)),
            owner(self.biller.as_ref().map(BillerId::as_str)),
            owner(self.bank.as_ref().map(BankName::as_str)),
            at.into(),
        ]
    }

    /// How it is capped, as `balances` keeps it.
    pub(super) fn balance(&self) -> Vec<Value> {
        vec![
            self.account.id.as_str().into(),
            capped_word(self.account.capped).into(),
            self.account.credit_limit.into(),
        ]
    }
}

const fn capped_word(capped: Capped) -> &'static str {
    match capped {
        Capped::None => "none",
        Capped::Debits => "debits",
        Capped::Credits => "credits",
    }
}

pub(super) const fn kind_word(kind: TransferKind) -> &'static str {
    match kind {
        TransferKind::Single => "single",
        TransferKind::Pending => "pending",
        TransferKind::Post => "post",
        TransferKind::Void => "void",
    }
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

/// Reads id, kind, both accounts, amount, currency, pending id and expiry from
/// the row's start.
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
        expires_at: row.moment_or_none(7)?,
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
                "select a.id, a.currency, b.capped, b.credit_limit, b.debits_pending, \
                 b.debits_posted, b.credits_pending, b.credits_posted, a.kind, a.client, \
                 a.subject, a.created_at \
                 from accounts as a join balances as b on b.account = a.number where a.id = $1",
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

    /// An account's transfers, newest first, along its chain: from its newest
    /// one, or from the position that a page before has named.
    pub async fn account_entries(
        &self,
        account: &AccountId,
        from: Option<i64>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let rows = self
            .fetch(
                "with recursive chain(position, depth) as ( \
                 select coalesce($2, b.last_transfer), 1 from accounts as a \
                   join balances as b on b.account = a.number where a.id = $1 \
                 union all \
                 select case when t.debit = a.number then t.debit_previous \
                   else t.credit_previous end, c.depth + 1 \
                   from chain as c join transfers as t on t.position = c.position \
                   join accounts as a on a.id = $1 \
                   where c.depth < $3 and a.number in (t.debit, t.credit)) \
                 select t.id, t.kind, d.id, k.id, t.amount, d.currency, h.id, t.expires_at, \
                 t.payment, t.created_at, t.position from chain as c \
                 join transfers as t on t.position = c.position \
                 join accounts as d on d.number = t.debit \
                 join accounts as k on k.number = t.credit \
                 left join transfers as h on h.position = t.pending \
                 where $1 in (d.id, k.id) order by c.depth",
                &[account.as_str().into(), from.into(), limit.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(EntryRow {
                    transfer: read_transfer(row)?,
                    payment: optional(row, 8)?,
                    at: row.moment(9)?,
                    position: row.int(10)?,
                })
            })
            .collect()
    }

    /// Pending transfers whose time was over by then, oldest first.
    pub async fn expired_transfers(
        &self,
        by: Moment,
        limit: u32,
    ) -> Result<Vec<Transfer>, StoreError> {
        let rows = self
            .fetch(
                "select t.id, t.kind, d.id, k.id, t.amount, d.currency, null, t.expires_at \
                 from expiring as e join transfers as t on t.id = e.transfer \
                 join accounts as d on d.number = t.debit \
                 join accounts as k on k.number = t.credit \
                 where e.expires_at <= $1 order by e.expires_at, e.transfer limit $2",
                &[by.into(), limit.into()],
            )
            .await?;
        rows.iter().map(read_transfer).collect()
    }

    /// Looks after these pending transfers no more: they have ended.
    pub async fn forget_expiring(&self, transfers: &[Transfer]) -> Result<(), StoreError> {
        let statements = transfers.iter().map(|transfer| {
            Statement::new(
                "delete from expiring where expires_at = $1 and transfer = $2",
                vec![transfer.expires_at.into(), transfer.id.as_str().into()],
            )
        });
        self.write(statements.collect()).await.map(drop)
    }
}
