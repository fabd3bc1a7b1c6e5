//! The chart of accounts: which accounts there are, how they are named and
//! capped. All are the bank's: what it owes stands on the credit side.

use guichet_domain::Currency;
use guichet_domain::books::{Account, Capped};
use guichet_domain::id::{AccountId, BankName, BillerId, ClientId, SubjectId};

use crate::store::NewAccount;

/// Fee income is spread over so many accounts, so that nodes do not wait for
/// each other on a single row.
const STRIPES: u64 = 8;

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

/// What a bank owes for payments from the accounts that it holds.
#[must_use]
pub fn clearing(bank: &BankName, currency: Currency) -> NewAccount {
    let id = named(format!("clearing:{bank}:{currency}"));
    new(id, "clearing", currency, Capped::None)
}

/// The kind of accounts from which clients pay for their use of the house.
pub const CLIENT_FUNDING: &str = "client_funding";

/// A client's own account: paid in ahead, or used on credit up to its limit.
#[must_use]
pub fn client_funding(client: &ClientId, currency: Currency, credit_limit: i64) -> NewAccount {
    let id = named(format!("client:{client}:{currency}"));
    let mut account = new(id, CLIENT_FUNDING, currency, Capped::Debits);
    account.account.credit_limit = credit_limit;
    account.client = Some(client.clone());
    account
}

/// What is owed to a biller, in its own name.
#[must_use]
pub fn payable(biller: &BillerId, currency: Currency) -> NewAccount {
    let id = named(format!("payable:{biller}:{currency}"));
    let mut account = new(id, "payable", currency, Capped::None);
    account.biller = Some(biller.clone());
    account
}

/// What is owed to the treasury for one collecting agency.
#[must_use]
pub fn treasury(agency: &BillerId, currency: Currency) -> NewAccount {
    let id = named(format!("treasury:{agency}:{currency}"));
    let mut account = new(id, "treasury", currency, Capped::None);
    account.biller = Some(agency.clone());
    account
}

/// Fee income; the number spreads it.
#[must_use]
pub fn fee_income(number: u64, currency: Currency) -> NewAccount {
    let id = named(format!("fee-income:{}:{currency}", number % STRIPES));
    new(id, "fee_income", currency, Capped::None)
}

/// What the house itself pays for fees that it bears; spread as fee income is.
#[must_use]
pub fn fee_expense(number: u64, currency: Currency) -> NewAccount {
    let id = named(format!("fee-expense:{}:{currency}", number % STRIPES));
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
