//! Consents: a subject's recorded, purpose-bound, expiring permission to use
//! named data scopes for one service.

mod room;

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, DataScope, RecordId, ServiceCode, SubjectId};

pub use room::Consents;

use crate::language::Language;

/// What a service asks a subject to agree to; empty where it asks for nothing.
#[derive(Debug, Clone, Default)]
pub struct ConsentTerms {
    /// Attributes that are used.
    pub scopes: Vec<DataScope>,
    /// What for.
    pub purpose: String,
}

/// Who knows what services ask for.
pub trait Declared: Send + Sync {
    /// What a subject would agree to; none where there is no such service.
    fn consent_terms(&self, code: &ServiceCode, language: Language) -> Option<ConsentTerms>;
}

/// What a subject agrees to.
#[derive(Debug, Clone)]
pub struct NewConsent {
    /// The client that recorded it.
    pub client: ClientId,
    /// Who agrees.
    pub subject: SubjectId,
    /// For which service.
    pub service: ServiceCode,
    /// The scopes; each must be among those the service asks for.
    pub scopes: Vec<DataScope>,
    /// How long it lives, in seconds; at most 366 days.
    pub lifetime_seconds: u32,
}

/// A recorded consent.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Begins with `con_`.
    pub id: RecordId,
    /// The client that recorded it.
    pub client: ClientId,
    /// Who agreed.
    pub subject: SubjectId,
    /// For which service.
    pub service: ServiceCode,
    /// The service's purpose in the words that the subject read.
    pub purpose: String,
    /// The scopes.
    pub scopes: Vec<DataScope>,
    /// When it was recorded.
    pub created_at: Moment,
    /// When it ends by itself.
    pub expires_at: Moment,
    /// When it was withdrawn, where it was.
    pub withdrawn_at: Option<Moment>,
}

/// Why there is no consent.
#[derive(Debug, thiserror::Error)]
pub enum ConsentsError {
    /// The catalogue has no such service.
    #[error("there is no such service")]
    UnknownService,
    /// A scope that the service does not ask for.
    #[error("the service does not ask for {0}")]
    ScopeNotAsked(DataScope),
    /// Nothing to consent to.
    #[error("a consent names at least one scope")]
    NoScopes,
    /// Too long, or no time at all.
    #[error("a consent lives between one minute and 366 days")]
    Lifetime,
    /// No such consent of this client.
    #[error("there is no such consent")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}
