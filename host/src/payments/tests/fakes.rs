//! Billers and banks that keep logs of what they really did, and misbehave on
//! order. They know nothing of the room.

pub(super) mod bank;
pub(super) mod biller;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use guichet_domain::Moment;

use crate::ports::Clock;

/// A clock that stands until it is moved.
pub(super) struct TestClock(pub(super) AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::SeqCst))
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

/// Effects that are still on their way.
pub(super) struct Late<T> {
    clock: Arc<TestClock>,
    waiting: Vec<(Moment, T)>,
}

impl<T> Late<T> {
    pub(super) const fn new(clock: Arc<TestClock>) -> Self {
        Self {
            clock,
            waiting: Vec::new(),
        }
    }

    pub(super) fn put(&mut self, milliseconds: i64, effect: T) {
        let due = self.clock.now().plus_ms(milliseconds);
        self.waiting.push((due, effect));
    }

    /// What has arrived by now.
    pub(super) fn arrived(&mut self) -> Vec<T> {
        let now = self.clock.now();
        let (arrived, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|(due, _)| *due <= now);
        self.waiting = waiting;
        let arrived: Vec<(Moment, T)> = arrived;
        arrived.into_iter().map(|(_, effect)| effect).collect()
    }
}
