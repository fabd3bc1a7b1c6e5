//! Keys that the host holds for a plugin, and the schemes they are for. Their
//! material is never here.

use std::collections::BTreeSet;

use guichet_domain::grant::KeyUse;
use serde::{Deserialize, Serialize};

use crate::texts::Texts;

/// A key that the host holds for the plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The scheme it is for.
    pub algorithm: KeyAlgorithm,
    /// What is done with it.
    pub uses: BTreeSet<KeyUse>,
    /// Why it is needed.
    pub reason: Texts,
}

/// Schemes of the contract's `keys` interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PSS with SHA-256.
    RsaPssSha256,
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256Sha256,
    /// Ed25519.
    Ed25519,
    /// SM2 signature with SM3 (GB/T 32918).
    Sm2Sm3,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// HMAC with SM3.
    HmacSm3,
    /// AES-256 in GCM.
    #[serde(rename = "aes-256-gcm")]
    Aes256Gcm,
    /// SM4 in GCM.
    Sm4Gcm,
    /// SM2 encryption.
    Sm2,
    /// Legacy.
    RsaPkcs1Sha1,
    /// Legacy.
    RsaPkcs1Md5,
    /// Legacy.
    #[serde(rename = "3des-cbc")]
    TripleDesCbc,
}

impl KeyAlgorithm {
    /// Whether it needs the permission `legacy-crypto`.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        matches!(
            self,
            Self::RsaPkcs1Sha1 | Self::RsaPkcs1Md5 | Self::TripleDesCbc
        )
    }

    /// Whether a key of this scheme can be used like that.
    #[must_use]
    pub const fn serves(self, usage: KeyUse) -> bool {
        match self {
            Self::HmacSha256 | Self::HmacSha512 | Self::HmacSm3 => matches!(usage, KeyUse::Mac),
            Self::Aes256Gcm | Self::Sm4Gcm | Self::Sm2 | Self::TripleDesCbc => {
                matches!(usage, KeyUse::Encrypt | KeyUse::Decrypt)
            }
            Self::RsaPkcs1Sha256
            | Self::RsaPssSha256
            | Self::EcdsaP256Sha256
            | Self::Ed25519
            | Self::Sm2Sm3
            | Self::RsaPkcs1Sha1
            | Self::RsaPkcs1Md5 => matches!(usage, KeyUse::Sign | KeyUse::Verify),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_are_written_as_the_contract_names_them() {
        let names = [
            "rsa-pkcs1-sha256",
            "ecdsa-p256-sha256",
            "hmac-sm3",
            "aes-256-gcm",
            "3des-cbc",
        ];
        for name in names {
            let json = serde_json::to_string(name).unwrap();
            let algorithm: KeyAlgorithm = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&algorithm).unwrap(), json);
        }
        assert!(KeyAlgorithm::HmacSm3.serves(KeyUse::Mac));
        assert!(!KeyAlgorithm::Ed25519.serves(KeyUse::Mac));
    }
}
