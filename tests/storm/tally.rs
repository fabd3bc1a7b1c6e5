//! What came of the cases, counted and told.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use guichet_registry::finding::Rule;

use crate::compile::Compiled;
use crate::watch::Memory;

/// Counts of one stage.
#[derive(Default)]
pub struct Tally {
    pub cases: u64,
    pub ungenerated: u64,
    pub admitted: u64,
    pub refused: BTreeMap<Rule, u64>,
    pub loaded: u64,
    pub stopped: u64,
    pub longest_case: (Duration, u64),
    pub longest_compilation: (Duration, u64),
    pub took: Duration,
    pub memory: Memory,
    /// What must not happen, each with its case.
    pub failures: Vec<String>,
}

impl Tally {
    pub fn compiled(&mut self, compiled: &Compiled, took: Duration, case: u64) {
        match compiled {
            Compiled::Loaded => self.loaded += 1,
            Compiled::Stopped => self.stopped += 1,
            Compiled::Refused(_) => {}
        }
        self.longest_compilation = self.longest_compilation.max((took, case));
    }

    /// Adds another worker's counts.
    pub fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.ungenerated += other.ungenerated;
        self.admitted += other.admitted;
        for (rule, count) in other.refused {
            *self.refused.entry(rule).or_default() += count;
        }
        self.loaded += other.loaded;
        self.stopped += other.stopped;
        self.longest_case = self.longest_case.max(other.longest_case);
        self.longest_compilation = self.longest_compilation.max(other.longest_compilation);
        self.failures.extend(other.failures);
    }

    /// Whether nothing happened that must not.
    pub fn is_calm(&self) -> bool {
        self.failures.is_empty() && !self.memory.grew() && self.cases > 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (early, late) = self.memory.early_and_late();
        let mebibytes = |bytes: u64| bytes >> 20;
        let refused: u64 = self.refused.values().sum();
        writeln!(
            f,
            "{} cases in {} s ({} not generated): {} admitted, {refused} refused",
            self.cases,
            self.took.as_secs(),
            self.ungenerated,
            self.admitted
        )?;
        for (rule, count) in &self.refused {
            writeln!(f, "  refused by {rule:?}: {count}")?;
        }
        writeln!(
            f,
            "  compiled in the child: {} loaded, {} stopped by its limits",
            self.loaded, self.stopped
        )?;
        writeln!(
            f,
            "  longest: {} ms at the door (case {}), {} ms to compile (case {})",
            self.longest_case.0.as_millis(),
            self.longest_case.1,
            self.longest_compilation.0.as_millis(),
            self.longest_compilation.1
        )?;
        writeln!(
            f,
            "  memory: {} MiB early, {} MiB late, {} MiB at most{}",
            mebibytes(early),
            mebibytes(late),
            mebibytes(self.memory.peak()),
            if self.memory.grew() { ": IT GREW" } else { "" }
        )?;
        for failure in &self.failures {
            writeln!(f, "  FAILED: {failure}")?;
        }
        Ok(())
    }
}
