//! The log notices every change of what was written, and two writers never
//! write over each other.

use std::path::Path;

use guichet_registry::checkpoint::LogOrigin;
use guichet_registry::register::{Act, Actor, Mode, PublisherAct, Quota};
use guichet_registry::sign::{SignatureAlgorithm, SigningKey};

use super::follow::Care;
use super::*;
use crate::seal::Vault;
use crate::store::{Location, LogRow};

async fn store(folder: &Path, node: &str) -> Store {
    let vault = Vault::open(&folder.join("vault.key")).unwrap();
    let location = Location::Sqlite(folder.join("guichet.db"));
    Store::open(&location, vault, node).await.unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_secret(SignatureAlgorithm::Ed25519, &[seed; 32]).unwrap()
}

async fn log_of(folder: &Path, store: &Store, node: &str) -> Result<Log, LogError> {
    let memory = folder.join(format!("{node}.checkpoint"));
    Log::open(store.clone(), Ports::system(), Some(key(1)), memory).await
}

fn founding() -> Founding {
    Founding {
        origin: "test/registry".parse::<LogOrigin>().unwrap(),
        mode: Mode::Development,
    }
}

fn enrolled(number: usize) -> Act {
    Act::Publisher(PublisherAct::Enrolled {
        publisher: format!("publisher-{number}").parse().unwrap(),
        names: guichet_registry::Texts::of("出版方", "Publisher").unwrap(),
        credit_code: "91350100M000100Y43".parse().unwrap(),
        quota: Quota::default(),
    })
}

/// A log of some entries, and its rows.
async fn written(folder: &Path) -> (Store, Vec<LogRow>) {
    let store = store(folder, "n1").await;
    let log = log_of(folder, &store, "n1").await.unwrap();
    log.found(founding()).await.unwrap();
    for number in 0..4 {
        log.enter(&Actor::Installation, vec![enrolled(number)])
            .await
            .unwrap();
    }
    let rows = store.log_from(0).await.unwrap();
    assert_eq!(rows.len(), 5);
    (store, rows)
}

fn read(rows: &[LogRow]) -> Result<(), LogError> {
    let mut state = State {
        register: Register::default(),
        tree: Tree::new(sha256_parts),
        checkpoint: String::new(),
    };
    let rows: Vec<&LogRow> = rows.iter().collect();
    state.take(&rows, Care::Each)
}

#[tokio::test]
async fn every_single_byte_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (_store, rows) = written(folder.path()).await;
    assert!(read(&rows).is_ok());
    for index in 0..rows.len() {
        for (column, length) in [
            (0, rows[index].entry.len()),
            (1, rows[index].checkpoint.len()),
        ] {
            for position in 0..length {
                let mut altered = rows.clone();
                let text = match column {
                    0 => &mut altered[index].entry,
                    _ => &mut altered[index].checkpoint,
                };
                let mut bytes = std::mem::take(text).into_bytes();
                bytes[position] ^= 1;
                let Ok(other) = String::from_utf8(bytes) else {
                    // Not even a text any more: the database would not give it.
                    continue;
                };
                *text = other;
                let found = read(&altered);
                assert!(
                    found.is_err(),
                    "entry {index}, column {column}, byte {position}"
                );
            }
        }
    }
}

#[tokio::test]
async fn what_is_removed_reordered_or_added_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (_store, rows) = written(folder.path()).await;
    let renumbered = |rows: Vec<LogRow>| -> Vec<LogRow> {
        let numbered = rows.into_iter().enumerate();
        numbered
            .map(|(position, row)| LogRow {
                position: position as u64,
                ..row
            })
            .collect()
    };
    let mut removed = rows.clone();
    removed.remove(2);
    assert!(read(&removed).is_err());
    assert!(read(&renumbered(removed)).is_err());
    let mut swapped = rows.clone();
    swapped.swap(2, 3);
    assert!(read(&renumbered(swapped)).is_err());
    let mut twice = rows.clone();
    twice.insert(3, rows[2].clone());
    assert!(read(&renumbered(twice)).is_err());
}

#[tokio::test]
async fn a_log_that_was_cut_back_or_begun_anew_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (store, rows) = written(folder.path()).await;
    let kept = [rows[4].checkpoint.clone(), rows[1].checkpoint.clone()];
    assert_eq!(verify(&store, &kept).await.unwrap().size, 5);
    drop(store);
    // The same node over a database that somebody cut back.
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(
        folder.path().join("n1.checkpoint"),
        other.path().join("n1.checkpoint"),
    )
    .unwrap();
    let cut = self::store(other.path(), "n1").await;
    cut.append_to_log(&rows[..3], "").await.unwrap();
    let refused = log_of(other.path(), &cut, "n1").await;
    assert!(matches!(refused, Err(LogError::Altered { .. })));
    assert!(matches!(verify(&cut, &kept).await, Err(Fault::Kept(5))));
    // A node that has never seen more takes it for the whole log.
    assert!(log_of(other.path(), &cut, "n2").await.is_ok());
}

#[tokio::test]
async fn nobody_without_the_key_continues_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _rows) = written(folder.path()).await;
    for signer in [None, Some(key(2))] {
        let memory = folder.path().join("n3.checkpoint");
        let log = Log::open(store.clone(), Ports::system(), signer, memory).await;
        let entered = log
            .unwrap()
            .enter(&Actor::Installation, vec![enrolled(9)])
            .await;
        assert!(matches!(entered, Err(LogError::NoKey)));
    }
}

#[tokio::test]
async fn two_nodes_write_one_log() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _rows) = written(folder.path()).await;
    let first = log_of(folder.path(), &store, "n1").await.unwrap();
    let second = log_of(folder.path(), &store, "n2").await.unwrap();
    let enter = |log: Log, from: usize| async move {
        for number in from..from + 20 {
            log.enter(&Actor::Installation, vec![enrolled(number)])
                .await
                .unwrap();
        }
    };
    tokio::join!(enter(first.clone(), 100), enter(second.clone(), 200));
    first.catch_up().await.unwrap();
    second.catch_up().await.unwrap();
    assert_eq!(first.head(), second.head());
    assert_eq!(verify(&store, &[]).await.unwrap().size, 45);
    let proof = first.inclusion(7, 45).unwrap();
    let head = first.head();
    guichet_domain::merkle::verify_inclusion(
        sha256_parts,
        &proof.leaf,
        (7, 45),
        &proof.path,
        &head.root,
    )
    .unwrap();
}

/// Tasks of one node that see the log grow at the same time.
#[test]
fn tasks_that_remember_at_once_do_not_meet() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = runtime.block_on(async {
        let (store, _rows) = written(folder.path()).await;
        log_of(folder.path(), &store, "n1").await.unwrap()
    });
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..300 {
                    *log.0.remembered.lock().unwrap() = 0;
                    log.remember().unwrap();
                }
            });
        }
    });
    let kept = std::fs::read_to_string(folder.path().join("n1.checkpoint")).unwrap();
    assert_eq!(kept, log.head().checkpoint);
}
