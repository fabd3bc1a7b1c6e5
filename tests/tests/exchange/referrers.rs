//! A registry that lists referrers by itself (OCI 1.1), which Debian's does not:
//! a small one in this process, that lists them one on a page.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Response, StatusCode};
use guichet_registry::sign::sha256;
use guichet_tests::Marketplace;
use serde_json::{Value, json};

use super::{VERSION, WITH_CODE, component, installed, package};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const BUNDLE: &str = "application/vnd.guichet.bundle";

/// Everything that was pushed, by digest or tag.
#[derive(Default)]
struct Kept {
    blobs: BTreeMap<String, Bytes>,
    manifests: BTreeMap<String, Bytes>,
    /// Referrers of a subject, as they are listed.
    referrers: BTreeMap<String, Vec<Value>>,
    /// How often the list was asked for.
    listed: usize,
}

type Shared = Arc<Mutex<Kept>>;

/// The registry, and where it is.
struct Listing {
    kept: Shared,
    host: String,
}

impl Listing {
    async fn start() -> Self {
        let kept = Shared::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let router = Router::new().fallback(answer).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { kept, host }
    }

    fn read<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn answer(State(kept): State<Shared>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 64 << 20).await.unwrap();
    let path = head.uri.path().to_owned();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    let of = |part: &str| path.contains(part);
    match head.method {
        Method::POST if of("/blobs/uploads/") => made(StatusCode::ACCEPTED)
            .header("location", format!("{path}one"))
            .body(Body::empty())
            .unwrap(),
        Method::PUT if of("/blobs/uploads/") => {
            let digest = query.trim_start_matches("digest=").to_owned();
            assert_eq!(sha256(&body).to_string(), digest);
            kept.blobs.insert(digest, body);
            made(StatusCode::CREATED).body(Body::empty()).unwrap()
        }
        Method::PUT if of("/manifests/") => kept.take_manifest(name, body),
        Method::GET | Method::HEAD if of("/blobs/") => found(kept.blobs.get(&name), &name),
        Method::GET if of("/manifests/") => found(kept.manifests.get(&name), &name),
        Method::GET if of("/referrers/") => kept.list(&path, &name, &query),
        _ => made(StatusCode::NOT_FOUND).body(Body::empty()).unwrap(),
    }
}

impl Kept {
    fn take_manifest(&mut self, name: String, body: Bytes) -> Response<Body> {
        let manifest: Value = serde_json::from_slice(&body).unwrap();
        let digest = sha256(&body).to_string();
        let mut response = made(StatusCode::CREATED);
        if let Some(subject) = manifest["subject"]["digest"].as_str() {
            response = response.header("oci-subject", subject);
            let own = json!({
                "mediaType": manifest["mediaType"], "digest": digest, "size": body.len(),
                "artifactType": manifest["artifactType"],
            });
            let listed = self.referrers.entry(subject.to_owned()).or_default();
            if !listed.contains(&own) {
                listed.push(own);
            }
        }
        self.manifests.insert(name, body.clone());
        self.manifests.insert(digest, body);
        response.body(Body::empty()).unwrap()
    }

    /// One on a page; the header `link` says where the next one is.
    fn list(&mut self, path: &str, subject: &str, query: &str) -> Response<Body> {
        self.listed += 1;
        let page: usize = query.trim_start_matches("page=").parse().unwrap_or(0);
        let all = self.referrers.get(subject).cloned().unwrap_or_default();
        let index = json!({
            "schemaVersion": 2, "mediaType": INDEX, "manifests": all.get(page).as_slice(),
        });
        let mut response = made(StatusCode::OK).header("content-type", INDEX);
        if page + 1 < all.len() {
            let next = format!("<{path}?page={}>; rel=\"next\"", page + 1);
            response = response.header("link", next);
        }
        response.body(index.to_string().into()).unwrap()
    }
}

fn made(status: StatusCode) -> axum::http::response::Builder {
    Response::builder().status(status)
}

fn found(bytes: Option<&Bytes>, name: &str) -> Response<Body> {
    match bytes {
        Some(bytes) => made(StatusCode::OK).body(bytes.clone().into()).unwrap(),
        None => {
            let error = json!({"errors": [{"code": "BLOB_UNKNOWN", "detail": name}]});
            let body = error.to_string().into();
            made(StatusCode::NOT_FOUND).body(body).unwrap()
        }
    }
}

/// `guichet exchange …` beside the server of this process, which goes on meanwhile.
async fn exchange(market: &Marketplace, arguments: &[&str]) -> (bool, Value, String) {
    let mut command = tokio::process::Command::new(guichet_tests::program("guichet"));
    command
        .args(["exchange", "--json", "--data"])
        .arg(&market.data)
        .args(arguments)
        .env("HOME", &market.data)
        .env_remove("DOCKER_CONFIG");
    let output = command.output().await.unwrap();
    (
        output.status.success(),
        serde_json::from_slice(&output.stdout).unwrap_or_default(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_lists_referrers_itself_is_asked_for_them() {
    let market = Marketplace::start().unwrap();
    let registry = Listing::start().await;
    let folder = tempfile::tempdir().unwrap();
    let reference = format!("{}/acme/{WITH_CODE}:{VERSION}", registry.host);
    let push = ["push", &package(WITH_CODE), VERSION, &reference];
    let (pushed, first, wrong) = exchange(&market, &push).await;
    assert!(pushed, "{wrong}");
    // Its own list is used, and no tag stands for it.
    registry.read(|kept| {
        let tags = kept.manifests.keys().filter(|name| !name.contains(':'));
        assert_eq!(tags.collect::<Vec<_>>(), [VERSION]);
        assert_eq!(kept.listed, 0, "pushing needs no list");
    });
    let manifest = first["manifest"].as_str().unwrap().to_owned();
    let types = |kept: &mut Kept| -> Vec<Value> {
        let listed = &kept.referrers[&manifest];
        listed
            .iter()
            .map(|one| one["artifactType"].clone())
            .collect()
    };
    let signatures = "application/vnd.guichet.signatures";
    assert_eq!(registry.read(types), [BUNDLE, signatures]);

    // Strangers' referrers fill pages: no bundle, and one that names nothing.
    registry.read(|kept| {
        for (name, artifact_type) in [("other", "text/plain"), ("gone", BUNDLE)] {
            let digest = sha256(name.as_bytes()).to_string();
            let one = json!({"mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": digest, "size": 1, "artifactType": artifact_type});
            kept.referrers.get_mut(&manifest).unwrap().push(one);
        }
    });
    let out = folder.path().join("came.guichet");
    let pull = ["pull", &reference, "--out", out.to_str().unwrap()];
    let (pulled, told, wrong) = exchange(&market, &pull).await;
    assert!(pulled, "{wrong}");
    assert_eq!(told["release"], first["release"]);
    assert_eq!(told["component"], sha256(&component()).to_string());
    assert!(registry.read(|kept| kept.listed) >= 4, "a page for each");
    let own = guichet_registry::bundle::verify(
        &installed(WITH_CODE),
        guichet_registry::bundle::BundleLimits::default(),
    );
    assert_eq!(told["release"], own.unwrap().digest.to_string());

    // Without the bundle in the list there is nothing to pull, and it is said.
    registry.read(|kept| kept.referrers.clear());
    std::fs::remove_file(&out).unwrap();
    let (pulled, _, wrong) = exchange(&market, &pull).await;
    assert!(!pulled && !out.exists());
    assert!(wrong.contains("bundle"), "{wrong}");
}
