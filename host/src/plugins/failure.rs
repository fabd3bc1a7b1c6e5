//! Why a service gave no answer to a call that changes nothing, in the terms of
//! what the caller may do next. One enum for bills, inquiries and credentials,
//! because the contract has one.

use guichet_domain::id::RegionCode;
use guichet_sandbox::CallError;
use guichet_sandbox::contract::types::Failure;

use crate::consents::ConsentsError;
use crate::inputs::FieldError;

/// No answer, and why.
#[derive(Debug, thiserror::Error)]
pub enum ServiceFailure {
    /// The catalogue has no such service, or none that this caller may know.
    #[error("there is no such service")]
    UnknownService,
    /// The service is of another kind than the call.
    #[error("the service is not of kind {expected}, but of kind {actual}")]
    WrongKind {
        /// What the call needs.
        expected: &'static str,
        /// What the service is.
        actual: String,
    },
    /// Suspended, in maintenance or out of season; the text tells the citizen.
    #[error("the service is closed: {message}")]
    Closed {
        /// What the citizen reads.
        message: String,
        /// When to come back, in seconds.
        retry_after_seconds: Option<u32>,
    },
    /// The citizen can mend it, field by field.
    #[error("{} inputs are not right", .0.len())]
    InvalidInputs(Vec<FieldError>),
    /// The service is not for the region that was chosen.
    #[error("the service is not for region {0}")]
    OutsideRegions(RegionCode),
    /// There is no such account, decision or person.
    #[error("no such account: {0}")]
    NoSuchAccount(String),
    /// A definitive no.
    #[error("refused with {code}: {message}")]
    Refused {
        /// The biller's own code.
        code: String,
        /// What the citizen reads.
        message: String,
    },
    /// Nothing happened; safe to try again.
    #[error("unavailable: {message}")]
    Unavailable {
        /// What the citizen reads.
        message: String,
        /// When to come back, in seconds.
        retry_after_seconds: Option<u32>,
    },
    /// The subject must be known better.
    #[error("assurance level {0} is needed")]
    NeedsAssurance(String),
    /// The subject must consent to these scopes.
    #[error("consent is needed for {}", .0.join(", "))]
    NeedsConsent(Vec<String>),
    /// The plugin trapped, ran over a limit or broke the contract. The text is
    /// for the operator; the citizen reads that the service is unavailable.
    #[error("the plugin misbehaved: {0}")]
    Misbehaved(String),
    /// The host has no room for the call now.
    #[error("too many calls are waiting")]
    Overloaded,
    /// The host itself failed.
    #[error(transparent)]
    Host(#[from] crate::store::StoreError),
}

impl ServiceFailure {
    /// Nothing runs at present, and nobody can say until when.
    pub(crate) const fn stopped() -> Self {
        Self::Unavailable {
            message: String::new(),
            retry_after_seconds: None,
        }
    }

    /// This node does not know at present what may run.
    pub(crate) const fn blind() -> Self {
        Self::Unavailable {
            message: String::new(),
            retry_after_seconds: Some(1),
        }
    }

    /// The sandbox gave an answer to another question.
    pub(crate) fn other_kind() -> Self {
        Self::Misbehaved("the answer is of another kind".to_owned())
    }

    /// The plugin answered with a case of a later contract.
    pub(crate) fn unknown_outcome(name: &str) -> Self {
        Self::Misbehaved(format!("the outcome {name} is not known to this host"))
    }
}

impl From<ConsentsError> for ServiceFailure {
    fn from(error: ConsentsError) -> Self {
        match error {
            ConsentsError::Store(error) => Self::Host(error),
            ConsentsError::UnknownService => Self::UnknownService,
            ConsentsError::ScopeNotAsked(_)
            | ConsentsError::NoScopes
            | ConsentsError::Lifetime
            | ConsentsError::Unknown => Self::NeedsConsent(Vec::new()),
        }
    }
}

impl From<Failure> for ServiceFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::InvalidInput(errors) => Self::InvalidInputs(
                errors
                    .into_iter()
                    .map(|error| FieldError {
                        field: error.field,
                        message: error.message,
                    })
                    .collect(),
            ),
            Failure::NotFound(message) => Self::NoSuchAccount(message),
            Failure::Refused(refusal) => Self::Refused {
                code: refusal.code,
                message: refusal.message,
            },
            Failure::Unavailable(why) => Self::Unavailable {
                message: why.message,
                retry_after_seconds: why.retry_after_seconds,
            },
            Failure::NeedsAssurance(level) => {
                Self::NeedsAssurance(format!("{level:?}").to_lowercase())
            }
            Failure::NeedsConsent(scopes) => Self::NeedsConsent(scopes),
            Failure::Other(why) => Self::Misbehaved(why),
        }
    }
}

impl From<CallError> for ServiceFailure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Busy => Self::Overloaded,
            CallError::CircuitOpen { retry_after_ms } => Self::Unavailable {
                message: String::new(),
                retry_after_seconds: u32::try_from(retry_after_ms.div_ceil(1_000)).ok(),
            },
            CallError::Deadline(_) | CallError::Shutdown => Self::Unavailable {
                message: String::new(),
                retry_after_seconds: Some(5),
            },
            CallError::NoSuchExport(_)
            | CallError::Code(_)
            | CallError::OutOfFuel(_)
            | CallError::Memory(_)
            | CallError::Limit(_)
            | CallError::Trap(_)
            | CallError::Contract(_)
            | CallError::Host(_) => Self::Misbehaved(error.to_string()),
        }
    }
}
