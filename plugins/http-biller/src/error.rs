//! Why a mapping could not be carried out. What becomes of it (refused, unknown,
//! unavailable) is decided where the call is known, not here.

/// A mistake in the mapping, or a value that does not fit into it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The publisher's mistake: the place in the mapping and the mend.
    #[error("mapping, {place}: {problem}")]
    Mapping {
        /// Keys from the outside in, joined by dots.
        place: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A value of an input, a configuration or an answer that does not fit.
    #[error("{place}: {problem}")]
    Value {
        /// Where in the mapping it was wanted; empty while not known yet.
        place: String,
        /// What is wrong with it. Never the value itself: it may be personal.
        problem: String,
    },
    /// The subject must consent to this scope first.
    #[error("the subject has not consented to {0}")]
    Consent(String),
    /// The host refused or failed a call.
    #[error("host: {0}")]
    Host(String),
}

impl Fault {
    /// A mistake of the mapping, its place to be told by [`Fault::at`].
    pub fn mapping(problem: impl Into<String>) -> Self {
        Self::Mapping {
            place: String::new(),
            problem: problem.into(),
        }
    }

    /// A value that does not fit.
    pub fn value(problem: impl Into<String>) -> Self {
        Self::Value {
            place: String::new(),
            problem: problem.into(),
        }
    }

    /// Tells the place, where none was told nearer to the mistake.
    #[must_use]
    pub fn at(mut self, told: impl FnOnce() -> String) -> Self {
        match &mut self {
            Self::Mapping { place, .. } | Self::Value { place, .. } if place.is_empty() => {
                *place = told();
            }
            _ => {}
        }
        self
    }

    /// Names the placeholder that the problem is with.
    #[must_use]
    pub fn quoting(mut self, expression: &str) -> Self {
        if let Self::Mapping { problem, .. } | Self::Value { problem, .. } = &mut self {
            *problem = format!("{{{expression}}}: {problem}");
        }
        self
    }
}
