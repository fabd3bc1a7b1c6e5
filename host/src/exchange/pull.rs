//! A release comes: the bundle that lies beside an artifact, believed only as
//! far as its own digests and signatures go. The tag, the annotations and the
//! foreign registry itself are not trusted with anything; the report stays
//! where it is, for certification runs again on entry.

use std::collections::BTreeSet;

use bytes::Bytes;
use guichet_domain::{Digest, DigestAlgorithm};
use guichet_registry::bundle::{self, Bundle, BundleLimits};
use guichet_registry::manifest::{self, COMPONENT_FILE, MANIFEST_FILE};
use guichet_registry::sign::{PublicKey, sha256};
use guichet_registry::{Manifest, PackageName, Version};

use super::client::Client;
use super::layout::{BUNDLE, Descriptor, RELEASE, WASM, WASM_CONFIG};
use super::reference::Target;
use super::{Connection, ExchangeError, Reference};

/// Bundles beside one artifact that are looked at: everybody who may push to the
/// repository may add some.
const CANDIDATES: usize = 8;

/// A bundle whose every byte is vouched for by the keys named here. Whether
/// these are the right keys is for the entry door to say.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// The whole bundle.
    pub bundle: Bytes,
    /// What it says it is.
    pub package: PackageName,
    /// What it says of its version.
    pub version: Version,
    /// The release's digest.
    pub release: Digest,
    /// Whose key signed it as its publisher's.
    pub publisher: PublicKey,
    /// Whose keys countersigned it.
    pub registries: Vec<PublicKey>,
    /// SHA-256 of its code.
    pub component: Digest,
    /// Whether the bundle brings the code; else its package is needed too.
    pub own_code: bool,
    /// SHA-256 of the artifact's manifest.
    pub manifest: Digest,
}

/// Pulls the bundle beside an artifact and verifies it.
pub async fn pull(connection: &Connection, from: &Reference) -> Result<Pulled, ExchangeError> {
    let client = Client {
        connection,
        to: from,
    };
    let (image, manifest) = client.manifest(&from.target).await?;
    let wrong = |why: &str| ExchangeError::Document(from.to_string(), why.to_owned());
    if manifest.config.media_type != WASM_CONFIG {
        return Err(wrong("it is no WebAssembly artifact"));
    }
    let [layer] = manifest.layers.as_slice() else {
        return Err(wrong("it has not exactly one layer"));
    };
    if layer.media_type != WASM {
        return Err(wrong("its layer is no WebAssembly"));
    }
    let expected = Expected {
        image: image.digest,
        component: layer.digest,
        release: manifest.annotations.get(RELEASE),
    };
    let candidates = client.referrers(image.digest, BUNDLE).await?;
    if candidates.is_empty() {
        return Err(ExchangeError::NoBundle(from.to_string()));
    }
    let mut seen = BTreeSet::new();
    let mut last = String::new();
    // What was pushed last is listed last: it has the most countersignatures.
    let newest_first = candidates.iter().rev();
    for candidate in newest_first
        .filter(|one| seen.insert(one.digest))
        .take(CANDIDATES)
    {
        match examine(&client, candidate, &expected).await {
            Ok(pulled) => return Ok(pulled),
            Err(error) => last = error.to_string(),
        }
    }
    Err(ExchangeError::NoneHolds(from.to_string(), last))
}

/// What the artifact says of itself; a bundle that belongs to it agrees.
struct Expected<'a> {
    image: Digest,
    component: Digest,
    release: Option<&'a String>,
}

async fn examine(
    client: &Client<'_>,
    candidate: &Descriptor,
    expected: &Expected<'_>,
) -> Result<Pulled, ExchangeError> {
    let target = Target::Digest(candidate.digest);
    let (_, manifest) = client.manifest(&target).await?;
    let what = format!("the referrer {}", candidate.digest);
    let wrong = |why: &str| ExchangeError::Document(what.clone(), why.to_owned());
    let subject = manifest.subject.as_ref().map(|subject| subject.digest);
    if subject != Some(expected.image) || manifest.artifact_type.as_deref() != Some(BUNDLE) {
        return Err(wrong("it is no bundle of this artifact"));
    }
    let [layer] = manifest.layers.as_slice() else {
        return Err(wrong("it has not exactly one layer"));
    };
    let bytes = client.blob(layer).await?;
    let pulled = verify(bytes, expected.image)?;
    if expected
        .release
        .is_some_and(|release| *release != pulled.release.to_string())
    {
        return Err(wrong("it is another release than the artifact says"));
    }
    if pulled.component != expected.component {
        return Err(wrong(
            "the artifact's component is not the one that the bundle means",
        ));
    }
    Ok(pulled)
}

/// Checks every digest and signature, and reads what the bundle says it is.
fn verify(bytes: Bytes, image: Digest) -> Result<Pulled, ExchangeError> {
    let verified = bundle::verify(&bytes, BundleLimits::default())?;
    let read = Bundle::read(&bytes, BundleLimits::default())?;
    let wrong = |why: &str| ExchangeError::Document("the bundle".to_owned(), why.to_owned());
    let text = read.file(MANIFEST_FILE).unwrap_or_default();
    let text = std::str::from_utf8(text).map_err(|_| wrong("its manifest is no text"))?;
    let says = Manifest::read(text).map_err(|_| wrong("its manifest cannot be read"))?;
    let (component, own_code) = match &says.component {
        manifest::Component::Digest(digest) => (*digest, false),
        manifest::Component::File(_) => {
            let own = read.file(COMPONENT_FILE);
            (
                sha256(own.ok_or_else(|| wrong("its component is missing"))?),
                true,
            )
        }
    };
    if component.algorithm() != DigestAlgorithm::Sha256 {
        return Err(wrong("its component is not named by SHA-256"));
    }
    Ok(Pulled {
        package: says.package,
        version: says.version,
        release: verified.digest,
        publisher: verified.publisher,
        registries: verified.registries,
        component,
        own_code,
        manifest: image,
        bundle: bytes,
    })
}
