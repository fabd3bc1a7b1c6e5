//! Short ways to make the shapes that all service kinds share.

use crate::{Failure, Field, FieldError, Refusal, RefusalReason, Ticket, Unavailability};

impl Field {
    /// A labelled text.
    #[must_use]
    pub fn text(name: &str, label: &str, value: &str) -> Self {
        Self::formatted(name, label, value, "text")
    }

    /// A labelled value of another format: `date`, `instant`, `decimal`,
    /// `percent` or `money:CNY` (in minor units).
    #[must_use]
    pub fn formatted(name: &str, label: &str, value: &str, format: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            value: value.to_owned(),
            format: format.to_owned(),
            details: Vec::new(),
        }
    }
}

impl RefusalReason {
    /// The refusal for this reason, with the biller's own code.
    #[must_use]
    pub fn with(self, code: &str, message: &str) -> Refusal {
        Refusal {
            reason: self,
            code: code.to_owned(),
            message: message.to_owned(),
            details: Vec::new(),
        }
    }
}

impl Failure {
    /// The citizen can mend one input.
    #[must_use]
    pub fn invalid(field: &str, message: &str) -> Self {
        Self::InvalidInput(vec![FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
            details: Vec::new(),
        }])
    }

    /// Nothing happened; safe to try again.
    #[must_use]
    pub fn unavailable(message: &str) -> Self {
        Self::Unavailable(Unavailability {
            message: message.to_owned(),
            retry_after_seconds: None,
            details: Vec::new(),
        })
    }

    /// What it says, for a log or where only a text fits.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::InvalidInput(errors) => {
                let texts: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
                texts.join("; ")
            }
            Self::NotFound(text) | Self::Other(text) => text.clone(),
            Self::Refused(refusal) => refusal.message.clone(),
            Self::Unavailable(unavailability) => unavailability.message.clone(),
            Self::NeedsAssurance(_) => "the subject must be known better".to_owned(),
            Self::NeedsConsent(scopes) => format!("consent is needed for {}", scopes.join(", ")),
        }
    }
}

impl Ticket {
    /// An answer that will be ready later.
    #[must_use]
    pub fn new(token: &str, ask_after_seconds: u32, message: &str) -> Self {
        Self {
            token: token.to_owned(),
            ask_after_seconds,
            expected_by: None,
            message: message.to_owned(),
            details: Vec::new(),
        }
    }
}
