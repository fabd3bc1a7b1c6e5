//! What the deterministic rooms may not reach for themselves: the clock and
//! randomness. Tests and the simulation put their own in.

use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use guichet_domain::id::RecordId;
use guichet_domain::{AccountingDate, CutOff, Moment};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Moment;

    /// Milliseconds since some moment in the past, which no setting of the clock
    /// changes: for waiting times on which a proof rests.
    fn steady_ms(&self) -> i64 {
        self.now().micros() / 1_000
    }

    /// When the accounting date turns here.
    fn cut_off(&self) -> CutOff {
        CutOff::MIDNIGHT
    }
}

/// Gives unguessable bytes.
pub trait Random: Send + Sync {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock {
    cut_off: CutOff,
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Moment::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    fn steady_ms(&self) -> i64 {
        static BEGIN: OnceLock<Instant> = OnceLock::new();
        let passed = BEGIN.get_or_init(Instant::now).elapsed();
        i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)
    }

    fn cut_off(&self) -> CutOff {
        self.cut_off
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives randomness");
    }
}

/// Clock and randomness together, as the rooms hold them.
#[derive(Clone)]
pub struct Ports {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl Ports {
    /// Those of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self::system_with(CutOff::MIDNIGHT)
    }

    /// Those of the machine, with the accounting date turning at `cut_off`.
    #[must_use]
    pub fn system_with(cut_off: CutOff) -> Self {
        Self {
            clock: Arc::new(SystemClock { cut_off }),
            random: Arc::new(SystemRandom),
        }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The accounting date of a moment, by the cut-off of this installation.
    #[must_use]
    pub fn accounting_date(&self, moment: Moment) -> AccountingDate {
        moment.accounting_date(self.clock.cut_off())
    }

    /// A new id of the kind that `prefix` names: `pay`, `bq`, `con` …
    #[must_use]
    pub fn record_id(&self, prefix: &str) -> RecordId {
        let mut random = [0; 10];
        self.random.fill(&mut random);
        let unix_ms = u64::try_from(self.now().micros() / 1_000).unwrap_or(0);
        RecordId::from_parts(prefix, unix_ms, random)
    }
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports")
    }
}
