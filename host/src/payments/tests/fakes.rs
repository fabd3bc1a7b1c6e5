//! Billers and banks that keep logs of what they really did, and misbehave on
//! order. They know nothing of the room.

pub(super) mod bank;
pub(super) mod biller;
pub(super) mod hasty;
pub(super) mod ports;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use guichet_domain::Moment;

use crate::ports::Clock;

/// A clock that stands until it is moved; it can be set wrong, too.
pub(super) struct TestClock {
    wall_us: AtomicI64,
    steady_ms: AtomicI64,
}

impl TestClock {
    pub(super) const fn new(start: Moment) -> Self {
        Self {
            wall_us: AtomicI64::new(start.micros()),
            steady_ms: AtomicI64::new(0),
        }
    }

    /// Time passes.
    pub(super) fn pass(&self, milliseconds: i64) {
        self.jump(milliseconds);
        self.steady_ms.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// Somebody sets the clock; no time passes.
    pub(super) fn jump(&self, milliseconds: i64) {
        self.wall_us
            .fetch_add(milliseconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.wall_us.load(Ordering::SeqCst))
    }

    fn steady_ms(&self) -> i64 {
        self.steady_ms.load(Ordering::SeqCst)
    }
}

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing: it has its effect and is answered.
    None,
    /// No effect, and the answer is lost: reset before, a trap, no memory left.
    LostBefore,
    /// The effect, and the answer is lost: reset after, 500 after success, half a
    /// body, garbage, a deadline.
    LostAfter,
    /// No effect and no answer for ever: the worker is killed in the call.
    HangBefore,
    /// The effect and no answer for ever.
    HangAfter,
    /// The answer is lost, and the effect comes so many milliseconds later.
    Late(i64),
    /// A definite no.
    Refuse,
}

/// Effects that are still on their way. They take their time, whatever a clock
/// says.
pub(super) struct Late<T> {
    clock: Arc<TestClock>,
    waiting: Vec<(i64, T)>,
}

impl<T> Late<T> {
    pub(super) const fn new(clock: Arc<TestClock>) -> Self {
        Self {
            clock,
            waiting: Vec::new(),
        }
    }

    pub(super) fn put(&mut self, milliseconds: i64, effect: T) {
        let due = self.clock.steady_ms() + milliseconds;
        self.waiting.push((due, effect));
    }

    /// What has arrived by now.
    pub(super) fn arrived(&mut self) -> Vec<T> {
        let now = self.clock.steady_ms();
        let (arrived, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(due, _)| *due <= now);
        self.waiting = waiting;
        let arrived: Vec<(i64, T)> = arrived;
        arrived.into_iter().map(|(_, effect)| effect).collect()
    }
}
