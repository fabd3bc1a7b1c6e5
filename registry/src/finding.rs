//! What admission finds: where, what, and how to mend it. Finding it is done
//! elsewhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One reason why a bundle is not admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule it breaks.
    pub rule: Rule,
    /// The file in the bundle; `bundle` for the whole.
    pub file: String,
    /// The line in it, counted from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub mend: String,
}

/// The rules of admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Sizes, canonical form and digests of the bundle.
    Bundle,
    /// Who signed.
    Signature,
    /// Form and sense of the manifest.
    Manifest,
    /// Files beside manifest, component and services.
    File,
    /// The component is valid, and its exports agree with the contract.
    Component,
    /// The component named by digest was admitted before.
    ComponentUnknown,
    /// The contract version.
    Contract,
    /// Imports agree with the permissions asked for.
    Permission,
    /// Form and sense of a service.
    Service,
    /// Region and category codes.
    Taxonomy,
    /// A code that is taken.
    Duplicate,
    /// A private key, password or token left in a file.
    Secret,
    /// Form and sense of a scenario.
    Scenario,
    /// What a plugin did while a scenario was played to it.
    Certification,
}

impl Finding {
    /// A finding about a whole file.
    pub(crate) fn new(
        rule: Rule,
        file: &str,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            file: file.to_owned(),
            line: None,
            problem: problem.into(),
            mend: mend.into(),
        }
    }

    /// The same finding at a line.
    pub(crate) fn at(mut self, line: Option<usize>) -> Self {
        self.line = line;
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}; {}", self.problem, self.mend)
    }
}
