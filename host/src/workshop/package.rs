//! A package as a folder: which of its files belong into the bundle, and the
//! bundle made of them. Whether they are right is the check's work.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use guichet_domain::Digest;
use guichet_domain::id::PublisherName;
use guichet_registry::bundle::{self, BundleFile};
use guichet_registry::manifest::{COMPONENT_FILE, MANIFEST_FILE, SERVICES_FILE};
use guichet_registry::sign::SigningKey;
use guichet_registry::{PackageName, Version};

use super::WorkshopError;

/// Files that belong to a package where they are there.
const USUAL_FILES: [&str; 5] = [
    MANIFEST_FILE,
    SERVICES_FILE,
    "LICENSE",
    "README.md",
    "sbom.json",
];
/// The folder of recorded scenarios.
const SCENARIOS: &str = "tests";
/// More scenarios than a bundle may hold are not even listed.
const SCENARIOS_LIMIT: usize = 1_000;

/// A package's folder, its manifest read just far enough to know its files.
#[derive(Debug, Clone)]
pub struct PackageFolder {
    root: PathBuf,
    manifest: toml::Table,
}

/// A bundle that was made.
#[derive(Debug, Clone)]
pub struct Packed {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The release's digest.
    pub digest: Digest,
    /// `NAME-VERSION.guichet`.
    pub file_name: String,
}

impl PackageFolder {
    /// Opens a folder that holds a manifest.
    pub fn open(root: &Path) -> Result<Self, WorkshopError> {
        let path = root.join(MANIFEST_FILE);
        if !path.is_file() {
            return Err(WorkshopError::NoPackage(root.to_owned()));
        }
        let text = std::fs::read_to_string(&path).map_err(WorkshopError::file(&path))?;
        let manifest = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            WorkshopError::Manifest {
                path: path.clone(),
                line: before.unwrap_or_default().matches('\n').count() + 1,
                problem: error.message().to_owned(),
            }
        })?;
        Ok(Self {
            root: root.to_owned(),
            manifest,
        })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `publisher/name`, where it is written as one.
    pub fn name(&self) -> Result<PackageName, WorkshopError> {
        self.text("package")
            .parse()
            .map_err(|error: guichet_registry::names::NameError| self.misnamed("package", &error))
    }

    /// The release's version, where it is written as one.
    pub fn version(&self) -> Result<Version, WorkshopError> {
        self.text("version")
            .parse()
            .map_err(|error: guichet_registry::names::NameError| self.misnamed("version", &error))
    }

    /// The name of the component's file, of a package with code of its own.
    #[must_use]
    pub fn component_file(&self) -> Option<&str> {
        self.manifest.get("component")?.get("file")?.as_str()
    }

    /// The component of another package that this one runs on, as it is written.
    #[must_use]
    pub fn component_digest(&self) -> Option<&str> {
        self.manifest.get("component")?.get("digest")?.as_str()
    }

    /// The files of the bundle: the usual ones, the component, those that the
    /// configuration names, and the scenarios. What is missing is left out;
    /// admission says so.
    pub fn files(&self) -> Result<Vec<BundleFile>, WorkshopError> {
        let mut names: BTreeSet<String> = USUAL_FILES.map(str::to_owned).into();
        names.extend(self.component_file().map(str::to_owned));
        let config = self.manifest.get("config").and_then(toml::Value::as_table);
        for value in config.into_iter().flat_map(toml::Table::values) {
            names.extend(
                value
                    .get("file")
                    .and_then(toml::Value::as_str)
                    .map(str::to_owned),
            );
        }
        names.extend(self.scenarios()?);
        let mut files = Vec::new();
        for name in names {
            let path = self.root.join(&name);
            if path.is_file() {
                files.push(BundleFile {
                    path: name
                        .parse()
                        .map_err(|error| WorkshopError::Path { path: name, error })?,
                    bytes: std::fs::read(&path).map_err(WorkshopError::file(&path))?,
                });
            }
        }
        Ok(files)
    }

    /// Names of the recorded scenarios, `tests/NAME.json`.
    fn scenarios(&self) -> Result<Vec<String>, WorkshopError> {
        let folder = self.root.join(SCENARIOS);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let entries = std::fs::read_dir(&folder).map_err(WorkshopError::file(&folder))?;
        let mut names = Vec::new();
        for entry in entries.take(SCENARIOS_LIMIT) {
            let name = entry.map_err(WorkshopError::file(&folder))?.file_name();
            let name = name.to_string_lossy();
            if name.ends_with(".json") && !name.starts_with('.') {
                names.push(format!("{SCENARIOS}/{name}"));
            }
        }
        Ok(names)
    }

    /// Makes the bundle, signed with `key`, or with the publisher's development
    /// key where there is none. The release's digest is the same either way.
    pub fn pack(&self, key: Option<&SigningKey>) -> Result<Packed, WorkshopError> {
        let name = self.name()?;
        let development;
        let key = match key {
            Some(key) => key,
            None => {
                development = SigningKey::development(name.publisher());
                &development
            }
        };
        let (bytes, digest) = bundle::write(self.files()?, key)?;
        Ok(Packed {
            bytes,
            digest,
            file_name: bundle::file_name(&name, &self.version()?),
        })
    }

    /// Makes the bundle under another version than the manifest's own: one of
    /// the many that are tried while somebody works on it.
    pub fn pack_as(&self, version: &Version, key: &SigningKey) -> Result<Packed, WorkshopError> {
        let mut files = self.files()?;
        for file in &mut files {
            if file.path.as_str() == MANIFEST_FILE {
                let text = String::from_utf8_lossy(&file.bytes).into_owned();
                file.bytes = with_version(&text, version).into_bytes();
            }
        }
        let (bytes, digest) = bundle::write(files, key)?;
        Ok(Packed {
            bytes,
            digest,
            file_name: bundle::file_name(&self.name()?, version),
        })
    }

    /// The name of the publisher whose key must sign.
    pub fn publisher(&self) -> Result<PublisherName, WorkshopError> {
        Ok(self.name()?.publisher().clone())
    }

    /// Where the component is written that this folder's own code makes.
    #[must_use]
    pub fn component_path(&self) -> PathBuf {
        self.root
            .join(self.component_file().unwrap_or(COMPONENT_FILE))
    }

    fn text(&self, key: &str) -> &str {
        self.manifest
            .get(key)
            .and_then(toml::Value::as_str)
            .unwrap_or_default()
    }

    fn misnamed(&self, key: &str, error: &guichet_registry::names::NameError) -> WorkshopError {
        let path = self.root.join(MANIFEST_FILE);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let is_key = |line: &str| line.trim_start().starts_with(key);
        WorkshopError::Manifest {
            path,
            line: text.lines().position(is_key).unwrap_or(0) + 1,
            problem: error.to_string(),
        }
    }
}

