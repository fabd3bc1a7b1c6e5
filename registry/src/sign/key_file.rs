//! Private key files: PKCS#8 in PEM (RFC 5958, RFC 8410; for SM2 the form of RFC
//! 5915 within it), as other tools write them. Not encrypted: the file's access
//! rights protect it.

use std::io::{Read as _, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{SignError, SignatureAlgorithm, SigningKey};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
const LINE_CHARACTERS: usize = 64;
const FILE_LIMIT_BYTES: u64 = 4_096;

/// Everything before the 32 secret bytes of an Ed25519 key.
const ED25519_HEAD: [u8; 16] = *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
/// Everything before the scalar of an SM2 key: the curve 1.2.156.10197.1.301.
const SM2_HEAD: [u8; 36] = *b"\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\
\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d\x04\x6d\x30\x6b\x02\x01\x01\x04\x20";
/// Between the scalar and the public point.
const SM2_MIDDLE: [u8; 5] = *b"\xa1\x44\x03\x42\x00";

/// Why a key file cannot be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Not a key.
    #[error(transparent)]
    Key(#[from] SignError),
    /// The file is in the way, missing, or may not be used.
    #[error("{0}")]
    File(#[from] std::io::Error),
}

/// Writes a key into a new file that only its owner may read. A file that is
/// there already is left alone and is an error.
pub fn create(path: &Path, key: &SigningKey) -> Result<(), KeyFileError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(to_pem(key).as_bytes())?;
    file.sync_all()?;
    Ok(())
}

/// Reads a key from a file.
pub fn read(path: &Path) -> Result<SigningKey, KeyFileError> {
    let mut text = Zeroizing::new(String::new());
    let file = std::fs::File::open(path)?;
    file.take(FILE_LIMIT_BYTES).read_to_string(&mut text)?;
    Ok(from_pem(&text)?)
}

/// The text of a key file.
#[must_use]
pub fn to_pem(key: &SigningKey) -> Zeroizing<String> {
    let mut der = Zeroizing::new(Vec::with_capacity(160));
    match key.algorithm() {
        SignatureAlgorithm::Ed25519 => {
            der.extend_from_slice(&ED25519_HEAD);
            der.extend_from_slice(key.secret());
        }
        SignatureAlgorithm::Sm2Sm3 => {
            der.extend_from_slice(&SM2_HEAD);
            der.extend_from_slice(key.secret());
            der.extend_from_slice(&SM2_MIDDLE);
            der.extend_from_slice(key.public().as_bytes());
        }
    }
    let digits = Zeroizing::new(STANDARD.encode(der.as_slice()));
    let mut text = Zeroizing::new(String::with_capacity(320));
    text.push_str(BEGIN);
    for (position, digit) in digits.chars().enumerate() {
        if position % LINE_CHARACTERS == 0 {
            text.push('\n');
        }
        text.push(digit);
    }
    text.push('\n');
    text.push_str(END);
    text.push('\n');
    text
}

/// Reads the text of a key file.
pub fn from_pem(text: &str) -> Result<SigningKey, SignError> {
    let inner = text
        .trim()
        .strip_prefix(BEGIN)
        .and_then(|text| text.strip_suffix(END))
        .ok_or(SignError::KeyFile)?;
    let mut digits = Zeroizing::new(String::with_capacity(inner.len()));
    digits.extend(inner.split_ascii_whitespace());
    let der = STANDARD.decode(digits.as_bytes());
    let der = Zeroizing::new(der.map_err(|_| SignError::KeyFile)?);
    if let Some(seed) = der.strip_prefix(&ED25519_HEAD) {
        let seed = seed.try_into().map_err(|_| SignError::KeyFile)?;
        return Ok(SigningKey::from_seed(seed));
    }
    let rest = der.strip_prefix(&SM2_HEAD).ok_or(SignError::KeyFile)?;
    let (scalar, rest) = rest.split_first_chunk().ok_or(SignError::KeyFile)?;
    let key = SigningKey::from_secret(SignatureAlgorithm::Sm2Sm3, scalar)?;
    match rest.strip_prefix(&SM2_MIDDLE) {
        Some(point) if point == key.public().as_bytes() => Ok(key),
        _ => Err(SignError::KeyFile),
    }
}
