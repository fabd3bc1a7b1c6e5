//! Why a component could not be built.

use std::path::PathBuf;

/// What went wrong, and the mend where one is known.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A program that is not there or cannot be started.
    #[error("cannot start {program}: {error}")]
    Start {
        /// Its name and first argument.
        program: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// A program that failed. What it said stands on the terminal already where
    /// `said` is empty.
    #[error("{program} ended with {status}{}{said}", if said.is_empty() { "" } else { ": " })]
    Ended {
        /// Its name and first argument.
        program: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// What it wrote on standard error.
        said: String,
    },
    /// A file or folder that cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// No compiler for the target, and none to be had.
    #[error("{0}")]
    Toolchain(String),
    /// A program gave something else than it promises.
    #[error("{0}")]
    Answer(String),
    /// A module that does not become a component.
    #[error("{module}: {problem}")]
    Module {
        /// The core module.
        module: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A crate that makes no module.
    #[error("{0}")]
    Crate(String),
}

impl BuildError {
    /// An error about a file.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |error| Self::File { path, error }
    }
}
