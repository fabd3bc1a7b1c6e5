//! Names of algorithms. The algorithm belongs to the key, so that a plugin
//! cannot use a key for another scheme.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017).
    RsaPkcs1Sha256,
    /// RSASSA-PSS with SHA-256 (RFC 8017).
    RsaPssSha256,
    /// ECDSA on P-256 with SHA-256, signatures as r then s (FIPS 186-5).
    EcdsaP256Sha256,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// SM2 signatures with SM3, r then s (GB/T 32918.2).
    Sm2Sm3,
    /// HMAC with SHA-256 (RFC 2104).
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// HMAC with SM3 (GB/T 15852.2).
    HmacSm3,
    /// AES-256 in Galois/counter mode (NIST SP 800-38D).
    Aes256Gcm,
    /// SM4 in Galois/counter mode (RFC 8998).
    Sm4Gcm,
    /// SM2 encryption, C1 C3 C2 (GB/T 32918.4).
    Sm2,
    /// Triple DES in cipher block chaining mode. Legacy.
    TripleDesCbc,
    /// RSASSA-PKCS1-v1_5 with SHA-1. Legacy.
    RsaPkcs1Sha1,
    /// RSASSA-PKCS1-v1_5 with MD5. Legacy; no library here makes it.
    RsaPkcs1Md5,
}

const NAMES: [(Algorithm, &str); 14] = [
    (Algorithm::RsaPkcs1Sha256, "rsa-pkcs1-sha256"),
    (Algorithm::RsaPssSha256, "rsa-pss-sha256"),
    (Algorithm::EcdsaP256Sha256, "ecdsa-p256-sha256"),
    (Algorithm::Ed25519, "ed25519"),
    (Algorithm::Sm2Sm3, "sm2-sm3"),
    (Algorithm::HmacSha256, "hmac-sha256"),
    (Algorithm::HmacSha512, "hmac-sha512"),
    (Algorithm::HmacSm3, "hmac-sm3"),
    (Algorithm::Aes256Gcm, "aes-256-gcm"),
    (Algorithm::Sm4Gcm, "sm4-gcm"),
    (Algorithm::Sm2, "sm2"),
    (Algorithm::TripleDesCbc, "3des-cbc"),
    (Algorithm::RsaPkcs1Sha1, "rsa-pkcs1-sha1"),
    (Algorithm::RsaPkcs1Md5, "rsa-pkcs1-md5"),
];

impl Algorithm {
    /// The contract's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(algorithm, _)| *algorithm == self)
            .map_or("", |(_, name)| name)
    }

    /// Whether it may be used only under the permission `legacy-crypto`.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        matches!(
            self,
            Self::TripleDesCbc | Self::RsaPkcs1Sha1 | Self::RsaPkcs1Md5
        )
    }
}

/// A name that is no algorithm's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown key algorithm {0:?}")]
pub struct AlgorithmError(String);

impl FromStr for Algorithm {
    type Err = AlgorithmError;

    fn from_str(text: &str) -> Result<Self, AlgorithmError> {
        NAMES
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(algorithm, _)| *algorithm)
            .ok_or_else(|| AlgorithmError(text.to_owned()))
    }
}

impl TryFrom<String> for Algorithm {
    type Error = AlgorithmError;

    fn try_from(text: String) -> Result<Self, AlgorithmError> {
        text.parse()
    }
}

impl From<Algorithm> for String {
    fn from(algorithm: Algorithm) -> Self {
        algorithm.name().to_owned()
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for (algorithm, name) in NAMES {
            assert_eq!(name.parse(), Ok(algorithm));
            assert_eq!(algorithm.to_string(), name);
        }
        assert!("rsa".parse::<Algorithm>().is_err());
        assert!(Algorithm::TripleDesCbc.is_legacy());
        assert!(!Algorithm::Sm2Sm3.is_legacy());
    }
}
