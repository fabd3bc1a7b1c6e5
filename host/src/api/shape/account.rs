//! Accounts in the books, their entries, and saved service accounts on the wire.

use std::collections::BTreeMap;

use guichet_domain::id::{ServiceCode, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bank_account::BankHolding;
use super::money::Money;
use crate::accounts::{AccountView, Balances, EntryKind, EntryView, Holding};

/// An account that payments are made from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// Its id.
    #[schema(example = "acc_01k2m3n4p5q6r7s8t9v0w1x2y3")]
    pub id: String,
    /// Whose; null where it is the client's own.
    pub subject: Option<String>,
    /// `funding` (the house's own ledger holds the money), `bank_account`, or
    /// `client_funding` (what the client pays its fees from).
    #[schema(example = "funding")]
    pub kind: String,
    /// What is in it, with what is held. Null where a bank holds it, as are the
    /// next three.
    pub balance: Option<Money>,
    /// What is reserved for open payments.
    pub held: Option<Money>,
    /// What may be paid now, the credit limit included.
    pub available: Option<Money>,
    /// How far it may live on credit.
    pub credit_limit: Option<Money>,
    /// Where a bank holds it.
    pub bank: Option<BankHolding>,
    /// RFC 3339.
    pub created_at: String,
}

/// One line of an account's statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// The transfer's id.
    pub id: String,
    /// `credit` (paid in), `debit` (taken at once), `hold` (reserved), `capture`
    /// (taken from a reservation) or `release` (a reservation given back).
    #[schema(example = "capture")]
    pub kind: String,
    /// How much.
    pub amount: Money,
    /// The payment it belongs to.
    pub payment: Option<String>,
    /// RFC 3339.
    pub at: String,
}

/// A service account to save, so that the citizen need not fill it in again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBoundAccount {
    /// Whose.
    #[schema(value_type = String, example = "demo-citizen")]
    pub subject: SubjectId,
    /// At which service.
    #[schema(value_type = String, example = "water-330100-1")]
    pub service: ServiceCode,
    /// The citizen's own name for it: 1 to 64 characters.
    #[schema(example = "Home")]
    pub name: String,
    /// Inputs that fill the service's form: at most 32, as text.
    #[schema(example = json!({"account": "1002003004"}))]
    pub inputs: BTreeMap<String, String>,
}

/// A saved service account.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundAccount {
    /// Begins with `ba_`.
    pub id: String,
    /// Whose.
    pub subject: String,
    /// At which service.
    pub service: String,
    /// The citizen's own name for it.
    pub name: String,
    /// Inputs that fill the service's form.
    pub inputs: BTreeMap<String, String>,
    /// RFC 3339.
    pub created_at: String,
}

impl From<AccountView> for Account {
    fn from(account: AccountView) -> Self {
        let (kind, balances, bank) = match account.holding {
            Holding::Ledger(balances) if account.subject.is_none() => {
                ("client_funding", Some(balances), None)
            }
            Holding::Ledger(balances) => ("funding", Some(balances), None),
            Holding::Bank(bank) => ("bank_account", None, Some(bank.into())),
        };
        let of =
            |which: fn(Balances) -> guichet_domain::Money| balances.map(which).map(Money::from);
        Self {
            id: account.id.into(),
            subject: account.subject.map(String::from),
            kind: kind.to_owned(),
            balance: of(|balances| balances.balance),
            held: of(|balances| balances.held),
            available: of(|balances| balances.available),
            credit_limit: of(|balances| balances.credit_limit),
            bank,
            created_at: account.created_at.to_string(),
        }
    }
}

impl From<EntryView> for Entry {
    fn from(entry: EntryView) -> Self {
        let kind = match entry.kind {
            EntryKind::Credit => "credit",
            EntryKind::Debit => "debit",
            EntryKind::Hold => "hold",
            EntryKind::Capture => "capture",
            EntryKind::Release => "release",
        };
        Self {
            id: entry.id.into(),
            kind: kind.to_owned(),
            amount: entry.amount.into(),
            payment: entry.payment.map(String::from),
            at: entry.at.to_string(),
        }
    }
}

impl From<crate::store::BoundAccount> for BoundAccount {
    fn from(account: crate::store::BoundAccount) -> Self {
        Self {
            id: account.id.into(),
            subject: account.subject.into(),
            service: account.service.into(),
            name: account.name,
            inputs: account.inputs.into_iter().collect(),
            created_at: account.created_at.to_string(),
        }
    }
}
