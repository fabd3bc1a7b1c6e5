//! Counts of one binding's calls, read by metrics and the cockpit.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::call::{CallError, Report};

/// Counts since the binding was made.
#[derive(Debug, Default)]
pub struct Figures {
    answered: AtomicU64,
    refused: AtomicU64,
    interrupted: AtomicU64,
    faulty: AtomicU64,
    elapsed_us: AtomicU64,
    fuel: AtomicU64,
}

/// A reading of the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FiguresReading {
    /// Calls with an answer.
    pub answered: u64,
    /// Calls that did not run: busy, circuit open.
    pub refused: u64,
    /// Calls that the host stopped: deadline, shutdown.
    pub interrupted: u64,
    /// Calls that ended by the plugin's own fault: trap, limits, contract.
    pub faulty: u64,
    /// Wall-clock time of all calls.
    pub elapsed_us: u64,
    /// Fuel of all calls.
    pub fuel: u64,
}

impl Figures {
    /// Reads the counts; they may be a call apart from each other.
    #[must_use]
    pub fn read(&self) -> FiguresReading {
        FiguresReading {
            answered: self.answered.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            interrupted: self.interrupted.load(Ordering::Relaxed),
            faulty: self.faulty.load(Ordering::Relaxed),
            elapsed_us: self.elapsed_us.load(Ordering::Relaxed),
            fuel: self.fuel.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn count(&self, report: &Report) {
        self.counter(report.result.as_ref().err())
            .fetch_add(1, Ordering::Relaxed);
        let elapsed_us = u64::try_from(report.elapsed.as_micros()).unwrap_or(u64::MAX);
        self.elapsed_us.fetch_add(elapsed_us, Ordering::Relaxed);
        self.fuel.fetch_add(report.fuel_used, Ordering::Relaxed);
    }

    fn counter(&self, error: Option<&CallError>) -> &AtomicU64 {
        match error {
            None => &self.answered,
            Some(error) if error.never_ran() => &self.refused,
            Some(error) if error.is_interruption() => &self.interrupted,
            Some(_) => &self.faulty,
        }
    }
}
