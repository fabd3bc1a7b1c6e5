//! An issued credential on the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet_sandbox::contract::credential as contract;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::{Details, Field, NextStep, details, fields};

/// What was issued: one of `code`, `handoff` and `next_step` is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Credential {
    /// The service that issued it.
    #[schema(example = "medical-insurance-code")]
    pub service: String,
    /// `code`, `handoff` or `ask_more`.
    pub state: CredentialState,
    /// A code with a short life, drawn by the front.
    pub code: Option<CredentialCode>,
    /// The way to the issuer's own page.
    pub handoff: Option<Handoff>,
    /// The citizen must answer another question first.
    pub next_step: Option<NextStep>,
}

/// Which of the three it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CredentialState {
    /// See `code`.
    Code,
    /// See `handoff`.
    Handoff,
    /// See `next_step`.
    AskMore,
}

/// A code with a short life. It is never stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialCode {
    /// What the code says, where it is text.
    pub payload: Option<String>,
    /// What the code says, in base64, whatever it is.
    pub payload_base64: String,
    /// `qr`, `code128` or `plain` (shown as text).
    #[schema(example = "qr")]
    pub symbology: String,
    /// What stands below it.
    pub caption: String,
    /// Seconds it lives.
    #[schema(example = 60)]
    pub seconds_to_live: u32,
    /// Ask for the next one after so many seconds; null: do not.
    pub refresh_after_seconds: Option<u32>,
    /// More to show.
    pub fields: Vec<Field>,
    /// Machine-readable extras.
    pub details: Details,
}

/// A page of the issuer's.
#[derive(Debug, Serialize, ToSchema)]
pub struct Handoff {
    /// `https` address.
    pub url: String,
    /// What the page is called.
    pub title: String,
    /// RFC 3339.
    pub expires_at: Option<String>,
}

impl Credential {
    /// What `service` has issued.
    pub(crate) fn new(service: String, issued: crate::credentials::Credential) -> Self {
        use crate::credentials::Credential as Issued;
        let empty = |state| Self {
            service,
            state,
            code: None,
            handoff: None,
            next_step: None,
        };
        match issued {
            Issued::Code(code) => Self {
                code: Some(code.into()),
                ..empty(CredentialState::Code)
            },
            Issued::Handoff(handoff) => Self {
                handoff: Some(handoff.into()),
                ..empty(CredentialState::Handoff)
            },
            Issued::AskMore(step) => Self {
                next_step: Some(step.into()),
                ..empty(CredentialState::AskMore)
            },
        }
    }
}

impl From<contract::Code> for CredentialCode {
    fn from(code: contract::Code) -> Self {
        Self {
            payload_base64: STANDARD.encode(&code.payload),
            payload: String::from_utf8(code.payload).ok(),
            symbology: match code.symbology {
                contract::Symbology::Qr => "qr".to_owned(),
                contract::Symbology::Code128 => "code128".to_owned(),
                contract::Symbology::Plain => "plain".to_owned(),
                contract::Symbology::Other(name) => name,
            },
            caption: code.caption,
            seconds_to_live: code.seconds_to_live,
            refresh_after_seconds: code.refresh_after_seconds,
            fields: fields(code.fields),
            details: details(code.details),
        }
    }
}

impl From<contract::Handoff> for Handoff {
    fn from(handoff: contract::Handoff) -> Self {
        Self {
            url: handoff.url,
            title: handoff.title,
            expires_at: handoff.expires_at,
        }
    }
}
