//! Finds a compiler with a wasm target: rustup's own, or Debian's unpacked
//! privately where rustup cannot get one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{debian, rustup};
use crate::workspace;

/// The target without any system interface: a plugin sees the contract only.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// What the developer asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Source {
    /// rustup's target, else Debian's packages.
    Auto,
    /// rustup's target or nothing.
    Rustup,
    /// Debian's packages or nothing.
    Debian,
}

impl Source {
    /// What the environment asks for; without a word, whichever works.
    pub(crate) fn of_environment() -> Result<Self> {
        const NAME: &str = "GUICHET_WASM_TOOLCHAIN";
        match std::env::var(NAME) {
            Err(_) => Ok(Self::Auto),
            Ok(word) => clap::ValueEnum::from_str(&word, true)
                .map_err(|_| anyhow::anyhow!("{NAME}={word}: write auto, rustup or debian")),
        }
    }
}

/// A compiler that can build plugins.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The ordinary one, with the target's standard library installed.
    Rustup,
    /// Debian's compiler for the web, which brings the library as source.
    Debian(debian::Folder),
}

impl Toolchain {
    /// Finds one, installing it where it is missing. What is there already is
    /// preferred to a download.
    pub(crate) fn find(source: Source) -> Result<Self> {
        match source {
            Source::Rustup => rustup::ensure_target().map(|()| Self::Rustup),
            Source::Debian => debian::ensure().map(Self::Debian),
            Source::Auto if rustup::has_target() => Ok(Self::Rustup),
            Source::Auto => match debian::present() {
                Some(folder) => Ok(Self::Debian(folder)),
                None => Self::install(),
            },
        }
    }

    fn install() -> Result<Self> {
        let Err(refusal) = rustup::ensure_target() else {
            return Ok(Self::Rustup);
        };
        workspace::say(&format!("{refusal:#}\ntaking Debian's compiler instead"));
        debian::ensure().map(Self::Debian).map_err(|error| {
            error.context(format!(
                "no compiler for {TARGET}: neither rustup nor Debian has one"
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
    pub(crate) fn cargo_build(&self, target_folder: &Path) -> Result<Command> {
        let mut command = workspace::cargo();
        command.args(["rustc", "--release", "--target", TARGET, "--target-dir"]);
        command.arg(target_folder);
        let mut folders = vec![
            (workspace::root(), "/guichet"),
            (target_folder.to_owned(), "/target"),
        ];
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
