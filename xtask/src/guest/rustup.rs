//! The ordinary way: rustup's wasm target.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::toolchain::TARGET;
use crate::workspace;

/// A closed network answers at once or never; an open one brings 20 MB.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_secs(90);

/// Whether the compiler in use has the target's standard library.
pub(crate) fn has_target() -> bool {
    sysroot().is_ok_and(|root| root.join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

/// Adds the target where it is missing.
pub(crate) fn ensure_target() -> Result<()> {
    if has_target() {
        return Ok(());
    }
    workspace::say(&format!("adding the target {TARGET} with rustup"));
    let mut child = Command::new("rustup")
        .args(["target", "add", TARGET])
        .env("RUSTUP_MAX_RETRIES", "1")
        .stdin(Stdio::null())
        .spawn()
        .context("cannot start rustup")?;
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > DOWNLOAD_TIMEOUT {
            child.kill()?;
            child.wait()?;
            bail!(
                "rustup did not get {TARGET} within {} s",
                DOWNLOAD_TIMEOUT.as_secs()
            );
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    if !status.success() || !has_target() {
        bail!("rustup cannot add {TARGET}");
    }
    Ok(())
}

/// The folder of the compiler in use.
pub(crate) fn sysroot() -> Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let text = workspace::output(Command::new(rustc).args(["--print", "sysroot"]))?;
    Ok(text.trim().into())
}

/// The linker for wasm that every toolchain of rustup brings.
pub(crate) fn linker() -> Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = workspace::output(Command::new(rustc).arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc -vV names no host")?;
    let linker = sysroot()?
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-lld");
    if !linker.is_file() {
        bail!(
            "there is no {}: is this Rust from rustup?",
            linker.display()
        );
    }
    Ok(linker)
}
