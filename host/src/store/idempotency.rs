//! What was acknowledged under which key. The answers are sealed: they name
//! bills.

use guichet_domain::id::{ClientId, RecordId, SubjectId};

use super::{Row, Store, StoreError, Value};
use crate::seal::{Place, Sealed};

pub(super) const RESPONSE: Place = Place {
    table: "idempotency",
    column: "sealed_response",
};

/// A key within its scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdempotencyKey {
    /// The client.
    pub client: ClientId,
    /// The route's name: `payments`.
    pub route: &'static str,
    /// As sent, 1 to 255 visible characters; the door checks it.
    pub key: String,
}

impl IdempotencyKey {
    pub(super) fn values(&self) -> Vec<Value> {
        vec![
            self.client.as_str().into(),
            self.route.into(),
            self.key.as_str().into(),
        ]
    }
}

/// What stands under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Digest of the canonical body.
    pub body_digest: Vec<u8>,
    /// The record that was made.
    pub record: RecordId,
    /// The acknowledgement, byte for byte.
    pub response: Vec<u8>,
}

/// The row before its seal is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RememberedRow {
    pub(super) body_digest: Vec<u8>,
    pub(super) record: RecordId,
    pub(super) sealed_response: Vec<u8>,
}

impl RememberedRow {
    /// Reads digest, record and response from this position on.
    pub(super) fn read(row: &Row, from: usize) -> Result<Self, StoreError> {
        Ok(Self {
            body_digest: row.bytes(from)?.to_vec(),
            record: row.parsed(from + 1)?,
            sealed_response: row.bytes_or_none(from + 2)?.unwrap_or_default().to_vec(),
        })
    }
}

impl Store {
    /// What stands under the key; the answer belongs to `subject`.
    pub async fn remembered(
        &self,
        key: &IdempotencyKey,
        subject: &SubjectId,
    ) -> Result<Option<Remembered>, StoreError> {
        let rows = self
            .fetch(
                "select body_digest, record, sealed_response from idempotency \
                 where client = $1 and route = $2 and key = $3",
                &key.values(),
            )
            .await?;
        match rows.first() {
            Some(row) => Ok(Some(
                self.open_remembered(RememberedRow::read(row, 0)?, subject)
                    .await?,
            )),
            None => Ok(None),
        }
    }

    /// Opens the answer's seal. Under another subject it does not open, and the
    /// body's digest differs too: then the answer stays empty.
    pub(super) async fn open_remembered(
        &self,
        row: RememberedRow,
        subject: &SubjectId,
    ) -> Result<Remembered, StoreError> {
        let response = match self.known_subject_key(subject).await? {
            Some(key) => key
                .open::<String>(RESPONSE, &Sealed::from_bytes(row.sealed_response))
                .map(String::into_bytes)
                .unwrap_or_default(),
            None => Vec::new(),
        };
        Ok(Remembered {
            body_digest: row.body_digest,
            record: row.record,
            response,
        })
    }
}
