//! Finds a compiler with a wasm target: rustup's own, or Debian's unpacked
//! privately where rustup cannot get one.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr;

use crate::{BuildError, Place, Say, cargo, debian, rustup};

/// The target without any system interface: a plugin sees the contract only.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// What the developer asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// rustup's target, else Debian's packages.
    Auto,
    /// rustup's target or nothing.
    Rustup,
    /// Debian's packages or nothing.
    Debian,
}

impl Source {
    /// What GUICHET_WASM_TOOLCHAIN asks for; without a word, whichever works.
    pub fn of_environment() -> Result<Self, BuildError> {
        const NAME: &str = "GUICHET_WASM_TOOLCHAIN";
        match std::env::var(NAME) {
            Err(_) => Ok(Self::Auto),
            Ok(word) => word
                .parse()
                .map_err(|error| BuildError::Toolchain(format!("{NAME}={word}: {error}"))),
        }
    }
}

/// A word that names no source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write auto, rustup or debian")]
pub struct SourceError;

impl FromStr for Source {
    type Err = SourceError;

    fn from_str(word: &str) -> Result<Self, SourceError> {
        match word.to_ascii_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "rustup" => Ok(Self::Rustup),
            "debian" => Ok(Self::Debian),
            _ => Err(SourceError),
        }
    }
}

/// A compiler that can build plugins.
#[derive(Debug)]
pub enum Toolchain {
    /// The ordinary one, with the target's standard library installed.
    Rustup,
    /// Debian's compiler for the web, which brings the library as source.
    Debian(debian::Folder),
}

impl Toolchain {
    /// Finds one, installing it where it is missing. What is there already is
    /// preferred to a download.
    pub fn find(source: Source, say: Say<'_>) -> Result<Self, BuildError> {
        match source {
            Source::Rustup => rustup::ensure_target(say).map(|()| Self::Rustup),
            Source::Debian => debian::ensure(say).map(Self::Debian),
            Source::Auto if rustup::has_target() => Ok(Self::Rustup),
            Source::Auto => match debian::present() {
                Some(folder) => Ok(Self::Debian(folder)),
                None => Self::install(say),
            },
        }
    }

    fn install(say: Say<'_>) -> Result<Self, BuildError> {
        let Err(refusal) = rustup::ensure_target(say) else {
            return Ok(Self::Rustup);
        };
        say(&format!("{refusal}\ntaking Debian's compiler instead"));
        debian::ensure(say).map(Self::Debian).map_err(|error| {
            BuildError::Toolchain(format!(
                "no compiler for {TARGET}: neither rustup nor Debian has one: {error}"
            ))
        })
    }

    /// How it is called in messages.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Rustup => "rustup's wasm target",
            Self::Debian(_) => {
                "Debian's wasm compiler (the first build includes the standard library)"
            }
        }
    }

    /// `cargo rustc` for the guest, without the package to build.
    pub(crate) fn cargo_rustc(&self, place: &Place<'_>) -> Result<Command, BuildError> {
        let mut command = cargo::command();
        command.args(["rustc", "--release", "--target", TARGET, "--target-dir"]);
        command.arg(place.modules);
        command.arg("--manifest-path").arg(place.manifest);
        let mut folders = place.renamed.to_vec();
        folders.push((place.modules.to_owned(), "/target"));
        if let Some(home) = cargo_home() {
            folders.push((home, "/cargo"));
        }
        match self {
            Self::Rustup => folders.push((rustup::sysroot()?, "/rust")),
            Self::Debian(folder) => {
                folders.push((folder.root().to_owned(), "/rust"));
                folder.configure(&mut command)?;
            }
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", flags(&folders));
        command.env_remove("RUSTFLAGS");
        // Both belong to the host's build and would reach the guest's through the environment.
        command.env_remove("CARGO_BUILD_TARGET");
        command.env_remove("CARGO_TARGET_DIR");
        Ok(command)
    }
}

/// Folders do not reach the module, so that a digest does not depend on them.
fn flags(folders: &[(PathBuf, &str)]) -> OsString {
    let mut flags = OsString::new();
    for (folder, name) in folders {
        if !flags.is_empty() {
            flags.push("\u{1f}");
        }
        flags.push("--remap-path-prefix=");
        flags.push(folder);
        flags.push("=");
        flags.push(name);
    }
    flags
}

fn cargo_home() -> Option<PathBuf> {
    let named = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}
