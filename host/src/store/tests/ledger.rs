//! The writer and the books: groups, limits, repetition, concurrency.

use guichet_domain::books::{BooksError, Transfer};
use guichet_domain::id::{AccountId, BillerId, ClientId, SubjectId, TransferId};
use guichet_domain::{Currency, Money};

use super::super::{LedgerCommand, Refused, Statement, Store, Value};
use super::now;
use crate::accounts::chart;

pub(super) async fn all(store: &Store) {
    transfers(store).await;
    many_at_once(store).await;
    one_bad_command_spoils_no_other(store).await;
    the_database_refuses_too(store).await;
}

fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

fn transfer_id(name: &str) -> TransferId {
    TransferId::new(name).unwrap()
}

fn command(transfers: Vec<Transfer>) -> LedgerCommand {
    let payer = chart::funding(
        account("acc-1"),
        &ClientId::new("demo").unwrap(),
        &SubjectId::new("anna").unwrap(),
        Currency::CNY,
        0,
    );
    let biller = chart::payable(&BillerId::new("b-1-water").unwrap(), Currency::CNY);
    let settlement = chart::settlement(Currency::CNY);
    LedgerCommand {
        accounts: vec![payer, biller, settlement],
        transfers,
        payment: None,
        at: now(),
    }
}

fn fund(id: &str, amount: i64) -> Transfer {
    Transfer::single(
        transfer_id(id),
        account("settlement:CNY"),
        account("acc-1"),
        Money::cny(amount),
    )
}

fn hold(id: &str, amount: i64) -> Transfer {
    let biller = account("payable:b-1-water:CNY");
    Transfer::pending(
        transfer_id(id),
        account("acc-1"),
        biller,
        Money::cny(amount),
    )
}

async fn transfers(store: &Store) {
    let held = hold("h1", 60);
    let made = command(vec![fund("f1", 100), held.clone()]);
    store.record_transfers(made.clone()).await.unwrap().unwrap();
    store.record_transfers(made).await.unwrap().unwrap();
    let poor = store
        .record_transfers(command(vec![hold("h2", 41)]))
        .await
        .unwrap();
    assert_eq!(
        poor,
        Err(Refused::Books(BooksError::Exceeds(account("acc-1"))))
    );
    let post = Transfer::post(transfer_id("p1"), &held, Money::cny(50));
    store
        .record_transfers(command(vec![post]))
        .await
        .unwrap()
        .unwrap();
    let void = Transfer::void(transfer_id("v1"), &held);
    let ended = store.record_transfers(command(vec![void])).await.unwrap();
    assert_eq!(
        ended,
        Err(Refused::Books(BooksError::Ended(transfer_id("h1"))))
    );
    let kept = store
        .account(&account("acc-1"))
        .await
        .unwrap()
        .unwrap()
        .account;
    assert_eq!(kept.available(), Money::cny(50));
}

async fn many_at_once(store: &Store) {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..200 {
        let store = store.clone();
        tasks.spawn(async move {
            // Fifty of these two hundred are covered.
            store
                .record_transfers(command(vec![hold(&format!("m{number}"), 1)]))
                .await
                .unwrap()
        });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 50);
    let kept = store
        .account(&account("acc-1"))
        .await
        .unwrap()
        .unwrap()
        .account;
    assert_eq!(kept.available(), Money::cny(0));
}

async fn one_bad_command_spoils_no_other(store: &Store) {
    let bad = "insert into nodes (slot, node) values ($1, $2)";
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40_i64 {
        let store = store.clone();
        tasks.spawn(async move {
            if number % 10 == 0 {
                let values = vec![Value::from(100_i64), Value::from(format!("n{number}"))];
                store
                    .write(vec![Statement::new(bad, values)])
                    .await
                    .is_err()
            } else {
                let funding = command(vec![fund(&format!("n{number}"), 1)]);
                store.record_transfers(funding).await.unwrap().is_ok()
            }
        });
    }
    assert!(
        tasks
            .join_all()
            .await
            .into_iter()
            .all(|as_expected| as_expected)
    );
    let kept = store
        .account(&account("acc-1"))
        .await
        .unwrap()
        .unwrap()
        .account;
    assert_eq!(kept.available(), Money::cny(36));
}

async fn the_database_refuses_too(store: &Store) {
    for broken in [
        "update accounts set debits_pending = debits_pending + 1000000 where id = 'acc-1'",
        "update accounts set credits_posted = -1 where id = 'acc-1'",
        "insert into transfers (id, kind, debit_account, credit_account, amount, currency, \
         pending_id, payment, created_at) \
         values ('x', 'void', 'acc-1', 'settlement:CNY', 0, 'CNY', 'h1', null, 0)",
    ] {
        let error = store
            .write(vec![Statement::new(broken, Vec::new())])
            .await
            .unwrap_err();
        assert!(error.is_constraint(), "{broken}: {error}");
    }
}
