//! Clients' own accounts: paid in ahead or used on credit, with the prices that
//! the operator has agreed with each client. What a client is charged for a
//! payment is booked by the payment room.

use guichet_domain::books::Transfer;
use guichet_domain::id::{AccountId, ClientId, PersonId, TransferId};
use guichet_domain::{Currency, Moment, Money};

use super::statement::{Direction, Period, Statement, direction};
use super::told::{limit_set, paid_in, prices_set};
use super::view::Balances;
use super::{AccountError, Accounts, chart};
use crate::canonical::sha256;
use crate::store::{ClientAct, LedgerCommand};
use crate::terms::price::PriceList;

/// Entries read at once.
const PAGE: u32 = 1_000;
/// Entries of one statement.
const MOST_ENTRIES: usize = 20_000;
/// How far the clocks of two nodes may be apart.
const SKEW_MS: i64 = 2 * 60 * 60 * 1_000;
/// Characters of a top-up's reference.
const REFERENCE_CHARACTERS: usize = 64;

/// A client's account and prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAccount {
    /// Whose.
    pub client: ClientId,
    /// Its id in the books.
    pub account: AccountId,
    /// What stands on it.
    pub balances: Balances,
    /// What the client pays; none where everything is free.
    pub prices: Option<PriceList>,
}

/// Who does something to a client's account.
#[derive(Debug, Clone)]
pub struct ByOperator {
    /// The person.
    pub person: PersonId,
    /// Whose account.
    pub client: ClientId,
}

impl Accounts {
    /// A client's account, where the operator has opened one.
    pub async fn client_account(
        &self,
        client: &ClientId,
        currency: Currency,
    ) -> Result<ClientAccount, AccountError> {
        let id = chart::client_funding(client, currency, 0).account.id;
        let row = self.store.account(&id).await?;
        let row = row.ok_or(AccountError::NotFound)?;
        Ok(ClientAccount {
            client: client.clone(),
            balances: Balances::of(&row),
            account: id,
            prices: self.store.client_prices(client, self.ports.now()).await?,
        })
    }

    /// Pays money into a client's account, which is opened where there is none.
    /// The same reference pays in once; with another amount it is refused.
    pub async fn top_up(
        &self,
        by: &ByOperator,
        amount: Money,
        reference: &str,
    ) -> Result<ClientAccount, AccountError> {
        let visible = reference.bytes().all(|byte| byte.is_ascii_graphic());
        if !amount.is_positive() || !visible || reference.is_empty() {
            return Err(AccountError::Amount);
        }
        if reference.len() > REFERENCE_CHARACTERS {
            return Err(AccountError::Amount);
        }
        let now = self.ports.now();
        let account = chart::client_funding(&by.client, amount.currency(), 0);
        let source = chart::settlement(amount.currency());
        let (debit, credit) = (source.account.id.clone(), account.account.id.clone());
        let id = top_up_id(&by.client, reference);
        let told = paid_in(&credit, amount, &id, now);
        let transfer = Transfer::single(id, debit, credit, amount);
        let command = LedgerCommand {
            accounts: vec![source, account],
            transfers: vec![transfer],
            payment: None,
            at: now,
        };
        let act = self.act(by, "top-up", amount, reference, now);
        self.store.record_top_up(command, &act, told).await??;
        self.client_account(&by.client, amount.currency()).await
    }

    /// Says how far a client may live on credit. Not below what it has used.
    pub async fn set_credit_limit(
        &self,
        by: &ByOperator,
        limit: Money,
    ) -> Result<ClientAccount, AccountError> {
        if limit.minor_units() < 0 {
            return Err(AccountError::Amount);
        }
        let now = self.ports.now();
        let account = chart::client_funding(&by.client, limit.currency(), 0);
        let id = account.account.id.clone();
        let command = LedgerCommand {
            accounts: vec![account],
            transfers: Vec::new(),
            payment: None,
            at: now,
        };
        self.store.record_transfers(command).await??;
        let act = self.act(by, "credit-limit", limit, "", now);
        let told = limit_set(&id, limit, &by.person, now);
        if !self.store.set_credit_limit(&id, &act, told).await? {
            return Err(AccountError::BelowUse);
        }
        self.client_account(&by.client, limit.currency()).await
    }

    /// Gives a client new prices from now on. Payments that were opened before
    /// keep theirs.
    pub async fn set_prices(&self, by: &ByOperator, list: &PriceList) -> Result<(), AccountError> {
        list.check()?;
        let told = prices_set(&by.client, list, &by.person, self.ports.now());
        let put = self
            .store
            .put_client_prices(&by.client, list, &by.person, told);
        Ok(put.await?)
    }

    fn act(
        &self,
        by: &ByOperator,
        act: &'static str,
        amount: Money,
        reference: &str,
        at: Moment,
    ) -> ClientAct {
        ClientAct {
            id: self.ports.record_id("act"),
            client: by.client.clone(),
            act,
            amount,
            reference: reference.to_owned(),
            person: by.person.clone(),
            at,
        }
    }

    /// The statement of one of the client's accounts, its own or a payer's, over a
    /// month or a day.
    pub async fn statement(
        &self,
        client: &ClientId,
        id: &AccountId,
        period: Period,
    ) -> Result<Statement, AccountError> {
        let row = self.visible(client, id).await?;
        if row.kind == chart::BANK_ACCOUNT {
            return Err(AccountError::AtABank);
        }
        let head = self.store.account_head(id).await?;
        let head = head.ok_or(AccountError::NotFound)?;
        let (mut closing, mut rows) = (head.posted, Vec::new());
        let mut from = Some(head.last).filter(|last| *last != 0);
        'pages: while let Some(position) = from {
            let mut page = self
                .store
                .account_entries(id, Some(position), PAGE + 1)
                .await?;
            from = page.get(PAGE as usize).map(|next| next.position);
            page.truncate(PAGE as usize);
            for row in page {
                if row.at.plus_ms(SKEW_MS) < period.from {
                    break 'pages;
                }
                if row.at >= period.until {
                    let amount = row.transfer.amount.minor_units();
                    closing = match direction(id, &row) {
                        Some(Direction::In) => closing.saturating_sub(amount),
                        Some(Direction::Out) => closing.saturating_add(amount),
                        None => closing,
                    };
                } else if row.at >= period.from {
                    if rows.len() == MOST_ENTRIES {
                        return Err(AccountError::TooLong);
                    }
                    rows.push(row);
                }
            }
        }
        let currency = row.account.currency;
        Ok(Statement::new(id, period, (closing, currency), rows))
    }
}

/// Follows from client and reference: the same top-up is booked once.
fn top_up_id(client: &ClientId, reference: &str) -> TransferId {
    digest_id(
        "top-up",
        &[client.as_str().as_bytes(), reference.as_bytes()],
    )
}

/// A transfer's id that follows from what it is for.
pub(super) fn digest_id(word: &str, of: &[&[u8]]) -> TransferId {
    let digest = sha256(&[&[word.as_bytes()], of].concat());
    let digits: String = digest.as_bytes()[..20]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    TransferId::new(format!("{word}:{digits}")).expect("a word and digits make a transfer id")
}
