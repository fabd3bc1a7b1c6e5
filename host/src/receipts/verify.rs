//! Verifying a receipt with a public key alone: no server, no data folder. The
//! steps are those of `docs/receipts.md`, in their order.

use guichet_domain::merkle::{ProofError, leaf_hash, verify_inclusion};
use guichet_registry::checkpoint::{CheckpointError, SignedCheckpoint};
use guichet_registry::sign::{PublicKey, Signature, StatementKind, sha256_parts};
use serde_json::Value;

use super::code;
use super::document::{Document, Proof};
use super::statement::{Milestone, Statement, VERSION};
use crate::audit::origin_of;
use crate::canonical::canonical;
use crate::payments::receipt::APPLIED;

/// A longer receipt is not looked at: fifty bills and two proofs are far shorter.
const LIMIT_BYTES: usize = 1 << 20;

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// What the installation has stated.
    pub statement: Statement,
    /// Whether its events are proven to stand in the audit log.
    pub in_log: InLog,
}

/// How far the log vouches for a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InLog {
    /// The receipt has no proofs yet: it is signed, and that is all.
    NotYet,
    /// Every event of its history is a leaf.
    Proven,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Not a receipt.
    #[error("this is no receipt: {0}; take the file as it was handed out")]
    Form(String),
    /// Of a later version.
    #[error("the receipt has version {0}: use a newer guichet")]
    Version(u32),
    /// Another key's.
    #[error("the receipt names the key {0}: it is of another installation, or a forgery")]
    Key(PublicKey),
    /// Altered, or signed by nobody.
    #[error(
        "the signature does not belong to this receipt: it was altered, or another key signed it"
    )]
    Signature,
    /// Two of its parts say different things.
    #[error("the receipt contradicts itself: {0}")]
    Contradiction(&'static str),
    /// A tree head is not the log's.
    #[error("the tree head of event {0}: {1}")]
    Head(usize, CheckpointError),
    /// A proof leads elsewhere.
    #[error("the proof of event {0}: {1}")]
    Proof(usize, ProofError),
}

/// Verifies the text of a receipt against the installation's key.
pub fn verify(text: &str, key: &PublicKey) -> Result<Proven, Unproven> {
    let (document, statement) = read(text)?;
    if statement.version != VERSION {
        return Err(Unproven::Version(statement.version));
    }
    if document.key != *key {
        return Err(Unproven::Key(document.key));
    }
    Signature::of_key(*key, &document.signature)
        .and_then(|signature| signature.verify_statement(StatementKind::Receipt, &statement.text()))
        .map_err(|_| Unproven::Signature)?;
    agree(&statement)?;
    code::verify(&document.code, key)?;
    if document.code.rsplit_once('|').map(|(text, _)| text) != Some(&code::text_of(&statement)) {
        return Err(Unproven::Contradiction("its QR code is of another receipt"));
    }
    let in_log = if document.proofs.is_empty() {
        InLog::NotYet
    } else {
        check_proofs(&statement, &document.proofs, key)?;
        InLog::Proven
    };
    Ok(Proven { statement, in_log })
}

/// Whatever the shapes below do not know would be neither signed nor checked: it
/// is refused.
fn read(text: &str) -> Result<(Document, Statement), Unproven> {
    if text.len() > LIMIT_BYTES {
        return Err(Unproven::Form("it is longer than 1 MiB".to_owned()));
    }
    let form = |error: serde_json::Error| Unproven::Form(error.to_string());
    let document: Document = serde_json::from_str(text).map_err(form)?;
    if let Some(version) = document.statement["version"].as_u64()
        && version > u64::from(VERSION)
    {
        return Err(Unproven::Version(
            u32::try_from(version).unwrap_or(u32::MAX),
        ));
    }
    let statement: Statement = from_value(&document.statement).map_err(form)?;
    if canonical(&document.statement) == statement.text() {
        Ok((document, statement))
    } else {
        Err(Unproven::Form(
            "the statement has parts that no receipt has".to_owned(),
        ))
    }
}

fn from_value(value: &Value) -> Result<Statement, serde_json::Error> {
    serde_json::from_value(value.clone())
}

/// The statement's parts against each other.
fn agree(statement: &Statement) -> Result<(), Unproven> {
    let (Some(first), Some(last)) = (statement.history.first(), statement.history.last()) else {
        return Err(Unproven::Contradiction("its history is empty"));
    };
    if first.event.event != APPLIED {
        return Err(Unproven::Contradiction(
            "its history does not begin with the application",
        ));
    }
    if first.event.content != Some(statement.facts.digest()) {
        return Err(Unproven::Contradiction(
            "what was paid is not what the log was told",
        ));
    }
    if last.event.state != statement.state.as_str() {
        return Err(Unproven::Contradiction(
            "its state is not where its history ends",
        ));
    }
    let own = |milestone: &Milestone| milestone.event.record == statement.facts.payment;
    if statement.history.iter().all(own) {
        Ok(())
    } else {
        Err(Unproven::Contradiction("its history is of another payment"))
    }
}

fn check_proofs(statement: &Statement, proofs: &[Proof], key: &PublicKey) -> Result<(), Unproven> {
    if proofs.len() != statement.history.len() {
        return Err(Unproven::Contradiction(
            "it has not one proof for each event",
        ));
    }
    for (number, (milestone, proof)) in (1..).zip(statement.history.iter().zip(proofs)) {
        let origin = origin_of(&statement.installation, milestone.log);
        let head = SignedCheckpoint::parse(&proof.checkpoint)
            .and_then(|signed| signed.verify(&origin, key).cloned())
            .map_err(|error| Unproven::Head(number, error))?;
        let leaf = leaf_hash(sha256_parts, milestone.event.text().as_bytes());
        verify_inclusion(
            sha256_parts,
            &leaf,
            (milestone.index, head.size()),
            &proof.path,
            &head.root(),
        )
        .map_err(|error| Unproven::Proof(number, error))?;
    }
    Ok(())
}
