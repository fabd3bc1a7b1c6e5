//! What is known of a room's mutants, kept from one run to the next.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// This test failed, or ran on and on.
    Caught(String),
    /// No test noticed it.
    Lives,
    /// No test comes by it.
    Unreached,
    /// It does not compile.
    Unviable,
    /// It changes nothing where no mistake is planted.
    Planted,
    /// It cannot be woken by itself, or the machine was too busy to tell.
    Untried,
}

/// All verdicts by the mutants' names.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts(pub BTreeMap<String, Verdict>);

impl Verdicts {
    /// Those of an earlier run; none where there was none.
    pub fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Keeps them.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(path, text).with_context(|| path.display().to_string())
    }

    /// Whether a mutant was found dead, or without life from the beginning.
    pub fn is_settled(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Verdict::Caught(_) | Verdict::Unviable | Verdict::Planted) => true,
            Some(Verdict::Lives | Verdict::Unreached | Verdict::Untried) | None => false,
        }
    }

    fn count(&self, is_meant: impl Fn(&Verdict) -> bool) -> usize {
        self.0.values().filter(|verdict| is_meant(verdict)).count()
    }

    /// Whether so many percent were found dead. A room in which none was tried proves
    /// nothing.
    pub fn are_enough_caught(&self, percent: usize) -> bool {
        let (caught, tried) = self.score();
        caught > 0 && caught * 100 >= tried * percent
    }

    /// Found dead, and tried at all.
    fn score(&self) -> (usize, usize) {
        let caught = self.count(|verdict| matches!(verdict, Verdict::Caught(_)));
        let alive = self.count(|one| matches!(one, Verdict::Lives | Verdict::Unreached));
        (caught, caught + alive)
    }

    /// For people: who lives, and the sums.
    pub fn told(&self) -> String {
        let mut told = String::new();
        for (name, verdict) in &self.0 {
            match verdict {
                Verdict::Lives => _ = writeln!(told, "  lives: {name}"),
                Verdict::Unreached => _ = writeln!(told, "  no test comes by: {name}"),
                Verdict::Untried => _ = writeln!(told, "  not tried: {name}"),
                Verdict::Caught(_) | Verdict::Unviable | Verdict::Planted => {}
            }
        }
        let (caught, tried) = self.score();
        let unviable = self.count(|one| *one == Verdict::Unviable);
        let planted = self.count(|one| *one == Verdict::Planted);
        let untried = self.count(|one| *one == Verdict::Untried);
        let _ = write!(
            told,
            "{caught} of {tried} mutants caught; {unviable} more do not compile, \
             {planted} stand behind planted mistakes, {untried} were not tried"
        );
        told
    }
}
