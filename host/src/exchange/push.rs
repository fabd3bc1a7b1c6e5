//! A release leaves: the component as an artifact that every tool for
//! WebAssembly understands, and beside it, as its referrers, the whole bundle,
//! the signatures and the certification report.

use std::collections::BTreeMap;

use bytes::Bytes;
use guichet_domain::Digest;
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::inspect;
use guichet_registry::manifest::MANIFEST_FILE;
use guichet_registry::sign::sha256;

use super::client::Client;
use super::layout::{self, Artifact, BUNDLE, Component, REPORT, SIGNATURES};
use super::reference::Target;
use super::{Connection, ExchangeError, Reference, Stock};

/// What was pushed.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// SHA-256 of the artifact's manifest.
    pub manifest: Digest,
    /// The release's own digest.
    pub release: Digest,
    /// SHA-256 of the component.
    pub component: Digest,
    /// The referrers' manifests by what they hold.
    pub referrers: Vec<(&'static str, Digest)>,
}

/// Pushes a release under a tag. The tag comes last, so that nobody finds an
/// artifact whose bundle is not there yet.
pub async fn push(
    connection: &Connection,
    to: &Reference,
    stock: &Stock,
) -> Result<Pushed, ExchangeError> {
    if matches!(to.target, Target::Digest(_)) {
        return Err(ExchangeError::TagNeeded);
    }
    let client = Client { connection, to };
    let image = image(stock)?;
    let subject = &image.manifest.descriptor;
    let mut referrers = Vec::new();
    // Some registries take a referrer only when its subject is there.
    client
        .push_parts(&image, &Target::Digest(subject.digest))
        .await?;
    let named = || annotations(stock);
    let mut belonging = vec![
        (BUNDLE, stock.bundle.clone()),
        (SIGNATURES, signatures(&stock.bundle)?),
    ];
    belonging.extend(stock.report.clone().map(|report| (REPORT, report)));
    for (artifact_type, bytes) in belonging {
        let artifact = layout::referrer(artifact_type, bytes, subject, named());
        client.push_referrer(&artifact, subject.digest).await?;
        referrers.push((artifact_type, artifact.manifest.descriptor.digest));
    }
    client.push_manifest(&image.manifest, &to.target).await?;
    Ok(Pushed {
        manifest: subject.digest,
        release: stock.release,
        component: image.layer.descriptor.digest,
        referrers,
    })
}

fn image(stock: &Stock) -> Result<Artifact, ExchangeError> {
    let names = inspect::read_names(&stock.component).map_err(|error| {
        let what = format!("the component {}", sha256(&stock.component));
        ExchangeError::Document(what, error.to_string())
    })?;
    let component = Component {
        bytes: stock.component.clone(),
        imports: names.imports,
        exports: names.exports,
        author: stock.package.publisher().as_str(),
        created: stock.published,
    };
    let mut annotations = annotations(stock);
    let bundle = Bundle::read(&stock.bundle, BundleLimits::default())?;
    let manifest = bundle.file(MANIFEST_FILE).unwrap_or_default();
    let manifest = std::str::from_utf8(manifest).unwrap_or_default();
    if let Ok(manifest) = guichet_registry::Manifest::read(manifest) {
        let licence = manifest.licence;
        annotations.insert("org.opencontainers.image.licenses".to_owned(), licence);
    }
    Ok(layout::wasm(component, annotations))
}

fn annotations(stock: &Stock) -> BTreeMap<String, String> {
    let publisher = stock.package.publisher().to_string();
    [
        (layout::RELEASE, stock.release.to_string()),
        (
            "org.opencontainers.image.created",
            String::from(stock.published),
        ),
        ("org.opencontainers.image.title", stock.package.to_string()),
        ("org.opencontainers.image.vendor", publisher),
        (
            "org.opencontainers.image.version",
            stock.version.to_string(),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The bundle's head, up to and with the empty line: it names every file's
/// digest, and its signatures can be checked without the files.
fn signatures(bundle: &Bytes) -> Result<Bytes, ExchangeError> {
    let end = bundle.windows(2).position(|pair| pair == b"\n\n");
    let end = end.ok_or_else(|| {
        ExchangeError::Document("the bundle".to_owned(), "it has no head".to_owned())
    })?;
    Ok(bundle.slice(..end + 2))
}
