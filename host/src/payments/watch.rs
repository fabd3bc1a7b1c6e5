//! How long ago an attempt ended, by a clock that nobody sets. A biller's "not
//! found" proves something only a while after the last byte can have left; a
//! clock that jumps, another node's that was wrong, or a call that took long must
//! not shorten it. Forgetting is harmless: the delay begins anew.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use guichet_domain::id::RecordId;

use super::Payments;

/// Payments that are watched at a time.
const MOST: usize = 16_384;

/// When which attempt has ended for certain, in this node's steady milliseconds.
#[derive(Default)]
pub(super) struct Watches(Mutex<BTreeMap<RecordId, (u32, i64)>>);

impl Watches {
    /// This node's own attempt has ended.
    pub(super) fn ended(&self, payment: &RecordId, attempt: u32, steady_ms: i64) {
        self.watches(payment)
            .insert(payment.clone(), (attempt, steady_ms));
    }

    /// Milliseconds since the attempt ended; below zero while it may go on. One
    /// that this node has not made itself may go on for `longest_ms` after it was
    /// first seen.
    pub(super) fn waited_ms(
        &self,
        payment: &RecordId,
        attempt: u32,
        steady_ms: i64,
        longest_ms: i64,
    ) -> i64 {
        let seen = (attempt, steady_ms.saturating_add(longest_ms));
        let mut watches = self.watches(payment);
        let watch = watches.entry(payment.clone()).or_insert(seen);
        if watch.0 != attempt {
            *watch = seen;
        }
        steady_ms - watch.1
    }

    fn watches(&self, payment: &RecordId) -> MutexGuard<'_, BTreeMap<RecordId, (u32, i64)>> {
        let mut watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if watches.len() >= MOST && !watches.contains_key(payment) {
            watches.clear();
        }
        watches
    }

    /// The payment needs no watching any more.
    pub(super) fn forget(&self, payment: &RecordId) {
        let mut watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watches.remove(payment);
    }
}

impl Payments {
    /// How long ago an attempt ended; below zero while it may go on elsewhere.
    pub(super) fn waited_ms(&self, record: &RecordId, attempt: u32) -> i64 {
        let steady_ms = self.ports.clock.steady_ms();
        let longest_ms = self.settings.foreign_call_ms;
        self.watches
            .waited_ms(record, attempt, steady_ms, longest_ms)
    }

    /// From now on a "not found" about this attempt ripens.
    pub(super) fn attempt_ended(&self, record: &RecordId, attempt: u32) {
        let steady_ms = self.ports.clock.steady_ms();
        self.watches.ended(record, attempt, steady_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_has_its_own_wait() {
        let watches = Watches::default();
        let payment: RecordId = "pay_01k2m3n4p5q6r7s8t9v0w1x2y3".parse().unwrap();
        let waited = |attempt, now| watches.waited_ms(&payment, attempt, now, 500);
        assert_eq!(waited(1, 1_000), -500, "another node may still be at it");
        assert_eq!(waited(1, 4_000), 2_500);
        watches.ended(&payment, 2, 5_000);
        assert_eq!(waited(2, 5_100), 100);
        watches.forget(&payment);
        assert_eq!(waited(2, 9_000), -500);
    }

    #[test]
    fn when_there_are_too_many_all_but_the_known_begin_anew() {
        let watches = Watches::default();
        let payment = |number: u64| RecordId::from_parts("pay", number, [0; 10]);
        let most = u64::try_from(MOST).unwrap();
        for number in 0..most {
            watches.ended(&payment(number), 1, 1_000);
        }
        let waited = |number| watches.waited_ms(&payment(number), 1, 1_700, 500);
        assert_eq!((waited(0), waited(most - 1)), (700, 700));
        assert_eq!(waited(most), -500, "one too many");
        assert_eq!(waited(0), -500, "forgotten");
    }
}
