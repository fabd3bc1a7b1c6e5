//! Wakes those who wait for a payment. Waiters are spread over a fixed number
//! of bells; one that rings for another payment only costs a look. Who follows
//! all payments of a client gets each change as it is made on this node.

use std::sync::Arc;

use guichet_domain::id::{ClientId, RecordId};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, broadcast};

use super::view::PaymentView;
use crate::store::PaymentRow;

const BELLS: usize = 256;
/// Changes that a follower may be behind; one that is slower misses some, is
/// told so, and reads the payments again.
const BEHIND: usize = 1_024;

/// A payment that has changed.
#[derive(Debug, Clone)]
pub struct Change {
    /// Whose client's payment.
    pub client: ClientId,
    /// As it is now.
    pub payment: Arc<PaymentView>,
}

/// The bells.
pub(super) struct Bus {
    bells: Vec<Notify>,
    changes: broadcast::Sender<Change>,
}

impl Bus {
    pub(super) fn new() -> Self {
        let (changes, _) = broadcast::channel(BEHIND);
        Self {
            bells: std::iter::repeat_with(Notify::new).take(BELLS).collect(),
            changes,
        }
    }

    /// All changes from now on.
    pub(super) fn follow(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Resolves at the next ring. Ask for it before reading the payment, so
    /// that no change slips through between.
    pub(super) fn next_ring(&self, payment: &RecordId) -> Notified<'_> {
        self.bell(payment).notified()
    }

    /// Tells followers of every change, and those who wait of what they wait for.
    pub(super) fn ring(&self, row: &PaymentRow) {
        let view = PaymentView::of(row);
        if view.is_awaited() {
            self.bell(&row.id).notify_waiters();
        }
        let _nobody_follows = self.changes.send(Change {
            client: row.client.clone(),
            payment: Arc::new(view),
        });
    }

    fn bell(&self, payment: &RecordId) -> &Notify {
        // The end of an id is random.
        let sum = payment
            .as_str()
            .bytes()
            .rev()
            .take(4)
            .fold(0_usize, |sum, byte| {
                sum.wrapping_mul(31).wrapping_add(usize::from(byte))
            });
        &self.bells[sum % BELLS]
    }
}
