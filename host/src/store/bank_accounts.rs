//! Payers' accounts at a bank, as linked by a client under the payer's mandate.
//! Number and mandate are sealed; the money itself is the bank's.

use guichet_domain::id::{AccountId, BankName, ClientId, SubjectId};
use guichet_domain::{Currency, Moment, Money};
use serde::{Deserialize, Serialize};

use super::{Row, Statement, Store, StoreError};
use crate::bank::{AccountNumber, Mandate, NotMandated};
use crate::seal::{Place, Sealed};

const BODY: Place = Place {
    table: "bank_accounts",
    column: "sealed_body",
};

/// One account at a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankAccount {
    /// Its id in the books.
    pub id: AccountId,
    /// Who may debit it.
    pub client: ClientId,
    /// Whose it is.
    pub subject: SubjectId,
    /// The bank that holds it.
    pub bank: BankName,
    /// The only currency that is taken from it.
    pub currency: Currency,
    /// Its number there.
    pub number: AccountNumber,
    /// Under which the client may debit it.
    pub mandate: Mandate,
    /// Since when it is linked.
    pub created_at: Moment,
    /// Since when nothing may be taken from it any more.
    pub ended_at: Option<Moment>,
}

impl BankAccount {
    /// Whether the payer's mandate covers taking so much now.
    pub fn check(&self, amount: Money, now: Moment) -> Result<(), NotMandated> {
        if self.ended_at.is_some() {
            return Err(NotMandated::Withdrawn);
        }
        self.mandate.check(amount, now)
    }
}

/// How an account came to be linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// Now, or earlier by the same request.
    Account(Box<BankAccount>),
    /// The key stands with another body.
    KeyReused,
}

#[derive(Serialize, Deserialize)]
struct Body {
    number: AccountNumber,
    mandate: Mandate,
}

impl Store {
    /// Links an account whose row in `accounts` stands already. The same key
    /// with the same body gives what was linked first.
    pub async fn link_bank_account(
        &self,
        account: &BankAccount,
        link_key: &str,
        body_digest: &[u8],
    ) -> Result<Linked, StoreError> {
        let key = self
            .subject_key(&account.subject, account.created_at)
            .await?;
        let body = Body {
            number: account.number.clone(),
            mandate: account.mandate.clone(),
        };
        let insert = Statement::new(
            "insert into bank_accounts (account, client, subject, bank, currency, link_key, \
             body_digest, sealed_body, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             on conflict (client, link_key) do nothing",
            vec![
                account.id.as_str().into(),
                account.client.as_str().into(),
                account.subject.as_str().into(),
                account.bank.as_str().into(),
                account.currency.as_str().into(),
                link_key.into(),
                body_digest.to_vec().into(),
                key.seal(BODY, &body)?.into_bytes().into(),
                account.created_at.into(),
            ],
        );
        self.write(vec![insert]).await?;
        let known = self.bank_account_by_key(&account.client, link_key).await?;
        known.map_or(Ok(Linked::KeyReused), |(known, digest)| {
            Ok(if digest == body_digest {
                Linked::Account(Box::new(known))
            } else {
                Linked::KeyReused
            })
        })
    }

    /// What was linked under a key, with the digest of the request's body.
    pub async fn bank_account_by_key(
        &self,
        client: &ClientId,
        link_key: &str,
    ) -> Result<Option<(BankAccount, Vec<u8>)>, StoreError> {
        let rows = self
            .fetch(
                "select account, client, subject, bank, currency, sealed_body, created_at, \
                 ended_at, body_digest from bank_accounts where client = $1 and link_key = $2",
                &[client.as_str().into(), link_key.into()],
            )
            .await?;
        match rows.first() {
            Some(row) => Ok(Some((
                self.bank_account_of(row).await?,
                row.bytes(8)?.to_vec(),
            ))),
            None => Ok(None),
        }
    }

    /// An account at a bank; whose it is, the caller checks. None for accounts
    /// that the books hold themselves.
    pub async fn bank_account(&self, id: &AccountId) -> Result<Option<BankAccount>, StoreError> {
        let rows = self
            .fetch(
                "select account, client, subject, bank, currency, sealed_body, created_at, \
                 ended_at from bank_accounts where account = $1",
                &[id.as_str().into()],
            )
            .await?;
        match rows.first() {
            Some(row) => Ok(Some(self.bank_account_of(row).await?)),
            None => Ok(None),
        }
    }

    /// How many accounts at banks a subject has linked through a client.
    pub async fn count_bank_accounts(
        &self,
        client: &ClientId,
        subject: &SubjectId,
    ) -> Result<i64, StoreError> {
        let rows = self
            .fetch(
                "select count(*) from bank_accounts \
                 where client = $1 and subject = $2 and ended_at is null",
                &[client.as_str().into(), subject.as_str().into()],
            )
            .await?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// Withdraws the mandate; the first moment counts.
    pub async fn end_bank_account(&self, id: &AccountId, now: Moment) -> Result<(), StoreError> {
        let end = Statement::new(
            "update bank_accounts set ended_at = $2 where account = $1 and ended_at is null",
            vec![id.as_str().into(), now.into()],
        );
        self.write(vec![end]).await.map(drop)
    }

    async fn bank_account_of(&self, row: &Row) -> Result<BankAccount, StoreError> {
        let subject: SubjectId = row.parsed(2)?;
        let key = self.existing_key(&subject).await?;
        let body: Body = key.open(BODY, &Sealed::from_bytes(row.bytes(5)?.to_vec()))?;
        Ok(BankAccount {
            id: row.parsed(0)?,
            client: row.parsed(1)?,
            subject,
            bank: row.parsed(3)?,
            currency: row.parsed(4)?,
            number: body.number,
            mandate: body.mandate,
            created_at: row.moment(6)?,
            ended_at: row.moment_or_none(7)?,
        })
    }
}
