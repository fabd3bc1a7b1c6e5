//! Personal data at rest: AES-256-GCM under a key per subject, which itself is
//! kept under a local key-encryption key. Destroying a subject's key destroys
//! the data. Who may read what is decided elsewhere.

use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use guichet_domain::id::SubjectId;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why something could not be sealed or opened. Says nothing about the content.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Wrong key, wrong place, or damaged bytes.
    #[error("the seal is broken")]
    Broken,
    /// What was inside does not read.
    #[error("sealed content does not read")]
    Content,
    /// The key file cannot be used.
    #[error("key file {0}: {1}")]
    KeyFile(String, String),
}

/// Where sealed bytes stand. Part of the seal: bytes moved to another place do
/// not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
}

/// Sealed bytes of a `T`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed<T> {
    bytes: Vec<u8>,
    content: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// As read from the database.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            content: PhantomData,
        }
    }

    /// As written to the database.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl<T> std::fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

/// One subject's key, opened.
#[derive(Clone)]
pub struct SubjectKey {
    subject: SubjectId,
    key: Arc<RandomizedNonceKey>,
}

impl std::fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SubjectKey({})", self.subject)
    }
}

impl SubjectKey {
    /// Seals a value for its place.
    pub fn seal<T: Serialize>(&self, place: Place, value: &T) -> Result<Sealed<T>, SealError> {
        let plain = serde_json::to_vec(value).map_err(|_| SealError::Content)?;
        self.seal_bytes(place, plain).map(Sealed::from_bytes)
    }

    /// Opens a value found at its place.
    pub fn open<T: DeserializeOwned>(
        &self,
        place: Place,
        sealed: &Sealed<T>,
    ) -> Result<T, SealError> {
        let plain = self.open_bytes(place, &sealed.bytes)?;
        serde_json::from_slice(&plain).map_err(|_| SealError::Content)
    }

    /// Seals bytes of another encoding for their place.
    pub fn seal_bytes(&self, place: Place, plain: Vec<u8>) -> Result<Vec<u8>, SealError> {
        seal_bytes(&self.key, &binding(place, self.subject.as_str()), plain)
    }

    /// Opens what `seal_bytes` sealed.
    pub fn open_bytes(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        open_bytes(&self.key, &binding(place, self.subject.as_str()), sealed)
    }
}

/// The key-encryption key of this installation.
#[derive(Clone)]
pub struct Vault {
    key: Arc<RandomizedNonceKey>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

const KEY_BYTES: usize = 32;

impl Vault {
    /// From raw key bytes.
    pub fn from_key(bytes: &[u8; KEY_BYTES]) -> Result<Self, SealError> {
        Ok(Self {
            key: Arc::new(new_key(bytes)?),
        })
    }

    /// Reads the key file, or makes it (readable by its owner only) where it is
    /// missing.
    pub fn open(path: &Path) -> Result<Self, SealError> {
        let refused = |error: &dyn std::fmt::Display| {
            SealError::KeyFile(path.display().to_string(), error.to_string())
        };
        match std::fs::read(path) {
            Ok(bytes) => {
                check_private(path).map_err(|error| refused(&error))?;
                let bytes: [u8; KEY_BYTES] = bytes
                    .try_into()
                    .map_err(|_| refused(&"it does not hold 32 bytes"))?;
                Self::from_key(&bytes)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = [0; KEY_BYTES];
                aws_lc_rs::rand::fill(&mut bytes).map_err(|_| SealError::Broken)?;
                crate::durable::create_private(path, &bytes).map_err(|error| refused(&error))?;
                Self::from_key(&bytes)
            }
            Err(error) => Err(refused(&error)),
        }
    }

    /// A new subject's key: the opened key, and its wrapped bytes for the database.
    pub fn new_subject_key(&self, subject: &SubjectId) -> Result<(SubjectKey, Vec<u8>), SealError> {
        let mut bytes = [0; KEY_BYTES];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| SealError::Broken)?;
        let wrapped = seal_bytes(&self.key, &key_binding(subject), bytes.to_vec())?;
        let key = Arc::new(new_key(&bytes)?);
        Ok((
            SubjectKey {
                subject: subject.clone(),
                key,
            },
            wrapped,
        ))
    }

