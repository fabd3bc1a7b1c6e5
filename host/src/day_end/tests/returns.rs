//! Batches that come back, whole, in part, and before they were called paid; and
//! what stands in them while they wait.

use guichet_domain::Digest;
use guichet_domain::reconciliation::Direction;
use guichet_domain::settlement::{BatchEvent, BatchState};
use guichet_domain::work_order::{Decision, Kind, State};

use super::settlements::{bank_says, only_batch, settled_day};
use super::world::{AMOUNT, BILLER, World};
use crate::day_end::Scope;
use crate::terms::Payee;
use crate::work_orders::{WorkOrderError, order_id};

const ALL: i64 = 3 * AMOUNT;

#[tokio::test]
async fn what_comes_back_before_it_was_paid_was_never_paid() {
    let world = settled_day(Payee::Biller).await;
    let batch = only_batch(&world).await;
    let reference = format!("{}-1", batch.id);
    bank_says(&world, 1, &[(&reference, ALL, Direction::Credit)]).await;
    let returned = only_batch(&world).await;
    assert_eq!(
        (returned.state, returned.version),
        (BatchState::Returned, batch.version + 1)
    );
    assert_eq!(returned.reason.as_deref(), Some("returned by the bank"));
    assert_eq!(world.owed("payable").await, ALL);
    assert_eq!(world.balance("settlement-transit:CNY").await, 0);
    let outside = "settlement:CNY".parse().unwrap();
    let outside = world.store.account(&outside).await.unwrap();
    let moved = outside.map(|row| (row.account.debits_posted, row.account.credits_posted));
    let before = settled_day(Payee::Biller).await;
    let outside = "settlement:CNY".parse().unwrap();
    let untouched = before.store.account(&outside).await.unwrap();
    let untouched = untouched.map(|row| (row.account.debits_posted, row.account.credits_posted));
    assert_eq!(moved, untouched, "nothing was called paid");
    world.assert_books().await;
}

#[tokio::test]
async fn what_was_paid_and_comes_back_leaves_nothing_outside() {
    let world = settled_day(Payee::Biller).await;
    let outside = world.balance("settlement:CNY").await;
    let reference = format!("{}-1", only_batch(&world).await.id);
    bank_says(&world, 1, &[(&reference, ALL, Direction::Debit)]).await;
    assert_eq!(world.balance("settlement:CNY").await, outside + ALL);
    let order = order_id(Kind::ReturnedSettlement, &reference);
    let none = world.work_orders.get(&order).await;
    assert!(matches!(none, Err(WorkOrderError::NotFound)), "{none:?}");
    let both = [
        (reference.as_str(), ALL, Direction::Debit),
        (reference.as_str(), ALL, Direction::Credit),
    ];
    bank_says(&world, 2, &both).await;
    assert_eq!(world.balance("settlement:CNY").await, outside);
    assert_eq!(world.balance("settlement-transit:CNY").await, 0);
    assert_eq!(world.owed("payable").await, ALL);
}

#[tokio::test]
async fn a_part_that_comes_back_is_a_matter_for_people() {
    let world = settled_day(Payee::Biller).await;
    let reference = format!("{}-1", only_batch(&world).await.id);
    let said = [
        (reference.as_str(), ALL, Direction::Debit),
        (reference.as_str(), 1, Direction::Credit),
    ];
    bank_says(&world, 1, &said).await;
    assert_eq!(only_batch(&world).await.state, BatchState::Sent);
    let order = order_id(Kind::BankDiffers, &reference);
    let order = world.work_orders.get(&order).await.unwrap();
    assert_eq!(order.standing.state, State::Open, "files do not end it");
    assert_eq!(
        (&order.found["paid"], &order.found["came_back"]),
        (&ALL.into(), &1.into())
    );
    assert_eq!(order.amount.map(|amount| amount.minor_units()), Some(ALL));
}

#[tokio::test]
async fn a_node_killed_between_return_and_order_opens_the_order_later() {
    let world = settled_day(Payee::Biller).await;
    let batch = only_batch(&world).await;
    world.pass(5);
    let moved = world
        .day_end
        .move_to(&batch, BatchEvent::Returned, batch.clone())
        .await;
    assert_eq!(moved.unwrap().updated_at, world.now());
    let reference = format!("{}-1", batch.id);
    bank_says(&world, 1, &[(&reference, ALL, Direction::Credit)]).await;
    let order = order_id(Kind::ReturnedSettlement, &reference);
    let order = world.work_orders.get(&order).await.unwrap();
    assert_eq!(order.standing.state, State::Open);
    assert_eq!(order.found["attempt"], 1);
}

#[tokio::test]
async fn a_batch_made_again_waits_for_an_account_with_nothing_of_its_first_attempt() {
    let world = settled_day(Payee::Biller).await;
    let batch = only_batch(&world).await;
    assert_eq!(batch.biller_record, Some(Digest::from_bytes([9; 32])));
    let file = batch.payment_file.clone().unwrap();
    let (row, _) = world.day_end.content(&file).await.unwrap();
    assert_eq!(row.name, "guichet-payment-orders-2026-11-21-1.csv");
    let reference = format!("{}-1", batch.id);
    bank_says(&world, 1, &[(&reference, ALL, Direction::Credit)]).await;
    let order = order_id(Kind::ReturnedSettlement, &reference);
    world.decide(&order, Decision::TryAgain).await;

    world
        .admitted
        .store(false, std::sync::atomic::Ordering::SeqCst);
    let settled = world.day_end.settle(&World::scope(), "paul").await.unwrap();
    assert_eq!(settled.payment_file, None);
    assert!(settled.held_back[0].1.contains("no settlement account"));
    let again = only_batch(&world).await;
    assert_eq!((again.state, again.attempt), (BatchState::Made, 2));
    assert_eq!((again.payment_file, again.reason), (None, None));
    assert_eq!(world.balance("settlement-transit:CNY").await, ALL);

    world
        .admitted
        .store(true, std::sync::atomic::Ordering::SeqCst);
    let settled = world.day_end.settle(&World::scope(), "paul").await.unwrap();
    let file = settled.payment_file.unwrap();
    assert_eq!(file.name, "guichet-payment-orders-2026-11-21-2.csv");
    assert_eq!((file.number, file.lines), (2, 1));
}

#[tokio::test]
async fn batches_are_told_by_biller() {
    let world = settled_day(Payee::Biller).await;
    for (biller, count) in [(BILLER, 1), ("b-330100-water-2", 0)] {
        let scope = Scope {
            date: World::date(),
            biller: Some(biller.parse().unwrap()),
        };
        let batches = world.day_end.all_batches(&scope).await.unwrap();
        assert_eq!(batches.len(), count, "{biller}");
    }
}
