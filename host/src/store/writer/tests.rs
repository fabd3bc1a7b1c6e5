//! What shares a commit, what nodes wait for each other about, and when the writer
//! forgets what it knows.

use std::collections::BTreeSet;

use guichet_domain::books::Transfer;
use guichet_domain::{Currency, Money};

use super::super::{Location, Store};
use super::views::day_locks;
use super::*;
use crate::accounts::chart;
use crate::ports::Ports;
use crate::seal::Vault;

fn order() -> Order {
    let (answer, _nobody) = oneshot::channel();
    Order {
        command: Command::Stop,
        answer,
    }
}

#[test]
fn what_waits_shares_a_commit_up_to_a_batch() {
    for (waiting, together) in [(0, 1), (3, 4), (BATCH + 2, BATCH)] {
        let (orders, mut queue) = mpsc::channel(BATCH + 2);
        for _ in 0..waiting {
            orders.try_send(order()).unwrap();
        }
        let (commands, answers) = taken(order(), &mut queue);
        assert_eq!((commands.len(), answers.len()), (together, together));
        assert_eq!(queue.len(), waiting + 1 - together);
    }
}

/// All nodes, of this version and the next, have to wait for the same number.
#[test]
fn the_locks_of_days_have_the_same_numbers_for_ever() {
    let day = (&b"account"[..], "2026-11-21");
    let payer = ("demo", "anna", "2026-11-21");
    let both = day_locks(&BTreeSet::from([day]), &BTreeSet::from([payer]));
    let none = day_locks(&BTreeSet::new(), &BTreeSet::new());
    assert_eq!(
        both,
        BTreeSet::from([-5_824_018_446_843_278_817, 2_101_517_290_152_595_106])
    );
    assert_eq!(none, BTreeSet::new());
}

/// Another connection to a store's file, as another process has it.
async fn beside(folder: &tempfile::TempDir) -> (Store, Pool) {
    let location = Location::Sqlite(folder.path().join("books.db"));
    let vault = Vault::from_key(&[7; 32]).unwrap();
    let store = Store::open(&location, vault, "node-1").await.unwrap();
    (store, Pool::writer(&location).await.unwrap())
}

#[tokio::test]
async fn accounts_are_remembered_up_to_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let (_store, pool) = beside(&folder).await;
    let mut connection = pool.acquire().await.unwrap();
    let accounts = [chart::settlement, chart::suspense].map(|account| account(Currency::CNY));
    let ids = accounts.each_ref().map(|new| new.account.id.as_str());
    let now = Ports::system().now();
    let new = accounts.each_ref().map(|new| (new, now));
    for (most, is_kept) in [(2, true), (1, false)] {
        let mut memory = Memory::of(0, most);
        memory.begin(&mut connection).await.unwrap();
        let wanted = BTreeSet::from(ids);
        let learned = memory.learn_accounts(&mut connection, &wanted, &new);
        learned.await.unwrap();
        memory.begin(&mut connection).await.unwrap();
        let known = memory.account(&accounts[0].account.id);
        assert_eq!(known.is_some(), is_kept, "{most}");
    }
}

/// A second process under one node's name makes no two transfers of one position.
#[tokio::test]
async fn positions_are_read_anew_once_somebody_else_has_written() {
    let folder = tempfile::tempdir().unwrap();
    let (store, pool) = beside(&folder).await;
    let mut connection = pool.acquire().await.unwrap();
    let mut memory = Memory::new(0);
    memory.begin(&mut connection).await.unwrap();
    let (from, to) = (
        chart::settlement(Currency::CNY),
        chart::suspense(Currency::CNY),
    );
    let (debit, credit) = (from.account.id.clone(), to.account.id.clone());
    let id = "first".parse().unwrap();
    let transfer = Transfer::single(id, debit.clone(), credit.clone(), Money::cny(1));
    let command = LedgerCommand {
        accounts: vec![from, to],
        transfers: vec![transfer],
        payment: None,
        at: Ports::system().now(),
    };
    store.record_transfers(command).await.unwrap().unwrap();
    memory.begin(&mut connection).await.unwrap();
    let second = "second".parse().unwrap();
    assert_eq!(memory.chain(&second, &debit, &credit).0, 2);
}
