//! The log: entries in a second, folding it from the database, the register's
//! memory, and proofs.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use guichet::log::{Founding, Log};
use guichet::ports::Ports;
use guichet::seal::Vault;
use guichet::store::{Location, Store};
use guichet_domain::merkle::verify_inclusion;
use guichet_registry::register::{Act, Actor, Mode, SwitchAct, Target};
use guichet_registry::sign::{SignatureAlgorithm, SigningKey, sha256_parts};
use serde_json::{Value, json};

use super::{made, plain};
use crate::say;
use crate::statistics::{Samples, micros, millis, per_second, times};

/// Acts in one transaction, as the installation enters them.
const TOGETHER: usize = 500;
/// Acts entered one by one into the full log, and proofs.
const SINGLE: usize = 1_000;
const FOLDER: &str = "GUICHET_BENCH_LOG";

/// Makes the log, and measures it.
pub(crate) async fn measure(folder: &Path) -> Result<Value> {
    let (log, store) = open(
        folder,
        Some(SigningKey::generate(SignatureAlgorithm::Ed25519)?),
    )
    .await?;
    let mode = Mode::Development;
    let origin = "bench.example.test/log".parse()?;
    log.found(Founding { origin, mode }).await?;
    say("entering the acts of 6,300 packages with three releases each");
    let begun = Instant::now();
    let mut entered = 0;
    for number in 0..made::PUBLISHERS {
        let acts = made::acts(number)?;
        for some in acts.chunks(TOGETHER) {
            log.enter(&Actor::Installation, some.to_vec()).await?;
        }
        entered += acts.len();
    }
    let together = per_second(entered, begun.elapsed());
    say("entering acts one by one");
    let begun = Instant::now();
    for number in 0..SINGLE {
        log.enter(&Actor::Installation, vec![switch(number)?])
            .await?;
    }
    let single = per_second(SINGLE, begun.elapsed());
    say("the same texts in a plain table");
    let texts = texts(&store).await?;
    let plain_file = folder.join("plain.db");
    let plain_together = plain::append(&plain_file, &texts, TOGETHER)?;
    let plain_single = plain::append(&plain_file, &texts[texts.len() - SINGLE..], 1)?;
    let proofs = prove(&log)?;
    let entry_bytes = texts.iter().map(String::len).sum::<usize>() / texts.len();
    drop(log);
    store.close().await;
    say("folding the log in a process of its own");
    let node = fold_in_child(folder).await?;
    Ok(json!({
        "entries": texts.len(),
        "packages": made::PUBLISHERS * made::PACKAGES,
        "releases": made::PUBLISHERS * made::PACKAGES * made::RELEASES,
        "entry_bytes": entry_bytes,
        "entries_per_s_500_together": together,
        "entries_per_s_single": single,
        "peer_rows_per_s_500_together": plain_together,
        "peer_rows_per_s_single": plain_single,
        "together_over_peer": times(together, plain_together),
        "single_over_peer": times(single, plain_single),
        "proofs": proofs,
        "node": node,
    }))
}

/// Throws and lifts the switches of packages.
fn switch(number: usize) -> Result<Act> {
    let package = format!("publisher-0/package-{}", number / 2 % made::PACKAGES);
    let target = Target::Package(package.parse()?);
    let reason = "a bench".parse()?;
    Ok(match number % 2 {
        0 => SwitchAct::Thrown { target, reason }.into(),
        _ => SwitchAct::Lifted { target, reason }.into(),
    })
}

async fn open(folder: &Path, key: Option<SigningKey>) -> Result<(Log, Store)> {
    let location = Location::Sqlite(folder.join("log.db"));
    let store = Store::open(&location, Vault::from_key(&[7; 32])?, "bench").await?;
    let memory = folder.join("tree-head");
    let log = Log::open(store.clone(), Ports::system(), key, memory).await?;
    Ok((log, store))
}

async fn texts(store: &Store) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    loop {
        let rows = store.log_from(texts.len() as u64).await?;
        if rows.is_empty() {
            return Ok(texts);
        }
        texts.extend(rows.into_iter().map(|row| row.entry));
    }
}

/// Proofs of entries all over the log, made and checked.
fn prove(log: &Log) -> Result<Value> {
    let head = log.head();
    let (mut made, mut checked, mut longest) = (Vec::new(), Vec::new(), 0);
    for number in 0..SINGLE as u64 {
        let position = number * (head.size / SINGLE as u64);
        let begun = Instant::now();
        let proof = log.inclusion(position, head.size);
        made.push(begun.elapsed());
        let proof = proof.context("an entry of the log")?;
        let begun = Instant::now();
        let place = (position, head.size);
        verify_inclusion(sha256_parts, &proof.leaf, place, &proof.path, &head.root)?;
        checked.push(begun.elapsed());
        longest = longest.max(proof.path.len() * 32);
    }
    Ok(json!({
        "bytes": longest,
        "make_us_p50": micros(Samples::new(made).p50()),
        "verify_us_p50": micros(Samples::new(checked).p50()),
    }))
}

async fn fold_in_child(folder: &Path) -> Result<Value> {
    let output = tokio::process::Command::new(std::env::current_exe()?)
        .args(["fold-log", "--json"])
        .env(FOLDER, folder)
        .kill_on_drop(true)
        .output()
        .await?;
    ensure!(
        output.status.success(),
        "the child ended with {}",
        output.status
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The child's work.
pub(crate) async fn fold() -> Result<Value> {
    let folder = PathBuf::from(std::env::var_os(FOLDER).context(FOLDER)?);
    let location = Location::Sqlite(folder.join("log.db"));
    let store = Store::open(&location, Vault::from_key(&[7; 32])?, "bench").await?;
    let before = crate::resident("RssAnon")?;
    let begun = Instant::now();
    let memory = folder.join("tree-head");
    let log = Log::open(store.clone(), Ports::system(), None, memory).await?;
    let folded = begun.elapsed();
    let after = crate::resident("RssAnon")?;
    let begun = Instant::now();
    let copy = log.read(Clone::clone);
    let copied = begun.elapsed();
    ensure!(copy.size() == log.head().size, "the whole log");
    store.close().await;
    Ok(json!({
        "fold_ms": millis(folded),
        "entries_per_s": per_second(usize::try_from(copy.size())?, folded),
        "anonymous_mb": after - before,
        "copy_ms": millis(copied),
    }))
}
