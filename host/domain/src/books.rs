//! Double-entry books: accounts, two-phase transfers, and the decision whether
//! a group of transfers may be recorded. It decides over the accounts it is
//! given; fetching and storing them is the store's work.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, TransferId};
use crate::money::Money;

mod account;

pub use account::{Account, Capped};

/// What a transfer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferKind {
    /// Moves money at once.
    Single,
    /// Reserves it.
    Pending,
    /// Takes what was reserved, or a part; the rest is given back.
    Post,
    /// Gives back what was reserved.
    Void,
}

/// One immutable record. A post or void names the pending transfer and repeats
/// its accounts; a void's amount is zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Made by the caller, so that every write can be repeated.
    pub id: TransferId,
    /// What it does.
    pub kind: TransferKind,
    /// Who pays.
    pub debit: AccountId,
    /// Who receives.
    pub credit: AccountId,
    /// Zero or above; above zero but for voids.
    pub amount: Money,
    /// The pending transfer that a post or void ends.
    pub pending: Option<TransferId>,
}

impl Transfer {
    /// Moves money at once.
    #[must_use]
    pub const fn single(
        id: TransferId,
        debit: AccountId,
        credit: AccountId,
        amount: Money,
    ) -> Self {
        Self {
            id,
            kind: TransferKind::Single,
            debit,
            credit,
            amount,
            pending: None,
        }
    }

    /// Reserves money.
    #[must_use]
    pub const fn pending(
        id: TransferId,
        debit: AccountId,
        credit: AccountId,
        amount: Money,
    ) -> Self {
        Self {
            id,
            kind: TransferKind::Pending,
            debit,
            credit,
            amount,
            pending: None,
        }
    }

    /// Takes `amount` of what `held` reserves.
    #[must_use]
    pub fn post(id: TransferId, held: &Self, amount: Money) -> Self {
        Self {
            id,
            kind: TransferKind::Post,
            amount,
            ..held.ended_by()
        }
    }

    /// Gives back what `held` reserves.
    #[must_use]
    pub fn void(id: TransferId, held: &Self) -> Self {
        let amount = Money::new(0, held.amount.currency());
        Self {
            id,
            kind: TransferKind::Void,
            amount,
            ..held.ended_by()
        }
    }

    fn ended_by(&self) -> Self {
        Self {
            pending: Some(self.id.clone()),
            ..self.clone()
        }
    }
}

/// Why a transfer cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BooksError {
    /// Unknown account.
    #[error("there is no account {0}")]
    NoSuchAccount(AccountId),
    /// The pending transfer is unknown.
    #[error("there is no pending transfer {0}")]
    NoSuchPending(TransferId),
    /// Posted or voided already, by another transfer.
    #[error("{0} has ended already")]
    Ended(TransferId),
    /// Same id, other content.
    #[error("{0} is recorded with other content")]
    Differs(TransferId),
    /// One account on both sides.
    #[error("a transfer needs two accounts")]
    SameAccount,
    /// Accounts and amount are not of one currency.
    #[error("accounts and amount must be of one currency")]
    Currency,
    /// Zero or less, or a post above its pending transfer.
    #[error("the amount is not possible")]
    Amount,
    /// A post or void that does not repeat its pending transfer's accounts, or
    /// another kind that names one.
    #[error("the transfer does not fit its pending transfer")]
    Shape,
    /// The cap of the account would be broken.
    #[error("account {0} does not cover it")]
    Exceeds(AccountId),
    /// Beyond 64 bits.
    #[error("account {0} cannot hold so much")]
    Overflow(AccountId),
}

/// Whether a transfer is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// It was recorded now.
    New,
    /// The very same stands there already; nothing changed.
    Already,
}

/// The part of the books that a decision looks at: every account and transfer
/// that the transfers to be decided name.
#[derive(Debug, Clone, Default)]
pub struct Books {
    accounts: BTreeMap<AccountId, Account>,
    transfers: BTreeMap<TransferId, Transfer>,
    /// Pending transfers that have ended, with what ended them.
    ended: BTreeMap<TransferId, TransferId>,
}

impl Books {
    /// Adds an account as it stands.
    pub fn put_account(&mut self, account: Account) {
        self.accounts.insert(account.id.clone(), account);
    }

    /// Adds a transfer that is recorded already.
    pub fn put_transfer(&mut self, transfer: Transfer) {
        if let Some(pending) = &transfer.pending {
            self.ended.insert(pending.clone(), transfer.id.clone());
        }
        self.transfers.insert(transfer.id.clone(), transfer);
    }

    /// An account as it stands now.
    #[must_use]
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// Every account, in the order of ids.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// A recorded transfer.
    #[must_use]
    pub fn transfer(&self, id: &TransferId) -> Option<&Transfer> {
        self.transfers.get(id)
    }

