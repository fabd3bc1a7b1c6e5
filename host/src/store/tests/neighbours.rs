//! Two writers of one database: each keeps to positions of its own, and neither
//! goes by what the other has made stale.

use guichet_domain::Money;
use guichet_domain::id::{AccountId, ClientId, SubjectId};

use super::super::writer::POSITIONS;
use super::super::{Location, Store};
use super::{node, now};
use crate::accounts::Accounts;
use crate::ports::Ports;

/// How many transfers, and how many leaves, stand in the range of each slot.
async fn by_slot(store: &Store) -> [Vec<(i64, i64)>; 2] {
    let transfers = "select position / $1, count(*) from transfers group by 1 order by 1";
    let events = "select position / $1, count(*) from events group by 1 order by 1";
    let mut counted = [Vec::new(), Vec::new()];
    for (counted, query) in counted.iter_mut().zip([transfers, events]) {
        for row in store.fetch(query, &[POSITIONS.into()]).await.unwrap() {
            counted.push((row.int(0).unwrap(), row.int(1).unwrap()));
        }
    }
    counted
}

async fn pay_in(store: &Store, account: &AccountId, id: &str) {
    let room = Accounts::new(store.clone(), Ports::system());
    let paid = room.pay_in(account, Money::cny(1), id.parse().unwrap());
    paid.await.unwrap();
}

#[tokio::test]
async fn nodes_number_in_ranges_of_their_own_and_chain_onto_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("books.db"));
    let (first, second) = (
        node(&location, "node-1").await,
        node(&location, "node-2").await,
    );
    let (client, subject) = (
        ClientId::new("demo").unwrap(),
        SubjectId::new("anna").unwrap(),
    );
    let room = Accounts::new(second.clone(), Ports::system());
    let none = Money::cny(0);
    let account = room.open_funding(&client, &subject, none, none).await;
    let account = account.unwrap();
    // The neighbour's range has something in it before the first node looks.
    pay_in(&second, &account, "a").await;
    for round in 0..3 {
        pay_in(&first, &account, &format!("b{round}")).await;
        pay_in(&first, &account, &format!("c{round}")).await;
        pay_in(&second, &account, &format!("d{round}")).await;
    }
    let wanted = vec![(0, 6), (1, 4)];
    assert_eq!(by_slot(&first).await, [wanted.clone(), wanted]);
    assert_eq!(
        (
            *first.audit_growth().borrow(),
            *second.audit_growth().borrow()
        ),
        (6, 4)
    );
    let booked = "select slot, sum(credits_posted) from booked group by slot order by slot";
    let booked = first.fetch(booked, &[]).await.unwrap();
    let booked: Vec<_> = booked
        .iter()
        .map(|row| (row.int(0).unwrap(), row.int(1).unwrap()))
        .collect();
    assert_eq!(booked, [(0, 6), (1, 4)]);
    let row = first.account(&account).await.unwrap().unwrap();
    assert_eq!(row.account.available(), Money::cny(10));
    let report = first.check_ledger(now()).await.unwrap();
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
}

#[tokio::test]
async fn whoever_waits_for_leaves_is_woken_by_them_and_by_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = node(&Location::Sqlite(folder.path().join("books.db")), "node-1").await;
    let mut growth = store.audit_growth();
    let (client, subject) = (
        ClientId::new("demo").unwrap(),
        SubjectId::new("anna").unwrap(),
    );
    let room = Accounts::new(store.clone(), Ports::system());
    let none = Money::cny(0);
    let account = room.open_funding(&client, &subject, none, none).await;
    assert!(!growth.has_changed().unwrap(), "an account is no leaf");
    pay_in(&store, &account.unwrap(), "a").await;
    assert!(growth.has_changed().unwrap());
    assert_eq!(*growth.borrow_and_update(), 1);
}
