//! The room over a store of its own.

mod banks;
mod money;
mod saved;
mod stripes;

use crate::seal::Vault;
use crate::store::{Location, Store};

/// A store that is gone with its folder.
async fn store() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("books.db"));
    let vault = Vault::from_key(&[7; 32]).unwrap();
    let store = Store::open(&location, vault, "node-1").await.unwrap();
    (store, folder)
}
