//! Double-entry books: accounts, two-phase transfers, and the decision whether
//! a group of transfers may be recorded. It decides over the accounts it is
//! given; fetching and storing them is the store's work.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, TransferId};
use crate::moment::Moment;
use crate::money::Money;
use crate::planted::{Bug, planted};

mod account;

use account::Side;
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
    /// Until when a pending transfer can be taken; none where only a post or
    /// void ends it.
    pub expires_at: Option<Moment>,
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
            expires_at: None,
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
            expires_at: None,
        }
    }

    /// The same reservation, which cannot be taken any more from this moment on.
    #[must_use]
    pub fn expiring(mut self, at: Moment) -> Self {
        self.expires_at = Some(at);
        self
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
            expires_at: None,
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
    /// Its time is over: it can only be voided.
    #[error("{0} has expired")]
    Expired(TransferId),
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

/// How far a transfer moves its accounts: the debit side of one and the credit
/// side of the other alike, so that both sides stay equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// Added to what is reserved; negative where a reservation ends.
    pub pending: i64,
    /// Added to what is taken.
    pub posted: i64,
}

/// Whether a transfer is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// It was recorded now.
    New(Movement),
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

    /// Forgets the transfers, not the accounts.
    pub fn forget_transfers(&mut self) {
        self.transfers.clear();
        self.ended.clear();
    }

    /// Records all transfers of the group or none of them. Says of each whether
    /// it is new, and how far it moves its accounts.
    pub fn record(&mut self, group: &[Transfer], at: Moment) -> Result<Vec<Recording>, BooksError> {
        let mut recordings = Vec::with_capacity(group.len());
        for transfer in group {
            match self.record_one(transfer, at) {
                Ok(recording) => recordings.push(recording),
                Err(error) => {
                    for (transfer, recording) in group.iter().zip(recordings).rev() {
                        if let Recording::New(movement) = recording {
                            self.take_back(transfer, movement);
                        }
                    }
                    return Err(error);
                }
            }
        }
        Ok(recordings)
    }

    fn record_one(&mut self, transfer: &Transfer, at: Moment) -> Result<Recording, BooksError> {
        if let Some(standing) = self.transfers.get(&transfer.id) {
            return if standing == transfer {
                Ok(Recording::Already)
            } else {
                Err(BooksError::Differs(transfer.id.clone()))
            };
        }
        let reserved = self.check_shape(transfer, at)?;
        let amount = transfer.amount.minor_units();
        let (pending, posted) = match transfer.kind {
            TransferKind::Single => (0, amount),
            TransferKind::Pending => (amount, 0),
            TransferKind::Post if planted(Bug::ReservationStays) => (0, amount),
            TransferKind::Post => (-reserved, amount),
            TransferKind::Void => (-reserved, 0),
        };
        let movement = Movement { pending, posted };
        // Both are looked at before either is moved.
        let debited = self
            .account_of(&transfer.debit, transfer)?
            .after(Side::Debit, movement)?;
        let credited = self
            .account_of(&transfer.credit, transfer)?
            .after(Side::Credit, movement)?;
        self.set(&transfer.debit, Side::Debit, debited);
        self.set(&transfer.credit, Side::Credit, credited);
        self.put_transfer(transfer.clone());
        Ok(Recording::New(movement))
    }

    /// Gives what the pending transfer reserves, zero for other kinds.
    fn check_shape(&self, transfer: &Transfer, at: Moment) -> Result<i64, BooksError> {
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
                let over = held.expires_at.is_some_and(|until| at >= until);
                if over && transfer.kind == TransferKind::Post {
                    return Err(BooksError::Expired(pending.clone()));
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

    fn take_back(&mut self, transfer: &Transfer, movement: Movement) {
        self.transfers.remove(&transfer.id);
        if let Some(pending) = &transfer.pending {
            self.ended.remove(pending);
        }
        for (id, side) in [
            (&transfer.debit, Side::Debit),
            (&transfer.credit, Side::Credit),
        ] {
            if let Some(account) = self.accounts.get_mut(id) {
                let (pending, posted) = account.sums(side);
                account.set(side, (pending - movement.pending, posted - movement.posted));
            }
        }
    }

    fn set(&mut self, id: &AccountId, side: Side, sums: (i64, i64)) {
        if let Some(account) = self.accounts.get_mut(id) {
            account.set(side, sums);
        }
    }
}

#[cfg(test)]
mod tests;
