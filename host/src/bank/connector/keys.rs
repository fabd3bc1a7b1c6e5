//! Key files of the bank's protocol: this side's private or shared key, the
//! bank's public or shared key. Keys never appear in errors, logs or `Debug`.

use std::io::Read as _;
use std::path::Path;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::signature::{SigningKey, VerifyingKey};

/// The largest key file.
const FILE_LIMIT_BYTES: u64 = 4_096;
/// A shared secret's least and greatest length.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 32..=64;
/// Everything before the 32 bytes of an Ed25519 public key (RFC 8410).
const ED25519_PUBLIC_HEAD: [u8; 12] = *b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// How messages are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// Ed25519: each side has a key pair.
    #[serde(rename = "ed25519")]
    Ed25519,
    /// HMAC-SHA-256: one shared secret for each direction, or for both.
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
}

/// Why a key file cannot be used. Says nothing of its content.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// Others than its owner may read it.
    #[error("others may read it: run `chmod 600` on it")]
    Open,
    /// No private key.
    #[error(
        "it holds no Ed25519 private key in PKCS#8 PEM: make one with `openssl genpkey -algorithm ed25519`"
    )]
    Private,
    /// No public key.
    #[error(
        "it holds no Ed25519 public key in PEM: the bank makes one with `openssl pkey -pubout`"
    )]
    Public,
    /// No secret.
    #[error(
        "it holds no secret of 32 to 64 bytes in base64: make one with `openssl rand -base64 32`"
    )]
    Secret,
}

/// This side's key.
pub(super) fn signing_key(algorithm: Algorithm, path: &Path) -> Result<SigningKey, KeyError> {
    let text = read(path, Access::Owner)?;
    Ok(match algorithm {
        Algorithm::Ed25519 => {
            let der = pem(&text, "PRIVATE KEY").ok_or(KeyError::Private)?;
            let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
            SigningKey::Ed25519(key.map_err(|_| KeyError::Private)?)
        }
        Algorithm::HmacSha256 => SigningKey::Hmac(secret(&text)?),
    })
}

/// The bank's key.
pub(super) fn verifying_key(algorithm: Algorithm, path: &Path) -> Result<VerifyingKey, KeyError> {
    Ok(match algorithm {
        Algorithm::Ed25519 => {
            let der = pem(&read(path, Access::Anybody)?, "PUBLIC KEY").ok_or(KeyError::Public)?;
            let key = der.strip_prefix(&ED25519_PUBLIC_HEAD);
            let key = key.and_then(|key| key.try_into().ok());
            VerifyingKey::Ed25519(key.ok_or(KeyError::Public)?)
        }
        Algorithm::HmacSha256 => VerifyingKey::Hmac(secret(&read(path, Access::Owner)?)?),
    })
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Owner,
    Anybody,
}

fn read(path: &Path, access: Access) -> Result<String, KeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let file = std::fs::File::open(path)?;
    if access == Access::Owner && file.metadata()?.permissions().mode() & 0o077 != 0 {
        return Err(KeyError::Open);
    }
    let mut text = String::new();
    file.take(FILE_LIMIT_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

fn pem(text: &str, label: &str) -> Option<Vec<u8>> {
    let inner = text
        .trim()
        .strip_prefix(&format!("-----BEGIN {label}-----"))?
        .strip_suffix(&format!("-----END {label}-----"))?;
    let digits: String = inner.split_ascii_whitespace().collect();
    BASE64_STANDARD.decode(digits).ok()
}

fn secret(text: &str) -> Result<Box<hmac::Key>, KeyError> {
    let bytes = BASE64_STANDARD.decode(text.trim());
    let bytes = bytes.map_err(|_| KeyError::Secret)?;
    if !SECRET_BYTES.contains(&bytes.len()) {
        return Err(KeyError::Secret);
    }
    Ok(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
}
