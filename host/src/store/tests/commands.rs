//! Commands of one commit of which one cannot be carried out.

use super::super::{Location, Statement, Store, StoreError};
use crate::seal::Vault;

/// A store whose writer takes its turns with the test.
async fn in_turns(folder: &tempfile::TempDir) -> Store {
    let location = Location::Sqlite(folder.path().join("books.db"));
    let vault = Vault::from_key(&[7; 32]).unwrap();
    let prepared = Store::prepare(&location, vault, "node-1").await;
    let (store, writer) = prepared.unwrap();
    tokio::spawn(writer);
    store
}

async fn write(store: &Store, sql: &'static str) -> Result<(), StoreError> {
    let written = store.write(vec![Statement::new(sql, Vec::new())]).await;
    written.map(drop)
}

#[tokio::test]
async fn a_command_that_makes_no_sense_spoils_none_of_its_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = in_turns(&folder).await;
    let good = |slot| match slot {
        7 => "insert into nodes (slot, node) values (7, 'seven')",
        _ => "insert into nodes (slot, node) values (8, 'eight')",
    };
    let nonsense = "insert into nowhere (slot) values (1)";
    for _ in 0..2 {
        let (before, bad, after) = tokio::join!(
            write(&store, good(7)),
            write(&store, nonsense),
            write(&store, good(8))
        );
        before.unwrap();
        after.unwrap();
        assert!(matches!(bad, Err(StoreError::File(_))), "{bad:?}");
        let names = store.node_names().await.unwrap();
        assert_eq!(names.len(), 3, "{names:?}");
        write(&store, "delete from nodes where slot > 6")
            .await
            .unwrap();
    }
    let alone = write(&store, nonsense).await;
    assert!(matches!(alone, Err(StoreError::File(_))), "{alone:?}");
}
