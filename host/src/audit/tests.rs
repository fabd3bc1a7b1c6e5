//! Proofs hold at every size on both databases, no single change of what is kept
//! goes unnoticed, and an interrupted signer goes on where it was.

use std::path::Path;

use futures::future::join_all;
use guichet_domain::id::RecordId;
use guichet_domain::merkle::{Tree, verify_consistency, verify_inclusion};
use guichet_domain::{Digest, Moment};
use guichet_registry::checkpoint::SignedCheckpoint;
use guichet_registry::sign::sha256_parts;
use guichet_tests::postgres::{Cluster, Durability};

use super::proof::leaf_of;
use super::*;
use crate::seal::Vault;
use crate::store::{Location, RecordEvent, Statement, Value};

async fn store(location: &Location, node: &str) -> Store {
    let vault = Vault::from_key(&[7; 32]).unwrap();
    Store::open(location, vault, node).await.unwrap()
}

async fn audit(store: &Store, folder: &Path) -> Audit {
    let name = Some("test/registry".parse().unwrap());
    let memory = folder.join(format!("audit-{}.checkpoint", store.slot()));
    Audit::open(store.clone(), Ports::system(), name, memory)
        .await
        .unwrap()
}

fn event(number: usize) -> RecordEvent {
    let mut random = [0; 10];
    random[..8].copy_from_slice(&(number as u64).to_be_bytes());
    RecordEvent {
        record: RecordId::from_parts("con", 1_000, random),
        event: "granted".to_owned(),
        state: "live".to_owned(),
        content: Some(Digest::from_bytes([1; 32])),
        at: Moment::from_micros(1_700_000_000_000_000 + number as i64),
    }
}

/// Appends events, many of them in one commit.
async fn append(store: &Store, numbers: std::ops::Range<usize>) {
    let one = || vec![Statement::new("select 1", Vec::new())];
    let written = numbers.map(|number| store.write_recorded(one(), event(number)));
    for written in join_all(written).await {
        written.unwrap();
    }
}

async fn proofs_hold(location: &Location) {
    let folder = tempfile::tempdir().unwrap();
    let store = store(location, "node-1").await;
    let audit = audit(&store, folder.path()).await;
    assert_eq!(audit.head(0).await.unwrap(), None);
    let mut tree = Tree::new(sha256_parts);
    let sizes = [1, 3, 255, 256, 257, 700];
    let mut begin = 0;
    for size in sizes {
        append(&store, begin..size).await;
        begin = size;
        assert_eq!(audit.sign().await.unwrap(), size as u64);
        let from = tree.size();
        for logged in store.logged_events(0, from, 1_000).await.unwrap() {
            tree.append(leaf_of(&logged));
        }
        let head = audit.head(0).await.unwrap().unwrap();
        assert_eq!((head.size, head.root), (size as u64, tree.root()));
        let signed = SignedCheckpoint::parse(&head.checkpoint).unwrap();
        let origin = "test/registry/audit/0".parse().unwrap();
        assert!(signed.verify(&origin, &audit.public_key()).is_ok());
    }
    for size in sizes.map(|size| size as u64) {
        let root = tree.root_at(size).unwrap();
        for index in [0, 1, size / 2, size - 1].into_iter().filter(|i| *i < size) {
            let proof = audit.inclusion(0, index, size).await.unwrap().unwrap();
            let place = (index, size);
            verify_inclusion(sha256_parts, &proof.leaf, place, &proof.path, &root).unwrap();
            assert_eq!(proof.leaf, tree.leaf(index).unwrap());
        }
        let proof = audit.consistency(0, size, 700).await.unwrap().unwrap();
        let (older, newer) = ((size, &proof.older_root), (700, &proof.newer_root));
        verify_consistency(sha256_parts, older, newer, &proof.path).unwrap();
        assert_eq!((proof.older_root, proof.newer_root), (root, tree.root()));
    }
    assert_eq!(audit.inclusion(0, 0, 701).await.unwrap(), None);
    assert_eq!(audit.inclusion(0, 9, 9).await.unwrap(), None);
    assert_eq!(audit.inclusion(1, 0, 1).await.unwrap(), None);
    let reports = verify(&audit, &[]).await.unwrap();
    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].events, reports[0].signed), (700, 700));
    assert_eq!(reports[0].fault, None);
}

