//! How a release fares on this node, counted while it is called.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use guichet_sandbox::contract::types::Failure;
use guichet_sandbox::{Answer, CallError, Report};

/// Counts since they were last taken.
#[derive(Debug, Default)]
pub struct Figures {
    calls: AtomicI64,
    faults: AtomicI64,
    busy_us: AtomicI64,
}

/// How a call ended, as far as the release is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// Not at all.
    None,
    /// A trap, a limit, an answer against the contract, or none.
    Release,
}

impl Blame {
    /// A call that was refused a place says nothing of the release; one that was
    /// stopped at its deadline does, and so does an answer that there is none.
    pub fn of(report: &Report) -> Self {
        let failed =
            |failure: &Failure| matches!(failure, Failure::Unavailable(_) | Failure::Other(_));
        let blamed = match &report.result {
            Err(CallError::Shutdown) => false,
            Err(error) => !error.never_ran(),
            Ok(Answer::Query(answer)) => matches!(&**answer, Err(error) if failed(error)),
            Ok(Answer::Inquiry(answer)) => matches!(&**answer, Err(error) if failed(error)),
            Ok(Answer::Issued(answer)) => matches!(&**answer, Err(error) if failed(error)),
            Ok(Answer::Submission(_) | Answer::Status(_) | Answer::Reversal(_)) => false,
        };
        if blamed { Self::Release } else { Self::None }
    }
}

impl Figures {
    /// Counts a call that ran.
    pub fn count(&self, blame: Blame, took: Duration) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if blame == Blame::Release {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        let busy = i64::try_from(took.as_micros()).unwrap_or(i64::MAX);
        self.busy_us.fetch_add(busy, Ordering::Relaxed);
    }

    /// Calls, faults and time since the last take.
    pub fn take(&self) -> (i64, i64, i64) {
        let take = |counter: &AtomicI64| counter.swap(0, Ordering::Relaxed);
        (take(&self.calls), take(&self.faults), take(&self.busy_us))
    }
}
