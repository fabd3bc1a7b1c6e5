//! A publisher's key: made into a file that only its owner may read, and read
//! back to sign. Enrolling the public half is the registry's.

use std::path::Path;

use guichet_registry::sign::{PublicKey, SigningKey, key_file};

use super::WorkshopError;

pub use guichet_registry::sign::SignatureAlgorithm as Algorithm;

/// Makes a key, writes its private half into a new file, and gives the public one.
pub fn create(path: &Path, algorithm: Algorithm) -> Result<PublicKey, WorkshopError> {
    if path.exists() {
        return Err(WorkshopError::Exists(path.to_owned()));
    }
    let failed = |problem: String| WorkshopError::Key {
        path: path.to_owned(),
        problem,
    };
    let key = SigningKey::generate(algorithm).map_err(|error| failed(error.to_string()))?;
    key_file::create(path, &key).map_err(|error| failed(error.to_string()))?;
    Ok(key.public())
}

/// Reads a private key.
pub fn read(path: &Path) -> Result<SigningKey, WorkshopError> {
    key_file::read(path).map_err(|error| WorkshopError::Key {
        path: path.to_owned(),
        problem: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("publisher.key");
        let public = create(&path, Algorithm::Ed25519).unwrap();
        assert_eq!(read(&path).unwrap().public(), public);
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        let again = create(&path, Algorithm::Ed25519).unwrap_err();
        assert!(matches!(again, WorkshopError::Exists(_)), "{again}");
        std::fs::write(&path, "hello").unwrap();
        assert!(read(&path).is_err());
    }
}
