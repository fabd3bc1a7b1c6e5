//! Other people's servers and clients that the exchange of releases is tested
//! with. What is missing is put beside the build, so that neither the machine
//! nor the clone is changed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::tools::on_path;
use crate::workspace::{cargo, run, say, target};

const WKG_VERSION: &str = "0.16.1";
/// The newest that the workspace's compiler builds.
const S3S_VERSION: &str = "0.14.1";

/// The programs.
pub(crate) struct Foreign {
    /// An OCI registry: Debian's docker-registry.
    pub(crate) docker_registry: PathBuf,
    /// The package tool of the Bytecode Alliance.
    pub(crate) wkg: PathBuf,
    /// A server that speaks S3 and checks signatures.
    pub(crate) s3_server: PathBuf,
}

/// Finds all of them, or fetches and builds what is missing.
pub(crate) fn find() -> Result<Foreign> {
    Ok(Foreign {
        docker_registry: docker_registry()?,
        wkg: crate_program("wkg", ("wkg", WKG_VERSION), &[])?,
        s3_server: crate_program("s3s-fs", ("s3s-fs", S3S_VERSION), &["--features", "binary"])?,
    })
}

fn folder() -> Result<PathBuf> {
    Ok(target()?.join("tools"))
}

/// Unpacked and not installed: an installed one would start a service.
fn docker_registry() -> Result<PathBuf> {
    if let Some(found) = on_path(&["docker-registry"]) {
        return Ok(found);
    }
    let folder = folder()?.join("docker-registry");
    let program = folder.join("usr/bin/docker-registry");
    if program.is_file() {
        return Ok(program);
    }
    let by_hand = "apt-get install docker-registry";
    if on_path(&["apt-get"]).is_none() || on_path(&["dpkg"]).is_none() {
        bail!("docker-registry is missing; install it, on Debian with: {by_hand}");
    }
    say("fetching docker-registry (once)");
    std::fs::create_dir_all(&folder)?;
    let download = || {
        let mut apt = Command::new("apt-get");
        apt.args(["download", "-qq", "docker-registry"]);
        run(apt.current_dir(&folder).stderr(Stdio::null()))
    };
    if download().is_err() {
        // The list of packages may be empty or old; only root may renew it.
        run(Command::new("apt-get").args(["update", "-qq"]))
            .and_then(|()| download())
            .with_context(|| format!("docker-registry is missing; try: {by_hand}"))?;
    }
    let package = deb_in(&folder)?;
    run(Command::new("dpkg").arg("-x").arg(package).arg(&folder))?;
    if !program.is_file() {
        bail!("docker-registry is not where Debian keeps it; try: {by_hand}");
    }
    Ok(program)
}

fn deb_in(folder: &Path) -> Result<PathBuf> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            return Ok(path);
        }
    }
    bail!("apt-get download left no package in {}", folder.display())
}

/// A program of a crate, built quickly and not to be quick.
fn crate_program(
    program: &str,
    (name, version): (&str, &str),
    options: &[&str],
) -> Result<PathBuf> {
    let folder = folder()?;
    let path = folder.join("bin").join(program);
    let said = Command::new(&path).arg("--version").output();
    if said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains(version)) {
        return Ok(path);
    }
    say(&format!("installing {name} {version} (once, some minutes)"));
    let build = folder.join("build");
    run(cargo()
        .args(["install", "--locked", "--debug", "--root"])
        .arg(&folder)
        .arg("--target-dir")
        .arg(&build)
        .arg(format!("{name}@{version}"))
        .args(options)
        // The settings of this workspace are not those of a foreign program.
        .current_dir(&folder)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env_remove("RUSTFLAGS"))?;
    // Only the program is needed again.
    let _kept = std::fs::remove_dir_all(build);
    Ok(path)
}
