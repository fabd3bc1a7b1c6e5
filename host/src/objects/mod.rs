//! Bundles, reports and day files as objects that never change, named by their digest.
//! Every node of an installation sees the same store: a folder, or one that
//! speaks S3. What is read is compared with its name by those who know how.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use guichet_domain::Digest;

mod folder;
mod location;
mod s3;
mod sigv4;

use futures::future::BoxFuture;

pub use folder::Folder;
pub use location::{Bucket, ObjectPlace, PlaceError};
pub use s3::S3;
pub use sigv4::Keys;

use crate::ports::Ports;

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A countersigned bundle, by its release digest.
    Bundle,
    /// A certification report, by the SHA-256 of its bytes.
    Report,
    /// A day file, by the SHA-256 of its bytes.
    DayFile,
}

impl Kind {
    /// Its folder.
    const fn folder(self) -> &'static str {
        match self {
            Self::Bundle => "bundles",
            Self::Report => "reports",
            Self::DayFile => "day-files",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Bundle => "guichet",
            Self::Report => "json",
            Self::DayFile => "txt",
        }
    }
}

/// Why an object cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// It is not there.
    #[error("the object {0} is missing in the store")]
    Missing(String),
    /// The environment names no keys.
    #[error(
        "{0} is missing in the environment: the object store needs AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY"
    )]
    NoKeys(&'static str),
    /// The store failed.
    #[error("the object {0}: {1}")]
    Failed(String, String),
}

/// A place where objects lie.
pub trait ObjectStore: Send + Sync {
    /// Keeps an object; one that is there already is written again with the same
    /// bytes.
    fn put<'a>(&'a self, name: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), ObjectError>>;

    /// Reads an object whole.
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Bytes, ObjectError>>;
}

/// The installation's objects. Cheap to clone.
#[derive(Clone)]
pub struct Objects(Arc<dyn ObjectStore>);

impl Objects {
    /// In a store.
    pub fn new(store: impl ObjectStore + 'static) -> Self {
        Self(Arc::new(store))
    }

    /// In a folder, made where it is missing.
    pub fn in_folder(path: PathBuf) -> Result<Self, ObjectError> {
        Folder::open(path).map(Self::new)
    }

    /// In the place that the operator chose. One that cannot be used is refused
    /// here, with the reason.
    pub async fn open(place: &ObjectPlace, ports: &Ports) -> Result<Self, ObjectError> {
        match place {
            ObjectPlace::Folder(path) => Self::in_folder(path.clone()),
            ObjectPlace::S3(bucket) => {
                let keys = Keys::from_environment(|name| std::env::var(name).ok())?;
                let store = S3::open(bucket.clone(), keys, ports.clone()).await?;
                Ok(Self::new(store))
            }
        }
    }

    /// Keeps an object.
    pub async fn put(&self, kind: Kind, digest: Digest, bytes: Bytes) -> Result<(), ObjectError> {
        self.0.put(&name(kind, digest), bytes).await
    }

    /// Reads an object.
    pub async fn get(&self, kind: Kind, digest: Digest) -> Result<Bytes, ObjectError> {
        self.0.get(&name(kind, digest)).await
    }
}

fn name(kind: Kind, digest: Digest) -> String {
    let algorithm = digest.algorithm().as_str();
    format!(
        "{}/{algorithm}-{}.{}",
        kind.folder(),
        digest.hex(),
        kind.extension()
    )
}
