//! Wakes those who wait for a payment. Waiters are spread over a fixed number
//! of bells; one that rings for another payment only costs a look.

use guichet_domain::id::RecordId;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

const BELLS: usize = 256;

/// The bells.
pub(super) struct Bus {
    bells: Vec<Notify>,
}

impl Bus {
    pub(super) fn new() -> Self {
        Self { bells: std::iter::repeat_with(Notify::new).take(BELLS).collect() }
    }

    /// Resolves at the next ring. Ask for it before reading the payment, so
    /// that no change slips through between.
    pub(super) fn next_ring(&self, payment: &RecordId) -> Notified<'_> {
        self.bell(payment).notified()
    }

    pub(super) fn ring(&self, payment: &RecordId) {
        self.bell(payment).notify_waiters();
    }

    fn bell(&self, payment: &RecordId) -> &Notify {
        // The end of an id is random.
        let sum = payment
            .as_str()
            .bytes()
            .rev()
            .take(4)
            .fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        &self.bells[sum % BELLS]
    }
}
