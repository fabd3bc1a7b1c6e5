//! `guichet plugin new`: the templates, and a package's folder made of one. The
//! templates are real files under `host/templates/plugin`; the words that stand
//! for names in them are replaced, and nothing else.

use std::path::{Path, PathBuf};

use guichet_registry::PackageName;

use super::{Components, WorkshopError};

/// The component that declarative packages run on.
pub const DECLARATIVE: &str = "http-biller";
/// The words that stand for others in the templates.
const DIGEST_PLACE: &str =
    "sha256:0000000000000000000000000000000000000000000000000000000000000000";
const PUBLISHER_PLACE: &str = "template-publisher";
const PACKAGE_PLACE: &str = "template-package";
const SDK_PLACE: &str = "template-sdk";

/// What a new package starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// A mapping over `http-biller`: no code.
    Declarative,
    /// Bill payment in Rust.
    RustBillPayment,
    /// An inquiry in Rust.
    RustInquiry,
    /// Bill payment in Python.
    Python,
}

/// A new package.
#[derive(Debug, Clone)]
pub struct NewPackage {
    /// Its name.
    pub name: PackageName,
    /// What it starts from.
    pub template: Template,
    /// The SDK's folder, for Rust.
    pub sdk: Option<PathBuf>,
}

macro_rules! files {
    ($($path:literal = $source:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/plugin/", $source)))),*]
    };
}

type Files = &'static [(&'static str, &'static str)];

const DECLARATIVE_FILES: Files = files! {
    ".gitignore" = "gitignore",
    "README.md" = "declarative/README.md",
    "mapping.json" = "declarative/mapping.json",
    "plugin.toml" = "declarative/plugin.toml",
    "services.jsonl" = "services.jsonl",
    "tests/water.json" = "tests/water.json",
};

const RUST_BILL_PAYMENT_FILES: Files = files! {
    ".gitignore" = "gitignore",
    "Cargo.toml" = "rust-bill-payment/Cargo.toml",
    "README.md" = "rust-bill-payment/README.md",
    "plugin.toml" = "rust-bill-payment/plugin.toml",
    "services.jsonl" = "services.jsonl",
    "src/lib.rs" = "rust-bill-payment/src/lib.rs",
    "tests/water.json" = "tests/water.json",
};

const RUST_INQUIRY_FILES: Files = files! {
    ".gitignore" = "gitignore",
    "Cargo.toml" = "rust-inquiry/Cargo.toml",
    "README.md" = "rust-inquiry/README.md",
    "plugin.toml" = "rust-inquiry/plugin.toml",
    "services.jsonl" = "rust-inquiry/services.jsonl",
    "src/lib.rs" = "rust-inquiry/src/lib.rs",
    "tests/certificate.json" = "rust-inquiry/tests/certificate.json",
};

const PYTHON_FILES: Files = files! {
    ".gitignore" = "gitignore",
    "README.md" = "python/README.md",
    "app.py" = "python/app.py",
    "plugin.toml" = "python/plugin.toml",
    "services.jsonl" = "services.jsonl",
    "tests/water.json" = "tests/water.json",
    "wit/deps/host/host.wit" = "../../../wit/0.1.0/deps/host/host.wit",
    "wit/deps/service/service.wit" = "../../../wit/0.1.0/service.wit",
    "wit/world.wit" = "python/world.wit",
};

impl Template {
    const fn files(self) -> Files {
        match self {
            Self::Declarative => DECLARATIVE_FILES,
            Self::RustBillPayment => RUST_BILL_PAYMENT_FILES,
            Self::RustInquiry => RUST_INQUIRY_FILES,
            Self::Python => PYTHON_FILES,
        }
    }

    const fn is_rust(self) -> bool {
        matches!(self, Self::RustBillPayment | Self::RustInquiry)
    }
}

/// Writes a new package into `folder`, which must not be there yet. Gives the
/// paths of its files.
pub fn create(
    new: &NewPackage,
    folder: &Path,
    known: &Components,
) -> Result<Vec<PathBuf>, WorkshopError> {
    let mut words = vec![
        (PUBLISHER_PLACE, new.name.publisher().to_string()),
        (PACKAGE_PLACE, new.name.stem().to_string()),
    ];
    if new.template == Template::Declarative {
        words.push((DIGEST_PLACE, declarative_digest(known)?));
    }
    if new.template.is_rust() {
        words.push((SDK_PLACE, sdk(new.sdk.as_deref())?));
    }
    let files = new.template.files().iter().map(|(path, text)| {
        let written = words
            .iter()
            .fold((*text).to_owned(), |text, (place, word)| {
                text.replace(place, word)
            });
        ((*path).to_owned(), written)
    });
    write_folder(folder, files.collect())
}

/// Writes files into a folder that must not be there yet, or is empty.
pub fn write_folder(
    folder: &Path,
    files: Vec<(String, String)>,
) -> Result<Vec<PathBuf>, WorkshopError> {
    let is_empty =
        |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if folder.exists() && !is_empty(folder) {
        return Err(WorkshopError::Exists(folder.to_owned()));
    }
    let mut written = Vec::with_capacity(files.len());
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(WorkshopError::file(parent))?;
        }
        std::fs::write(&path, text).map_err(WorkshopError::file(&path))?;
        written.push(path);
    }
    Ok(written)
}

/// The digest that a declarative package names as its component.
pub(super) fn declarative_digest(known: &Components) -> Result<String, WorkshopError> {
    let digest = known.digest_of(DECLARATIVE).ok_or_else(|| {
        WorkshopError::NoComponent(format!(
            "the component {DECLARATIVE} is not known here: name the folder that holds its \
             bundle {DECLARATIVE}-VERSION.guichet with --packages"
        ))
    })?;
    Ok(digest.to_string())
}

/// The SDK's folder as a crate names it: given, else that of the checkout that
/// this program was built in.
fn sdk(given: Option<&Path>) -> Result<String, WorkshopError> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk");
    let folder = given.unwrap_or(&own);
    let is_sdk = std::fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|text| text.contains("name = \"guichet-sdk\""));
    if !is_sdk {
        let looked = format!(" (looked for {})", folder.display());
        return Err(WorkshopError::NoSdk(looked));
    }
    let folder = std::fs::canonicalize(folder).map_err(WorkshopError::file(folder))?;
    Ok(folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_the_templates_is_left_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        for (index, template) in [
            Template::RustBillPayment,
            Template::RustInquiry,
            Template::Python,
        ]
        .into_iter()
        .enumerate()
        {
            let new = NewPackage {
                name: "city-utilities/water".parse().unwrap(),
                template,
                sdk: None,
            };
            let root = folder.path().join(index.to_string());
            let known = Components::default();
            for path in create(&new, &root, &known).unwrap() {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("template-"), "{}", path.display());
            }
            let again = create(&new, &root, &known).unwrap_err();
            assert!(matches!(again, WorkshopError::Exists(_)), "{again}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_its_mend() {
        let folder = tempfile::tempdir().unwrap();
        let mut new = NewPackage {
            name: "city-utilities/water".parse().unwrap(),
            template: Template::Declarative,
            sdk: Some(folder.path().to_owned()),
        };
        let root = folder.path().join("water");
        let told = create(&new, &root, &Components::default()).unwrap_err();
        assert!(told.to_string().contains("--packages"), "{told}");
        new.template = Template::RustInquiry;
        let told = create(&new, &root, &Components::default()).unwrap_err();
        assert!(told.to_string().contains("--sdk"), "{told}");
        assert!(!root.exists());
    }
}
