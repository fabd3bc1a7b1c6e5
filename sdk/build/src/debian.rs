//! The way for closed networks: Debian's `rustc-web` and its library sources,
//! unpacked into a private folder because they conflict with rustup when
//! installed. Nothing on the machine is changed but `apt`'s lists.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{output, run};
use crate::toolchain::TARGET;
use crate::{BuildError, Say, rustup};

/// The compiler and its library. Packages whose names carry a version are found
/// through the dependencies of these.
const PACKAGES: &[&str] = &["rustc-web", "libstd-rust-web-dev", "rust-web-src"];

/// Libraries that the compiler loads and a small system may lack.
const SUPPORT: &[&str] = &[
    "libbsd0",
    "libedit2",
    "libffi8",
    "libicu72",
    "libmd0",
    "libtinfo6",
    "libxml2",
    "libz3-4",
];

/// The unpacked packages.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Where the packages were unpacked.
    pub(crate) fn root(&self) -> &Path {
        &self.0
    }

    /// Lets cargo use this compiler and build the standard library with it.
    pub(crate) fn configure(&self, command: &mut Command) -> Result<(), BuildError> {
        command.args(["-Z", "build-std=std,panic_abort"]);
        command.env("RUSTC", self.compiler());
        command.env("LD_LIBRARY_PATH", self.libraries()?);
        // The library is built from source, which only this switch permits.
        command.env("RUSTC_BOOTSTRAP", "1");
        command.env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
            rustup::linker()?,
        );
        for wrapper in ["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
            command.env_remove(wrapper);
        }
        Ok(())
    }

    fn compiler(&self) -> PathBuf {
        self.0.join("usr/bin/rustc")
    }

    /// The folder of shared libraries, named after the machine's architecture.
    fn libraries(&self) -> Result<PathBuf, BuildError> {
        let parent = self.0.join("usr/lib");
        let folders = std::fs::read_dir(&parent).map_err(BuildError::file(&parent))?;
        let of_machine = |path: &PathBuf| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().ends_with("-linux-gnu"))
        };
        let mut paths = folders.filter_map(|entry| Some(entry.ok()?.path()));
        paths.find(of_machine).ok_or_else(|| {
            BuildError::Toolchain("Debian's packages hold no shared libraries".to_owned())
        })
    }

    fn works(&self) -> bool {
        let Ok(libraries) = self.libraries() else {
            return false;
        };
        let mut command = Command::new(self.compiler());
        command.arg("-vV").env("LD_LIBRARY_PATH", libraries);
        output(&mut command).is_ok()
    }
}

/// The unpacked compiler, where there is one that runs.
pub(crate) fn present() -> Option<Folder> {
    let folder = Folder(home().ok()?.join("root"));
    folder.works().then_some(folder)
}

/// Downloads and unpacks what is missing.
pub(crate) fn ensure(say: Say<'_>) -> Result<Folder, BuildError> {
    if let Some(folder) = present() {
        return Ok(folder);
    }
    if output(Command::new("apt-get").arg("--version")).is_err() {
        return Err(BuildError::Toolchain(format!(
            "this is no Debian: run `rustup target add {TARGET}` where rustup can download it"
        )));
    }
    let home = home()?;
    let archives = home.join("deb");
    std::fs::create_dir_all(&archives).map_err(BuildError::file(&archives))?;
    if !is_complete(&archives) {
        download(&archives, say)?;
    }
    // Unpacked beside and renamed, so that an interrupted run leaves nothing half done.
    let draft = home.join("root.new");
    let root = home.join("root");
    for folder in [&draft, &root] {
        if folder.exists() {
            std::fs::remove_dir_all(folder).map_err(BuildError::file(folder))?;
        }
    }
    unpack(&archives, &draft, say)?;
    std::fs::rename(&draft, &root).map_err(BuildError::file(&root))?;
    let folder = Folder(root);
    if !folder.works() {
        say("fetching libraries that Debian's compiler needs");
        fetch(&archives, &support())?;
        unpack(&archives, folder.root(), say)?;
    }
    if !folder.works() {
        return Err(BuildError::Toolchain(format!(
            "Debian's compiler in {} does not run",
            folder.compiler().display()
        )));
    }
    Ok(folder)
}

/// Private to Guichet, outside any clone, so that all clones share it.
fn home() -> Result<PathBuf, BuildError> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    cache
        .map(|cache| cache.join("guichet/wasm-toolchain"))
        .ok_or_else(|| BuildError::Toolchain("this user has no home folder".to_owned()))
}

fn archives_in(folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(BuildError::file(folder))? {
        let path = entry.map_err(BuildError::file(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Names end at the first `_` of the file's name.
fn is_complete(archives: &Path) -> bool {
    let Ok(paths) = archives_in(archives) else {
        return false;
    };
    let has = |start: &str| {
        let matches = |path: &PathBuf| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(start))
        };
        paths.iter().any(matches)
    };
    let versioned = has("libstd-rust-web-1") && has("libllvm");
    versioned && PACKAGES.iter().all(|name| has(&format!("{name}_")))
}

fn download(archives: &Path, say: Say<'_>) -> Result<(), BuildError> {
    say("downloading Debian's wasm compiler (about 140 MB, once)");
    if fetch(archives, &packages()).is_ok() {
        return Ok(());
    }
    // The lists may be missing or name versions that the mirrors have replaced.
    say("refreshing apt's lists");
    if run(Command::new("apt-get").args(["update", "-q"])).is_err() {
        let mend = "`apt-get update` failed: run `sudo apt-get update` where a Debian mirror can \
                    be reached, then this command again";
        return Err(BuildError::Toolchain(mend.to_owned()));
    }
    fetch(archives, &packages()).map_err(|error| {
        BuildError::Toolchain(format!(
            "cannot download {}; is there a Debian mirror in apt's sources? {error}",
            PACKAGES.join(" ")
        ))
    })
}

/// The fixed names, and the versioned ones that they depend on.
fn packages() -> Vec<String> {
    let mut names: Vec<String> = PACKAGES.iter().map(|&name| name.to_owned()).collect();
    let mut next = vec!["libstd-rust-web-dev".to_owned()];
    while let Some(package) = next.pop() {
        for dependency in dependencies(&package) {
            let versioned =
                dependency.starts_with("libstd-rust-web-") || dependency.starts_with("libllvm");
            if versioned && !names.contains(&dependency) {
                names.push(dependency.clone());
                next.push(dependency);
            }
        }
    }
    names
}

fn dependencies(package: &str) -> Vec<String> {
    let text = output(Command::new("apt-cache").args(["depends", package]));
    let text = text.unwrap_or_default();
    let names = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "));
    names.map(str::to_owned).collect()
}

fn support() -> Vec<String> {
    SUPPORT.iter().map(|&name| name.to_owned()).collect()
}

fn fetch(archives: &Path, names: &[String]) -> Result<(), BuildError> {
    let mut command = Command::new("apt-get");
    // As root apt would hand the download to a user who may not write here.
    command.args(["download", "-q", "-o", "APT::Sandbox::User=root"]);
    run(command.args(names).current_dir(archives))
}

fn unpack(archives: &Path, root: &Path, say: Say<'_>) -> Result<(), BuildError> {
    std::fs::create_dir_all(root).map_err(BuildError::file(root))?;
    for archive in archives_in(archives)? {
        let name = archive
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        say(&format!("unpacking {name}"));
        run(Command::new("dpkg").arg("-x").arg(&archive).arg(root))?;
    }
    Ok(())
}
