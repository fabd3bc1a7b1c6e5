//! The entry door as the registry has it, watched: what goes in, and what came
//! of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use guichet_registry::admit::{Admission, AdmissionPolicy, Shelf, admit};
use guichet_registry::finding::Rule;

/// What became of a bundle at the door.
pub enum Outcome {
    /// It was let in.
    Admitted(Box<Admission>),
    /// It was refused by this rule first.
    Refused(Rule),
    /// It was refused without a word, or with half a sentence.
    Speechless,
    /// The door broke.
    Panicked,
}

/// Knocks with a bundle.
pub fn knock(bytes: &[u8]) -> (Outcome, Duration) {
    let (policy, shelf) = (AdmissionPolicy::development(), Shelf::default());
    let begun = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| admit(bytes, &policy, &shelf)));
    let took = begun.elapsed();
    let outcome = match result {
        Err(_) => Outcome::Panicked,
        Ok(Ok(admission)) => Outcome::Admitted(Box::new(admission)),
        Ok(Err(error)) => {
            let whole = error.findings.iter().all(|finding| {
                !(finding.file.is_empty() || finding.problem.is_empty() || finding.mend.is_empty())
            });
            match error.findings.first() {
                Some(first) if whole => Outcome::Refused(first.rule),
                _ => Outcome::Speechless,
            }
        }
    };
    (outcome, took)
}
