//! Paid, come back, paid again; treasuries; and money given back later.

use guichet_domain::reconciliation::{Direction, PartyKind};
use guichet_domain::settlement::BatchState;
use guichet_domain::work_order::{Decision, Kind};

use super::papers;
use super::town::Mood;
use super::world::{AMOUNT, World};
use crate::day_end::Sender;
use crate::terms::Payee;
use crate::work_orders::order_id;

pub(super) async fn bank_says(world: &World, number: u32, entries: &[(&str, i64, Direction)]) {
    let sender = Sender {
        kind: PartyKind::Bank,
        party: "settlement".to_owned(),
        date: World::date(),
    };
    let entries: Vec<papers::Said<'_>> = entries
        .iter()
        .map(|(reference, amount, direction)| (*reference, *amount, *direction, false))
        .collect();
    let bytes = papers::statement(World::date(), number, &entries);
    world.bring(&sender, bytes).await;
    world.day_end.check(&World::scope()).await.unwrap();
    // Said once more, it changes nothing.
    world.day_end.check(&World::scope()).await.unwrap();
}

pub(super) async fn settled_day(payee: Payee) -> World {
    let world = World::paying(payee).await;
    settle(&world).await;
    world
}

async fn settle(world: &World) {
    for _ in 0..3 {
        world.pay(Mood::Good).await;
    }
    world.next_day();
    world.close().await;
    world.hand_in(world.own_file(1, &[], &[])).await;
    world.day_end.check(&World::scope()).await.unwrap();
    let settled = world.day_end.settle(&World::scope(), "paul").await;
    assert_eq!(settled.unwrap().batches.len(), 1);
}

pub(super) async fn only_batch(world: &World) -> crate::store::BatchRow {
    let mut all = world.day_end.all_batches(&World::scope()).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[tokio::test]
async fn a_batch_that_comes_back_is_payable_again_and_paid_once_more() {
    there_and_back(&World::new().await).await;
}

/// Beside it, the same on the other database.
pub(super) async fn there_and_back(world: &World) {
    settle(world).await;
    let batch = only_batch(world).await;
    assert_eq!(batch.state, BatchState::Sent);
    assert_eq!(world.owed("payable").await, 0);
    let first = format!("{}-1", batch.id);
    bank_says(world, 1, &[(&first, 3 * AMOUNT, Direction::Debit)]).await;
    assert_eq!(only_batch(world).await.state, BatchState::Confirmed);
    assert_eq!(world.balance("settlement-transit:CNY").await, 0);

    let both = [
        (first.as_str(), 3 * AMOUNT, Direction::Debit),
        (first.as_str(), 3 * AMOUNT, Direction::Credit),
    ];
    bank_says(world, 2, &both).await;
    assert_eq!(only_batch(world).await.state, BatchState::Returned);
    assert_eq!(world.owed("payable").await, 3 * AMOUNT);
    // Nobody has cleared why: it stays.
    world.day_end.settle(&World::scope(), "paul").await.unwrap();
    assert_eq!(only_batch(world).await.state, BatchState::Returned);
    let order = order_id(Kind::ReturnedSettlement, &first);
    world.decide(&order, Decision::TryAgain).await;
    world.day_end.settle(&World::scope(), "paul").await.unwrap();
    let batch = only_batch(world).await;
    assert_eq!((batch.state, batch.attempt), (BatchState::Sent, 2));
    assert_eq!(world.owed("payable").await, 0);
    let second = format!("{}-2", batch.id);
    let all = [
        both[0],
        both[1],
        (second.as_str(), 3 * AMOUNT, Direction::Debit),
    ];
    bank_says(world, 3, &all).await;
    assert_eq!(only_batch(world).await.state, BatchState::Confirmed);
    world.assert_books().await;
}

#[tokio::test]
async fn a_wrong_amount_on_the_statement_is_a_matter_for_people() {
    let world = settled_day(Payee::Biller).await;
    let reference = format!("{}-1", only_batch(&world).await.id);
    bank_says(&world, 1, &[(&reference, 3 * AMOUNT - 1, Direction::Debit)]).await;
    assert_eq!(only_batch(&world).await.state, BatchState::Sent);
    let order = order_id(Kind::BankDiffers, &reference);
    let order = world.work_orders.get(&order).await.unwrap();
    assert_eq!(order.found["paid"], 3 * AMOUNT - 1);
    assert_eq!(world.balance("settlement-transit:CNY").await, 3 * AMOUNT);
}

#[tokio::test]
async fn non_tax_revenue_goes_to_the_treasury_and_account_numbers_stay_sealed() {
    let world = settled_day(Payee::Treasury).await;
    let batch = only_batch(&world).await;
    assert_eq!((batch.payee, batch.sums.net), (Payee::Treasury, 3 * AMOUNT));
    assert_eq!(world.owed("treasury").await, 0);
    let file = batch.payment_file.unwrap();
    let (row, bytes) = world.day_end.content(&file).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains("1202020019900000000") && text.contains("non-tax revenue"));
    assert!(
        text.contains(&format!("{}-1,{}", batch.id, 3 * AMOUNT)),
        "{text}"
    );
    assert_eq!(row.totals, format!("CNY:{}", 3 * AMOUNT));
}

#[tokio::test]
async fn a_day_that_was_not_checked_is_not_settled() {
    let world = World::new().await;
    world.pay(Mood::Good).await;
    world.next_day();
    world.close().await;
    let settled = world.day_end.settle(&World::scope(), "paul").await.unwrap();
    assert!(settled.batches.is_empty());
    assert!(settled.held_back[0].1.contains("check it first"));
}
