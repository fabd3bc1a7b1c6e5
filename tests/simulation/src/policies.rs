//! What payers have to agree to: the first client has them authorise what is dear,
//! and one of its accounts is a firm's.

use futures::future::BoxFuture;
use guichet::payments::ports::PolicyPort;
use guichet::store::StoreError;
use guichet::terms::payer::ActionKind;
use guichet::terms::{AuthorisationRule, PayerPolicy, SecondPersonRule};
use guichet_domain::id::{AccountId, ClientId};

use crate::prices;

/// What costs more than this, with the payer's fee, is dear.
const DEAR: i64 = 300;
const FIRM: &str = "acc_payer-2";

/// The policies never change.
pub(crate) struct Policies;

impl PolicyPort for Policies {
    fn policy<'a>(
        &'a self,
        client: &'a ClientId,
        account: &'a AccountId,
    ) -> BoxFuture<'a, Result<PayerPolicy, StoreError>> {
        let authorisation = if *client == prices::client(0) {
            AuthorisationRule::Above(DEAR)
        } else {
            AuthorisationRule::Never
        };
        let second_person = if account.as_str() == FIRM {
            SecondPersonRule::Needed
        } else {
            SecondPersonRule::NotNeeded
        };
        let policy = PayerPolicy {
            authorisation,
            second_person,
            payer_per_day: None,
        };
        Box::pin(async move { Ok(policy) })
    }
}

/// What has to be agreed to, worked out by hand.
pub(crate) fn required(client: &ClientId, account: &AccountId, taken: i64) -> Vec<ActionKind> {
    let mut required = Vec::new();
    if *client == prices::client(0) && taken > DEAR {
        required.push(ActionKind::PayerAuthorisation);
    }
    if account.as_str() == FIRM {
        required.push(ActionKind::SecondPerson);
    }
    required
}
