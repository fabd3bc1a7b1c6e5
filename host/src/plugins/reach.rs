//! What a call reaches of the host: the plugin's own state, and the subject's
//! attributes under a live consent. Made anew for every call, so that nothing
//! of another subject is within reach.

use std::sync::Arc;

use guichet_domain::Moment;
use guichet_domain::id::{ServiceCode, SubjectId};
use guichet_sandbox::contract::types::Context;
use guichet_sandbox::ports::{
    BoxFuture, Entry, Kv, KvError, KvPlace, SubjectData, SubjectDataError,
};

use crate::consents::Consent;
use crate::seal::{Place, Sealed};
use crate::store::{KvScope, Store, StoreError};

const VALUE: Place = Place {
    table: "kv",
    column: "value",
};

/// The state and data of one call.
pub struct Reach {
    store: Store,
    package: String,
    service: ServiceCode,
    subject: SubjectId,
    consent: Option<Consent>,
    now: Moment,
}

impl Reach {
    /// For a call of `package`'s `service` on behalf of `subject`.
    #[must_use]
    pub fn new(
        store: Store,
        (package, service): (String, ServiceCode),
        subject: SubjectId,
        consent: Option<Consent>,
        now: Moment,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            package,
            service,
            subject,
            consent,
            now,
        })
    }

    fn scope(&self, place: KvPlace<'_>) -> KvScope {
        KvScope {
            package: self.package.clone(),
            service: self.service.clone(),
            // The real subject, never the pseudonym: erasing a subject finds it.
            scope: match place.subject {
                None => "service".to_owned(),
                Some(_) => format!("subject {}", self.subject),
            },
        }
    }

    /// Values of a subject are sealed under the subject's key.
    async fn seal(&self, place: KvPlace<'_>, value: &[u8]) -> Result<Vec<u8>, KvError> {
        if place.subject.is_none() {
            return Ok(value.to_vec());
        }
        let key = self
            .store
            .subject_key(&self.subject, self.now)
            .await
            .map_err(unavailable)?;
        let sealed = key.seal(VALUE, &value.to_vec());
        sealed
            .map(Sealed::into_bytes)
            .map_err(|error| KvError::Unavailable(error.to_string()))
    }

    async fn open(&self, place: KvPlace<'_>, value: Vec<u8>) -> Result<Vec<u8>, KvError> {
        if place.subject.is_none() {
            return Ok(value);
        }
        let key = self
            .store
            .subject_key(&self.subject, self.now)
            .await
            .map_err(unavailable)?;
        let opened = key.open(VALUE, &Sealed::<Vec<u8>>::from_bytes(value));
        opened.map_err(|error| KvError::Unavailable(error.to_string()))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by value")]
fn unavailable(error: StoreError) -> KvError {
    KvError::Unavailable(error.to_string())
}

/// A failed write may have been committed, unless the writer never took it.
fn uncertain(error: StoreError) -> KvError {
    match error {
        StoreError::WriterFull | StoreError::RolledBack(_) => unavailable(error),
        other => KvError::Uncertain(other.to_string()),
    }
}

impl Kv for Reach {
    fn get<'a>(&'a self, place: KvPlace<'a>) -> BoxFuture<'a, Result<Option<Entry>, KvError>> {
        Box::pin(async move {
            let found = self.store.kv_get(&self.scope(place), place.key).await;
            let Some(found) = found.map_err(unavailable)? else {
                return Ok(None);
            };
            let value = self.open(place, found.value).await?;
            Ok(Some(Entry {
                value,
                version: found.version,
            }))
        })
    }

    fn put<'a>(
        &'a self,
        place: KvPlace<'a>,
        value: &'a [u8],
        quota_bytes: u64,
    ) -> BoxFuture<'a, Result<u64, KvError>> {
        Box::pin(async move {
            let value = self.seal(place, value).await?;
            let scope = self.scope(place);
            let written = self
                .store
                .kv_put(&scope, place.key, &value, quota_bytes)
                .await;
            written
                .map_err(uncertain)?
                .ok_or_else(|| quota(quota_bytes))
        })
    }

    fn compare_and_swap<'a>(
        &'a self,
        place: KvPlace<'a>,
        expected: Option<u64>,
        value: &'a [u8],
        quota_bytes: u64,
    ) -> BoxFuture<'a, Result<Option<u64>, KvError>> {
        Box::pin(async move {
            let value = self.seal(place, value).await?;
            let scope = self.scope(place);
            let swapped =
                self.store
                    .kv_compare_and_swap(&scope, place.key, &value, expected, quota_bytes);
            swapped.await.map_err(uncertain)
        })
    }

    fn delete<'a>(&'a self, place: KvPlace<'a>) -> BoxFuture<'a, Result<bool, KvError>> {
        Box::pin(async move {
            self.store
                .kv_delete(&self.scope(place), place.key)
                .await
                .map_err(uncertain)
        })
    }
}

fn quota(bytes: u64) -> KvError {
    KvError::Quota(format!("{bytes} bytes"))
}

impl SubjectData for Reach {
    fn get<'a>(
        &'a self,
        _context: &'a Context,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, SubjectDataError>> {
        Box::pin(async move {
            let no_consent = || SubjectDataError::NoConsent(scope.to_owned());
            let consent = self.consent.as_ref().ok_or_else(no_consent)?;
            let scope = consent.scopes.iter().find(|own| own.as_str() == scope);
            let scope = scope.ok_or_else(no_consent)?;
            // It may have been withdrawn since the call began.
            let stored = self.store.consent(&consent.id).await;
            let stored =
                stored.map_err(|error| SubjectDataError::Unavailable(error.to_string()))?;
            let live = stored
                .map(Consent::from)
                .is_some_and(|consent| consent.is_live(self.now));
            if !live {
                return Err(no_consent());
            }
            let found = self.store.subject_attribute(&self.subject, scope).await;
            found.map_err(|error| SubjectDataError::Unavailable(error.to_string()))
        })
    }
}
