//! How long it takes until a catalogue can be served: admission of all bundles,
//! building the index, and the start of a node. The peer of admission is hashing
//! the same bytes, the least that anything which checks them must do.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use guichet_sandbox::digest_of;
use guichet_tests::Marketplace;
use serde_json::{Value, json};

use crate::statistics::{millis, ratio};
use crate::{packages, say};

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    let bundles = packages::read()?;
    let bytes: usize = bundles.iter().map(Vec::len).sum();

    let begun = Instant::now();
    let digests: Vec<_> = bundles.iter().map(|bundle| digest_of(bundle)).collect();
    let hash = begun.elapsed();
    ensure!(digests.len() == bundles.len(), "a digest for each bundle");

    let begun = Instant::now();
    let admissions = packages::admit(&bundles)?;
    let admit = begun.elapsed();

    let begun = Instant::now();
    let catalogue = packages::index(&admissions);
    let build = begun.elapsed();

    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    say("starting a node for the first time");
    let first = start(&data).await?;
    say("starting it again");
    let second = start(&data).await?;
    Ok(json!({
        "bench": "catalogue",
        "bundles": bundles.len(),
        "bundle_bytes": bytes,
        "services": catalogue.entries().len(),
        "admit_ms": millis(admit),
        "build_index_ms": millis(build),
        "peer_hash_ms": millis(hash),
        "admit_over_hash": ratio(admit, hash),
        "first_start_ms": millis(first),
        "start_ms": millis(second),
    }))
}

/// From the start of the process to its first answer, the simulated city's own
/// start included.
async fn start(data: &std::path::Path) -> Result<Duration> {
    let begun = Instant::now();
    let market = Marketplace::start_with(data, &[])?;
    let answer = market.api.get("/healthz").await?;
    let ready = begun.elapsed();
    ensure!(answer.status.is_success(), "{}", answer.text());
    Ok(ready)
}
