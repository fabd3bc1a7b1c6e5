//! The contract's texts, for packages in languages whose tools read WIT. A
//! package that brings them itself, in `wit/deps`, is built with its own; for
//! others those of this program are laid beside its world.

use std::path::{Path, PathBuf};

use super::{PackageFolder, WorkshopError};

/// What is imported, at its place in a folder of WIT texts.
pub const HOST: (&str, &str) = (
    "wit/deps/host/host.wit",
    include_str!("../../../wit/0.1.0/deps/host/host.wit"),
);
/// What is exported.
pub const SERVICE: (&str, &str) = (
    "wit/deps/service/service.wit",
    include_str!("../../../wit/0.1.0/service.wit"),
);
/// The world in it that a package implements.
pub const WORLD: &str = "plugin";
/// The package's own text, which names its imports and exports.
const WORLD_FILE: &str = "wit/world.wit";

/// The folder of a package's WIT texts, complete.
pub fn folder(package: &PackageFolder) -> Result<PathBuf, WorkshopError> {
    let root = std::path::absolute(package.root()).map_err(WorkshopError::file(package.root()))?;
    if root.join("wit/deps").is_dir() {
        return Ok(root.join("wit"));
    }
    let world = root.join(WORLD_FILE);
    let text = std::fs::read_to_string(&world).map_err(WorkshopError::file(&world))?;
    let made = generated(&root);
    for (name, text) in [(WORLD_FILE, text.as_str()), HOST, SERVICE] {
        let path = made.join(name);
        let parent = path.parent().unwrap_or(&made);
        std::fs::create_dir_all(parent).map_err(WorkshopError::file(parent))?;
        std::fs::write(&path, text).map_err(WorkshopError::file(&path))?;
    }
    Ok(made.join("wit"))
}

/// Where a package's generated files go, which no bundle takes.
pub fn generated(root: &Path) -> PathBuf {
    root.join("target/contract")
}
