//! The accounts room: opens payers' and clients' accounts, links those at banks,
//! shows balances and statements. Payments are booked by the payment room.

pub mod bound;
pub mod chart;
mod clients;
mod expiry;
mod link;
mod policies;
pub mod statement;
#[cfg(test)]
mod tests;
mod told;
mod view;

use guichet_domain::Money;
use guichet_domain::books::Transfer;
use guichet_domain::id::{AccountId, ClientId, SubjectId, TransferId};

pub use clients::{ByOperator, ClientAccount};
pub use link::{NewBankAccount, NotLinked};
pub use view::{AccountView, Balances, BankHolding, EntryKind, EntryView, Holding};

use told::paid_in;

use crate::bank::ConnectedBanks;
use crate::page::Page;
use crate::ports::Ports;
use crate::store::{AccountRow, LedgerCommand, Refused, Store, StoreError};
use crate::terms::price::PriceError;

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
    /// An account at a bank is not linked.
    #[error(transparent)]
    NotLinked(#[from] NotLinked),
    /// An amount or reference that cannot be.
    #[error(
        "an amount is above zero, a credit limit not below it, and a reference has 1 to 64 visible characters"
    )]
    Amount,
    /// A credit limit below what is used already.
    #[error("more credit than this is in use already")]
    BelowUse,
    /// A price list from which no fee follows.
    #[error(transparent)]
    Prices(#[from] PriceError),
    /// A bank makes the account's statement.
    #[error("the bank that holds the account makes its statement")]
    AtABank,
    /// Too many entries for one statement.
    #[error("there are too many entries for one statement; ask for single days")]
    TooLong,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The accounts room.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
    ports: Ports,
    banks: ConnectedBanks,
}

impl Accounts {
    /// The room, connected to no bank.
    #[must_use]
    pub fn new(store: Store, ports: Ports) -> Self {
        Self {
            store,
            ports,
            banks: ConnectedBanks::default(),
        }
    }

    /// The same with banks at which accounts can be linked.
    #[must_use]
    pub fn with_banks(self, banks: ConnectedBanks) -> Self {
        Self { banks, ..self }
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
        let now = self.ports.now();
        let event = paid_in(account, amount, &transfer, now);
        let command = LedgerCommand {
            accounts: vec![source],
            transfers: vec![Transfer::single(transfer, debit, account.clone(), amount)],
            payment: None,
            at: now,
        };
        Ok(self.store.record_told_transfers(command, event).await??)
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
        let row = self.visible(client, id).await?;
        if row.kind == chart::BANK_ACCOUNT {
            let linked = self.store.bank_account(id).await?;
            return linked.map(AccountView::from).ok_or(AccountError::NotFound);
        }
        Ok(AccountView {
            holding: Holding::Ledger(Balances::of(&row)),
            id: row.account.id,
            subject: row.subject,
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
        self.visible(client, id).await?;
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
        let items = rows.into_iter().map(|row| EntryView::of(id, row)).collect();
        Ok(Page { items, next_cursor })
    }

    /// An account of the client's own, or of a subject who is served by it.
    async fn visible(&self, client: &ClientId, id: &AccountId) -> Result<AccountRow, AccountError> {
        let row = self.store.account(id).await?;
        let own = |row: &AccountRow| {
            let is_clients = row.client.as_ref() == Some(client);
            is_clients && (row.subject.is_some() || row.kind == chart::CLIENT_FUNDING)
        };
        row.filter(own).ok_or(AccountError::NotFound)
    }
}
