//! Transfers through the store's writer, which commits what waits together, on
//! both databases, with accounts drawn alike and with a few that everybody uses.
//! The peer is `pgbench`: the same transfers in PostgreSQL, one commit for each.

use anyhow::Result;
use guichet::seal::Vault;
use guichet::store::{Location, Store};
use guichet_tests::postgres::{Cluster, Durability};
use serde_json::{Value, json};

use crate::statistics::{micros, times};
use crate::{disk, say};

mod draw;
mod load;
mod peer;

use draw::Skew;

/// Accounts on both sides of every transfer.
const ACCOUNTS: usize = 10_000;
/// Transfers that are under way at any time.
const CALLERS: [usize; 4] = [1, 64, 512, 4_000];

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let cluster = Cluster::start(Durability::Full)?;
    let before = disk::fsync(folder.path())?;
    let mut runs = Vec::new();
    for skew in [Skew::Uniform, Skew::Zipf] {
        say(&format!("pgbench, {}", skew.name()));
        let peer = peer::transfers_per_second(&cluster, skew)?;
        let file = folder.path().join(format!("{}.db", skew.name()));
        let server = cluster.database(&format!("ledger_{}", skew.name()))?;
        for location in [Location::Sqlite(file), Location::Postgres(server)] {
            runs.push(run(&location, skew, peer).await?);
        }
    }
    let after = disk::fsync(folder.path())?;
    Ok(json!({
        "bench": "ledger",
        "accounts": ACCOUNTS,
        "runs": runs,
        "fsync_us_p50": micros(before.p50()),
        "fsync_us_p99": micros(before.p99()),
        "fsync_after_us_p50": micros(after.p50()),
        "fsync_after_us_p99": micros(after.p99()),
    }))
}

/// One database and one way to draw accounts, at every level of load.
async fn run(location: &Location, skew: Skew, peer: f64) -> Result<Value> {
    let database = match location {
        Location::Sqlite(_) => "sqlite",
        Location::Postgres(_) => "postgresql",
    };
    let store = Store::open(location, Vault::from_key(&[7; 32])?, "bench").await?;
    load::open_accounts(&store).await?;
    let mut levels = Vec::new();
    for callers in CALLERS {
        say(&format!("{database}, {}, {callers} callers", skew.name()));
        let (samples, rate) = load::transfers(&store, skew, callers).await?;
        levels.push(json!({
            "callers": callers,
            "transfers_per_s": rate,
            "p50_us": micros(samples.p50()),
            "p99_us": micros(samples.p99()),
            "over_pgbench": times(rate, peer),
        }));
    }
    let report = store.check_ledger(load::now()).await?;
    anyhow::ensure!(
        report.findings.is_empty(),
        "the books are wrong: {report:?}"
    );
    store.close().await;
    Ok(json!({
        "database": database,
        "accounts_drawn": skew.name(),
        "levels": levels,
        "pgbench_transfers_per_s": peer,
        "transfers_checked": report.transfers,
    }))
}
