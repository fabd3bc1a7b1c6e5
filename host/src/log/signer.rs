//! The registry's private key: a file of the node's folder, readable by its
//! owner alone. Nodes without it follow the log and enter nothing.

use std::io::ErrorKind;
use std::path::Path;

use guichet_registry::sign::key_file::{self, KeyFileError};
use guichet_registry::sign::{SignatureAlgorithm, SigningKey};

/// The key's file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the registry's key {0}: {1}")]
pub struct SignerError(String, KeyFileError);

/// The key of this file; none where there is no file.
pub fn load(path: &Path) -> Result<Option<SigningKey>, SignerError> {
    match key_file::read(path) {
        Ok(key) => Ok(Some(key)),
        Err(KeyFileError::File(error)) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SignerError(path.display().to_string(), error)),
    }
}

/// The key of this file, made where there is none.
pub fn make(path: &Path) -> Result<SigningKey, SignerError> {
    if let Some(key) = load(path)? {
        return Ok(key);
    }
    let failed = |error| SignerError(path.display().to_string(), error);
    let key = SigningKey::generate(SignatureAlgorithm::Ed25519)
        .map_err(|error| failed(KeyFileError::Key(error)))?;
    key_file::create(path, &key).map_err(failed)?;
    Ok(key)
}
