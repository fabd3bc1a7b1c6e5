//! Why an act cannot be entered, by what the caller may do next.

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// This person or program may not do it.
    #[error("{0}")]
    Forbidden(String),
    /// It speaks of something that is not there.
    #[error("{0}")]
    NotFound(String),
    /// It does not fit what was decided before.
    #[error("{0}")]
    Conflict(String),
    /// A quota or bound is used up.
    #[error("{0}")]
    Quota(String),
}