#[tokio::test]
async fn proofs_hold_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    proofs_hold(&Location::Sqlite(folder.path().join("books.db"))).await;
}

#[tokio::test]
async fn proofs_hold_on_postgresql_and_any_node_serves_them() {
    let cluster = Cluster::start(Durability::None).unwrap();
    let location = Location::Postgres(cluster.database("audit").unwrap());
    proofs_hold(&location).await;
    let folder = tempfile::tempdir().unwrap();
    let other = store(&location, "node-2").await;
    let audit = audit(&other, folder.path()).await;
    append(&other, 700..705).await;
    assert_eq!(audit.sign().await.unwrap(), 5, "each signs its own");
    assert!(audit.inclusion(0, 699, 700).await.unwrap().is_some());
    assert_eq!(audit.heads().await.unwrap().len(), 2);
}

/// A log of 300 events, signed.
async fn signed(folder: &Path) -> (Store, Audit) {
    let store = store(&Location::Sqlite(folder.join("books.db")), "node-1").await;
    let audit = audit(&store, folder).await;
    append(&store, 0..300).await;
    audit.sign().await.unwrap();
    (store, audit)
}

async fn run(store: &Store, text: &'static str, values: Vec<Value>) {
    let done = store.write(vec![Statement::new(text, values)]).await;
    done.unwrap();
}

async fn fault(audit: &Audit) -> Option<Fault> {
    let reports = verify(audit, &[]).await.unwrap();
    reports.into_iter().find_map(|report| report.fault)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a list of changes")]
async fn each_single_change_of_an_event_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (store, audit) = signed(folder.path()).await;
    let changes = [
        (
            "update events set at = at + 1 where position = $1",
            "update events set at = at - 1 where position = $1",
        ),
        (
            "update events set attempt = 1 where position = $1",
            "update events set attempt = 0 where position = $1",
        ),
        (
            "update events set number = 2 where position = $1",
            "update events set number = 1 where position = $1",
        ),
        (
            "update events set event = 'granteD' where position = $1",
            "update events set event = 'granted' where position = $1",
        ),
        (
            "update events set state = 'dead' where position = $1",
            "update events set state = 'live' where position = $1",
        ),
        (
            "update events set content = null where position = $1",
            "update events set content = (select content from events where position = $1 + 1) where position = $1",
        ),
        (
            "update events set content = cast(zeroblob(32) as blob) where position = $1",
            "update events set content = (select content from events where position = $1 + 1) where position = $1",
        ),
        (
            "update events set record = replace(record, 'con_', 'cen_') where position = $1",
            "update events set record = replace(record, 'cen_', 'con_') where position = $1",
        ),
        (
            "update events set position = 1000 where position = $1",
            "update events set position = $1 where position = 1000",
        ),
    ];
    for position in [0, 1, 100, 254, 255, 256, 298] {
        for (change, undo) in changes {
            run(&store, change, vec![i64::into(position)]).await;
            assert!(fault(&audit).await.is_some(), "{change}, {position}");
            run(&store, undo, vec![i64::into(position)]).await;
            assert_eq!(fault(&audit).await, None, "{undo}, {position}");
        }
    }
    for (one, other) in [(0, 1), (3, 270), (298, 299)] {
        for _ in ["there", "and back"] {
            let values = || vec![i64::into(one), i64::into(other)];
            run(
                &store,
                "update events set position = -1 where position = $1",
                vec![i64::into(one)],
            )
            .await;
            run(
                &store,
                "update events set position = $1 where position = $2",
                values(),
            )
            .await;
            run(
                &store,
                "update events set position = $1 where position = -1",
                vec![i64::into(other)],
            )
            .await;
            let found = fault(&audit).await;
            if found.is_none() {
                break;
            }
            let expected = [Fault::Hashes(0, 255), Fault::Altered(300)];
            assert!(expected.contains(&found.unwrap()));
        }
        assert_eq!(fault(&audit).await, None);
    }
    run(
        &store,
        "delete from events where position = 299",
        Vec::new(),
    )
    .await;
    let cut = Fault::CutOff {
        signed: 300,
        found: 299,
    };
    assert_eq!(fault(&audit).await, Some(cut));
}

