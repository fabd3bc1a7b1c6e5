//! Signatures: algorithms by name, digests, keys, and the messages that are
//! signed. Whose key counts for what is the admission policy's matter.
//!
//! Algorithms come in families: Ed25519 goes with SHA-256, SM2 with SM3. The
//! national family is the work of libraries that were not audited, and is left
//! out of builds without the feature `national-crypto`.

mod hash;
mod hex;
pub mod key_file;
#[cfg(feature = "national-crypto")]
mod national;
#[cfg(not(feature = "national-crypto"))]
#[path = "sign/national_absent.rs"]
mod national;
mod public_key;
mod signing_key;
mod statement;

use std::fmt;

use guichet_domain::{Digest, DigestAlgorithm};

pub use hash::{digest, sha256, sha256_parts};
pub use public_key::PublicKey;
pub use signing_key::SigningKey;
pub use statement::StatementKind;

/// A named signature algorithm; the names stand here and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SignatureAlgorithm {
    /// RFC 8032.
    Ed25519,
    /// SM2 signature over SM3 (GB/T 32918), with the user id of GB/T 35276.
    Sm2Sm3,
}

impl SignatureAlgorithm {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ed25519, Self::Sm2Sm3];

    /// Its name in bundles and in front of keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Sm2Sm3 => "sm2-sm3",
        }
    }

    /// The algorithm of a name.
    pub fn from_name(name: &str) -> Result<Self, SignError> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
            .ok_or_else(|| SignError::Algorithm(name.chars().take(40).collect()))
    }

    /// The digest algorithm of its family.
    #[must_use]
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Ed25519 => DigestAlgorithm::Sha256,
            Self::Sm2Sm3 => DigestAlgorithm::Sm3,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// As what a key signs a release. The messages differ, so that a publisher's
/// signature never passes for a registry's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Whoever made the release.
    Publisher,
    /// A registry that found it good.
    Registry,
}

impl Role {
    fn message(self, release: Digest) -> String {
        let prefix = match self {
            Self::Publisher => "guichet release 1",
            Self::Registry => "guichet registry 1",
        };
        format!("{prefix}\n{release}\n")
    }
}

/// Why a key or signature cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// An algorithm that this version does not know.
    #[error("the signature algorithm {0:?} is unknown: sign with ed25519 or sm2-sm3")]
    Algorithm(String),
    /// The national algorithms in a build without them.
    #[error("SM2 and SM3 are not part of this build: build it with the feature national-crypto")]
    National,
    /// Not hexadecimal, or of another length.
    #[error(
        "a key of {algorithm} has {key_bytes} bytes and a signature 64, in lower-case hexadecimal digits",
        key_bytes = public_key::length(*algorithm)
    )]
    Form {
        /// Whose form was expected.
        algorithm: SignatureAlgorithm,
    },
    /// A key without its algorithm.
    #[error("a public key is written ed25519:HEX or sm2-sm3:HEX")]
    Key,
    /// Bytes of the right length that are no key.
    #[error("these bytes are no key of {0}: correct them, or make a new key")]
    NoKey(SignatureAlgorithm),
    /// The signature belongs to other bytes, another key or another role.
    #[error("the signature does not belong to this release and key")]
    Mismatch,
    /// A text that is no private key file.
    #[error(
        "this is no private key of ed25519 or sm2-sm3 in PKCS#8 PEM: make one with `guichet plugin key new FILE`"
    )]
    KeyFile,
}

/// A signature with the key it was made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Whose it is.
    pub key: PublicKey,
    bytes: [u8; 64],
}

impl Signature {
    /// Reads what stands in a bundle.
    pub fn from_texts(algorithm: &str, key: &str, bytes: &str) -> Result<Self, SignError> {
        let algorithm = SignatureAlgorithm::from_name(algorithm)?;
        Ok(Self {
            key: PublicKey::from_hex(algorithm, key)?,
            bytes: hex::read(bytes).ok_or(SignError::Form { algorithm })?,
        })
    }

    pub(crate) const fn from_bytes(key: PublicKey, bytes: [u8; 64]) -> Self {
        Self { key, bytes }
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 64] {
        &self.bytes
    }

    /// Its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    /// Its digits alone.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::write(&self.bytes)
    }

    /// Checks that its key signed the release in this role.
    pub fn verify(&self, role: Role, release: Digest) -> Result<(), SignError> {
        self.key
            .verify_message(role.message(release).as_bytes(), &self.bytes)
    }
}

/// `ALGORITHM KEY SIGNATURE`, as it stands in a bundle.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (algorithm, key) = (self.algorithm(), self.key.hex());
        write!(f, "{algorithm} {key} {}", hex::write(&self.bytes))
    }
}

#[cfg(test)]
mod tests;
