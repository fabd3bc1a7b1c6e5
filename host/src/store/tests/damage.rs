//! The ledger check finds books that were damaged behind the writer's back.

use guichet_domain::Money;
use guichet_domain::id::{ClientId, SubjectId};

use super::super::check::INVARIANTS;
use super::super::{Location, Statement, Store, StoreError};
use super::{now, open};
use crate::accounts::Accounts;
use crate::ports::Ports;
use crate::seal::Vault;

async fn findings_after(store: &Store, damage: &'static str) -> Vec<String> {
    store
        .write(vec![Statement::new(damage, Vec::new())])
        .await
        .unwrap();
    let report = store.check_ledger(now()).await.unwrap();
    report
        .findings
        .into_iter()
        .map(|finding| finding.invariant)
        .collect()
}

#[tokio::test]
async fn damaged_books_are_found() {
    for (damage, invariant) in [
        (
            "update balances set credits_posted = credits_posted + 1 where capped = 'debits'",
            "debits equal credits in every currency",
        ),
        (
            "update balances set credits_posted = credits_posted + 1, \
             debits_posted = debits_posted + 1 where capped = 'debits'",
            "an account's sums are those of its transfers",
        ),
        (
            "update accounts set currency = 'USD' where kind = 'settlement'",
            "a transfer's accounts are of one currency",
        ),
        (
            "update booked set debits_posted = 0, credits_posted = 0",
            "what the nodes have booked is what the accounts hold",
        ),
        (
            "update balances set last_transfer = 0 where capped = 'debits'",
            "an account's transfers are one chain",
        ),
        (
            "delete from balances where capped = 'debits'",
            "every account has its balance",
        ),
        (
            "insert into events (position, record, number, event, state, attempt, at) \
             values (7, 'pay_none', 1, 'requested', 'requested', 0, 0)",
            "no leaf is missing in a node's log",
        ),
        (
            "insert into open_bills (bill_key, payment) values (x'00', 'pay_none')",
            "an ended payment holds no bill",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&Location::Sqlite(folder.path().join("books.db"))).await;
        let accounts = Accounts::new(store.clone(), Ports::system());
        let client = ClientId::new("demo").unwrap();
        let subject = SubjectId::new("anna").unwrap();
        accounts
            .open_funding(&client, &subject, Money::cny(500), Money::cny(0))
            .await
            .unwrap();
        assert!(store.check_ledger(now()).await.unwrap().findings.is_empty());
        let found = findings_after(&store, damage).await;
        assert!(
            found.iter().any(|name| name == invariant),
            "{damage}: {found:?}"
        );
    }
}

/// Of every kind of invariant one is asked, beside the one about time.
#[tokio::test]
async fn the_report_says_how_much_was_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&Location::Sqlite(folder.path().join("books.db"))).await;
    let accounts = Accounts::new(store.clone(), Ports::system());
    let (client, subject) = (
        ClientId::new("demo").unwrap(),
        SubjectId::new("anna").unwrap(),
    );
    let opened = accounts.open_funding(&client, &subject, Money::cny(500), Money::cny(0));
    opened.await.unwrap();
    let report = store.check_ledger(now()).await.unwrap();
    let looked_at = (report.accounts, report.transfers, report.payments);
    assert_eq!((looked_at, report.open_payments), ((2, 1, 0), 0));
    assert_eq!(report.invariants, INVARIANTS.len() + 1);
}

#[tokio::test]
async fn another_vaults_key_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("books.db"));
    let right = || Vault::from_key(&[7; 32]).unwrap();
    let store = Store::open(&location, right(), "node-1").await.unwrap();
    store.close().await;
    let wrong = Vault::from_key(&[8; 32]).unwrap();
    let refused = Store::open(&location, wrong, "node-1").await.unwrap_err();
    assert!(matches!(&refused, StoreError::Unfit(why) if why.contains("vault.key")));
    let store = Store::open(&location, right(), "node-1").await.unwrap();
    store.close().await;
}
