//! Every noun's statements on both databases, the writer's laws, and a ledger
//! check that finds what was broken on purpose.

mod accounts;
mod commands;
mod damage;
mod ledger;
mod neighbours;
mod nouns;

use guichet_domain::Moment;
use guichet_domain::id::RecordId;
use guichet_tests::postgres::{Cluster, Durability};

use super::{Location, Store};
use crate::seal::Vault;

pub(super) fn now() -> Moment {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

pub(super) fn id(prefix: &str, number: u8) -> RecordId {
    RecordId::from_parts(prefix, 1_000, [number; 10])
}

pub(super) async fn open(location: &Location) -> Store {
    node(location, "node-1").await
}

pub(super) async fn node(location: &Location, name: &str) -> Store {
    Store::open(location, Vault::from_key(&[7; 32]).unwrap(), name)
        .await
        .unwrap()
}

/// The whole suite on one store.
async fn suite(store: &Store) {
    nouns::all(store).await;
    ledger::all(store).await;
    accounts::all(store).await;
    let report = store.check_ledger(now()).await.unwrap();
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    assert!(report.transfers > 0);
}

#[tokio::test]
async fn the_suite_holds_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("books.db"));
    suite(&open(&location).await).await;
    // A second start finds the schema as it is.
    open(&location).await.ping().await.unwrap();
}

#[tokio::test]
async fn the_suite_holds_on_postgresql() {
    let cluster = Cluster::start(Durability::None).unwrap();
    let location = Location::Postgres(cluster.database("suite").unwrap());
    suite(&open(&location).await).await;
    let again = node(&location, "node-2").await;
    again.ping().await.unwrap();
    cluster
        .sql("suite", "alter database suite set synchronous_commit = off")
        .unwrap();
    let vault = Vault::from_key(&[7; 32]).unwrap();
    let refused = Store::open(&location, vault, "node-3").await.unwrap_err();
    assert!(
        refused.to_string().contains("synchronous_commit=off"),
        "{refused}"
    );
}
