//! Signatures over releases: algorithms by name, keys by fingerprint. Who may
//! sign for which publisher is the admission policy's matter.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use guichet_domain::Digest;
use guichet_domain::id::PublisherName;

/// Keeps signatures over releases apart from any other use of the same key.
const MESSAGE_PREFIX: &str = "guichet release 1\n";

/// SHA-256 of bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Digest {
    let computed = digest(&SHA256, bytes);
    Digest::from_bytes(
        computed
            .as_ref()
            .try_into()
            .expect("SHA-256 gives 32 bytes"),
    )
}

/// A named signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SignatureAlgorithm {
    /// RFC 8032.
    Ed25519,
}

impl SignatureAlgorithm {
    /// Its name in bundles.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
        }
    }
}

/// Why a key or signature cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// An algorithm that this version does not know.
    #[error("the signature algorithm {0:?} is unknown: sign with ed25519")]
    Algorithm(String),
    /// Not hexadecimal, or of another length.
    #[error("a key has 32 bytes and a signature 64, in lower-case hexadecimal digits")]
    Form,
    /// The signature belongs to other bytes or another key.
    #[error("the signature does not belong to this release and key")]
    Mismatch,
}

/// A public key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// From the 32 bytes of RFC 8032.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Checks a signature over a release.
    pub fn verify(&self, release: Digest, signature: &Signature) -> Result<(), SignError> {
        if signature.key != *self {
            return Err(SignError::Mismatch);
        }
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(message(release).as_bytes(), &signature.bytes)
            .map_err(|_| SignError::Mismatch)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = SignError;

    fn from_str(text: &str) -> Result<Self, SignError> {
        unhex(text).map(Self)
    }
}

/// A signature with the key it was made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Its algorithm.
    pub algorithm: SignatureAlgorithm,
    /// Whose it is.
    pub key: PublicKey,
    bytes: [u8; 64],
}

impl Signature {
    /// Reads what stands in a bundle.
    pub fn from_texts(algorithm: &str, key: &str, bytes: &str) -> Result<Self, SignError> {
        if algorithm != SignatureAlgorithm::Ed25519.as_str() {
            return Err(SignError::Algorithm(algorithm.chars().take(40).collect()));
        }
        let algorithm = SignatureAlgorithm::Ed25519;
        Ok(Self {
            algorithm,
            key: key.parse()?,
            bytes: unhex(bytes)?,
        })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {}",
            self.algorithm.as_str(),
            self.key,
            hex(&self.bytes)
        )
    }
}

/// A private key. It is never shown and never written.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// From the 32 secret bytes of RFC 8032.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(seed).expect("every 32 bytes are a lawful seed"))
    }

    /// The development key of a publisher. Everybody can work it out from the
    /// name, so it proves nothing; only a development policy accepts it.
    #[must_use]
    pub fn development(publisher: &PublisherName) -> Self {
        let text = format!("guichet development key, proves nothing: {publisher}");
        Self::from_seed(sha256(text.as_bytes()).as_bytes())
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let bytes = self.0.public_key().as_ref();
        PublicKey(
            bytes
                .try_into()
                .expect("an Ed25519 public key has 32 bytes"),
        )
    }

    /// Signs a release.
    #[must_use]
    pub fn sign(&self, release: Digest) -> Signature {
        let made = self.0.sign(message(release).as_bytes());
        Signature {
            algorithm: SignatureAlgorithm::Ed25519,
            key: self.public(),
            bytes: made
                .as_ref()
                .try_into()
                .expect("an Ed25519 signature has 64 bytes"),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public()).finish()
    }
}

fn message(release: Digest) -> String {
    format!("{MESSAGE_PREFIX}{release}\n")
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn unhex<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], SignError> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(SignError::Form),
    };
    if text.len() != LENGTH * 2 {
        return Err(SignError::Form);
    }
    let mut bytes = [0; LENGTH];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
