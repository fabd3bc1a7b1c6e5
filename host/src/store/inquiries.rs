//! Inquiries with their documents, sealed.

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId, ServiceCode, SubjectId};
use serde::{Deserialize, Serialize};

use super::{Statement, Store, StoreError};
use crate::seal::{Place, Sealed};
use crate::terms::order::Circumstances;

const BODY: Place = Place {
    table: "inquiries",
    column: "sealed_body",
};

/// An inquiry as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredInquiry {
    /// Begins with `inq_`.
    pub id: RecordId,
    /// Who asked.
    pub client: ClientId,
    /// On whose behalf.
    pub subject: SubjectId,
    /// Which service.
    pub service: ServiceCode,
    /// Release that was asked.
    pub release: String,
    /// `ready`, `pending` or `ask_more`.
    pub state: String,
    /// What the citizen filled in.
    pub inputs: Vec<(String, String)>,
    /// Where and how it was asked.
    pub circumstances: Circumstances,
    /// Under which consent.
    pub consent: Option<RecordId>,
    /// The inquiry room's own form of the answer.
    pub answer: serde_json::Value,
    /// When it was asked.
    pub created_at: Moment,
    /// From then on it may be dropped.
    pub expires_at: Option<Moment>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    release: String,
    inputs: Vec<(String, String)>,
    circumstances: Circumstances,
    consent: Option<RecordId>,
    answer: serde_json::Value,
}

impl Store {
    /// Keeps an inquiry, or replaces the answer of one that was pending.
    pub async fn put_inquiry(&self, inquiry: &StoredInquiry) -> Result<(), StoreError> {
        let key = self
            .subject_key(&inquiry.subject, inquiry.created_at)
            .await?;
        let body = Body {
            release: inquiry.release.clone(),
            inputs: inquiry.inputs.clone(),
            circumstances: inquiry.circumstances.clone(),
            consent: inquiry.consent.clone(),
            answer: inquiry.answer.clone(),
        };
        let statement = Statement::new(
            "insert into inquiries (id, client, subject, service, state, sealed_body, \
             created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
             on conflict (id) do update set state = excluded.state, \
             sealed_body = excluded.sealed_body, expires_at = excluded.expires_at",
            vec![
                inquiry.id.as_str().into(),
                inquiry.client.as_str().into(),
                inquiry.subject.as_str().into(),
                inquiry.service.as_str().into(),
                inquiry.state.as_str().into(),
                key.seal(BODY, &body)?.into_bytes().into(),
                inquiry.created_at.into(),
                inquiry.expires_at.into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// An inquiry by its id; whose it is, the caller checks.
    pub async fn inquiry(&self, id: &RecordId) -> Result<Option<StoredInquiry>, StoreError> {
        let rows = self
            .fetch(
                "select id, client, subject, service, state, sealed_body, created_at, expires_at \
                 from inquiries where id = $1",
                &[id.as_str().into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let subject: SubjectId = row.parsed(2)?;
        let key = self.existing_key(&subject).await?;
        let body: Body = key.open(BODY, &Sealed::from_bytes(row.bytes(5)?.to_vec()))?;
        Ok(Some(StoredInquiry {
            id: row.parsed(0)?,
            client: row.parsed(1)?,
            subject,
            service: row.parsed(3)?,
            state: row.text(4)?.to_owned(),
            release: body.release,
            inputs: body.inputs,
            circumstances: body.circumstances,
            consent: body.consent,
            answer: body.answer,
            created_at: row.moment(6)?,
            expires_at: row.moment_or_none(7)?,
        }))
    }
}
