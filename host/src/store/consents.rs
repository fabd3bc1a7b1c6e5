//! Consents as recorded.

use guichet_domain::id::{ClientId, DataScope, RecordId, ServiceCode, SubjectId};
use guichet_domain::{Digest, Moment};
use serde_json::json;

use super::{RecordEvent, Row, Statement, Store, StoreError};
use crate::canonical::canonical_digest;

/// A recorded consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConsent {
    /// Its id.
    pub id: RecordId,
    /// The client that recorded it.
    pub client: ClientId,
    /// Who agreed.
    pub subject: SubjectId,
    /// For which service.
    pub service: ServiceCode,
    /// In the words that the subject read.
    pub purpose: String,
    /// To what.
    pub scopes: Vec<DataScope>,
    /// Since when.
    pub created_at: Moment,
    /// Until when.
    pub expires_at: Moment,
    /// Where it was withdrawn.
    pub withdrawn_at: Option<Moment>,
}

impl Store {
    /// Records a consent, and that it was given.
    pub async fn insert_consent(&self, consent: &StoredConsent) -> Result<(), StoreError> {
        let event = RecordEvent {
            record: consent.id.clone(),
            event: "granted".to_owned(),
            state: "live".to_owned(),
            content: Some(consent.digest()),
            at: consent.created_at,
        };
        let statement = Statement::new(
            "insert into consents (id, client, subject, service, purpose, scopes, created_at, \
             expires_at, withdrawn_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
            vec![
                consent.id.as_str().into(),
                consent.client.as_str().into(),
                consent.subject.as_str().into(),
                consent.service.as_str().into(),
                consent.purpose.as_str().into(),
                serde_json::to_string(&consent.scopes)?.into(),
                consent.created_at.into(),
                consent.expires_at.into(),
                consent.withdrawn_at.into(),
            ],
        );
        let written = self.write_recorded(vec![statement], event).await;
        written.map(drop)
    }

    /// A consent by its id.
    pub async fn consent(&self, id: &RecordId) -> Result<Option<StoredConsent>, StoreError> {
        let rows = self
            .fetch(
                "select id, client, subject, service, purpose, scopes, created_at, expires_at, \
                 withdrawn_at from consents where id = $1",
                &[id.as_str().into()],
            )
            .await?;
        rows.first().map(read).transpose()
    }

    /// Withdraws a consent, and records it; a withdrawn one keeps its first date.
    pub async fn withdraw_consent(&self, id: &RecordId, now: Moment) -> Result<(), StoreError> {
        let event = RecordEvent {
            record: id.clone(),
            event: "withdrawn".to_owned(),
            state: "withdrawn".to_owned(),
            content: None,
            at: now,
        };
        let statement = Statement::new(
            "update consents set withdrawn_at = $1 where id = $2 and withdrawn_at is null \
             returning id",
            vec![now.into(), id.as_str().into()],
        );
        let written = self.write_recorded(vec![statement], event).await;
        written.map(drop)
    }
}

impl StoredConsent {
    /// SHA-256 of what was agreed to, in canonical form. Whoever does not know the
    /// consent's id learns nothing from it.
    fn digest(&self) -> Digest {
        canonical_digest(&json!({
            "id": self.id,
            "client": self.client,
            "subject": self.subject,
            "service": self.service,
            "purpose": self.purpose,
            "scopes": self.scopes,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
        }))
    }
}

fn read(row: &Row) -> Result<StoredConsent, StoreError> {
    Ok(StoredConsent {
        id: row.parsed(0)?,
        client: row.parsed(1)?,
        subject: row.parsed(2)?,
        service: row.parsed(3)?,
        purpose: row.text(4)?.to_owned(),
        scopes: serde_json::from_str(row.text(5)?)?,
        created_at: row.moment(6)?,
        expires_at: row.moment(7)?,
        withdrawn_at: row.moment_or_none(8)?,
    })
}
