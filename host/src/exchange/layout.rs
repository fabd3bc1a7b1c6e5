//! The documents of an exported release: how manifests, the index of referrers
//! and the configuration of a WebAssembly artifact are written and read. Makes
//! and reads bytes only; `docs/exchange.md` shows the whole.
//!
//! Sources: OCI Image Specification 1.1 (manifest, index, empty descriptor,
//! `subject`), CNCF TAG Runtime "Wasm OCI Artifact layout".

use std::collections::BTreeMap;

use bytes::Bytes;
use guichet_domain::{Digest, Moment};
use guichet_registry::sign::sha256;
use serde::{Deserialize, Serialize};

/// A manifest.
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// A list of manifests.
pub(super) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The configuration that makes a manifest a WebAssembly artifact.
pub(super) const WASM_CONFIG: &str = "application/vnd.wasm.config.v0+json";
/// A component or module.
pub(super) const WASM: &str = "application/wasm";
/// Two braces, where a manifest needs a configuration and has none.
pub(super) const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// The whole bundle.
pub(super) const BUNDLE: &str = "application/vnd.guichet.bundle";
/// The bundle's head: every file's digest, and the signatures over them.
pub(super) const SIGNATURES: &str = "application/vnd.guichet.signatures";
/// The certification report.
pub(super) const REPORT: &str = "application/vnd.guichet.certification+json";
/// The annotation that names the release by Guichet's own digest.
pub(super) const RELEASE: &str = "guichet.release";

const EMPTY_BYTES: &[u8] = b"{}";

/// Points at bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) media_type: String,
    pub(super) digest: Digest,
    pub(super) size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) artifact_type: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) annotations: BTreeMap<String, String>,
}

impl Descriptor {
    fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: sha256(bytes),
            size: bytes.len() as u64,
            artifact_type: None,
            annotations: BTreeMap::new(),
        }
    }
}

/// Bytes with their descriptor.
#[derive(Debug, Clone)]
pub(super) struct Blob {
    pub(super) descriptor: Descriptor,
    pub(super) bytes: Bytes,
}

impl Blob {
    pub(super) fn new(media_type: &str, bytes: Bytes) -> Self {
        let descriptor = Descriptor::of(media_type, &bytes);
        Self { descriptor, bytes }
    }

    fn empty() -> Self {
        Self::new(EMPTY, Bytes::from_static(EMPTY_BYTES))
    }
}

/// A manifest as it is written. Members that are not known are passed over, as
/// the specification demands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    schema_version: u32,
    #[serde(default)]
    media_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) artifact_type: Option<String>,
    pub(super) config: Descriptor,
    pub(super) layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) annotations: BTreeMap<String, String>,
}

/// An index as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    schema_version: u32,
    #[serde(default)]
    media_type: String,
    pub(super) manifests: Vec<Descriptor>,
}

impl Index {
    /// Over these.
    pub(super) fn new(manifests: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: INDEX.to_owned(),
            manifests,
        }
    }

    pub(super) fn bytes(&self) -> Bytes {
        json(self)
    }
}

/// A manifest and everything that it points at, ready to be pushed.
#[derive(Debug, Clone)]
pub(super) struct Artifact {
    pub(super) manifest: Blob,
    pub(super) config: Blob,
    pub(super) layer: Blob,
    /// As an index of referrers lists it.
    pub(super) listed: Descriptor,
}

/// What is said of the component that the artifact holds.
pub(super) struct Component<'a> {
    pub(super) bytes: Bytes,
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
    pub(super) author: &'a str,
    pub(super) created: Moment,
}

/// The configuration of a WebAssembly artifact.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WasmConfig<'a> {
    created: Moment,
    author: &'a str,
    architecture: &'static str,
    os: &'static str,
    layer_digests: [Digest; 1],
    component: Names,
}

#[derive(Serialize)]
struct Names {
    exports: Vec<String>,
    imports: Vec<String>,
}

/// The artifact that every tool for WebAssembly understands: the component
/// alone.
pub(super) fn wasm(component: Component<'_>, annotations: BTreeMap<String, String>) -> Artifact {
    let layer = Blob::new(WASM, component.bytes);
    let config = WasmConfig {
        created: component.created,
        author: component.author,
        architecture: "wasm",
        // The layout's word for every component, with WASI or without.
        os: "wasip2",
        layer_digests: [layer.descriptor.digest],
        component: Names {
            exports: component.exports,
            imports: component.imports,
        },
    };
    let config = Blob::new(WASM_CONFIG, json(&config));
    artifact(None, (config, layer), None, annotations)
}

/// An artifact that belongs to another one: bundle, signatures or report.
pub(super) fn referrer(
    artifact_type: &str,
    bytes: Bytes,
    subject: &Descriptor,
    annotations: BTreeMap<String, String>,
) -> Artifact {
    let layer = Blob::new(artifact_type, bytes);
    let parts = (Blob::empty(), layer);
    artifact(Some(artifact_type), parts, Some(subject), annotations)
}

fn artifact(
    artifact_type: Option<&str>,
    (config, layer): (Blob, Blob),
    subject: Option<&Descriptor>,
    annotations: BTreeMap<String, String>,
) -> Artifact {
    let manifest = Manifest {
        schema_version: 2,
        media_type: MANIFEST.to_owned(),
        artifact_type: artifact_type.map(str::to_owned),
        config: config.descriptor.clone(),
        layers: vec![layer.descriptor.clone()],
        subject: subject.cloned(),
        annotations: annotations.clone(),
    };
    let manifest = Blob::new(MANIFEST, json(&manifest));
    let mut listed = manifest.descriptor.clone();
    listed.artifact_type = artifact_type.map(str::to_owned);
    listed.annotations = annotations;
    Artifact {
        manifest,
        config,
        layer,
        listed,
    }
}

fn json(document: &impl Serialize) -> Bytes {
    let bytes = serde_json::to_vec(document);
    bytes
        .expect("the documents hold nothing that JSON cannot say")
        .into()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_same_release_gives_the_same_documents_and_referrers_name_it() {
        let make = || {
            let component = Component {
                bytes: Bytes::from_static(b"\0asm"),
                imports: vec!["guichet:host/http@0.1.0".to_owned()],
                exports: vec!["guichet:service/inquiry@0.1.0".to_owned()],
                author: "acme",
                created: Moment::from_micros(0),
            };
            wasm(
                component,
                BTreeMap::from([(RELEASE.to_owned(), "x".to_owned())]),
            )
        };
        let image = make();
        assert_eq!(image.manifest.bytes, make().manifest.bytes);
        let config: Value = serde_json::from_slice(&image.config.bytes).unwrap();
        assert_eq!(config["architecture"], "wasm");
        assert_eq!(config["os"], "wasip2");
        assert_eq!(config["created"], "1970-01-01T00:00:00Z");
        assert_eq!(
            config["layerDigests"],
            json!([image.layer.descriptor.digest.to_string()])
        );
        let bundle = Bytes::from_static(b"bundle");
        let referrer = referrer(BUNDLE, bundle, &image.manifest.descriptor, BTreeMap::new());
        let read: Manifest = serde_json::from_slice(&referrer.manifest.bytes).unwrap();
        assert_eq!(read.subject, Some(image.manifest.descriptor));
        assert_eq!(read.artifact_type.as_deref(), Some(BUNDLE));
        assert_eq!(
            read.config.digest.to_string(),
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
        assert_eq!(referrer.listed.artifact_type.as_deref(), Some(BUNDLE));
    }
}
