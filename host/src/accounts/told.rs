//! What the audit log is told of accounts: money that comes in from outside, and
//! what the operator's people set. What is said is a digest; names of persons stand
//! in it, and nowhere in the open.

use guichet_domain::id::{AccountId, ClientId, PersonId, RecordId, TransferId};
use guichet_domain::{Moment, Money};
use serde_json::{Value, json};

use crate::canonical::{canonical_digest, sha256};
use crate::store::RecordEvent;
use crate::terms::price::PriceList;

fn event(record: RecordId, event: &str, content: &Value, at: Moment) -> RecordEvent {
    RecordEvent {
        record,
        event: event.to_owned(),
        state: "open".to_owned(),
        content: Some(canonical_digest(content)),
        at,
    }
}

/// Money was paid in.
pub(super) fn paid_in(
    account: &AccountId,
    amount: Money,
    transfer: &TransferId,
    at: Moment,
) -> RecordEvent {
    let content = json!({"account": account, "amount": amount, "transfer": transfer});
    event(record_of(account), "paid_in", &content, at)
}

/// An account may live on so much credit.
pub(super) fn limit_set(
    account: &AccountId,
    limit: Money,
    person: &PersonId,
    at: Moment,
) -> RecordEvent {
    let content = json!({"account": account, "limit": limit, "person": person});
    event(record_of(account), "credit_limit_set", &content, at)
}

/// A client has new prices.
pub(super) fn prices_set(
    client: &ClientId,
    list: &PriceList,
    person: &PersonId,
    at: Moment,
) -> RecordEvent {
    let content = json!({"client": client, "prices": list, "person": person});
    event(named("prc", client.as_str()), "prices_set", &content, at)
}

/// Payments of a client, or from an account, have other rules.
pub(super) fn policy_set(of: &str, rules: &Value, person: &PersonId, at: Moment) -> RecordEvent {
    let content = json!({"of": of, "rules": rules, "person": person});
    event(named("pol", of), "policy_set", &content, at)
}

/// An account that has a name instead of an id is told of by the name's digest.
fn record_of(account: &AccountId) -> RecordId {
    let own = account.as_str().parse();
    own.unwrap_or_else(|_| named("acc", account.as_str()))
}

/// The record of something that has a name: always the same one.
fn named(prefix: &str, name: &str) -> RecordId {
    let digest = sha256(&[name.as_bytes()]);
    let (random, _) = digest.as_bytes().split_at(10);
    let random = random.try_into().expect("ten bytes were split off");
    RecordId::from_parts(prefix, 0, random)
}
