//! Checks on entry that need more than one value at a time. Each returns what it
//! finds and stops at nothing.

pub(crate) mod files;
pub(crate) mod inputs;
pub(crate) mod manifest;
mod pattern;
pub(crate) mod payment;
pub(crate) mod permission;
pub(crate) mod secret;
pub(crate) mod service;

/// A problem and its mend, before it is known where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) problem: String,
    pub(crate) mend: String,
}

impl Fault {
    pub(crate) fn new(problem: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            mend: mend.into(),
        }
    }
}
