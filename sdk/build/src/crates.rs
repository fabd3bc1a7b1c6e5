//! From a crate to its component: which crates of a workspace are plugins, and
//! how one is built.

use std::path::{Path, PathBuf};

use crate::run::run;
use crate::toolchain::{TARGET, Toolchain};
use crate::{BuildError, Say, cargo, component};

/// A crate that makes a plugin: its library is a `cdylib`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestCrate {
    /// The package's name.
    pub package: String,
    /// The library's name, which its module has.
    pub library: String,
}

/// Where things are written, and which folders do not reach the module.
#[derive(Debug)]
pub struct Place<'a> {
    /// The workspace's `Cargo.toml`.
    pub manifest: &'a Path,
    /// Where cargo keeps what it compiles for wasm.
    pub modules: &'a Path,
    /// Folders and the names that stand for them in the module, so that its
    /// digest does not depend on where they lie.
    pub renamed: &'a [(PathBuf, &'a str)],
}

/// A component that was built.
#[derive(Debug, Clone)]
pub struct Built {
    /// The component's file.
    pub component: PathBuf,
    /// Its size.
    pub size_bytes: u64,
}

/// The plugins of a workspace.
pub fn guest_crates(manifest: &Path) -> Result<Vec<GuestCrate>, BuildError> {
    let metadata = cargo::metadata(manifest)?;
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for package in list(&metadata["packages"]) {
        let targets = list(&package["targets"]);
        let library = targets.iter().find(|target| {
            list(&target["crate_types"])
                .iter()
                .any(|kind| kind == "cdylib")
        });
        if let (Some(name), Some(library)) = (
            package["name"].as_str(),
            library.and_then(|library| library["name"].as_str()),
        ) {
            found.push(GuestCrate {
                package: name.to_owned(),
                library: library.to_owned(),
            });
        }
    }
    Ok(found)
}

/// Compiles one plugin and writes its component.
pub fn build(
    toolchain: &Toolchain,
    place: &Place<'_>,
    guest: &GuestCrate,
    component: &Path,
    say: Say<'_>,
) -> Result<Built, BuildError> {
    say(&format!(
        "building {} with {}",
        guest.package,
        toolchain.title()
    ));
    // A crate that is an `rlib` too gets no link-time optimisation: only the
    // component is asked for, which makes it a fifth smaller.
    let mut command = toolchain.cargo_rustc(place)?;
    command.args([
        "--package",
        &guest.package,
        "--lib",
        "--crate-type",
        "cdylib",
    ]);
    run(&mut command)?;
    let module = place
        .modules
        .join(TARGET)
        .join("release")
        .join(format!("{}.wasm", guest.library.replace('-', "_")));
    component::encode_if_newer(&module, component)?;
    let size_bytes = std::fs::metadata(component)
        .map_err(BuildError::file(component))?
        .len();
    Ok(Built {
        component: component.to_owned(),
        size_bytes,
    })
}