/// A manifest with another version; every other line stays as it is.
fn with_version(manifest: &str, version: &Version) -> String {
    let mut in_head = true;
    let mut written = String::with_capacity(manifest.len());
    for line in manifest.split_inclusive('\n') {
        in_head &= !line.trim_start().starts_with('[');
        let key = line.split('=').next().unwrap_or_default().trim();
        if in_head && key == "version" {
            written.push_str(&format!("version = \"{version}\"\n"));
        } else {
            written.push_str(line);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "package = \"city/water\"\nversion = \"1.0.0\"\ncomponent = { digest = \"sha256:00\" }\n[config]\nmapping = { file = \"mapping.json\" }\n";

    #[test]
    fn the_files_are_those_that_belong_there_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("plugin.toml", MANIFEST);
        write("mapping.json", "{}");
        write("notes.txt", "mine");
        write("publisher.key", "mine alone");
        std::fs::create_dir(folder.path().join("tests")).unwrap();
        write("tests/paid.json", "{}");
        write("tests/paid.json~", "{}");
        let package = PackageFolder::open(folder.path()).unwrap();
        let files = package.files().unwrap();
        let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(names, ["mapping.json", "plugin.toml", "tests/paid.json"]);
        let (first, second) = (package.pack(None).unwrap(), package.pack(None).unwrap());
        assert_eq!(first.bytes, second.bytes);
        assert_eq!(first.file_name, "water-1.0.0.guichet");
        write("mapping.json", "{ }");
        assert_ne!(package.pack(None).unwrap().digest, first.digest);
    }

    #[test]
    fn a_package_is_packed_under_another_version() {
        let version = "1.0.0-dev.3".parse().unwrap();
        let changed = with_version(MANIFEST, &version);
        assert_eq!(changed, MANIFEST.replace("1.0.0", "1.0.0-dev.3"));
        let table = "[config]\nversion = \"2\"\n";
        assert_eq!(with_version(table, &version), table);
    }

    #[test]
    fn a_broken_manifest_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let open = |text: &str| {
            std::fs::write(folder.path().join("plugin.toml"), text).unwrap();
            PackageFolder::open(folder.path())
        };
        let told = open("version = \"1\"\npackage = \n")
            .unwrap_err()
            .to_string();
        assert!(told.contains("plugin.toml:2: "), "{told}");
        let package = open("version = \"1.0.0\"\npackage = \"water\"\n").unwrap();
        let told = package.pack(None).unwrap_err().to_string();
        assert!(
            told.contains("plugin.toml:2: a package is written"),
            "{told}"
        );
    }
}
