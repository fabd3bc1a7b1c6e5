//! The audit log. Every state change of a payment leaves one leaf in its own
//! transaction; leaves have no position until a sequencer gives them one. This
//! room proves that the leaves agree with the history they were made from.

use guichet_domain::id::RecordId;

use crate::store::{Store, StoreError};

/// Whether a payment's history and its leaves agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Leaf by leaf.
    Agrees,
    /// An event or a leaf was changed, added or removed.
    Differs,
}

/// Compares a payment's history with its leaves.
pub async fn compare(store: &Store, payment: &RecordId) -> Result<Agreement, StoreError> {
    let events = store.payment_events(payment).await?;
    let leaves = store.leaves_of(payment.as_str()).await?;
    let agrees = events.len() == leaves.len()
        && events.iter().zip(&leaves).all(|(event, leaf)| {
            leaf.digest
                == crate::store::event_digest(payment, event)
                    .as_bytes()
                    .as_slice()
        });
    Ok(if agrees {
        Agreement::Agrees
    } else {
        Agreement::Differs
    })
}
