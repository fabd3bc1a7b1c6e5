//! The catalogue's bundles as `cargo xtask packages` made them, and a catalogue
//! of them in this process.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use guichet_registry::admit::{Admission, AdmissionPolicy, Shelf};
use guichet_registry::catalogue::{Catalogue, Entry};
use guichet_registry::taxonomy::Taxonomy;

/// Every bundle's bytes, in the order of their names.
pub(crate) fn read() -> Result<Vec<Vec<u8>>> {
    let folder = guichet_tests::target().join("packages");
    let listed = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut paths: Vec<PathBuf> = listed
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "guichet"))
        .collect();
    paths.sort();
    ensure!(!paths.is_empty(), "no bundles in {}", folder.display());
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| path.display().to_string());
    paths.iter().map(read).collect()
}

/// Admits them as a node in development does.
pub(crate) fn admit(bundles: &[Vec<u8>]) -> Result<Vec<Admission>> {
    let results = Shelf::default().admit_all(bundles, &AdmissionPolicy::development());
    let admitted: Result<Vec<_>, _> = results.into_iter().collect();
    Ok(admitted?)
}

/// The searchable index over them.
pub(crate) fn index(admissions: &[Admission]) -> Catalogue {
    let entries = admissions
        .iter()
        .flat_map(|admission| Entry::of(admission, 1));
    Catalogue::build(entries, [], [], Taxonomy::embedded())
}
