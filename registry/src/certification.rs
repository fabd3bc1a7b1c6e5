//! The certification report: what a release did while its scenarios were
//! played to it and broken. Holds, compares and renders it; making it is the
//! host's work. Reports of the same bundle are the same bytes.

mod believed;
mod coverage;
mod fault;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;

use guichet_domain::Digest;
use guichet_domain::id::ServiceCode;
use serde::{Deserialize, Serialize};

pub use believed::believed;
pub use coverage::{FlowName, Variant, variants};
pub use fault::{Fault, Function, Moment};

use crate::finding::Finding;
use crate::names::{PackageName, Version};
use crate::scenario::ScenarioName;
use crate::sign;

/// The version of the report's format.
pub const REPORT_VERSION: u32 = 1;

/// What certification found out about one release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The version of this format: 1.
    pub guichet_certification: u32,
    /// Whether it may pass.
    pub verdict: Verdict,
    /// How far it was looked at.
    pub depth: Depth,
    /// The release.
    pub package: PackageName,
    /// Its version.
    pub version: Version,
    /// The release's digest.
    pub release: Digest,
    /// Digest of the component that ran.
    pub component: Digest,
    /// The contract's version.
    pub contract: String,
    /// The limits it ran under, by name.
    pub limits: BTreeMap<String, u64>,
    /// The scenarios, by name.
    pub scenarios: BTreeMap<ScenarioName, Played>,
    /// Which services are represented by which scenarios.
    pub coverage: Vec<Coverage>,
    /// Runs of the drill: for each function, how often each fault was struck.
    pub drill: BTreeMap<Function, BTreeMap<Fault, Count>>,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
    /// Findings beyond the limit, not listed.
    pub findings_left_out: usize,
}

/// Whether a release passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing was found, and enough was looked at.
    Passed,
    /// Something was found.
    Failed,
}

/// How far a release was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// The scenarios as they were recorded.
    Baseline,
    /// The scenarios, and every fault at every exchange.
    Drill,
}

/// One scenario as it was played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Played {
    /// What happens in it.
    pub title: String,
    /// The service that was asked.
    pub service: ServiceCode,
    /// The calls that were made, in turn, with what came out.
    pub steps: Vec<Step>,
    /// Findings about it.
    pub findings: usize,
}

/// One call of a scenario as it was recorded, without a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which function, in which circumstances: `submit-payment, again`.
    pub call: String,
    /// The case that it answered: `applied`.
    pub answer: String,
    /// Exchanges with the test biller.
    pub exchanges: usize,
}

/// Services that differ in nothing that certification looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// What they have in common.
    pub variant: Variant,
    /// The scenarios that represent them.
    pub scenarios: Vec<ScenarioName>,
    /// The services.
    pub services: Vec<ServiceCode>,
    /// What their biller was shown to do.
    pub shown: BTreeMap<Capability, Evidence>,
}

/// What a biller may be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// It answers the same reference again and applies nothing again.
    Deduplicates,
    /// It tells what became of a payment.
    Status,
    /// Its "not found" was seen before anything was applied, and never after.
    NotFound,
    /// It undoes a payment.
    Reversal,
}

/// Whether a capability was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum Evidence {
    /// By these scenarios, each of which shows it.
    Shown {
        /// Their names.
        by: Vec<ScenarioName>,
    },
    /// It was not, and why.
    NotShown {
        /// What is missing.
        why: String,
    },
}

/// How often something was tried, and how often it went wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Runs.
    pub runs: u32,
    /// Runs with a finding.
    pub failed: u32,
}

impl Report {
    /// The report as it is kept: the same bytes for the same report.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes =
            serde_json::to_vec_pretty(self).expect("a report has only lawful JSON in it");
        bytes.push(b'\n');
        bytes
    }

    /// The digest that names it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        sign::sha256(&self.bytes())
    }

    /// Reads a kept report; none where it is of another version or damaged.
    pub fn read(bytes: &[u8]) -> Result<Self, ReportError> {
        let report: Self = serde_json::from_slice(bytes)?;
        if report.guichet_certification == REPORT_VERSION {
            Ok(report)
        } else {
            Err(ReportError::Version(report.guichet_certification))
        }
    }

    /// Whether it certifies this release, as far as the drill goes.
    #[must_use]
    pub fn certifies(&self, release: &Digest) -> bool {
        self.verdict == Verdict::Passed && self.depth == Depth::Drill && self.release == *release
    }

    /// Runs of the drill, all together.
    #[must_use]
    pub fn runs(&self) -> Count {
        let counts = self.drill.values().flat_map(BTreeMap::values);
        counts.fold(Count::default(), |sum, count| Count {
            runs: sum.runs + count.runs,
            failed: sum.failed + count.failed,
        })
    }

    /// The report for people.
    #[must_use]
    pub fn text(&self) -> String {
        text::text(self)
    }
}

/// Bytes that are no report of this version.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Not the JSON of a report.
    #[error("this is no certification report: {0}")]
    Json(#[from] serde_json::Error),
    /// Of another version.
    #[error("this certification report is of version {0}, expected 1")]
    Version(u32),
}
