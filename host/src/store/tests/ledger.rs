//! The writer and the books: groups, limits, repetition, concurrency.

use guichet_domain::books::{Account, BooksError, Capped, Transfer};
use guichet_domain::id::{AccountId, BillerId, ClientId, SubjectId, TransferId};
use guichet_domain::{Currency, Money};

use super::super::{LedgerCommand, Refused, Statement, Store, Value};
use super::now;
use crate::accounts::{Accounts, chart};
use crate::ports::Ports;

pub(super) async fn all(store: &Store) {
    transfers(store).await;
    many_at_once(store).await;
    one_bad_command_spoils_no_other(store).await;
    statements(store).await;
    expiry(store).await;
    the_database_refuses_too(store).await;
    what_may_be_paid_in_is_capped_too(store).await;
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
    let biller = chart::payable(
        &BillerId::new("b-1-water").unwrap(),
        chart::Stripe::FIRST,
        Currency::CNY,
    );
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
    let biller = account("payable:b-1-water:0:CNY");
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
        "update balances set debits_pending = debits_pending + 1000000 where account = \
         (select number from accounts where id = 'acc-1')",
        "update balances set credits_posted = -1",
        "insert into transfers (position, id, kind, debit, credit, amount, pending, \
         debit_previous, credit_previous, created_at) \
         select 9999999, 'x', 'void', debit, credit, 0, position, 0, 0, 0 \
         from transfers where id = 'h1'",
        "update booked set debits_posted = debits_posted + 1",
    ] {
        let error = store
            .write(vec![Statement::new(broken, Vec::new())])
            .await
            .unwrap_err();
        assert!(error.is_constraint(), "{broken}: {error}");
    }
}

/// Newest first, page by page, each transfer once.
async fn statements(store: &Store) {
    let id = account("acc-1");
    let mut seen = Vec::new();
    let mut from = None;
    loop {
        let page = store.account_entries(&id, from, 17).await.unwrap();
        from = page.get(16).map(|next| next.position);
        seen.extend(page.into_iter().take(16));
        if from.is_none() {
            break;
        }
    }
    // Funded, held and taken in part; fifty holds of one; thirty-six fundings.
    assert_eq!(seen.len(), 3 + 50 + 36);
    assert!(seen.is_sorted_by(|newer, older| newer.position > older.position));
    assert_eq!(seen.last().unwrap().transfer.id, transfer_id("f1"));
    let taken = seen
        .iter()
        .find(|entry| entry.transfer.id == transfer_id("p1"));
    assert_eq!(taken.unwrap().transfer.pending, Some(transfer_id("h1")));
    // Somebody else's place in the ledger shows nothing.
    let foreign = store
        .account_entries(
            &account("payable:b-1-water:0:CNY"),
            Some(seen[88].position),
            5,
        )
        .await
        .unwrap();
    assert!(foreign.is_empty());
}

async fn expiry(store: &Store) {
    let soon = now().plus_ms(1_000);
    let held = hold("e1", 2).expiring(soon);
    let made = command(vec![held.clone()]);
    store.record_transfers(made).await.unwrap().unwrap();
    assert!(store.expired_transfers(now(), 9).await.unwrap().is_empty());
    let expired = store.expired_transfers(soon, 9).await.unwrap();
    assert_eq!(expired, std::slice::from_ref(&held));
    let late = |transfer| LedgerCommand {
        at: soon,
        ..command(vec![transfer])
    };
    let taken = Transfer::post(transfer_id("e2"), &held, Money::cny(2));
    assert_eq!(
        store.record_transfers(late(taken)).await.unwrap(),
        Err(Refused::Books(BooksError::Expired(transfer_id("e1"))))
    );
    let given_back = Transfer::void(transfer_id("e3"), &held);
    store
        .record_transfers(late(given_back))
        .await
        .unwrap()
        .unwrap();
    store.forget_expiring(&expired).await.unwrap();
    assert!(store.expired_transfers(soon, 9).await.unwrap().is_empty());
    sweep(store).await;
}

/// What has expired goes back, whoever sweeps and how often; what was taken in
/// time stays taken, and a payment's own reservation never has an end in time.
async fn sweep(store: &Store) {
    let room = Accounts::new(store.clone(), Ports::system());
    let now = Ports::system().now();
    let held_before = held(store).await;
    let (gone, taken) = (hold("s1", 2).expiring(now), hold("s2", 3).expiring(now));
    let later = hold("s3", 4).expiring(now.plus_ms(3_600_000));
    let post = Transfer::post(transfer_id("s4"), &taken, Money::cny(3));
    let before = LedgerCommand {
        at: now.plus_ms(-1),
        ..command(vec![gone.clone(), taken, later.clone(), post])
    };
    store.record_transfers(before).await.unwrap().unwrap();
    let (one, two) = tokio::join!(room.end_expired(), room.end_expired());
    assert!(one.unwrap() + two.unwrap() >= 1);
    assert_eq!(room.end_expired().await.unwrap(), 0);
    assert_eq!(
        held(store).await,
        held_before + 4,
        "only what is left of time"
    );
    let again = Transfer::void(transfer_id("s5"), &gone);
    let again = store.record_transfers(command(vec![again])).await.unwrap();
    assert_eq!(again, Err(Refused::Books(BooksError::Ended(gone.id))));
    let of_a_payment = LedgerCommand {
        payment: Some(super::id("pay", 9)),
        ..command(vec![hold("s6", 1).expiring(now)])
    };
    let refused = store.record_transfers(of_a_payment).await.unwrap_err();
    assert!(refused.is_constraint(), "{refused}");
    let end = Transfer::void(transfer_id("s7"), &later);
    store
        .record_transfers(command(vec![end]))
        .await
        .unwrap()
        .unwrap();
}

async fn held(store: &Store) -> i64 {
    let row = store.account(&account("acc-1")).await.unwrap();
    row.unwrap().account.debits_pending
}

/// An account that nothing may be paid into before something was paid out of it.
async fn what_may_be_paid_in_is_capped_too(store: &Store) {
    let mut sink = chart::suspense("USD".parse().unwrap());
    sink.account = Account::empty(account("sink"), Currency::CNY, Capped::Credits);
    let into = |id: &str, amount| {
        let from = account("settlement:CNY");
        Transfer::single(transfer_id(id), from, account("sink"), Money::cny(amount))
    };
    let out = Transfer::single(
        transfer_id("out"),
        account("sink"),
        account("settlement:CNY"),
        Money::cny(5),
    );
    for (transfer, allowed) in [
        (into("in-1", 1), false),
        (out, true),
        (into("in-2", 6), false),
        (into("in-3", 5), true),
    ] {
        let mut command = command(vec![transfer]);
        command.accounts.push(sink.clone());
        let done = store.record_transfers(command).await.unwrap();
        let exceeds = Err(Refused::Books(BooksError::Exceeds(account("sink"))));
        assert_eq!(done, if allowed { Ok(()) } else { exceeds });
    }
}
