//! Public keys with their algorithm.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use guichet_domain::Digest;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Role, SignError, Signature, SignatureAlgorithm, hex, national};

const ED25519_BYTES: usize = 32;
/// An uncompressed point: 4, then both coordinates.
pub(super) const SM2_BYTES: usize = 65;

/// The bytes of a public key.
pub(super) const fn length(algorithm: SignatureAlgorithm) -> usize {
    match algorithm {
        SignatureAlgorithm::Ed25519 => ED25519_BYTES,
        SignatureAlgorithm::Sm2Sm3 => SM2_BYTES,
    }
}

/// A public key, written `ed25519:HEX` (the 32 bytes of RFC 8032) or
/// `sm2-sm3:HEX` (an uncompressed point that lies on the curve).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct PublicKey(Bytes);

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Bytes {
    Ed25519([u8; ED25519_BYTES]),
    Sm2Sm3([u8; SM2_BYTES]),
}

impl PublicKey {
    /// From its algorithm and bytes.
    pub fn from_bytes(algorithm: SignatureAlgorithm, bytes: &[u8]) -> Result<Self, SignError> {
        let form = || SignError::Form { algorithm };
        Ok(Self(match algorithm {
            SignatureAlgorithm::Ed25519 => Bytes::Ed25519(bytes.try_into().map_err(|_| form())?),
            SignatureAlgorithm::Sm2Sm3 => {
                let point = bytes.try_into().map_err(|_| form())?;
                national::check_point(&point)?;
                Bytes::Sm2Sm3(point)
            }
        }))
    }

    /// From its algorithm and digits, as a bundle writes them.
    pub fn from_hex(algorithm: SignatureAlgorithm, digits: &str) -> Result<Self, SignError> {
        let form = SignError::Form { algorithm };
        match algorithm {
            SignatureAlgorithm::Ed25519 => {
                let bytes = hex::read::<ED25519_BYTES>(digits).ok_or(form)?;
                Self::from_bytes(algorithm, &bytes)
            }
            SignatureAlgorithm::Sm2Sm3 => {
                let bytes = hex::read::<SM2_BYTES>(digits).ok_or(form)?;
                Self::from_bytes(algorithm, &bytes)
            }
        }
    }

    /// Its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        match &self.0 {
            Bytes::Ed25519(_) => SignatureAlgorithm::Ed25519,
            Bytes::Sm2Sm3(_) => SignatureAlgorithm::Sm2Sm3,
        }
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Ed25519(bytes) => bytes,
            Bytes::Sm2Sm3(bytes) => bytes,
        }
    }

    /// Its digits alone.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::write(self.as_bytes())
    }

    /// Checks that this key signed a release in a role.
    pub fn verify(
        &self,
        role: Role,
        release: Digest,
        signature: &Signature,
    ) -> Result<(), SignError> {
        if signature.key != *self {
            return Err(SignError::Mismatch);
        }
        signature.verify(role, release)
    }

    pub(crate) fn verify_message(
        &self,
        message: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), SignError> {
        match &self.0 {
            Bytes::Ed25519(bytes) => UnparsedPublicKey::new(&ED25519, bytes)
                .verify(message, signature)
                .map_err(|_| SignError::Mismatch),
            Bytes::Sm2Sm3(point) => national::verify(point, message, signature),
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm(), self.hex())
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
        let (algorithm, digits) = text.split_once(':').ok_or(SignError::Key)?;
        Self::from_hex(SignatureAlgorithm::from_name(algorithm)?, digits)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
