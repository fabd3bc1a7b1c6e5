//! Events and heads of the audit log on the wire.

use guichet_domain::Digest;
use serde::Serialize;
use utoipa::ToSchema;

use crate::audit::Head;
use crate::store::{Entry, LoggedEvent};

/// Who signs here.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditKey {
    /// The installation's name.
    pub installation: String,
    /// The key that checks receipts and tree heads.
    #[schema(example = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    pub key: String,
}

/// A log's newest tree head.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditLog {
    /// Number of the log: the slot of the node that writes it.
    pub log: u8,
    /// Leaves that are signed.
    pub size: u64,
    /// The root over them.
    #[schema(value_type = String)]
    pub root: Digest,
    /// The key by the log's name, as tools for C2SP signed notes take it.
    pub verifier_key: String,
}

impl AuditLog {
    pub(crate) fn new(head: &Head, verifier_key: String) -> Self {
        Self {
            log: head.log,
            size: head.size,
            root: head.root,
            verifier_key,
        }
    }
}

/// An event. The leaf is the SHA-256 of a zero byte and its canonical form
/// (RFC 8785).
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// RFC 3339.
    pub at: String,
    /// The attempt of a payment that it belongs to, else 0.
    pub attempt: u32,
    /// Digest of what it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false)]
    pub content: Option<Digest>,
    /// Its name.
    #[schema(example = "applied")]
    pub event: String,
    /// Counts from 1 within the record.
    pub number: u32,
    /// The record that it happened to.
    pub record: String,
    /// Where it led.
    #[schema(example = "applied")]
    pub state: String,
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        Self {
            at: entry.at.to_string(),
            attempt: entry.attempt,
            content: entry.content,
            event: entry.event,
            number: entry.number,
            record: entry.record.into(),
            state: entry.state,
        }
    }
}

/// An event with its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditLeaf {
    /// The leaf's index, from 0.
    pub index: u64,
    /// What happened.
    pub event: AuditEntry,
}

impl From<LoggedEvent> for AuditLeaf {
    fn from(logged: LoggedEvent) -> Self {
        Self {
            index: logged.index,
            event: logged.entry.into(),
        }
    }
}
