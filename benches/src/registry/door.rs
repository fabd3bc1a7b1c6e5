//! The entry door: checking bundles, and checking with certification, the
//! countersignature and a file for the bundle, as a node publishes them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use guichet::certification::{Candidate, Certifier};
use guichet_registry::admit::{AdmissionPolicy, Shelf, admit};
use guichet_registry::bundle::{Bundle, BundleFile, BundleLimits, countersign, write};
use guichet_registry::sign::{SignatureAlgorithm, SigningKey};
use guichet_sandbox::keyring::Secret;
use guichet_sandbox::{Compiler, Sandbox, Settings, digest_of};
use serde_json::{Value, json};

use crate::statistics::{Samples, micros, millis, per_second};
use crate::{packages, say};

/// Releases that are published with certification.
const RELEASES: usize = 40;
/// Rounds over all bundles of the catalogue.
const ROUNDS: usize = 3;

pub(crate) async fn measure(folder: &Path) -> Result<Value> {
    say("checking the catalogue's bundles");
    let bundles = packages::read()?;
    let mut shelf = Shelf::default();
    let policy = AdmissionPolicy::development();
    let admitted = shelf.admit_all(&bundles, &policy);
    ensure!(admitted.iter().all(Result::is_ok), "every bundle is good");
    let mut checked = Vec::new();
    for bundle in bundles.iter().cycle().take(bundles.len() * ROUNDS) {
        let begun = Instant::now();
        admit(bundle, &policy, &shelf)?;
        checked.push(begun.elapsed());
    }
    let checked = Samples::new(checked);
    say("publishing a declarative package with certification");
    let sandbox = Settings::new(
        folder.join("code"),
        Secret::new(vec![7; 32]),
        Compiler::InThisProcess,
    );
    let certifier = Certifier::new(Sandbox::start(sandbox)?);
    let registry = SigningKey::generate(SignatureAlgorithm::Ed25519)?;
    let mut published = Vec::new();
    // The first one also compiles the code, which is not counted.
    for number in 0..=RELEASES {
        let bytes = release(number)?;
        let begun = Instant::now();
        publish(&bytes, &certifier, &shelf, &registry, folder).await?;
        published.push(begun.elapsed());
    }
    let first = published.remove(0);
    let whole: Duration = published.iter().sum();
    let published = Samples::new(published);
    Ok(json!({
        "bundles": bundles.len(),
        "check_us_p50": micros(checked.p50()),
        "check_us_p99": micros(checked.p99()),
        "published": published.len(),
        "publish_ms_p50": millis(published.p50()),
        "publish_ms_p99": millis(published.p99()),
        "publish_first_ms": millis(first),
        "published_per_minute": per_second(published.len() * 60, whole),
    }))
}

async fn publish(
    bytes: &[u8],
    certifier: &Certifier,
    shelf: &Shelf,
    registry: &SigningKey,
    folder: &Path,
) -> Result<()> {
    let limits = BundleLimits::default();
    let admission = admit(bytes, &AdmissionPolicy::development(), shelf)?;
    let bundle = Bundle::read(bytes, limits)?;
    let code = component()?;
    let candidate = Candidate::new(&admission, &bundle, &code);
    let report = certifier.certify(&candidate).await?;
    ensure!(report.certifies(&admission.release), "{report:?}");
    std::fs::write(folder.join("report.json"), report.bytes())?;
    std::fs::write(folder.join("bundle"), countersign(bytes, limits, registry)?)?;
    Ok(())
}

fn checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

fn component() -> Result<Vec<u8>> {
    read(&guichet_tests::target().join("plugins/http-biller.wasm"))
}

/// A package of the certification's tests in another version.
fn release(number: usize) -> Result<Vec<u8>> {
    let fixture = checkout("host/tests/certification/fixtures/json-hmac");
    let text = |name: &str| Ok::<_, anyhow::Error>(String::from_utf8(read(&fixture.join(name))?)?);
    let code = digest_of(&component()?);
    let version = format!("version = \"0.9.{number}\"");
    let manifest = text("plugin.toml")?;
    let manifest = manifest.lines().map(|line| match line {
        line if line.starts_with("digest = ") => format!("digest = \"{code}\""),
        line if line.starts_with("version = ") => version.clone(),
        line => line.to_owned(),
    });
    let manifest = manifest.collect::<Vec<_>>().join("\n");
    let mapping = format!("examples/city/mappings/{}.json", text("mapping")?.trim());
    let files = [
        ("plugin.toml", manifest.into_bytes()),
        ("services.jsonl", read(&fixture.join("services.jsonl"))?),
        ("mapping.json", read(&checkout(&mapping))?),
        (
            "tests/recorded.json",
            read(&fixture.join("tests/recorded.json"))?,
        ),
    ];
    let mut bundled = Vec::new();
    for (path, bytes) in files {
        let path = path.parse()?;
        bundled.push(BundleFile { path, bytes });
    }
    let key = SigningKey::development(&"guichet-demo".parse()?);
    Ok(write(bundled, &key)?.0)
}
