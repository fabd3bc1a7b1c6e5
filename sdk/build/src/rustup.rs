//! The ordinary way: rustup's wasm target.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::run::output;
use crate::toolchain::TARGET;
use crate::{BuildError, Say};

/// A closed network answers at once or never; an open one brings 20 MB.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(90);

/// Whether the compiler in use has the target's standard library.
pub(crate) fn has_target() -> bool {
    sysroot().is_ok_and(|root| root.join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

/// Adds the target where it is missing.
pub(crate) fn ensure_target(say: Say<'_>) -> Result<(), BuildError> {
    if has_target() {
        return Ok(());
    }
    say(&format!("adding the target {TARGET} with rustup"));
    let mut child = Command::new("rustup")
        .args(["target", "add", TARGET])
        .env("RUSTUP_MAX_RETRIES", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::from(std::io::stderr()))
        .spawn()
        .map_err(|error| BuildError::Start {
            program: "`rustup target`".to_owned(),
            error,
        })?;
    let waiting = |error| BuildError::Start {
        program: "`rustup target`".to_owned(),
        error,
    };
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(waiting)? {
            break status;
        }
        if started.elapsed() > DOWNLOAD_TIMEOUT {
            child.kill().map_err(waiting)?;
            child.wait().map_err(waiting)?;
            return Err(BuildError::Toolchain(format!(
                "rustup did not get {TARGET} within {} s",
                DOWNLOAD_TIMEOUT.as_secs()
            )));
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    if !status.success() || !has_target() {
        return Err(BuildError::Toolchain(format!("rustup cannot add {TARGET}")));
    }
    Ok(())
}

/// The folder of the compiler in use.
pub(crate) fn sysroot() -> Result<PathBuf, BuildError> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let text = output(Command::new(rustc).args(["--print", "sysroot"]))?;
    Ok(text.trim().into())
}

/// The linker for wasm that every toolchain of rustup brings.
pub(crate) fn linker() -> Result<PathBuf, BuildError> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = output(Command::new(rustc).arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| BuildError::Answer("rustc -vV names no host".to_owned()))?;
    let linker = sysroot()?
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-lld");
    if !linker.is_file() {
        return Err(BuildError::Toolchain(format!(
            "there is no {}: is this Rust from rustup?",
            linker.display()
        )));
    }
    Ok(linker)
}
