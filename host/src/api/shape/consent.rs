//! Consents on the wire.

use guichet_domain::id::{DataScope, ServiceCode, SubjectId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a subject agrees to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// Who agrees.
    #[schema(value_type = String, example = "demo-citizen")]
    pub subject: SubjectId,
    /// For which service.
    #[schema(value_type = String, example = "provident-fund-330100")]
    pub service: ServiceCode,
    /// The data scopes; each must be among those the service asks for.
    #[schema(value_type = Vec<String>, example = json!(["identity.name", "identity.number"]))]
    pub scopes: Vec<DataScope>,
    /// How long it lives: 60 seconds to 366 days. One hour where nothing is said.
    #[serde(default = "one_hour")]
    #[schema(example = 3600)]
    pub lifetime_seconds: u32,
}

const fn one_hour() -> u32 {
    3_600
}

/// A recorded consent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Consent {
    /// Begins with `con_`.
    pub id: String,
    /// Who agreed.
    pub subject: String,
    /// For which service.
    pub service: String,
    /// What for, in the words that the subject read.
    pub purpose: String,
    /// The data scopes.
    pub scopes: Vec<String>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub expires_at: String,
    /// RFC 3339, where it was withdrawn.
    pub withdrawn_at: Option<String>,
}

impl From<crate::consents::Consent> for Consent {
    fn from(consent: crate::consents::Consent) -> Self {
        Self {
            id: consent.id.into(),
            subject: consent.subject.into(),
            service: consent.service.into(),
            purpose: consent.purpose,
            scopes: consent.scopes.into_iter().map(String::from).collect(),
            created_at: consent.created_at.to_string(),
            expires_at: consent.expires_at.to_string(),
            withdrawn_at: consent.withdrawn_at.map(|moment| moment.to_string()),
        }
    }
}
