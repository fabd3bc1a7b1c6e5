//! What clients ask of their payers: authorisation, a second person, a limit a
//! day. Read with every payment, so kept in two narrow tables.

use guichet_domain::id::{AccountId, ClientId};

use super::{RecordEvent, Statement, Store, StoreError};
use crate::terms::{AuthorisationRule, PayerPolicy, SecondPersonRule};

impl Store {
    /// The policy for a client's payments from an account.
    pub async fn payer_policy(
        &self,
        client: &ClientId,
        account: &AccountId,
    ) -> Result<PayerPolicy, StoreError> {
        let rows = self
            .fetch(
                "select c.authorise_above, c.payer_per_day, a.second_person \
                 from (select $1 as client, $2 as account) as wanted \
                 left join client_policies as c on c.client = wanted.client \
                 left join account_policies as a on a.account = wanted.account",
                &[client.as_str().into(), account.as_str().into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(PayerPolicy::default());
        };
        let authorisation = match row.int_or_none(0)? {
            None => AuthorisationRule::Never,
            Some(0) => AuthorisationRule::Always,
            Some(above) => AuthorisationRule::Above(above),
        };
        Ok(PayerPolicy {
            authorisation,
            payer_per_day: row.int_or_none(1)?,
            second_person: match row.int_or_none(2)? {
                Some(1) => SecondPersonRule::Needed,
                Some(_) | None => SecondPersonRule::NotNeeded,
            },
        })
    }

    /// Whether any policy was set.
    pub async fn has_policies(&self) -> Result<bool, StoreError> {
        let rows = self
            .fetch(
                "select 1 where exists (select 1 from client_policies) \
                 or exists (select 1 from account_policies)",
                &[],
            )
            .await?;
        Ok(!rows.is_empty())
    }

    /// Sets what holds for all payments of a client, with the event that tells of it.
    pub async fn put_client_policy(
        &self,
        client: &ClientId,
        authorisation: AuthorisationRule,
        payer_per_day: Option<i64>,
        event: RecordEvent,
    ) -> Result<(), StoreError> {
        let above: Option<i64> = match authorisation {
            AuthorisationRule::Never => None,
            AuthorisationRule::Always => Some(0),
            AuthorisationRule::Above(above) => Some(above.max(1)),
        };
        let put = Statement::new(
            "insert into client_policies (client, authorise_above, payer_per_day, updated_at) \
             values ($1, $2, $3, $4) on conflict (client) do update set \
             authorise_above = excluded.authorise_above, \
             payer_per_day = excluded.payer_per_day, updated_at = excluded.updated_at \
             returning client",
            vec![
                client.as_str().into(),
                above.into(),
                payer_per_day.into(),
                event.at.into(),
            ],
        );
        self.write_recorded(vec![put], event).await.map(drop)
    }

    /// Sets whether payments from an account need a second person, with the event
    /// that tells of it.
    pub async fn put_account_policy(
        &self,
        account: &AccountId,
        rule: SecondPersonRule,
        event: RecordEvent,
    ) -> Result<(), StoreError> {
        let needed: i64 = match rule {
            SecondPersonRule::Needed => 1,
            SecondPersonRule::NotNeeded => 0,
        };
        let put = Statement::new(
            "insert into account_policies (account, second_person, updated_at) \
             values ($1, $2, $3) on conflict (account) do update set \
             second_person = excluded.second_person, updated_at = excluded.updated_at \
             returning account",
            vec![account.as_str().into(), needed.into(), event.at.into()],
        );
        self.write_recorded(vec![put], event).await.map(drop)
    }
}
