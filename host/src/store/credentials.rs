//! That a credential was issued. The code itself is never kept.

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId, ServiceCode, SubjectId};

use super::{Statement, Store, StoreError};

/// One issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCredential {
    /// Its id.
    pub id: RecordId,
    /// Who asked.
    pub client: ClientId,
    /// For whom.
    pub subject: SubjectId,
    /// Of which service.
    pub service: ServiceCode,
    /// `code` or `handoff`.
    pub kind: String,
    /// When.
    pub created_at: Moment,
}

impl Store {
    /// Remembers an issue.
    pub async fn insert_credential(&self, issued: &IssuedCredential) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into credentials (id, client, subject, service, kind, created_at) \
             values ($1, $2, $3, $4, $5, $6)",
            vec![
                issued.id.as_str().into(),
                issued.client.as_str().into(),
                issued.subject.as_str().into(),
                issued.service.as_str().into(),
                issued.kind.as_str().into(),
                issued.created_at.into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }
}
