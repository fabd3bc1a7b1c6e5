//! A circuit breaker: after several failures of the other side in a row the
//! binding's calls are refused for a while, then one call probes. A plugin's own
//! faults do not count: they cost nobody but itself.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::call::CallError;

/// When a binding is switched off, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Failures in a row after which it opens.
    pub failures: u32,
    /// How long it stays open before a call may probe.
    pub open_ms: u32,
}

impl Default for BreakerSettings {
    /// Twenty failures in a row; five seconds.
    fn default() -> Self {
        Self {
            failures: 20,
            open_ms: 5_000,
        }
    }
}

/// What a breaker lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything.
    Closed,
    /// Nothing.
    Open,
    /// One call at a time, until one succeeds.
    HalfOpen,
}

/// How the other side behaved in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherSide {
    /// It answered.
    Answered,
    /// It could not be reached, broke off, hung or answered 5xx.
    Failed,
    /// It was not asked.
    NotAsked,
}

/// The breaker of one binding.
#[derive(Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    opened: u32,
    open_until: Option<Instant>,
    probing: bool,
}

/// Leave to call; says afterwards how the other side behaved.
#[derive(Debug)]
pub(crate) struct Leave<'a> {
    breaker: &'a Breaker,
    probe: Probe,
    ended: Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    Yes,
    No,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Yes,
    No,
}

impl Breaker {
    pub(crate) fn new(settings: BreakerSettings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
        }
    }

    /// What it lets through now.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        let state = self.lock();
        match state.open_until {
            None => BreakerState::Closed,
            Some(until) if Instant::now() < until => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// How often it has opened.
    #[must_use]
    pub fn opened(&self) -> u32 {
        self.lock().opened
    }

    pub(crate) fn enter(&self, now: Instant) -> Result<Leave<'_>, CallError> {
        let mut state = self.lock();
        let probe = match state.open_until {
            None => Probe::No,
            Some(until) if now >= until && !state.probing => {
                state.probing = true;
                Probe::Yes
            }
            Some(until) => {
                let rest = until.saturating_duration_since(now).as_millis();
                let retry_after_ms = u64::try_from(rest).unwrap_or(u64::MAX).max(1);
                return Err(CallError::CircuitOpen { retry_after_ms });
            }
        };
        Ok(Leave {
            breaker: self,
            probe,
            ended: Ended::No,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, probe: Probe, other_side: OtherSide, now: Instant) {
        let mut state = self.lock();
        if probe == Probe::Yes {
            state.probing = false;
        }
        match other_side {
            OtherSide::NotAsked => {}
            OtherSide::Answered => {
                state.failures = 0;
                // A straggler from before the opening proves nothing.
                if probe == Probe::Yes {
                    state.open_until = None;
                }
            }
            OtherSide::Failed => {
                state.failures = state.failures.saturating_add(1);
                let closed = state.open_until.is_none();
                if probe == Probe::Yes || (closed && state.failures >= self.settings.failures) {
                    state.opened = state.opened.saturating_add(1);
                    state.open_until =
                        Some(now + Duration::from_millis(self.settings.open_ms.into()));
                }
            }
        }
    }
}

impl Leave<'_> {
    pub(crate) fn end(mut self, other_side: OtherSide, now: Instant) {
        self.ended = Ended::Yes;
        self.breaker.settle(self.probe, other_side, now);
    }
}

impl Drop for Leave<'_> {
    /// A cancelled probe gives its turn to the next call.
    fn drop(&mut self) {
        if self.ended == Ended::No {
            self.breaker
                .settle(self.probe, OtherSide::NotAsked, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: BreakerSettings = BreakerSettings {
        failures: 2,
        open_ms: 1_000,
    };

    fn opened(breaker: &Breaker, now: Instant) {
        for _ in 0..2 {
            breaker.enter(now).unwrap().end(OtherSide::Failed, now);
        }
    }

    #[test]
    fn opens_after_failures_in_a_row_only() {
        let (breaker, now) = (Breaker::new(SETTINGS), Instant::now());
        breaker.enter(now).unwrap().end(OtherSide::Failed, now);
        breaker.enter(now).unwrap().end(OtherSide::Answered, now);
        breaker.enter(now).unwrap().end(OtherSide::Failed, now);
        assert_eq!(breaker.state(), BreakerState::Closed);
        breaker.enter(now).unwrap().end(OtherSide::NotAsked, now);
        breaker.enter(now).unwrap().end(OtherSide::Failed, now);
        let refused = breaker.enter(now).map(drop);
        assert_eq!(
            refused,
            Err(CallError::CircuitOpen {
                retry_after_ms: 1_000
            })
        );
    }

    #[test]
    fn one_probe_at_a_time_closes_or_opens_again() {
        let (breaker, now) = (Breaker::new(SETTINGS), Instant::now());
        opened(&breaker, now);
        let later = now + Duration::from_millis(1_001);
        let probe = breaker.enter(later).unwrap();
        assert!(breaker.enter(later).is_err(), "a second probe");
        probe.end(OtherSide::Failed, later);
        assert!(breaker.enter(later).is_err(), "open again");
        let much_later = later + Duration::from_millis(1_001);
        breaker
            .enter(much_later)
            .unwrap()
            .end(OtherSide::Answered, much_later);
        assert!(breaker.enter(much_later).is_ok());
        assert_eq!(breaker.opened(), 2);
    }

    #[test]
    fn a_cancelled_probe_gives_its_turn_away() {
        let (breaker, now) = (Breaker::new(SETTINGS), Instant::now());
        opened(&breaker, now);
        let later = now + Duration::from_millis(1_001);
        drop(breaker.enter(later).unwrap());
        assert!(breaker.enter(later).is_ok());
    }
}
