//! What waits for a comparison is not paid out, and does not wait for ever.

use guichet_domain::work_order::{Decision, Kind};

use super::town::Mood;
use super::world::{AMOUNT, BILLER, World};
use crate::store::Statement;
use crate::work_orders::order_id;

#[tokio::test]
async fn a_day_that_nobody_compared_is_not_paid_with_the_next_one() {
    let world = World::new().await;
    let (first, second) = (World::date(), World::date().next());
    world.pay(Mood::Good).await;
    world.next_day();
    world.pay(Mood::Good).await;
    world.end(second).await;
    let checked = world.check(second).await;
    assert!(checked.earlier.is_empty(), "the first day goes on");
    let settled = world.settle(second).await;
    let batch = &settled.batches[0];
    assert_eq!((batch.sums.net, batch.sums.count), (AMOUNT, 1));
    let (biller, why) = &settled.held_back[0];
    assert_eq!(biller.as_str(), BILLER);
    assert!(why.contains("2026-11-21: check it again"), "{why}");
    assert_eq!(settled.held_back.len(), 1);
    assert_eq!(world.owed("payable").await, AMOUNT);

    world.day_end.close(first, "paul").await.unwrap();
    let checked = world.check(second).await;
    let days: Vec<_> = checked.earlier.iter().map(|row| row.date).collect();
    assert_eq!(days, [first]);
    assert!(world.check(second).await.earlier.is_empty());
    let settled = world.settle(first).await;
    assert_eq!(settled.batches[0].sums.net, AMOUNT);
    assert!(settled.held_back.is_empty(), "{settled:?}");
    world.assert_books().await;
}

#[tokio::test]
async fn what_was_open_when_its_day_was_compared_is_compared_before_it_is_paid() {
    let world = World::new().await;
    let (date, day_of_news) = (World::date(), World::date().next().next());
    let paid = world.pay(Mood::Mute).await;
    world.close_next_day().await;
    assert_eq!(world.check(date).await.billers[0].open_items, 1);
    // At this very moment: no clock tells which came first.
    world.found_applied(&paid).await;
    let settled = world.settle(date).await;
    assert!(settled.batches.is_empty(), "{settled:?}");
    assert!(settled.held_back[0].1.contains("check it again"));

    // The biller has no later day of its own.
    world.end(day_of_news).await;
    let checked = world.check(day_of_news).await;
    assert!(checked.billers.is_empty());
    assert_eq!(checked.earlier.len(), 1);
    let settled = world.settle(day_of_news).await;
    assert_eq!(settled.batches[0].sums.net, AMOUNT);
    assert!(settled.held_back.is_empty(), "{settled:?}");
    world.assert_books().await;
}

#[tokio::test]
async fn what_changed_after_its_day_was_compared_waits_until_it_is_compared_again() {
    let world = World::new().await;
    world.pay(Mood::Good).await;
    world.close_next_day().await;
    world.check(World::date()).await;
    world.pass(1);
    let later = Statement::new(
        "update payments set updated_at = $1",
        vec![world.now().into()],
    );
    world.store.write(vec![later]).await.unwrap();
    let settled = world.settle(World::date()).await;
    assert!(settled.batches.is_empty(), "{settled:?}");
    world.check(World::date()).await;
    let settled = world.settle(World::date()).await;
    assert_eq!(settled.batches.len(), 1);
}

/// Its biller has no payment and no file of that day.
#[tokio::test]
async fn what_is_decided_late_is_settled_with_the_day_of_the_decision() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    world.close_next_day().await;
    world.hand_in(world.own_file(1, &[&paid], &[])).await;
    world.check(World::date()).await;
    assert!(world.settle(World::date()).await.batches.is_empty());
    let later = World::date().next().next();
    world.end(later).await;
    let surplus = order_id(Kind::Surplus, paid.as_str());
    world.decide(&surplus, Decision::PartyCorrects).await;
    assert!(world.check(later).await.billers.is_empty());
    let settled = world.settle(later).await;
    assert_eq!(settled.batches[0].sums.net, AMOUNT);
    assert!(settled.held_back.is_empty(), "{settled:?}");
}
