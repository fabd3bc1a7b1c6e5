//! The accounts room: opens payers' accounts, shows balances and statements.
//! Payments are booked by the payment room.

pub mod bound;
pub mod chart;

use guichet_domain::books::{Transfer, TransferKind};
use guichet_domain::id::{AccountId, ClientId, RecordId, SubjectId, TransferId};
use guichet_domain::{Currency, Moment, Money};
use serde::{Deserialize, Serialize};

use crate::payments::view::Page;
use crate::ports::Ports;
use crate::store::{AccountRow, EntryRow, LedgerCommand, Refused, Store, StoreError};

/// Why an account cannot be opened or shown.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// None of that id, or not the caller's.
    #[error("there is no such account")]
    NotFound,
    /// The cursor was not made here.
    #[error("this cursor does not belong to this list")]
    Cursor,
    /// The books refuse it.
    #[error("the books refuse it: {0}")]
    Refused(#[from] Refused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// Whose.
    pub subject: SubjectId,
    /// What is in it, holds not counted.
    pub balance: Money,
    /// What is reserved for open payments.
    pub held: Money,
    /// What may be paid now, the credit limit included.
    pub available: Money,
    /// How far it may live on credit.
    pub credit_limit: Money,
    /// Since when.
    pub created_at: Moment,
}

/// Which way money went, as the owner sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Paid in.
    Credit,
    /// Taken at once.
    Debit,
    /// Reserved.
    Hold,
    /// Taken from a reservation.
    Capture,
    /// A reservation given back.
    Release,
}

/// One line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// The transfer.
    pub id: TransferId,
    /// Which way.
    pub kind: EntryKind,
    /// How much.
    pub amount: Money,
    /// The payment it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<RecordId>,
    /// When.
    pub at: Moment,
}

/// The accounts room.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
    ports: Ports,
}

impl Accounts {
    /// The room.
    #[must_use]
    pub const fn new(store: Store, ports: Ports) -> Self {
        Self { store, ports }
    }

    /// Opens a subject's account and pays `opening` into it from settlement:
    /// how demonstration and prefunded accounts come to be.
    pub async fn open_funding(
        &self,
        client: &ClientId,
        subject: &SubjectId,
        opening: Money,
        credit_limit: Money,
    ) -> Result<AccountId, AccountError> {
        let now = self.ports.now();
        self.store.subject_key(subject, now).await?;
        let record = self.ports.record_id("acc");
        let id = AccountId::new(record.as_str()).expect("a record id is an account id");
        let currency = opening.currency();
        let account = chart::funding(
            id.clone(),
            client,
            subject,
            currency,
            credit_limit.minor_units(),
        );
        let command = LedgerCommand {
            accounts: vec![account],
            transfers: Vec::new(),
            payment: None,
            at: now,
        };
        self.store.record_transfers(command).await??;
        if opening.is_positive() {
            let transfer = TransferId::new(format!("{id}:opening"))
                .expect("an account id and a word make a transfer id");
            self.pay_in(&id, opening, transfer).await?;
        }
        Ok(id)
    }

    /// Pays money in from settlement; the same id pays in once only.
    pub async fn pay_in(
        &self,
        account: &AccountId,
        amount: Money,
        transfer: TransferId,
    ) -> Result<(), AccountError> {
        let source = chart::settlement(amount.currency());
        let debit = source.account.id.clone();
        let command = LedgerCommand {
            accounts: vec![source],
            transfers: vec![Transfer::single(transfer, debit, account.clone(), amount)],
            payment: None,
            at: self.ports.now(),
        };
        Ok(self.store.record_transfers(command).await??)
    }

    /// The accounts that a subject may pay from through a client.
    pub async fn list(
        &self,
        client: &ClientId,
        subject: &SubjectId,
    ) -> Result<Vec<AccountId>, AccountError> {
        Ok(self.store.accounts_of(client, subject).await?)
    }

    /// An account of the client's.
    pub async fn get(
        &self,
        client: &ClientId,
        id: &AccountId,
    ) -> Result<AccountView, AccountError> {
        let (row, subject) = self.owned(client, id).await?;
        let currency: Currency = row.account.currency;
        let free = row.account.available();
        let limit = Money::new(row.account.credit_limit, currency);
        let held = Money::new(row.account.debits_pending, currency);
        Ok(AccountView {
            id: row.account.id.clone(),
            subject,
            balance: free.checked_add(held).unwrap_or(free),
            held,
            available: free.checked_add(limit).unwrap_or(free),
            credit_limit: limit,
            created_at: row.created_at,
        })
    }

    /// The account's statement, newest first.
    pub async fn entries(
        &self,
        client: &ClientId,
        id: &AccountId,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<EntryView>, AccountError> {
        self.owned(client, id).await?;
        let limit = limit.clamp(1, 200);
        // The place in the ledger where the page begins.
        let from = match cursor {
            Some(cursor) => Some(cursor.parse().map_err(|_| AccountError::Cursor)?),
            None => None,
        };
        let mut rows = self.store.account_entries(id, from, limit + 1).await?;
        let next_cursor = rows
            .get(limit as usize)
            .map(|next| next.position.to_string());
        rows.truncate(limit as usize);
        let items = rows.into_iter().map(|row| entry(id, row)).collect();
        Ok(Page { items, next_cursor })
    }

    async fn owned(
        &self,
        client: &ClientId,
        id: &AccountId,
    ) -> Result<(AccountRow, SubjectId), AccountError> {
        let row = self
            .store
            .account(id)
            .await?
            .ok_or(AccountError::NotFound)?;
        match row.subject.clone() {
            Some(subject) if row.client.as_ref() == Some(client) => Ok((row, subject)),
            Some(_) | None => Err(AccountError::NotFound),
        }
    }
}

fn entry(account: &AccountId, row: EntryRow) -> EntryView {
    let kind = match row.transfer.kind {
        TransferKind::Single if row.transfer.credit == *account => EntryKind::Credit,
        TransferKind::Single => EntryKind::Debit,
        TransferKind::Pending => EntryKind::Hold,
        TransferKind::Post => EntryKind::Capture,
        TransferKind::Void => EntryKind::Release,
    };
    EntryView {
        id: row.transfer.id,
        kind,
        amount: row.transfer.amount,
        payment: row.payment,
        at: row.at,
    }
}
