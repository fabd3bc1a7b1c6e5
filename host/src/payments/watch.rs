//! How long this node has been waiting for the end of an attempt, by a clock
//! that nobody sets. A biller's "not found" proves something only after a delay;
//! a clock that jumps, or another node's that was wrong, must not shorten it.
//! Forgetting is harmless: the delay begins anew.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use guichet_domain::id::RecordId;

/// Payments that are watched at a time.
const MOST: usize = 16_384;

/// When this node first knew of which attempt, in its own steady milliseconds.
#[derive(Default)]
pub(super) struct Watches(Mutex<BTreeMap<RecordId, (u32, i64)>>);

impl Watches {
    /// Milliseconds since this node began the attempt, or first saw it.
    pub(super) fn waited_ms(&self, payment: &RecordId, attempt: u32, steady_ms: i64) -> i64 {
        let mut watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if watches.len() >= MOST && !watches.contains_key(payment) {
            watches.clear();
        }
        let watch = watches
            .entry(payment.clone())
            .or_insert((attempt, steady_ms));
        if watch.0 != attempt {
            *watch = (attempt, steady_ms);
        }
        steady_ms - watch.1
    }

    /// The payment needs no watching any more.
    pub(super) fn forget(&self, payment: &RecordId) {
        let mut watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watches.remove(payment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_has_its_own_wait() {
        let watches = Watches::default();
        let payment: RecordId = "pay_01k2m3n4p5q6r7s8t9v0w1x2y3".parse().unwrap();
        assert_eq!(watches.waited_ms(&payment, 1, 1_000), 0);
        assert_eq!(watches.waited_ms(&payment, 1, 4_000), 3_000);
        assert_eq!(watches.waited_ms(&payment, 2, 5_000), 0);
        watches.forget(&payment);
        assert_eq!(watches.waited_ms(&payment, 2, 9_000), 0);
    }
}
