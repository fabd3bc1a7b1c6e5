//! Objects in a folder of this machine or of a shared file system.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::future::BoxFuture;

use super::{ObjectError, ObjectStore};

/// A folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder where it is missing.
    pub fn open(path: PathBuf) -> Result<Self, ObjectError> {
        std::fs::create_dir_all(&path)
            .map_err(|error| ObjectError::Failed(path.display().to_string(), error.to_string()))?;
        Ok(Self(path))
    }
}

impl ObjectStore for Folder {
    fn put<'a>(&'a self, name: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), ObjectError>> {
        let path = self.0.join(name);
        Box::pin(async move {
            let written = tokio::task::spawn_blocking(move || write_whole(&path, &bytes)).await;
            let failed = |why: String| ObjectError::Failed(name.to_owned(), why);
            written
                .map_err(|error| failed(error.to_string()))?
                .map_err(|error| failed(error.to_string()))
        })
    }

    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Bytes, ObjectError>> {
        let path = self.0.join(name);
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || std::fs::read(path)).await {
                Ok(Ok(bytes)) => Ok(bytes.into()),
                Ok(Err(error)) if error.kind() == ErrorKind::NotFound => {
                    Err(ObjectError::Missing(name.to_owned()))
                }
                Ok(Err(error)) => Err(ObjectError::Failed(name.to_owned(), error.to_string())),
                Err(error) => Err(ObjectError::Failed(name.to_owned(), error.to_string())),
            }
        })
    }
}

/// Writes beside and renames, so that no half object is ever read. Each writer has
/// a name of its own, also where two keep the same object at once.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    static WRITERS: AtomicU64 = AtomicU64::new(0);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let (process, writer) = (std::process::id(), WRITERS.fetch_add(1, Ordering::Relaxed));
    let half = path.with_extension(format!("{process}-{writer}.part"));
    crate::durable::replace(path, &half, bytes)
}
