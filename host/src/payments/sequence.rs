//! Payment numbers of at most 18 decimal digits, unique for ever: the
//! millisecond, the node's slot, and a count within. Taken from the clock, they
//! do not repeat even when an old backup is restored. They grow while the clock
//! stands or steps back.

use std::sync::atomic::{AtomicU64, Ordering};

use guichet_domain::Moment;

/// Numbers within one millisecond and slot.
const COUNT: u64 = 1_000;
/// Slots.
const SLOTS: u64 = 100;

/// The slot of the node that gave the number.
pub(super) fn slot_of(number: u64) -> u8 {
    u8::try_from(number / COUNT % SLOTS).unwrap_or_default()
}

/// Gives numbers.
pub(super) struct Sequencer {
    slot: u64,
    /// Millisecond and count, without the slot, of the last number.
    last: AtomicU64,
}

impl Sequencer {
    pub(super) const fn new(slot: u8) -> Self {
        Self {
            slot: slot as u64 % SLOTS,
            last: AtomicU64::new(0),
        }
    }

    pub(super) fn next(&self, now: Moment) -> u64 {
        let clock = u64::try_from(now.micros() / 1_000).unwrap_or(0) * COUNT;
        let step = |last: u64| Some(clock.max(last + 1));
        let before = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, step)
            .unwrap_or_else(|last| last);
        let given = clock.max(before + 1);
        (given / COUNT * SLOTS + self.slot) * COUNT + given % COUNT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_even_when_the_clock_steps_back_and_have_18_digits() {
        let sequencer = Sequencer::new(99);
        let now: Moment = "2026-11-21T00:00:00Z".parse().unwrap();
        let mut last = sequencer.next(now);
        for step in 0..5_000 {
            let number = sequencer.next(now.plus_ms(-step));
            assert!(number > last);
            last = number;
        }
        assert_eq!(last.to_string().len(), 18);
        assert_eq!(slot_of(last), 99);
        let far: Moment = "2200-01-01T00:00:00Z".parse().unwrap();
        assert!(sequencer.next(far) < 1_000_000_000_000_000_000);
        assert_ne!(Sequencer::new(1).next(now), Sequencer::new(2).next(now));
        assert_eq!(slot_of(Sequencer::new(7).next(now)), 7);
    }

    #[test]
    fn a_number_is_the_millisecond_the_slot_and_a_count() {
        let sequencer = Sequencer::new(7);
        let now: Moment = "2026-11-21T00:00:00Z".parse().unwrap();
        let unix_ms = u64::try_from(now.micros() / 1_000).unwrap();
        let number = |ms: u64, count: u64| (ms * 100 + 7) * 1_000 + count;
        for count in 0..1_000 {
            assert_eq!(sequencer.next(now), number(unix_ms, count));
        }
        assert_eq!(sequencer.next(now), number(unix_ms + 1, 0));
    }
}
