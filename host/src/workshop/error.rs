//! Why the workshop could not do what it was asked. What is wrong with a package
//! itself is a finding, not an error.

use std::path::{Path, PathBuf};

use guichet_build::BuildError;
use guichet_registry::bundle::{BundleError, BundlePathError};

use crate::certification::CertificationError;

/// What went wrong, and the mend.
#[derive(Debug, thiserror::Error)]
pub enum WorkshopError {
    /// A file or folder that cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A folder that is no package.
    #[error(
        "{0} holds no plugin.toml: name a package's folder, or make one with `guichet plugin new`"
    )]
    NoPackage(PathBuf),
    /// A manifest in which the names of its files cannot be found.
    #[error("{path}:{line}: {problem}; see docs/manifest.md")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// Something stands where something new should go.
    #[error("{0} is there already: choose another name, or move it away")]
    Exists(PathBuf),
    /// A name that cannot be used as it is.
    #[error("{0}")]
    Name(String),
    /// No SDK for a package with Rust code.
    #[error(
        "no Rust SDK of Guichet is known: name the folder `sdk` of a checkout with --sdk or GUICHET_SDK{0}"
    )]
    NoSdk(String),
    /// A component that a template or a package needs and nobody has.
    #[error("{0}")]
    NoComponent(String),
    /// A component that cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Python code that cannot be built.
    #[error("{0}")]
    Python(String),
    /// Files that make no bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A file whose name bundles do not take.
    #[error("{path}: {error}")]
    Path {
        /// Which one.
        path: String,
        /// What names they take.
        error: BundlePathError,
    },
    /// An OpenAPI document or its mapping that makes no package.
    #[error("{place}: {problem}; {mend}")]
    Openapi {
        /// File, and operation or key in it.
        place: String,
        /// What is wrong.
        problem: String,
        /// What to do about it.
        mend: String,
    },
    /// A scenario that cannot be read.
    #[error("{0}")]
    Scenario(String),
    /// Scenarios that cannot be played here.
    #[error(transparent)]
    Certification(#[from] CertificationError),
    /// A key file that holds no key.
    #[error("{path}: {problem}")]
    Key {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

impl WorkshopError {
    /// An error about an OpenAPI document or its mapping.
    pub(super) fn openapi(
        place: impl Into<String>,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::Openapi {
            place: place.into(),
            problem: problem.into(),
            mend: mend.into(),
        }
    }

    /// An error about a file.
    pub(super) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |error| Self::File { path, error }
    }
}
