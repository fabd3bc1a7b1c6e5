//! The chart of accounts: which accounts there are, how they are named and
//! capped. All are the bank's: what it owes stands on the credit side.

use guichet_domain::Currency;
use guichet_domain::books::{Account, Capped};
use guichet_domain::id::{AccountId, BankName, BillerId, ClientId, SubjectId};

use crate::store::NewAccount;

/// Stripes of an account at most; nodes beyond share them.
const STRIPES: u8 = 16;

/// Accounts that everybody credits come in stripes, one for each node, so that no
/// node waits for another one's commit. What stands on such an account is the sum
/// of its stripes: one of them may be below zero, which is why an account with a
/// cap has none. A node's batch shares its commit already and gains nothing from
/// more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stripe(u8);

impl Stripe {
    /// The stripe of whatever no payment decides.
    pub const FIRST: Self = Self(0);

    /// The stripe of the node with this slot.
    #[must_use]
    pub const fn of_slot(slot: u8) -> Self {
        Self(slot % STRIPES)
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..STRIPES).map(Self)
    }
}

impl std::fmt::Display for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

fn named(id: String) -> AccountId {
    AccountId::new(id).expect("names of the chart are made of validated names")
}

fn new(id: AccountId, kind: &'static str, currency: Currency, capped: Capped) -> NewAccount {
    let account = Account::empty(id, currency, capped);
    NewAccount {
        account,
        kind,
        client: None,
        subject: None,
        biller: None,
        bank: None,
    }
}

/// The kind of accounts that payers pay from.
pub const FUNDING: &str = "funding";

/// A subject's account with the bank, reached through one client.
#[must_use]
pub fn funding(
    id: AccountId,
    client: &ClientId,
    subject: &SubjectId,
    currency: Currency,
    credit_limit: i64,
) -> NewAccount {
    let mut account = new(id, FUNDING, currency, Capped::Debits);
    account.account.credit_limit = credit_limit;
    account.client = Some(client.clone());
    account.subject = Some(subject.clone());
    account
}

/// The kind of accounts that stand for a payer's account at a bank.
pub const BANK_ACCOUNT: &str = "bank_account";

/// A subject's account at a bank. Its money is the bank's affair, so that nothing
/// can be booked on it: payments from it are booked against `clearing`.
#[must_use]
pub fn bank_account(
    id: AccountId,
    client: &ClientId,
    subject: &SubjectId,
    currency: Currency,
) -> NewAccount {
    let mut account = new(id, BANK_ACCOUNT, currency, Capped::Debits);
    account.client = Some(client.clone());
    account.subject = Some(subject.clone());
    account
}

/// What a bank owes for payments from the accounts that it holds; striped.
#[must_use]
pub fn clearing(bank: &BankName, stripe: Stripe, currency: Currency) -> NewAccount {
    let id = named(format!("clearing:{bank}:{stripe}:{currency}"));
    let mut account = new(id, "clearing", currency, Capped::None);
    account.bank = Some(bank.clone());
    account
}

/// The kind of accounts from which clients pay for their use of the house.
pub const CLIENT_FUNDING: &str = "client_funding";

/// A client's own account: paid in ahead, or used on credit up to its limit. Every
/// payment of a client that pays fees reserves something on it, and yet it is one
/// row: its cap must be exact.
#[must_use]
pub fn client_funding(client: &ClientId, currency: Currency, credit_limit: i64) -> NewAccount {
    let id = named(format!("client:{client}:{currency}"));
    let mut account = new(id, CLIENT_FUNDING, currency, Capped::Debits);
    account.account.credit_limit = credit_limit;
    account.client = Some(client.clone());
    account
}

/// What is owed to a biller, in its own name; striped.
#[must_use]
pub fn payable(biller: &BillerId, stripe: Stripe, currency: Currency) -> NewAccount {
    let id = named(format!("payable:{biller}:{stripe}:{currency}"));
    let mut account = new(id, "payable", currency, Capped::None);
    account.biller = Some(biller.clone());
    account
}

/// What is owed to the treasury for one collecting agency; striped.
#[must_use]
pub fn treasury(agency: &BillerId, stripe: Stripe, currency: Currency) -> NewAccount {
    let id = named(format!("treasury:{agency}:{stripe}:{currency}"));
    let mut account = new(id, "treasury", currency, Capped::None);
    account.biller = Some(agency.clone());
    account
}

/// Fee income; striped.
#[must_use]
pub fn fee_income(stripe: Stripe, currency: Currency) -> NewAccount {
    let id = named(format!("fee-income:{stripe}:{currency}"));
    new(id, "fee_income", currency, Capped::None)
}

/// What the house itself pays for fees that it bears; striped.
#[must_use]
pub fn fee_expense(stripe: Stripe, currency: Currency) -> NewAccount {
    let id = named(format!("fee-expense:{stripe}:{currency}"));
    new(id, "fee_expense", currency, Capped::None)
}

/// Where money comes from and goes to outside the books.
#[must_use]
pub fn settlement(currency: Currency) -> NewAccount {
    new(
        named(format!("settlement:{currency}")),
        "settlement",
        currency,
        Capped::None,
    )
}

/// Money that has left what is owed to billers and is on its way to them.
#[must_use]
pub fn settlement_transit(currency: Currency) -> NewAccount {
    let id = named(format!("settlement-transit:{currency}"));
    new(id, "settlement_transit", currency, Capped::None)
}

/// Money that belongs to nobody known yet.
#[must_use]
pub fn suspense(currency: Currency) -> NewAccount {
    new(
        named(format!("suspense:{currency}")),
        "suspense",
        currency,
        Capped::None,
    )
}
