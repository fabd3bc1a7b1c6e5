//! What the audit log is told of accounts: money that comes in from outside.

use guichet_domain::id::{AccountId, RecordId, TransferId};
use guichet_domain::{Moment, Money};
use serde_json::json;

use crate::payments::canonical::{canonical_digest, sha256};
use crate::store::RecordEvent;

/// Money was paid in.
pub(super) fn paid_in(
    account: &AccountId,
    amount: Money,
    transfer: &TransferId,
    at: Moment,
) -> RecordEvent {
    RecordEvent {
        record: record_of(account),
        event: "paid_in".to_owned(),
        state: "open".to_owned(),
        content: Some(canonical_digest(&json!({
            "account": account,
            "amount": amount,
            "transfer": transfer,
        }))),
        at,
    }
}

/// An account that has a name instead of an id is told of by the name's digest.
fn record_of(account: &AccountId) -> RecordId {
    account.as_str().parse().unwrap_or_else(|_| {
        let digest = sha256(&[account.as_str().as_bytes()]);
        let (random, _) = digest.as_bytes().split_at(10);
        let random = random.try_into().expect("ten bytes were split off");
        RecordId::from_parts("acc", 0, random)
    })
}
