//! What the operator's officers set for payers: when they authorise payments, how
//! much they may pay a day, and whose payments need a second person. Keeping to it
//! is the payment room's.

use guichet_domain::id::{AccountId, PersonId};
use serde_json::json;

use super::clients::ByOperator;
use super::told::policy_set;
use super::{AccountError, Accounts};
use crate::terms::{AuthorisationRule, SecondPersonRule};

impl Accounts {
    /// Sets what holds for all payments of a client. Whoever set it stands in the
    /// audit log, in the same commit.
    pub async fn set_client_policy(
        &self,
        by: &ByOperator,
        authorisation: AuthorisationRule,
        payer_per_day: Option<i64>,
    ) -> Result<(), AccountError> {
        let above = match authorisation {
            AuthorisationRule::Never => None,
            AuthorisationRule::Always => Some(0),
            AuthorisationRule::Above(above) => Some(above),
        };
        let rules = json!({"authorise_above": above, "payer_per_day": payer_per_day});
        let of = format!("client:{}", by.client);
        let told = policy_set(&of, &rules, &by.person, self.ports.now());
        let put = self
            .store
            .put_client_policy(&by.client, authorisation, payer_per_day, told);
        Ok(put.await?)
    }

    /// Sets whether payments from an account need a second person; told in the same
    /// commit.
    pub async fn set_account_policy(
        &self,
        person: &PersonId,
        account: &AccountId,
        rule: SecondPersonRule,
    ) -> Result<(), AccountError> {
        let word = match rule {
            SecondPersonRule::Needed => "needed",
            SecondPersonRule::NotNeeded => "not_needed",
        };
        let rules = json!({"second_person": word});
        let of = format!("account:{account}");
        let told = policy_set(&of, &rules, person, self.ports.now());
        Ok(self.store.put_account_policy(account, rule, told).await?)
    }
}
