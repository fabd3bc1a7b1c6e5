//! Accounts and their entries as their owner sees them.

use guichet_domain::books::TransferKind;
use guichet_domain::id::{AccountId, BankName, RecordId, SubjectId, TransferId};
use guichet_domain::{Currency, Moment, Money};
use serde::{Deserialize, Serialize};

use crate::bank::Mandate;
use crate::store::{AccountRow, BankAccount, EntryRow};

/// An account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// Whose; none where it is the client's own.
    pub subject: Option<SubjectId>,
    /// Where its money is.
    pub holding: Holding,
    /// Since when.
    pub created_at: Moment,
}

/// Who holds an account's money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holding {
    /// The house's own ledger.
    Ledger(Balances),
    /// A bank.
    Bank(BankHolding),
}

/// What stands on an account of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balances {
    /// What is in it, holds not counted.
    pub balance: Money,
    /// What is reserved for open payments.
    pub held: Money,
    /// What may be paid now, the credit limit included.
    pub available: Money,
    /// How far it may live on credit.
    pub credit_limit: Money,
}

/// What is known of an account at a bank; its balance is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankHolding {
    /// The bank.
    pub bank: BankName,
    /// The number's last four characters.
    pub last_four: String,
    /// The only currency that is taken from it.
    pub currency: Currency,
    /// Under which it may be debited.
    pub mandate: Mandate,
    /// Since when the mandate is withdrawn.
    pub ended_at: Option<Moment>,
}

impl AccountView {
    /// What stands on it, where the ledger holds it.
    #[must_use]
    pub const fn balances(&self) -> Option<Balances> {
        match self.holding {
            Holding::Ledger(balances) => Some(balances),
            Holding::Bank(_) => None,
        }
    }
}

impl Balances {
    /// What stands on an account.
    #[must_use]
    pub fn of(row: &AccountRow) -> Self {
        let currency = row.account.currency;
        let free = row.account.available();
        let limit = Money::new(row.account.credit_limit, currency);
        let held = Money::new(row.account.debits_pending, currency);
        Self {
            balance: free.checked_add(held).unwrap_or(free),
            held,
            available: free.checked_add(limit).unwrap_or(free),
            credit_limit: limit,
        }
    }
}

impl From<BankAccount> for AccountView {
    fn from(account: BankAccount) -> Self {
        Self {
            id: account.id,
            subject: Some(account.subject),
            created_at: account.created_at,
            holding: Holding::Bank(BankHolding {
                bank: account.bank,
                last_four: account.number.last_four().to_owned(),
                currency: account.currency,
                mandate: account.mandate,
                ended_at: account.ended_at,
            }),
        }
    }
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

impl EntryView {
    /// A transfer as the owner of `account` sees it.
    #[must_use]
    pub fn of(account: &AccountId, row: EntryRow) -> Self {
        let kind = match row.transfer.kind {
            TransferKind::Single if row.transfer.credit == *account => EntryKind::Credit,
            TransferKind::Single => EntryKind::Debit,
            TransferKind::Pending => EntryKind::Hold,
            TransferKind::Post => EntryKind::Capture,
            TransferKind::Void => EntryKind::Release,
        };
        Self {
            id: row.transfer.id,
            kind,
            amount: row.transfer.amount,
            payment: row.payment,
            at: row.at,
        }
    }
}
