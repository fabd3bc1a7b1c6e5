//! Packages of the tests: a fixture's folder, or one service of a generated
//! package of the city, bundled with its component and admitted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use guichet_registry::admit::{Admission, AdmissionPolicy, Shelf, admit};
use guichet_registry::bundle::{Bundle, BundleFile, BundleLimits, write};
use guichet_registry::sign::SigningKey;
use guichet_sandbox::digest_of;
use guichet_tests::target;

/// Files of a package by their path.
#[derive(Clone)]
pub struct Package {
    pub files: BTreeMap<String, Vec<u8>>,
}

/// A package that was bundled and admitted.
pub struct Admitted {
    pub admission: Admission,
    pub bundle: Vec<u8>,
    pub component: Vec<u8>,
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certification/fixtures")
}

/// A component that `cargo xtask plugins` has built.
pub fn component(name: &str) -> Vec<u8> {
    let path = target().join("plugins").join(format!("{name}.wasm"));
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}: run cargo xtask plugins", path.display()))
}

impl Package {
    /// A fixture's folder; a component's name stands in `component`, a mapping
    /// of the city in `mapping`.
    pub fn fixture(name: &str) -> Self {
        let folder = fixtures().join(name);
        let mut files = BTreeMap::new();
        collect(&folder, "", &mut files);
        let mut text = |name: &str| {
            let bytes = files.remove(name)?;
            Some(String::from_utf8(bytes).unwrap().trim().to_owned())
        };
        let code = text("component").unwrap_or_else(|| "http-biller".to_owned());
        let mapping = text("mapping");
        let mut package = Self { files };
        package.put_component(&code);
        let files = &mut package.files;
        if let Some(mapping) = mapping {
            let city = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/city/mappings");
            let bytes = std::fs::read(city.join(format!("{mapping}.json"))).unwrap();
            files.insert("mapping.json".to_owned(), bytes);
        }
        package
    }

    /// Own code goes into the bundle; that of `http-biller` is named by its
    /// digest, as declarative packages do.
    fn put_component(&mut self, name: &str) {
        if name != "http-biller" {
            self.files
                .insert("component.wasm".to_owned(), component(name));
            return;
        }
        let digest = digest_of(&component(name)).to_string();
        let manifest = String::from_utf8(self.files["plugin.toml"].clone()).unwrap();
        let lines = manifest.lines().map(|line| match line {
            line if line.starts_with("digest = ") => format!("digest = \"{digest}\""),
            line => line.to_owned(),
        });
        let manifest = lines.collect::<Vec<_>>().join("\n");
        self.files
            .insert("plugin.toml".to_owned(), manifest.into_bytes());
    }

    /// One service of a generated package, with the component inside.
    pub fn of_city(package: &str, mut wanted: impl FnMut(&serde_json::Value) -> bool) -> Self {
        let path = target()
            .join("packages")
            .join(format!("{package}-0.1.0.guichet"));
        let bytes = std::fs::read(&path).unwrap_or_else(|error| {
            panic!("{}: {error}: run cargo xtask packages", path.display())
        });
        let bundle = Bundle::read(&bytes, BundleLimits::default()).unwrap();
        let mut files: BTreeMap<String, Vec<u8>> = bundle
            .files()
            .map(|(path, bytes)| (path.to_string(), bytes.to_vec()))
            .collect();
        let services = String::from_utf8(files.remove("services.jsonl").unwrap()).unwrap();
        let service = services
            .lines()
            .find(|line| wanted(&serde_json::from_str(line).unwrap()))
            .expect("a service of that kind");
        files.insert(
            "services.jsonl".to_owned(),
            format!("{service}\n").into_bytes(),
        );
        let mut package = Self { files };
        if !package.files.contains_key("component.wasm") {
            package.put_component("http-biller");
        }
        package
    }

    pub fn service(&self) -> String {
        let first = String::from_utf8(self.files["services.jsonl"].clone()).unwrap();
        let service: serde_json::Value =
            serde_json::from_str(first.lines().next().unwrap()).unwrap();
        service["code"].as_str().unwrap().to_owned()
    }

    /// Replaces a text in the mapping; it must be there.
    pub fn mapped(mut self, from: &str, to: &str) -> Self {
        let mapping = String::from_utf8(self.files["mapping.json"].clone()).unwrap();
        assert!(mapping.contains(from), "the mapping has no {from:?}");
        let mapping = mapping.replace(from, to).into_bytes();
        self.files.insert("mapping.json".to_owned(), mapping);
        self
    }

    pub fn with(mut self, file: &str, bytes: Vec<u8>) -> Self {
        self.files.insert(file.to_owned(), bytes);
        self
    }

    pub fn admitted(&self) -> Admitted {
        let files = self.files.iter().map(|(path, bytes)| BundleFile {
            path: path.parse().unwrap(),
            bytes: bytes.clone(),
        });
        let manifest = String::from_utf8(self.files["plugin.toml"].clone()).unwrap();
        let publisher = manifest
            .lines()
            .find_map(|line| line.strip_prefix("package = \""))
            .and_then(|rest| rest.split('/').next())
            .unwrap();
        let key = SigningKey::development(&publisher.parse().unwrap());
        let (bundle, _) = write(files.collect(), &key).unwrap();
        let mut shelf = Shelf::default();
        let own = self.files.get("component.wasm").cloned();
        if own.is_none() {
            let path = target().join("packages/http-biller-0.1.0.guichet");
            let carrier = std::fs::read(path).unwrap();
            for carried in shelf.admit_all(&[carrier], &AdmissionPolicy::development()) {
                carried.unwrap();
            }
        }
        let admission = admit(&bundle, &AdmissionPolicy::development(), &shelf)
            .unwrap_or_else(|error| panic!("{error}"));
        Admitted {
            component: own.unwrap_or_else(|| component("http-biller")),
            admission,
            bundle,
        }
    }
}

fn collect(folder: &Path, under: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{under}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}
