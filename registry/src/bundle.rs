//! The bundle: one file that holds a release, named by its digest. Says nothing
//! about what the files mean or whose keys count; that is admission's work.
//!
//! A head of text lines, an empty line, then the files' bytes one after another:
//!
//! ```text
//! guichet-bundle 1
//! digest sha256
//! file 5023 sha256:… plugin.toml
//! file 91842 sha256:… services.jsonl
//! sign ed25519 PUBLIC-KEY SIGNATURE
//! countersign ed25519 PUBLIC-KEY SIGNATURE
//!
//! ```
//!
//! The release's digest is taken over the head's lines before `sign`, by the
//! algorithm that the digest line names and that all digests of the bundle use.
//! The publisher signs once; registries that passed it on may countersign. There
//! is exactly one lawful form for given files and keys: paths ascend, and
//! numbers have no leading zeros.

mod error;
mod path;
mod read;
mod verify;
mod write;

use guichet_domain::Digest;

pub use error::BundleError;

pub use path::{BundlePath, BundlePathError};
pub use verify::{Verified, verify};
pub use write::{BundleFile, countersign, write};

use crate::names::{PackageName, Version};
use crate::sign::Signature;

/// First line of every bundle.
const MAGIC: &str = "guichet-bundle 1\n";
/// The longest head.
const HEAD_LIMIT_BYTES: usize = 64 * 1024;
/// The most registries that signed beside the publisher.
const COUNTERSIGNATURE_LIMIT: usize = 7;

/// Bounds on a bundle, checked before anything is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundleLimits {
    /// The whole file.
    pub bundle_bytes: usize,
    /// One file inside.
    pub file_bytes: usize,
    /// Files inside.
    pub files: usize,
}

impl Default for BundleLimits {
    fn default() -> Self {
        Self {
            bundle_bytes: 64 << 20,
            file_bytes: 48 << 20,
            files: 256,
        }
    }
}

/// A bundle that was read whole: every digest agrees. Signatures are carried,
/// not judged.
#[derive(Debug, Clone)]
pub struct Bundle<'a> {
    digest: Digest,
    files: Vec<Held<'a>>,
    publisher: Signature,
    registries: Vec<Signature>,
    /// Where the empty line stands that ends the head.
    head_bytes: usize,
}

/// A file inside a bundle.
#[derive(Debug, Clone)]
struct Held<'a> {
    path: BundlePath,
    digest: Digest,
    bytes: &'a [u8],
}

impl<'a> Bundle<'a> {
    /// The release's digest.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The publisher's signature.
    #[must_use]
    pub const fn publisher(&self) -> &Signature {
        &self.publisher
    }

    /// The registries' signatures in the order in which they were added.
    #[must_use]
    pub fn registries(&self) -> &[Signature] {
        &self.registries
    }

    /// The bytes of a file.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&'a [u8]> {
        self.entry(path).map(|held| held.bytes)
    }

    /// The digest of a file.
    #[must_use]
    pub fn file_digest(&self, path: &str) -> Option<Digest> {
        self.entry(path).map(|held| held.digest)
    }

    /// All files with their bytes, by path.
    pub fn files(&self) -> impl Iterator<Item = (&BundlePath, &'a [u8])> {
        self.files.iter().map(|held| (&held.path, held.bytes))
    }

    fn entry(&self, path: &str) -> Option<&Held<'a>> {
        let found = self
            .files
            .binary_search_by(|held| held.path.as_str().cmp(path));
        found.ok().map(|index| &self.files[index])
    }
}

/// The name of a bundle's file: `water-1.0.0.guichet`.
#[must_use]
pub fn file_name(package: &PackageName, version: &Version) -> String {
    format!("{}-{version}.guichet", package.stem())
}

#[cfg(test)]
mod tests;