#[tokio::test]
async fn each_single_change_beside_the_events_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (store, audit) = signed(folder.path()).await;
    let kept = audit.head(0).await.unwrap().unwrap().checkpoint;
    let changes = [
        "update audit_tiles set hashes = zeroblob(8192) where level = 0",
        "update audit_tiles set hashes = zeroblob(32) where level = 1",
        "delete from audit_tiles where level = 0",
        "delete from audit_tiles where level = 1",
        "update audit_tiles set position = 7 where level = 1",
        "update audit_checkpoints set size = 299",
        "update audit_checkpoints set note = replace(note, 'registry', 'registrx')",
        "delete from audit_checkpoints",
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let copy = folder.path().join(number.to_string());
        std::fs::create_dir(&copy).unwrap();
        let text = "vacuum into $1";
        let file = copy.join("books.db");
        let into = vec![file.to_str().unwrap().into()];
        store.fetch(text, &into).await.unwrap();
        let other = tests::store(&Location::Sqlite(file), "node-1").await;
        std::fs::copy(
            folder.path().join("audit-0.checkpoint"),
            copy.join("audit-0.checkpoint"),
        )
        .unwrap();
        run(&other, change, Vec::new()).await;
        let opened = tests::audit(&other, &copy).await;
        let reports = verify(&opened, std::slice::from_ref(&kept)).await.unwrap();
        let found = reports.iter().any(|report| report.fault.is_some());
        // Without a tree head nothing contradicts the kept one: the events are good.
        let only_unsigned = change == "delete from audit_checkpoints";
        assert!(found || only_unsigned, "{change}");
        let refused = opened.sign().await;
        assert!(
            matches!(refused, Err(AuditError::Altered { .. })),
            "{change}"
        );
        assert!(opened.altered().is_some(), "{change}");
    }
    assert_eq!(fault(&audit).await, None);
}

#[tokio::test]
async fn a_start_notices_what_was_altered_and_goes_on_where_it_was_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let (store, first) = signed(folder.path()).await;
    append(&store, 300..310).await;
    let second = audit(&store, folder.path()).await;
    assert_eq!(second.sign().await.unwrap(), 310);
    // The first does not know that its place was taken: it looks again.
    append(&store, 310..320).await;
    assert_eq!(first.sign().await.unwrap(), 320);
    assert_eq!(fault(&first).await, None);

    run(
        &store,
        "update events set at = at + 1 where position = 7",
        Vec::new(),
    )
    .await;
    let third = audit(&store, folder.path()).await;
    assert!(third.altered().unwrap().contains("events 0 to 255"));
    append(&store, 320..321).await;
    assert!(matches!(
        third.sign().await,
        Err(AuditError::Altered { .. })
    ));
    // One that was running already comes across it as it goes.
    assert!(matches!(
        first.sign().await,
        Err(AuditError::Altered { .. })
    ));
    assert!(first.altered().is_some());
}

#[tokio::test]
async fn a_log_that_was_cut_back_and_signed_anew_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (store, audit) = signed(folder.path()).await;
    let kept = audit.head(0).await.unwrap().unwrap().checkpoint;
    run(
        &store,
        "delete from events where position >= 256",
        Vec::new(),
    )
    .await;
    run(&store, "delete from audit_checkpoints", Vec::new()).await;
    // Whoever has the key but not the memory signs what is left.
    let elsewhere = tempfile::tempdir().unwrap();
    let forger = tests::audit(&store, elsewhere.path()).await;
    assert_eq!(forger.sign().await.unwrap(), 256);
    let again = tests::audit(&store, folder.path()).await;
    assert!(again.altered().unwrap().contains("missing"));
    let reports = verify(&forger, &[kept]).await.unwrap();
    let cut = Fault::CutOff {
        signed: 300,
        found: 256,
    };
    assert_eq!(reports[0].fault, Some(cut));
}
