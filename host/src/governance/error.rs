//! Why a decision was not taken.

use guichet_registry::register::Refusal;

use crate::log::LogError;
use crate::objects::ObjectError;
use crate::store::StoreError;

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum GovernanceError {
    /// The log refused or failed.
    #[error(transparent)]
    Log(LogError),
    /// The act is not lawful.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was sent cannot be used; the field, and what to do.
    #[error("{field}: {problem}")]
    Unfit {
        /// Which field.
        field: &'static str,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A bundle or report cannot be read.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// A bundle that was published does not read.
    #[error("the bundle of release {0} was altered")]
    Altered(String),
}

impl From<LogError> for GovernanceError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Log(other),
        }
    }
}
