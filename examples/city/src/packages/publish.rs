//! Signs packages with the development key, has them admitted as a marketplace
//! would, and writes the bundles. A bundle that is there already is left alone.

use std::collections::BTreeSet;
use std::path::Path;

use guichet_domain::Digest;
use guichet_domain::id::PublisherName;
use guichet_registry::admit::{AdmissionPolicy, Shelf};
use guichet_registry::bundle;
use guichet_registry::sign::{SigningKey, sha256};

use super::{Package, PackagesError};

/// What became of the packages.
#[derive(Debug, Clone)]
pub struct Published {
    /// Number of bundles.
    pub bundles: usize,
    /// How many of them were new or different.
    pub written: usize,
    /// Number of services.
    pub services: usize,
    /// Names every release of the set.
    pub digest: Digest,
}

/// Signs and admits all packages and writes them to `folder`; bundles that
/// belong to none of them are removed.
pub fn publish(packages: &[Package], folder: &Path) -> Result<Published, PackagesError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| PackagesError::File { path, error }
    };
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    let mut shelf = Shelf::default();
    let policy = AdmissionPolicy::development();
    let (mut names, mut releases, mut written) = (BTreeSet::new(), String::new(), 0);
    for package in packages {
        let (bytes, release) = bundle::write(package.files.clone(), &key(&package.name)?)?;
        let results = shelf.admit_all(std::slice::from_ref(&bytes), &policy);
        for result in results {
            result.map_err(|error| PackagesError::Refused {
                package: package.name.clone(),
                error,
            })?;
        }
        releases.push_str(&format!("{release} {}\n", package.name));
        let path = folder.join(package.file_name());
        if std::fs::read(&path).ok().as_deref() != Some(&bytes) {
            std::fs::write(&path, &bytes).map_err(at(&path))?;
            written += 1;
        }
        names.insert(package.file_name());
    }
    remove_others(folder, &names)?;
    Ok(Published {
        bundles: packages.len(),
        written,
        services: packages.iter().map(|package| package.services).sum(),
        digest: sha256(releases.as_bytes()),
    })
}

fn key(package: &str) -> Result<SigningKey, PackagesError> {
    let publisher = package.split('/').next().unwrap_or_default();
    let publisher: PublisherName = publisher
        .parse()
        .map_err(|_| PackagesError::Name(package.to_owned()))?;
    Ok(SigningKey::development(&publisher))
}

fn remove_others(folder: &Path, names: &BTreeSet<String>) -> Result<(), PackagesError> {
    let failed = |error| PackagesError::File {
        path: folder.to_owned(),
        error,
    };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".guichet") && !names.contains(&name) {
            std::fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}