    /// Records all transfers of the group or none of them. Says of each whether
    /// it is new.
    pub fn record(&mut self, group: &[Transfer]) -> Result<Vec<Recording>, BooksError> {
        let mut undo: Vec<Undo> = Vec::with_capacity(group.len());
        let mut recordings = Vec::with_capacity(group.len());
        for transfer in group {
            match self.record_one(transfer) {
                Ok(None) => recordings.push(Recording::Already),
                Ok(Some(step)) => {
                    undo.push(step);
                    recordings.push(Recording::New);
                }
                Err(error) => {
                    undo.into_iter().rev().for_each(|step| self.take_back(step));
                    return Err(error);
                }
            }
        }
        Ok(recordings)
    }

    fn record_one(&mut self, transfer: &Transfer) -> Result<Option<Undo>, BooksError> {
        if let Some(standing) = self.transfers.get(&transfer.id) {
            return if standing == transfer {
                Ok(None)
            } else {
                Err(BooksError::Differs(transfer.id.clone()))
            };
        }
        let reserved = self.check_shape(transfer)?;
        let debit = self.account_of(&transfer.debit, transfer)?.clone();
        let credit = self.account_of(&transfer.credit, transfer)?.clone();
        let amount = transfer.amount.minor_units();
        let (pending, posted) = match transfer.kind {
            TransferKind::Single => (0, amount),
            TransferKind::Pending => (amount, 0),
            TransferKind::Post => (-reserved, amount),
            TransferKind::Void => (-reserved, 0),
        };
        let mut payer = debit.clone();
        move_sums(
            &mut payer.debits_pending,
            &mut payer.debits_posted,
            pending,
            posted,
        )
        .ok_or_else(|| BooksError::Overflow(payer.id.clone()))?;
        let mut payee = credit.clone();
        move_sums(
            &mut payee.credits_pending,
            &mut payee.credits_posted,
            pending,
            posted,
        )
        .ok_or_else(|| BooksError::Overflow(payee.id.clone()))?;
        for account in [&payer, &payee] {
            if !account.keeps_its_cap() {
                return Err(BooksError::Exceeds(account.id.clone()));
            }
        }
        self.put_account(payer);
        self.put_account(payee);
        self.put_transfer(transfer.clone());
        Ok(Some(Undo {
            transfer: transfer.id.clone(),
            debit,
            credit,
        }))
    }

    /// Gives what the pending transfer reserves, zero for other kinds.
    fn check_shape(&self, transfer: &Transfer) -> Result<i64, BooksError> {
        if transfer.debit == transfer.credit {
            return Err(BooksError::SameAccount);
        }
        let amount = transfer.amount;
        match (transfer.kind, &transfer.pending) {
            (TransferKind::Single | TransferKind::Pending, None) => {
                if amount.is_positive() {
                    Ok(0)
                } else {
                    Err(BooksError::Amount)
                }
            }
            (TransferKind::Post | TransferKind::Void, Some(pending)) => {
                let held = self
                    .transfers
                    .get(pending)
                    .filter(|held| held.kind == TransferKind::Pending)
                    .ok_or_else(|| BooksError::NoSuchPending(pending.clone()))?;
                if held.debit != transfer.debit || held.credit != transfer.credit {
                    return Err(BooksError::Shape);
                }
                if held.amount.currency() != amount.currency() {
                    return Err(BooksError::Currency);
                }
                if self.ended.contains_key(pending) {
                    return Err(BooksError::Ended(pending.clone()));
                }
                let lawful = match transfer.kind {
                    TransferKind::Post => 1..=held.amount.minor_units(),
                    TransferKind::Void | TransferKind::Single | TransferKind::Pending => 0..=0,
                };
                if lawful.contains(&amount.minor_units()) {
                    Ok(held.amount.minor_units())
                } else {
                    Err(BooksError::Amount)
                }
            }
            (TransferKind::Single | TransferKind::Pending, Some(_))
            | (TransferKind::Post | TransferKind::Void, None) => Err(BooksError::Shape),
        }
    }

    fn account_of(&self, id: &AccountId, transfer: &Transfer) -> Result<&Account, BooksError> {
        let account = self
            .accounts
            .get(id)
            .ok_or_else(|| BooksError::NoSuchAccount(id.clone()))?;
        if account.currency == transfer.amount.currency() {
            Ok(account)
        } else {
            Err(BooksError::Currency)
        }
    }

    fn take_back(&mut self, step: Undo) {
        if let Some(pending) = self
            .transfers
            .remove(&step.transfer)
            .and_then(|gone| gone.pending)
        {
            self.ended.remove(&pending);
        }
        self.put_account(step.debit);
        self.put_account(step.credit);
    }
}

/// The accounts as they stood before one transfer.
struct Undo {
    transfer: TransferId,
    debit: Account,
    credit: Account,
}

/// Moves both sums; none where one would leave 0..=`i64::MAX`.
fn move_sums(pending: &mut i64, posted: &mut i64, by_pending: i64, by_posted: i64) -> Option<()> {
    *pending = pending.checked_add(by_pending).filter(|sum| *sum >= 0)?;
    *posted = posted.checked_add(by_posted).filter(|sum| *sum >= 0)?;
    Some(())
}

#[cfg(test)]
mod tests;
