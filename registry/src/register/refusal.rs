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

/// Whether something may be done.
pub(super) type Lawful = Result<(), Refusal>;

pub(super) fn forbidden(why: &str) -> Refusal {
    Refusal::Forbidden(why.to_owned())
}

pub(super) fn ensure(holds: bool, why_not: impl FnOnce() -> String) -> Lawful {
    if holds {
        Ok(())
    } else {
        Err(Refusal::Conflict(why_not()))
    }
}

pub(super) fn bounded(holds: bool, why_not: impl FnOnce() -> String) -> Lawful {
    if holds {
        Ok(())
    } else {
        Err(Refusal::Quota(why_not()))
    }
}

pub(super) fn present<T>(found: Option<T>, why_not: impl FnOnce() -> String) -> Result<T, Refusal> {
    found.ok_or_else(|| Refusal::NotFound(why_not()))
}
