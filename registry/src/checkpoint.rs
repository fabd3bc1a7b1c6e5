//! Checkpoints of the log: its size and root, signed (C2SP tlog-checkpoint in a
//! C2SP signed-note). Tools that know the format can read and check them. There
//! is one lawful text of each; which checkpoints belong together, and when one
//! is made, is decided elsewhere.
//!
//! ```text
//! registry.example.test/log
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — registry.example.test/log Az3grlgt…
//! ```

mod origin;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet_domain::merkle::Tree;
use guichet_domain::{Digest, DigestAlgorithm};

pub use origin::{LogOrigin, LogOriginError};

use crate::sign::{PublicKey, SignatureAlgorithm, SigningKey, sha256_parts};

/// Longer texts are not looked at.
const NOTE_LIMIT_BYTES: usize = 4_096;
/// Follows the type byte of signatures that have no byte of their own there.
const SM2_TYPE: &[u8] = b"\xffsm2-sm3.guichet";
const ED25519_TYPE: &[u8] = b"\x01";

/// How large the log was and what its root was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: LogOrigin,
    size: u64,
    root: Digest,
}

/// A checkpoint with a signature that was not judged yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    key_id: [u8; 4],
    signature: [u8; 64],
}

/// Why a text is no checkpoint of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not the one lawful text of anything.
    #[error(
        "this is no checkpoint: it has the lines origin, size and root, an empty line, and one signature of the origin's key"
    )]
    Form,
    /// Roots are SHA-256 in this format.
    #[error("a checkpoint's root is a SHA-256 digest")]
    Root,
    /// Another log's.
    #[error("the checkpoint is of another log: compare the origin in its first line")]
    Origin,
    /// Another key's.
    #[error("the checkpoint is signed by another key than the log's: compare the log's public key")]
    Key,
    /// Altered.
    #[error("the checkpoint's signature does not belong to it: it was altered, fetch it again")]
    Signature,
}

impl Checkpoint {
    /// From its parts; the root is a SHA-256 digest.
    pub fn new(origin: LogOrigin, size: u64, root: Digest) -> Result<Self, CheckpointError> {
        if root.algorithm() != DigestAlgorithm::Sha256 {
            return Err(CheckpointError::Root);
        }
        Ok(Self { origin, size, root })
    }

    /// Of a tree as it is now, hashed with SHA-256.
    pub fn of(origin: LogOrigin, tree: &Tree) -> Result<Self, CheckpointError> {
        Self::new(origin, tree.size(), tree.root())
    }

    /// The log's name.
    #[must_use]
    pub const fn origin(&self) -> &LogOrigin {
        &self.origin
    }

    /// Entries in the log.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    #[must_use]
    pub const fn root(&self) -> Digest {
        self.root
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let root = STANDARD.encode(self.root.as_bytes());
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    /// Signs it with the log's key, which bears the origin's name.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let signature = key.sign_message(self.text().as_bytes());
        let signed = SignedCheckpoint {
            checkpoint: self.clone(),
            key_id: key_id(&self.origin, &key.public()),
            signature: *signature.as_bytes(),
        };
        signed.text()
    }
}

impl SignedCheckpoint {
    /// Reads a checkpoint's one lawful text.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let form = CheckpointError::Form;
        if text.len() > NOTE_LIMIT_BYTES {
            return Err(form);
        }
        let lines: Vec<&str> = text.split('\n').collect();
        let &[origin, size, root, "", signature, ""] = lines.as_slice() else {
            return Err(form);
        };
        let checkpoint = Checkpoint {
            origin: origin.parse().map_err(|_| form)?,
            size: size.parse().map_err(|_| form)?,
            root: Digest::from_bytes(decode(root)?),
        };
        let signature = signature
            .strip_prefix("— ")
            .and_then(|rest| rest.strip_prefix(origin)?.strip_prefix(' '))
            .ok_or(form)?;
        let bytes: [u8; 68] = decode(signature)?;
        let (key_id, rest) = bytes.split_first_chunk().ok_or(form)?;
        let read = Self {
            checkpoint,
            key_id: *key_id,
            signature: rest.try_into().map_err(|_| form)?,
        };
        // Whatever other spelling the steps above let through ends here.
        if read.text() == text {
            Ok(read)
        } else {
            Err(form)
        }
    }

    /// The checkpoint, before anybody has looked at its signature.
    #[must_use]
    pub const fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint, if the log of this origin and key signed it.
    pub fn verify(
        &self,
        origin: &LogOrigin,
        key: &PublicKey,
    ) -> Result<&Checkpoint, CheckpointError> {
        if self.checkpoint.origin != *origin {
            return Err(CheckpointError::Origin);
        }
        if self.key_id != key_id(origin, key) {
            return Err(CheckpointError::Key);
        }
        key.verify_message(self.checkpoint.text().as_bytes(), &self.signature)
            .map_err(|_| CheckpointError::Signature)?;
        Ok(&self.checkpoint)
    }

    /// The whole note.
    #[must_use]
    pub fn text(&self) -> String {
        let origin = &self.checkpoint.origin;
        let bytes = [self.key_id.as_slice(), &self.signature].concat();
        let signature = STANDARD.encode(bytes);
        format!("{}\n— {origin} {signature}\n", self.checkpoint.text())
    }
}

/// The log's key as tools for signed notes take it: name, id, type and key.
#[must_use]
pub fn verifier_key(origin: &LogOrigin, key: &PublicKey) -> String {
    let id = u32::from_be_bytes(key_id(origin, key));
    let typed = [type_of(key), key.as_bytes()].concat();
    format!("{origin}+{id:08x}+{}", STANDARD.encode(typed))
}

fn key_id(origin: &LogOrigin, key: &PublicKey) -> [u8; 4] {
    let parts = [
        origin.as_str().as_bytes(),
        b"\n",
        type_of(key),
        key.as_bytes(),
    ];
    let digest = sha256_parts(&parts);
    let [first, second, third, fourth, ..] = *digest.as_bytes();
    [first, second, third, fourth]
}

const fn type_of(key: &PublicKey) -> &'static [u8] {
    match key.algorithm() {
        SignatureAlgorithm::Ed25519 => ED25519_TYPE,
        SignatureAlgorithm::Sm2Sm3 => SM2_TYPE,
    }
}

fn decode<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], CheckpointError> {
    let bytes = STANDARD.decode(text).map_err(|_| CheckpointError::Form)?;
    bytes.try_into().map_err(|_| CheckpointError::Form)
}

#[cfg(test)]
mod tests;
