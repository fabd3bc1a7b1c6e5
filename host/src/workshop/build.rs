//! Builds the component of a package that has code of its own: Rust where there
//! is a `Cargo.toml`, Python where there is an `app.py`, C where there is a
//! `plugin.c`. A package that runs on another one's component has nothing to
//! build.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use guichet_build::{BuildError, Place, Say, Source, Toolchain, c};

use super::{PackageFolder, WorkshopError, contract};

/// Builds the component where the folder has code, and says whether it had.
pub fn component(folder: &PackageFolder, say: Say<'_>) -> Result<Option<PathBuf>, WorkshopError> {
    if folder.component_file().is_none() {
        return Ok(None);
    }
    let component = folder.component_path();
    if folder.root().join("Cargo.toml").is_file() {
        rust(folder, &component, say)?;
    } else if folder.root().join("app.py").is_file() {
        python(folder, &component, say)?;
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

/// `componentize-py` turns the module `app` into a component that imports the
/// contract and nothing else.
fn python(folder: &PackageFolder, component: &Path, say: Say<'_>) -> Result<(), WorkshopError> {
    let root = folder.root();
    let component = std::path::absolute(component).map_err(WorkshopError::file(component))?;
    say("building app.py with componentize-py");
    let mut command = Command::new("componentize-py");
    command.arg("--wit-path").arg(contract::folder(folder)?);
    command.args(["--world", contract::WORLD]);
    command.args(["componentize", "--stub-wasi", "app", "--output"]);
    command.arg(&component).current_dir(root);
    command.stdout(Stdio::from(std::io::stderr()));
    let status = command.status().map_err(|error| {
        WorkshopError::Python(format!(
            "cannot start componentize-py ({error}): install it with `pip install componentize-py`"
        ))
    })?;
    if !status.success() {
        let problem = format!("componentize-py ended with {status}; what it said stands above");
        return Err(WorkshopError::Python(problem));
    }
    // It also exports an instance for its own use, which no registry takes.
    let made = std::fs::read(&component).map_err(WorkshopError::file(&component))?;
    let pruned = guichet_build::prune::without_foreign_exports(&made).ok_or_else(|| {
        WorkshopError::Python("componentize-py wrote something that is no component".to_owned())
    })?;
    std::fs::write(&component, pruned).map_err(WorkshopError::file(&component))
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
