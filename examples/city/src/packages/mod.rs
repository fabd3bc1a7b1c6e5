//! The catalogue as packages: for each one the files that its publisher signs —
//! manifest, services, mapping, component. Writing them to a folder and having
//! them admitted is `publish`'s; what services there are is the catalogue's.

mod family;
mod manifest;
mod publish;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use guichet_registry::bundle::{BundleFile, BundlePathError};
use guichet_registry::sign::sha256;

pub use publish::{Published, publish};

use crate::catalogue::{Country, Dialect, Regions, Service, record};
use manifest::Code;

/// The declarative plugin, whose code most packages share.
const DECLARATIVE: &str = "http-biller";
/// Version of every package here.
const VERSION: &str = "0.1.0";

/// Where the parts that are not generated lie.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Folder of the built components, `NAME.wasm`.
    pub components: PathBuf,
    /// Folder of the plugins' sources, `NAME/plugin.toml`.
    pub plugins: PathBuf,
    /// Folder of the dialects' mappings, `DIALECT.json`.
    pub mappings: PathBuf,
}

/// One package, not yet signed.
#[derive(Debug, Clone)]
pub struct Package {
    /// `publisher/name`.
    pub name: String,
    /// Number of its services.
    pub services: usize,
    /// Its files.
    pub files: Vec<BundleFile>,
}

impl Package {
    /// `NAME-VERSION.guichet`.
    #[must_use]
    pub fn file_name(&self) -> String {
        let stem = self
            .name
            .split_once('/')
            .map_or(self.name.as_str(), |(_, stem)| stem);
        format!("{stem}-{VERSION}.guichet")
    }
}

/// Why packages could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PackagesError {
    /// A file that is missing or cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A hand-written manifest that is not TOML.
    #[error("{path}: {error}")]
    Manifest {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        error: toml::de::Error,
    },
    /// A manifest that cannot be written as TOML.
    #[error("the manifest of {package} cannot be written: {error}")]
    Unwritable {
        /// Whose.
        package: String,
        /// Why.
        error: toml::ser::Error,
    },
    /// A file name that bundles do not take.
    #[error(transparent)]
    Path(#[from] BundlePathError),
    /// A publisher's name that is none.
    #[error("{0:?} is no package name")]
    Name(String),
    /// Files that make no bundle.
    #[error(transparent)]
    Bundle(#[from] guichet_registry::bundle::BundleError),
    /// A bundle that the registry refuses.
    #[error("{package} is not admitted:\n{error}")]
    Refused {
        /// Which one.
        package: String,
        /// Its findings.
        error: guichet_registry::admit::AdmissionError,
    },
}

/// All packages, those with code of their own first.
pub fn packages(
    country: &Country,
    regions: &Regions,
    sources: &Sources,
) -> Result<Vec<Package>, PackagesError> {
    let mut by_package: BTreeMap<&str, Vec<&Service>> = BTreeMap::new();
    for service in country.services() {
        by_package
            .entry(&service.package)
            .or_default()
            .push(service);
    }
    let declarative = read(&sources.components.join(format!("{DECLARATIVE}.wasm")))?;
    let mut packages = vec![declarative_package(&declarative, sources)?];
    let mut borrowing = Vec::new();
    for (name, services) in by_package {
        let dialect = services[0].dialect;
        let own_code = !dialect.is_declarative() && manifest::named(dialect.as_str()) == name;
        let code = match (own_code, dialect.is_declarative()) {
            (true, _) => Code::Own,
            (false, true) => Code::Of(sha256(&declarative)),
            (false, false) => Code::Of(sha256(&component(sources, dialect)?)),
        };
        let package = package(name, &services, &code, regions, sources)?;
        if own_code {
            packages.push(package);
        } else {
            borrowing.push(package);
        }
    }
    packages.extend(borrowing);
    Ok(packages)
}

/// The package that only carries the declarative plugin's code.
fn declarative_package(component: &[u8], sources: &Sources) -> Result<Package, PackagesError> {
    let path = sources.plugins.join(DECLARATIVE).join("plugin.toml");
    let manifest = read(&path)?;
    let named: Named =
        toml::from_slice(&manifest).map_err(|error| PackagesError::Manifest { path, error })?;
    let files = vec![
        file("plugin.toml", manifest)?,
        file("component.wasm", component)?,
    ];
    Ok(Package {
        name: named.package,
        services: 0,
        files,
    })
}

/// What is read of a manifest that is bundled as it is.
#[derive(serde::Deserialize)]
struct Named {
    package: String,
}

fn package(
    name: &str,
    services: &[&Service],
    code: &Code,
    regions: &Regions,
    sources: &Sources,
) -> Result<Package, PackagesError> {
    let dialect = services[0].dialect;
    let mut files = vec![file("services.jsonl", lines(services, regions))?];
    if *code == Code::Own {
        files.push(file("component.wasm", component(sources, dialect)?)?);
    }
    if dialect.is_declarative() {
        let path = sources.mappings.join(format!("{}.json", dialect.as_str()));
        files.push(file("mapping.json", without_blanks(&read(&path)?))?);
    }
    let manifest = manifest::of_services(name, services[0], code, &sources.plugins)?;
    files.push(file("plugin.toml", manifest)?);
    Ok(Package {
        name: name.to_owned(),
        services: services.len(),
        files,
    })
}

fn component(sources: &Sources, dialect: Dialect) -> Result<Vec<u8>, PackagesError> {
    read(
        &sources
            .components
            .join(format!("{}.wasm", dialect.as_str())),
    )
}

fn lines(services: &[&Service], regions: &Regions) -> Vec<u8> {
    let mut sorted = services.to_vec();
    sorted.sort_by(|left, right| left.code.cmp(&right.code));
    let mut text = String::new();
    for service in sorted {
        text.push_str(&record(service, regions).to_string());
        text.push('\n');
    }
    text.into_bytes()
}

fn file(path: &str, bytes: impl Into<Vec<u8>>) -> Result<BundleFile, PackagesError> {
    Ok(BundleFile {
        path: path.parse()?,
        bytes: bytes.into(),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, PackagesError> {
    std::fs::read(path).map_err(|error| PackagesError::File {
        path: path.to_owned(),
        error,
    })
}

/// JSON without the blanks between its tokens: a plugin reads it in every call.
fn without_blanks(json: &[u8]) -> Vec<u8> {
    let (mut kept, mut within_text, mut escaped) = (Vec::with_capacity(json.len()), false, false);
    for byte in json {
        if within_text {
            within_text = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
        } else if byte.is_ascii_whitespace() {
            continue;
        } else {
            within_text = *byte == b'"';
        }
        kept.push(*byte);
    }
    kept
}

#[cfg(test)]
mod tests;
