//! What a biller says it can do. Certification shows how far that is true.

use guichet_domain::payment::StatusAnswer;
use serde::{Deserialize, Serialize};

use super::schedule::TimeOfDay;

/// What the biller can do; believed as far as certification shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capabilities {
    /// Whether a second submission of the same reference provably does nothing.
    pub deduplicates: bool,
    /// What its status answer is worth.
    pub status: StatusAnswer,
    /// Whether an application can be undone.
    pub reversal: Reversal,
    /// Who makes the day file.
    pub day_file: DayFile,
}

/// Whether an application can be undone on its accounting date (冲正).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum Reversal {
    /// Never.
    #[default]
    None,
    /// Until a time of the same day, Asia/Shanghai.
    SameDay {
        /// Not included.
        until: TimeOfDay,
    },
}

/// Who makes the reconciliation file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayFile {
    /// There is none.
    #[default]
    None,
    /// The biller; we check it.
    Biller,
    /// We; the biller checks it.
    Operator,
}
