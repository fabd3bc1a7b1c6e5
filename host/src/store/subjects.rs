//! Subjects: their keys, and the attributes that plugins may read under
//! consent. Which attribute may be read is decided elsewhere.

use std::collections::BTreeMap;
use std::sync::Mutex;

use guichet_domain::Moment;
use guichet_domain::id::{DataScope, SubjectId};

use super::{Statement, Store, StoreError};
use crate::seal::{Place, Sealed, SubjectKey};

/// Opened keys kept at hand; beyond it the cache starts afresh.
const CACHED_KEYS: usize = 10_000;
const ATTRIBUTE: Place = Place {
    table: "subject_attributes",
    column: "sealed_value",
};

/// Opened keys by subject.
#[derive(Default)]
pub(super) struct KeyCache(Mutex<BTreeMap<SubjectId, SubjectKey>>);

impl KeyCache {
    fn get(&self, subject: &SubjectId) -> Option<SubjectKey> {
        self.0.lock().ok()?.get(subject).cloned()
    }

    fn put(&self, subject: &SubjectId, key: &SubjectKey) {
        if let Ok(mut keys) = self.0.lock() {
            if keys.len() >= CACHED_KEYS {
                keys.clear();
            }
            keys.insert(subject.clone(), key.clone());
        }
    }
}

impl Store {
    /// The subject's key, made where there is none yet.
    pub async fn subject_key(
        &self,
        subject: &SubjectId,
        now: Moment,
    ) -> Result<SubjectKey, StoreError> {
        if let Some(key) = self.known_subject_key(subject).await? {
            return Ok(key);
        }
        let (_, wrapped) = self.vault().new_subject_key(subject)?;
        let statement = Statement::new(
            "insert into subjects (id, wrapped_key, created_at) values ($1, $2, $3) \
             on conflict (id) do nothing",
            vec![subject.as_str().into(), wrapped.into(), now.into()],
        );
        self.write(vec![statement]).await?;
        // Two callers may have made one: the row that stands is the key.
        self.known_subject_key(subject)
            .await?
            .ok_or_else(|| StoreError::Unfit("a subject's key was not kept".to_owned()))
    }

    /// The subject's key, where the subject is known.
    pub async fn known_subject_key(
        &self,
        subject: &SubjectId,
    ) -> Result<Option<SubjectKey>, StoreError> {
        if let Some(key) = self.inner.keys.get(subject) {
            return Ok(Some(key));
        }
        let rows = self
            .fetch(
                "select wrapped_key from subjects where id = $1",
                &[subject.as_str().into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let key = self.vault().subject_key(subject, row.bytes(0)?)?;
        self.inner.keys.put(subject, &key);
        Ok(Some(key))
    }

    /// The key of a subject that must be known, because sealed data of it exists.
    pub(super) async fn existing_key(&self, subject: &SubjectId) -> Result<SubjectKey, StoreError> {
        let key = self.known_subject_key(subject).await?;
        key.ok_or(StoreError::Seal(crate::seal::SealError::Broken))
    }

    /// Sets an attribute of a subject.
    pub async fn set_subject_attribute(
        &self,
        subject: &SubjectId,
        scope: &DataScope,
        value: &str,
        now: Moment,
    ) -> Result<(), StoreError> {
        let key = self.subject_key(subject, now).await?;
        let sealed = key.seal(ATTRIBUTE, &value)?.into_bytes();
        let statement = Statement::new(
            "insert into subject_attributes (subject, scope, sealed_value, updated_at) \
             values ($1, $2, $3, $4) on conflict (subject, scope) do update \
             set sealed_value = excluded.sealed_value, updated_at = excluded.updated_at",
            vec![
                subject.as_str().into(),
                scope.as_str().into(),
                sealed.into(),
                now.into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// An attribute of a subject.
    pub async fn subject_attribute(
        &self,
        subject: &SubjectId,
        scope: &DataScope,
    ) -> Result<Option<String>, StoreError> {
        let rows = self
            .fetch(
                "select sealed_value from subject_attributes where subject = $1 and scope = $2",
                &[subject.as_str().into(), scope.as_str().into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let key = self.existing_key(subject).await?;
        Ok(Some(key.open(
            ATTRIBUTE,
            &Sealed::from_bytes(row.bytes(0)?.to_vec()),
        )?))
    }
}
