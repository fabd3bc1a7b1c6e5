//! Why a mapping could not be carried out. What becomes of it (refused, unknown,
//! unavailable) is decided where the call is known, not here.

use std::fmt;

/// A mistake in the mapping, or a value that does not fit into it. It is one
/// pointer wide, because nearly every function of the plugin may return one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(Box<Told>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    kind: Kind,
    place: String,
    problem: String,
}

/// Whose mistake it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The publisher's: the problem says the mend.
    Mapping,
    /// A value of an input, a setting or an answer does not fit. The problem
    /// never quotes the value: it may be personal.
    Value,
    /// The subject must consent to a scope first: the problem is its name.
    Consent,
    /// The host refused or failed a call.
    Host,
}

impl Fault {
    fn new(kind: Kind, problem: String) -> Self {
        Self(Box::new(Told {
            kind,
            place: String::new(),
            problem,
        }))
    }

    /// A mistake of the mapping, its place to be told by [`Fault::at`].
    pub fn mapping(problem: impl Into<String>) -> Self {
        Self::new(Kind::Mapping, problem.into())
    }

    /// A value that does not fit.
    pub fn value(problem: impl Into<String>) -> Self {
        Self::new(Kind::Value, problem.into())
    }

    /// A scope that the subject has not consented to.
    pub fn consent(scope: &str) -> Self {
        Self::new(Kind::Consent, scope.to_owned())
    }

    /// What the host said.
    pub fn host(problem: String) -> Self {
        Self::new(Kind::Host, problem)
    }

    /// Whose mistake it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The problem without its place; of a missing consent, the scope.
    pub fn problem(&self) -> &str {
        &self.0.problem
    }

    /// Tells the place (keys from the outside in, joined by dots), where none
    /// was told nearer to the mistake.
    #[must_use]
    pub fn at(mut self, told: impl FnOnce() -> String) -> Self {
        if self.0.place.is_empty() && matches!(self.0.kind, Kind::Mapping | Kind::Value) {
            self.0.place = told();
        }
        self
    }

    /// Names the placeholder that the problem is with.
    #[must_use]
    pub fn quoting(mut self, expression: &str) -> Self {
        if matches!(self.0.kind, Kind::Mapping | Kind::Value) {
            self.0.problem = format!("{{{expression}}}: {}", self.0.problem);
        }
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told {
            kind,
            place,
            problem,
        } = &*self.0;
        match kind {
            Kind::Mapping => write!(formatter, "mapping, {place}: {problem}"),
            Kind::Value => write!(formatter, "{place}: {problem}"),
            Kind::Consent => write!(formatter, "the subject has not consented to {problem}"),
            Kind::Host => write!(formatter, "host: {problem}"),
        }
    }
}

impl std::error::Error for Fault {}
