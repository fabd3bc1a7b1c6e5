//! The chart of accounts: which accounts there are, how they are named and
//! capped. All are the bank's: what it owes stands on the credit side.

use guichet_domain::Currency;
use guichet_domain::books::{Account, Capped};
use guichet_domain::id::{AccountId, BillerId, ClientId, SubjectId};

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