    /// Opens a subject's wrapped key.
    pub fn subject_key(
        &self,
        subject: &SubjectId,
        wrapped: &[u8],
    ) -> Result<SubjectKey, SealError> {
        let bytes = open_bytes(&self.key, &key_binding(subject), wrapped)?;
        let bytes: [u8; KEY_BYTES] = bytes.try_into().map_err(|_| SealError::Broken)?;
        Ok(SubjectKey {
            subject: subject.clone(),
            key: Arc::new(new_key(&bytes)?),
        })
    }

    /// Seals the operator's own secrets, which belong to no subject; `owner`
    /// names whose they are.
    pub fn seal_secret(
        &self,
        place: Place,
        owner: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        seal_bytes(&self.key, &binding(place, owner), plain.to_vec())
    }

    /// Opens what `seal_secret` sealed.
    pub fn open_secret(
        &self,
        place: Place,
        owner: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        open_bytes(&self.key, &binding(place, owner), sealed)
    }
}

fn new_key(bytes: &[u8]) -> Result<RandomizedNonceKey, SealError> {
    RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_| SealError::Broken)
}

/// Lengths stand before the parts, so that no two places read the same.
fn binding(place: Place, owner: &str) -> Vec<u8> {
    let mut bound = Vec::new();
    for part in [place.table, place.column, owner] {
        bound.extend((part.len() as u64).to_be_bytes());
        bound.extend(part.as_bytes());
    }
    bound
}

fn key_binding(subject: &SubjectId) -> Vec<u8> {
    binding(
        Place {
            table: "subjects",
            column: "wrapped_key",
        },
        subject.as_str(),
    )
}

/// Nonce first, then the sealed content with its tag.
fn seal_bytes(
    key: &RandomizedNonceKey,
    bound: &[u8],
    plain: Vec<u8>,
) -> Result<Vec<u8>, SealError> {
    let mut content = plain;
    let nonce = key
        .seal_in_place_append_tag(Aad::from(bound), &mut content)
        .map_err(|_| SealError::Broken)?;
    let mut bytes = Vec::with_capacity(NONCE_LEN + content.len());
    bytes.extend(nonce.as_ref());
    bytes.append(&mut content);
    Ok(bytes)
}

fn open_bytes(key: &RandomizedNonceKey, bound: &[u8], bytes: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, content) = bytes.split_at_checked(NONCE_LEN).ok_or(SealError::Broken)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Broken)?;
    let mut content = content.to_vec();
    let plain = key
        .open_in_place(nonce, Aad::from(bound), &mut content)
        .map_err(|_| SealError::Broken)?;
    Ok(plain.to_vec())
}

fn check_private(path: &Path) -> Result<(), String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path)
            .map_err(|error| error.to_string())?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err("others may read it; run `chmod 600` on it".to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place {
        table: "payments",
        column: "secret",
    };

    #[test]
    fn sealed_data_opens_only_for_its_subject_and_place() {
        let vault = Vault::from_key(&[7; 32]).unwrap();
        let anna = SubjectId::new("anna").unwrap();
        let (key, wrapped) = vault.new_subject_key(&anna).unwrap();
        let sealed = key.seal(PLACE, &"310000123".to_owned()).unwrap();
        let again = vault.subject_key(&anna, &wrapped).unwrap();
        assert_eq!(again.open(PLACE, &sealed).unwrap(), "310000123");
        let elsewhere = Place {
            table: "payments",
            column: "other",
        };
        assert!(matches!(
            again.open(elsewhere, &sealed),
            Err(SealError::Broken)
        ));
        let berta = SubjectId::new("berta").unwrap();
        assert!(vault.subject_key(&berta, &wrapped).is_err());
        let mut bytes = sealed.into_bytes();
        *bytes.last_mut().unwrap() ^= 1;
        assert!(
            key.open::<String>(PLACE, &Sealed::from_bytes(bytes))
                .is_err()
        );
    }

    #[test]
    fn the_key_file_is_private_and_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let sealed = Vault::open(&path)
            .unwrap()
            .seal_secret(PLACE, "o", b"s")
            .unwrap();
        assert_eq!(
            Vault::open(&path)
                .unwrap()
                .open_secret(PLACE, "o", &sealed)
                .unwrap(),
            b"s"
        );
        std::fs::write(&path, b"short").unwrap();
        assert!(Vault::open(&path).is_err());
    }
}
