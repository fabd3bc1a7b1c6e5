//! Looks through an image that a loss of power may have left: the real store must
//! open it, the books must hold, and everything that was told must be there.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use guichet::seal::Vault;
use guichet::store::{Location, Store};
use guichet_domain::Moment;
use guichet_simulation::witness::Witness;

/// The positions of the first node's log.
const FIRST_LOG: i64 = 1 << 48;

/// Gives the number of payments that were told.
pub(crate) fn inspect(database: &Path, witness: &Witness) -> Result<u64> {
    let told = futures::executor::block_on(opened(database, witness))?;
    let file = rusqlite::Connection::open(database)?;
    let sound: String = file.query_row("pragma integrity_check", [], |row| row.get(0))?;
    ensure!(sound == "ok", "integrity_check: {sound}");
    let mut orphans = file.prepare("pragma foreign_key_check")?;
    ensure!(!orphans.exists([])?, "a row refers to one that is lost");
    let leaves: i64 = file.query_row(
        "select count(*) from events where position < $1",
        [FIRST_LOG],
        |row| row.get(0),
    )?;
    let acknowledged = witness.events();
    ensure!(
        leaves.unsigned_abs() >= acknowledged,
        "{acknowledged} events were committed, {leaves} are left"
    );
    Ok(told)
}

/// The store opens it as a node does at its start.
async fn opened(database: &Path, witness: &Witness) -> Result<u64> {
    let vault = Vault::from_key(&[7; 32])?;
    let location = Location::Sqlite(database.to_owned());
    let opened = Store::prepare(&location, vault, "node-0").await;
    let (store, writer) = opened.context("the store does not open")?;
    let report = store.check_ledger(Moment::from_micros(0)).await?;
    ensure!(
        report.findings.is_empty(),
        "ledger check: {:#?}",
        report.findings
    );
    let told = witness.told();
    for (payment, told) in &told {
        let row = store.payment(payment).await?;
        let row = row.with_context(|| format!("{payment} was acknowledged and is lost"))?;
        let found = row.snapshot.state;
        ensure!(
            witness.allows(told.state, found),
            "{payment} was shown as {} and is {found}",
            told.state
        );
        let kept = store.remembered(&told.key, &told.subject).await?;
        let kept = kept.with_context(|| format!("the key of {payment} is lost"))?;
        ensure!(
            kept.response == told.body.as_bytes(),
            "the acknowledgement of {payment} has changed"
        );
    }
    drop((store, writer));
    Ok(told.len() as u64)
}
