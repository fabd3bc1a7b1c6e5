//! The components that this installation knows: those of the bundles that lie
//! beside the program, as `guichet dev` serves them. A package that names
//! another one's component by digest is checked against them.

use std::path::{Path, PathBuf};

use guichet_domain::Digest;
use guichet_registry::admit::Shelf;
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::inspect;
use guichet_registry::manifest::COMPONENT_FILE;

use super::WorkshopError;

/// More bundles than any installation brings.
const BUNDLES_LIMIT: usize = 10_000;
/// A component as large as a bundle's file may be.
const COMPONENT_LIMIT_BYTES: u64 = 48 << 20;

/// Components by the name of the package that holds them.
#[derive(Debug, Clone, Default)]
pub struct Components {
    known: Vec<Known>,
    shelf: Shelf,
}

/// One of them.
#[derive(Debug, Clone)]
struct Known {
    /// The bundle's name without its version: `http-biller`.
    stem: String,
    digest: Digest,
    bytes: Vec<u8>,
}

impl Components {
    /// The components in the bundles of a folder; none where there is no folder.
    /// A bundle that cannot be read is passed over: it is nobody's here.
    pub fn in_folder(folder: Option<&Path>) -> Result<Self, WorkshopError> {
        let mut components = Self::default();
        let Some(folder) = folder else {
            return Ok(components);
        };
        let entries = std::fs::read_dir(folder).map_err(WorkshopError::file(folder))?;
        for entry in entries.take(BUNDLES_LIMIT) {
            let path = entry.map_err(WorkshopError::file(folder))?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "guichet")
            {
                let bytes = std::fs::read(&path).map_err(WorkshopError::file(&path))?;
                components.learn(&path, &bytes);
            }
        }
        components
            .known
            .sort_by(|left, right| left.stem.cmp(&right.stem));
        Ok(components)
    }

    /// Adds a component that lies by itself, such as one just built.
    pub fn add_file(&mut self, path: &Path) -> Result<(), WorkshopError> {
        let size = std::fs::metadata(path)
            .map_err(WorkshopError::file(path))?
            .len();
        if size <= COMPONENT_LIMIT_BYTES {
            let bytes = std::fs::read(path).map_err(WorkshopError::file(path))?;
            self.add(&stem_of(path), &bytes);
        }
        Ok(())
    }

    /// What admission compares a package with.
    #[must_use]
    pub const fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The digest of a package's component, by the package's name without its
    /// publisher.
    #[must_use]
    pub fn digest_of(&self, stem: &str) -> Option<Digest> {
        let found = self.known.iter().find(|known| known.stem == stem);
        found.map(|known| known.digest)
    }

    /// The bytes of a component.
    #[must_use]
    pub fn bytes_of(&self, digest: Digest) -> Option<&[u8]> {
        let found = self.known.iter().find(|known| known.digest == digest);
        found.map(|known| known.bytes.as_slice())
    }

    /// All names with their digests, for people to choose from.
    pub fn all(&self) -> impl Iterator<Item = (&str, Digest)> {
        self.known
            .iter()
            .map(|known| (known.stem.as_str(), known.digest))
    }

    fn learn(&mut self, path: &Path, bundle: &[u8]) {
        let read = Bundle::read(bundle, BundleLimits::default());
        if let Some(bytes) = read.ok().and_then(|bundle| bundle.file(COMPONENT_FILE)) {
            self.add(&stem_of(path), bytes);
        }
    }

    fn add(&mut self, stem: &str, bytes: &[u8]) {
        let Ok(facts) = inspect::inspect(bytes) else {
            return;
        };
        self.known.push(Known {
            stem: stem.to_owned(),
            digest: facts.digest,
            bytes: bytes.to_owned(),
        });
        self.shelf.add_component(facts);
    }
}

/// `http-biller-0.1.0.guichet` → `http-biller`.
fn stem_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let is_version = |text: &str| text.parse::<guichet_registry::Version>().is_ok();
    let mut hyphens = stem.match_indices('-').map(|(at, _)| at);
    match hyphens.find(|&at| is_version(&stem[at + 1..])) {
        Some(at) => stem[..at].to_owned(),
        None => stem.into_owned(),
    }
}

/// `packages` beside the program or one folder above it, where `guichet dev`
/// finds what it serves.
#[must_use]
pub fn packages_beside(program: &Path) -> Option<PathBuf> {
    let mut places = program
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join("packages"));
    places.find(|place| place.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundles_name_loses_its_version() {
        let stem = |name: &str| stem_of(Path::new(name));
        assert_eq!(stem("a/http-biller-0.1.0.guichet"), "http-biller");
        assert_eq!(stem("water-2-1.0.0-rc.1.guichet"), "water-2");
        assert_eq!(stem("component.wasm"), "component");
    }

    #[test]
    fn an_installation_without_packages_knows_nothing() {
        let none = Components::in_folder(None).unwrap();
        assert_eq!(none.digest_of("http-biller"), None);
    }
}
