//! The ledger check finds books that were damaged behind the writer's back.

use guichet_domain::Money;
use guichet_domain::id::{ClientId, SubjectId};

use super::super::{Location, Statement, Store};
use super::{now, open};
use crate::accounts::Accounts;
use crate::ports::Ports;

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
            "update accounts set credits_posted = credits_posted + 1 where kind = 'funding'",
            "debits equal credits in every currency",
        ),
        (
            "update accounts set credits_posted = credits_posted + 1, \
             debits_posted = debits_posted + 1 where kind = 'funding'",
            "an account's sums are those of its transfers",
        ),
        (
            "update transfers set currency = 'USD'",
            "a transfer is of its accounts' currency",
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
