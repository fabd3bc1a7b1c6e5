//! Recording, reading and withdrawing consents.

use std::sync::Arc;

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId, ServiceCode, SubjectId};

use super::{Consent, ConsentsError, Declared, NewConsent};
use crate::language::Language;
use crate::ports::Ports;
use crate::store::{Store, StoredConsent};

const SHORTEST_SECONDS: u32 = 60;
const LONGEST_SECONDS: u32 = 366 * 24 * 3_600;

/// The consents of all subjects.
#[derive(Clone)]
pub struct Consents {
    store: Store,
    services: Arc<dyn Declared>,
    ports: Ports,
}

impl Consents {
    /// Over these.
    #[must_use]
    pub fn new(store: Store, services: Arc<dyn Declared>, ports: Ports) -> Self {
        Self {
            store,
            services,
            ports,
        }
    }

    /// Records a consent. The purpose is the service's own text: a subject
    /// agrees to what the service declared, not to what a client says.
    pub async fn grant(
        &self,
        new: NewConsent,
        language: Language,
    ) -> Result<Consent, ConsentsError> {
        let asked = self.services.consent_terms(&new.service, language);
        let asked = asked.ok_or(ConsentsError::UnknownService)?;
        if new.scopes.is_empty() {
            return Err(ConsentsError::NoScopes);
        }
        if let Some(scope) = new
            .scopes
            .iter()
            .find(|scope| !asked.scopes.contains(*scope))
        {
            return Err(ConsentsError::ScopeNotAsked(scope.clone()));
        }
        if !(SHORTEST_SECONDS..=LONGEST_SECONDS).contains(&new.lifetime_seconds) {
            return Err(ConsentsError::Lifetime);
        }
        let now = self.ports.now();
        let consent = StoredConsent {
            id: self.ports.record_id("con"),
            client: new.client,
            subject: new.subject,
            service: new.service,
            purpose: asked.purpose,
            scopes: new.scopes,
            created_at: now,
            expires_at: now.plus_ms(i64::from(new.lifetime_seconds) * 1_000),
            withdrawn_at: None,
        };
        self.store.insert_consent(&consent).await?;
        Ok(consent.into())
    }

    /// A consent of this client.
    pub async fn get(&self, client: &ClientId, id: &RecordId) -> Result<Consent, ConsentsError> {
        let stored = self.store.consent(id).await?;
        let own = stored.filter(|consent| consent.client == *client);
        own.map(Consent::from).ok_or(ConsentsError::Unknown)
    }

    /// Ends a consent at once; ending it twice changes nothing.
    pub async fn withdraw(
        &self,
        client: &ClientId,
        id: &RecordId,
    ) -> Result<Consent, ConsentsError> {
        self.get(client, id).await?;
        self.store.withdraw_consent(id, self.ports.now()).await?;
        self.get(client, id).await
    }

    /// The consent where it is live now and for exactly this subject and service.
    pub async fn live(
        &self,
        client: &ClientId,
        subject: &SubjectId,
        service: &ServiceCode,
        id: &RecordId,
    ) -> Result<Option<Consent>, ConsentsError> {
        let now = self.ports.now();
        let found = match self.get(client, id).await {
            Ok(consent) => Some(consent),
            Err(ConsentsError::Unknown) => None,
            Err(error) => return Err(error),
        };
        Ok(found.filter(|consent| {
            consent.subject == *subject && consent.service == *service && consent.is_live(now)
        }))
    }
}

impl From<StoredConsent> for Consent {
    fn from(stored: StoredConsent) -> Self {
        Self {
            id: stored.id,
            client: stored.client,
            subject: stored.subject,
            service: stored.service,
            purpose: stored.purpose,
            scopes: stored.scopes,
            created_at: stored.created_at,
            expires_at: stored.expires_at,
            withdrawn_at: stored.withdrawn_at,
        }
    }
}

impl Consent {
    /// Whether it allows anything at this moment.
    #[must_use]
    pub fn is_live(&self, now: Moment) -> bool {
        self.withdrawn_at.is_none() && now < self.expires_at
    }
}
