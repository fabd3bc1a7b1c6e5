//! Builds the component of a package that has code of its own: Rust where there
//! is a `Cargo.toml`, Python where there is an `app.py`, C where there is a
//! `plugin.c`. A package that runs on another one's component has nothing to
//! build.

use std::path::{Path, PathBuf};

use guichet_build::{BuildError, Place, Say, Source, Toolchain, c};

use super::{PackageFolder, WorkshopError, contract, python};

/// Builds the component where the folder has code, and says whether it had.
pub fn component(folder: &PackageFolder, say: Say<'_>) -> Result<Option<PathBuf>, WorkshopError> {
    if folder.component_file().is_none() {
        return Ok(None);
    }
    let component = folder.component_path();
    if folder.root().join("Cargo.toml").is_file() {
        rust(folder, &component, say)?;
    } else if folder.root().join("app.py").is_file() {
        python::build(folder, &component, say)?;
    } else if folder.root().join("plugin.c").is_file() {
        in_c(folder, &component, say)?;
    } else {
        return Ok(None);
    }
    Ok(Some(component))
}

fn rust(folder: &PackageFolder, component: &Path, say: Say<'_>) -> Result<(), WorkshopError> {
    let root = std::path::absolute(folder.root()).map_err(WorkshopError::file(folder.root()))?;
    let manifest = root.join("Cargo.toml");
    let crates = guichet_build::guest_crates(&manifest)?;
    let [guest] = crates.as_slice() else {
        let problem = format!(
            "{}: {} of its crates make a plugin, and it must be one: a library with \
             crate-type = [\"cdylib\"]",
            manifest.display(),
            crates.len()
        );
        return Err(BuildError::Crate(problem).into());
    };
    let toolchain = Toolchain::find(Source::of_environment()?, say)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let modules = target.unwrap_or_else(|| root.join("target")).join("guest");
    let modules = std::path::absolute(&modules).map_err(WorkshopError::file(&modules))?;
    let mut renamed = Vec::new();
    // The SDK stands in a checkout of Guichet, under the name that its own
    // plugins are built with.
    if let Some(checkout) = sdk_of(&manifest).and_then(|sdk| sdk.parent().map(Path::to_owned)) {
        renamed.push((checkout, "/guichet"));
    }
    let place = Place {
        manifest: &manifest,
        modules: &modules,
        renamed: &renamed,
    };
    guichet_build::build(&toolchain, &place, guest, component, say)?;
    Ok(())
}

/// The folder of the SDK that a crate depends on by path.
fn sdk_of(manifest: &Path) -> Option<PathBuf> {
    let table: toml::Table = std::fs::read_to_string(manifest).ok()?.parse().ok()?;
    let path = table
        .get("dependencies")?
        .get("guichet-sdk")?
        .get("path")?
        .as_str()?;
    std::path::absolute(manifest.parent()?.join(path)).ok()
}

/// Clang makes a module that imports the contract and nothing else.
fn in_c(folder: &PackageFolder, component: &Path, say: Say<'_>) -> Result<(), WorkshopError> {
    let sources = c::Sources {
        folder: folder.root(),
        wit: &contract::folder(folder)?,
        world: contract::WORLD,
        generated: &contract::generated(folder.root()),
    };
    Ok(c::build(&sources, component, say)?)
}
