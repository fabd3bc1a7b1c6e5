//! The bundle: one file that holds a release, named by its digest. Says nothing
//! about what the files mean; that is admission's work.
//!
//! A head of text lines, an empty line, then the files' bytes one after another:
//!
//! ```text
//! guichet-bundle 1
//! digest sha256
//! file 5023 sha256:… plugin.toml
//! file 91842 sha256:… services.jsonl
//! sign ed25519 PUBLIC-KEY SIGNATURE
//!
//! ```
//!
//! The release's digest is the SHA-256 of the head's lines before the first
//! `sign`. There is exactly one head for given files: paths ascend, numbers have
//! no leading zeros, and the digest line names the one algorithm of all digests.

mod path;
mod read;
mod write;

use guichet_domain::Digest;

pub use path::{BundlePath, BundlePathError};
pub use write::{BundleFile, write};

use crate::names::{PackageName, Version};
use crate::sign::Signature;

/// First line of every bundle.
const MAGIC: &str = "guichet-bundle 1\n";
/// Second line: the algorithm of every digest.
const DIGEST_LINE: &str = "digest sha256\n";
/// The longest head.
const HEAD_LIMIT_BYTES: usize = 64 * 1024;
/// The most signatures: the publisher's and the registries' that passed it on.
const SIGNATURE_LIMIT: usize = 8;

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
    signatures: Vec<Signature>,
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

    /// All signatures, the publisher's first.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
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

/// Why bytes are no bundle, or files make none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Too large, before anything is looked at.
    #[error("the bundle is larger than {limit} bytes: make it smaller")]
    TooLarge {
        /// The bound.
        limit: usize,
    },
    /// Not a bundle at all.
    #[error("this is no bundle: it does not begin with the line `guichet-bundle 1`")]
    Magic,
    /// A head without an end within its bound.
    #[error("the bundle's head has no end within 64 KiB, or is not ASCII text: build it again")]
    Head,
    /// A line of the head that is not written in the one lawful way.
    #[error("line {line} of the bundle's head is not canonical: {problem}; build it again")]
    Line {
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// More files than the limit.
    #[error("the bundle holds more than {limit} files: remove some")]
    TooManyFiles {
        /// The bound.
        limit: usize,
    },
    /// A file beyond its limit.
    #[error("{path} is larger than {limit} bytes: make it smaller")]
    FileTooLarge {
        /// Which one.
        path: String,
        /// The bound.
        limit: usize,
    },
    /// The bytes end early or go on after the last file.
    #[error(
        "the files' sizes do not add up to the bundle's: it was cut or extended, build it again"
    )]
    Length,
    /// Bytes that do not have their digest.
    #[error("{path} does not have the digest that the bundle's head gives: it was altered")]
    Digest {
        /// Which one.
        path: String,
    },
    /// Nothing to bundle.
    #[error("a bundle holds at least one file")]
    Empty,
    /// The same path twice, given to the writer.
    #[error("{path} is given twice")]
    Twice {
        /// Which one.
        path: String,
    },
}

/// The name of a bundle's file: `water-1.0.0.guichet`.
#[must_use]
pub fn file_name(package: &PackageName, version: &Version) -> String {
    format!("{}-{version}.guichet", package.stem())
}

#[cfg(test)]
mod tests;
