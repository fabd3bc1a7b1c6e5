//! The registry: bundles through the entry door and certification, and a log of
//! 6,300 packages with three releases each. The peer of the log is a plain table
//! that takes the same texts, without order, signatures or rules.

mod door;
mod log;
mod made;
mod plain;

use anyhow::Result;
use serde_json::{Value, json};

use crate::disk;
use crate::statistics::micros;

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let fsync = disk::fsync(folder.path())?;
    let door = door::measure(folder.path()).await?;
    let log = log::measure(folder.path()).await?;
    Ok(json!({
        "bench": "registry",
        "database": "sqlite",
        "door": door,
        "log": log,
        "fsync_us_p50": micros(fsync.p50()),
        "fsync_us_p99": micros(fsync.p99()),
    }))
}

/// A child's work: folds the log, so that its memory is that of a node and not
/// that of whoever has made the log.
pub(crate) async fn fold() -> Result<Value> {
    log::fold().await
}
