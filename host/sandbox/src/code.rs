//! The private folder of compiled code. Files are named by the component's
//! digest and by everything the code depends on, sealed with a key that only
//! this host has, and mapped instead of read.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::{constant_time, hmac};
use guichet_domain::Digest;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::keyring::Secret;
use crate::sandbox::LoadError;

const SEAL_BYTES: usize = 32;

/// The folder of compiled code.
pub(crate) struct CodeFolder {
    folder: PathBuf,
    seal_key: hmac::Key,
    /// Stands for the engine's version and settings.
    compatibility: String,
}

impl CodeFolder {
    pub(crate) fn open(folder: &Path, seal_key: &Secret, engine: &Engine) -> std::io::Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            seal_key: hmac::Key::new(hmac::HMAC_SHA256, seal_key.reveal()),
            compatibility: compatibility(engine),
        })
    }

    /// Where the code of this component stands, if it does.
    pub(crate) fn path(&self, digest: Digest) -> PathBuf {
        self.folder
            .join(format!("{}-{}.cwasm", digest.hex(), self.compatibility))
    }

    /// A place for a file that is being made, in the same folder.
    pub(crate) fn scratch(&self, digest: Digest, ending: &str) -> std::io::Result<PathBuf> {
        let mut random = [0; 8];
        aws_lc_rs::rand::fill(&mut random)
            .map_err(|_| std::io::Error::other("no randomness for a file's name"))?;
        let random = u64::from_le_bytes(random);
        Ok(self
            .folder
            .join(format!("{}-{random:016x}.{ending}", digest.hex())))
    }

    /// Takes a compiled file over: writes the seal, then the name under which it
    /// is found, so that no half-made file is ever used.
    pub(crate) fn adopt(&self, digest: Digest, compiled: &Path) -> Result<PathBuf, LoadError> {
        let path = self.path(digest);
        let seal = self.seal(digest, compiled)?;
        write_private(&compiled.with_extension("seal"), seal.as_ref())?;
        fs::rename(compiled.with_extension("seal"), path.with_extension("seal"))?;
        fs::rename(compiled, &path)?;
        Ok(path)
    }

    /// Maps compiled code. Its seal is to be checked before the first call.
    pub(crate) fn map(&self, engine: &Engine, path: &Path) -> Result<Component, LoadError> {
        map_file(engine, path).map_err(|error| LoadError::Contract(explain(&error)))
    }

    /// Checks that the file is what this host compiled for this component.
    pub(crate) fn check_seal(&self, digest: Digest, path: &Path) -> Result<(), LoadError> {
        let mut written = Vec::with_capacity(SEAL_BYTES);
        File::open(path.with_extension("seal"))?
            .take(SEAL_BYTES as u64 + 1)
            .read_to_end(&mut written)?;
        let seal = self.seal(digest, path)?;
        constant_time::verify_slices_are_equal(seal.as_ref(), &written)
            .map_err(|_| LoadError::Seal(digest))
    }

    /// Forgets the code of a component, so that it is compiled again.
    pub(crate) fn forget(&self, digest: Digest) {
        let path = self.path(digest);
        // A file that is not there is as good as one that was removed.
        let _ = fs::remove_file(&path);
        let _ = fs::remove_file(path.with_extension("seal"));
    }

    fn seal(&self, digest: Digest, path: &Path) -> std::io::Result<hmac::Tag> {
        const CHUNK_BYTES: usize = 64 << 10;
        let mut context = hmac::Context::with_key(&self.seal_key);
        context.update(digest.as_bytes());
        context.update(self.compatibility.as_bytes());
        let mut file = File::open(path)?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let length = file.read(&mut chunk)?;
            if length == 0 {
                return Ok(context.sign());
            }
            context.update(&chunk[..length]);
        }
    }
}

#[expect(
    unsafe_code,
    reason = "mapping compiled code; only this host writes it, under a seal"
)]
fn map_file(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the file is in a private folder and was made by this host's own
    // compiler; no code in it runs before `check_seal` has passed.
    unsafe { Component::deserialize_file(engine, path) }
}

/// Writes a file that nobody else may read.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)
}

/// An engine's error with all its causes in one line.
pub(crate) fn explain(error: &wasmtime::Error) -> String {
    format!("{error:#}")
}

/// Sixteen hexadecimal digits for the engine's version and settings.
fn compatibility(engine: &Engine) -> String {
    use std::hash::{Hash as _, Hasher as _};

    // The default hasher has fixed keys, so that the name outlives the process.
    let mut hasher = std::hash::DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
