//! Bindings: what the operator granted to a release for its services.

use guichet_domain::Moment;

use super::{Statement, Store, StoreError};

/// A binding as kept; the body is the grant and what belongs to it, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBinding {
    /// Digest of the release.
    pub release: String,
    /// Service code; empty for all services of the release.
    pub service: String,
    /// JSON.
    pub body: String,
    /// When it last changed.
    pub updated_at: Moment,
}

impl Store {
    /// Sets a binding.
    pub async fn put_binding(&self, binding: &StoredBinding) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into bindings (release, service, body, updated_at) values ($1, $2, $3, $4) \
             on conflict (release, service) do update set body = excluded.body, \
             updated_at = excluded.updated_at",
            vec![
                binding.release.as_str().into(),
                binding.service.as_str().into(),
                binding.body.as_str().into(),
                binding.updated_at.into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// All bindings of a release.
    pub async fn bindings_of(&self, release: &str) -> Result<Vec<StoredBinding>, StoreError> {
        let rows = self
            .fetch(
                "select release, service, body, updated_at from bindings where release = $1 \
                 order by service",
                &[release.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(StoredBinding {
                    release: row.text(0)?.to_owned(),
                    service: row.text(1)?.to_owned(),
                    body: row.text(2)?.to_owned(),
                    updated_at: row.moment(3)?,
                })
            })
            .collect()
    }
}
