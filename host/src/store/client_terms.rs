//! What the operator has agreed with clients: prices and credit limits, and who
//! did what to their accounts. Prices and acts are only ever added.

use guichet_domain::id::{AccountId, ClientId, PersonId, RecordId};
use guichet_domain::{Moment, Money};

use super::writer::SET_CREDIT_LIMIT;
use super::{RecordEvent, Statement, Store, StoreError, Value};
use crate::terms::price::PriceList;

/// What somebody did to a client's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAct {
    /// Begins with `act_`.
    pub id: RecordId,
    /// To whose.
    pub client: ClientId,
    /// `top-up` or `credit-limit`.
    pub act: &'static str,
    /// How much.
    pub amount: Money,
    /// Of a top-up.
    pub reference: String,
    /// Who did it.
    pub person: PersonId,
    /// When.
    pub at: Moment,
}

/// Where an account's chain of transfers begins, and what was booked up to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountHead {
    /// Credits less debits, reservations left out.
    pub posted: i64,
    /// The newest transfer's position; zero where there is none.
    pub last: i64,
}

impl ClientAct {
    /// The act's row.
    pub(super) fn insert(&self) -> Statement {
        Statement::new(
            "insert into client_acts (id, client, act, amount, currency, reference, person, at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            self.values(),
        )
    }

    /// The act's row, where the account has that limit now.
    fn insert_for_limit(&self, account: &AccountId) -> Statement {
        let mut values = self.values();
        values.push(account.as_str().into());
        Statement::new(
            "insert into client_acts (id, client, act, amount, currency, reference, person, at) \
             select $1, $2, $3, $4, $5, $6, $7, $8 from accounts as a \
             join balances as b on b.account = a.number \
             where a.id = $9 and b.credit_limit = $4",
            values,
        )
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.as_str().into(),
            self.client.as_str().into(),
            self.act.into(),
            self.amount.minor_units().into(),
            self.amount.currency().as_str().into(),
            self.reference.as_str().into(),
            self.person.as_str().into(),
            self.at.into(),
        ]
    }
}

impl Store {
    /// What stands on an account and by which transfer, read at once: a page of
    /// its entries that is read later begins exactly there.
    pub async fn account_head(&self, id: &AccountId) -> Result<Option<AccountHead>, StoreError> {
        let rows = self
            .fetch(
                "select b.credits_posted - b.debits_posted, b.last_transfer from accounts as a \
                 join balances as b on b.account = a.number where a.id = $1",
                &[id.as_str().into()],
            )
            .await?;
        let read = |row: &super::Row| {
            Ok(AccountHead {
                posted: row.int(0)?,
                last: row.int(1)?,
            })
        };
        rows.first().map(read).transpose()
    }

    /// Sets how far an account may live on credit, with the act and the event that
    /// tell of it; false where it has used more already, or where there is no such
    /// account.
    pub async fn set_credit_limit(
        &self,
        id: &AccountId,
        act: &ClientAct,
        event: RecordEvent,
    ) -> Result<bool, StoreError> {
        let limit = act.amount.minor_units();
        let set = Statement::new(SET_CREDIT_LIMIT, vec![id.as_str().into(), limit.into()]);
        let rows = self
            .write_recorded(vec![set, act.insert_for_limit(id)], event)
            .await?;
        Ok(rows.first().is_some_and(|rows| !rows.is_empty()))
    }

    /// Gives a client new prices from the event's moment on.
    pub async fn put_client_prices(
        &self,
        client: &ClientId,
        list: &PriceList,
        person: &PersonId,
        event: RecordEvent,
    ) -> Result<(), StoreError> {
        let body = serde_json::to_string(list).expect("a price list is plain JSON");
        let put = Statement::new(
            "insert into client_prices (client, valid_from, body, person) \
             values ($1, $2, $3, $4) on conflict (client, valid_from) do update \
             set body = excluded.body, person = excluded.person returning client",
            vec![
                client.as_str().into(),
                event.at.into(),
                body.into(),
                person.as_str().into(),
            ],
        );
        self.write_recorded(vec![put], event).await.map(drop)
    }

    /// The prices that a client had at a moment.
    pub async fn client_prices(
        &self,
        client: &ClientId,
        at: Moment,
    ) -> Result<Option<PriceList>, StoreError> {
        let rows = self
            .fetch(
                "select body from client_prices where client = $1 and valid_from <= $2 \
                 order by valid_from desc limit 1",
                &[client.as_str().into(), at.into()],
            )
            .await?;
        rows.first()
            .map(|row| serde_json::from_str(row.text(0)?).map_err(|_| StoreError::Shape(0)))
            .transpose()
    }
}
