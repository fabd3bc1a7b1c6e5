//! A biller's word about a payment is what its files of neighbouring days come to.

use guichet_domain::reconciliation::{Finding, LineKind};
use guichet_domain::work_order::{Kind, State};

use super::town::Mood;
use super::world::{AMOUNT, World};
use crate::work_orders::order_id;

#[tokio::test]
async fn what_a_biller_applies_on_two_days_it_has_applied_twice() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    let (date, next) = (World::date(), World::date().next());
    let line = [(paid.as_str(), LineKind::Payment, AMOUNT)];
    world.close_next_day().await;
    world.biller_says(date, 1, &line).await;
    assert_eq!(world.check(date).await.billers[0].matched, 1);
    world.end(next).await;
    world.biller_says(next, 1, &line).await;
    let twice = [(paid.to_string(), Finding::Duplicate)];
    for day in [next, date] {
        world.check(day).await;
        assert_eq!(world.found(day).await, twice, "{day}");
    }
    let order = order_id(Kind::Duplicate, paid.as_str());
    let order = world.work_orders.get(&order).await.unwrap();
    assert_eq!((order.standing.state, order.date), (State::Open, date));
    // It takes the second one out again.
    world.biller_says(next, 2, &[]).await;
    world.check(date).await;
    let order = world.work_orders.get(&order.id).await.unwrap();
    assert_eq!(order.standing.state, State::Closed);
}

#[tokio::test]
async fn what_a_biller_undoes_on_the_next_day_is_no_shortage() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    let asked = world.payments.reverse(&world.client, &paid, "twice").await;
    asked.unwrap();
    world.drive(&paid).await;
    assert_eq!(world.state(&paid).await, "reversed");
    let (date, next) = (World::date(), World::date().next());
    world.close_next_day().await;
    let applied = [(paid.as_str(), LineKind::Payment, AMOUNT)];
    world.biller_says(date, 1, &applied).await;
    world.check(date).await;
    let shortage = order_id(Kind::Shortage, paid.as_str());
    let order = world.work_orders.get(&shortage).await.unwrap();
    assert_eq!(order.standing.state, State::Open);

    world.end(next).await;
    let undone = [(paid.as_str(), LineKind::Reversal, AMOUNT)];
    world.biller_says(next, 1, &undone).await;
    let checked = world.check(next).await;
    assert_eq!((checked.billers[0].different, checked.work_orders), (0, 0));
    let order = world.work_orders.get(&shortage).await.unwrap();
    assert_eq!(order.standing.state, State::Closed, "both files agree");
    assert_eq!(world.check(date).await.billers[0].different, 0);
}

/// The payment is in the biller's file of the day after only.
#[tokio::test]
async fn an_open_payment_is_found_in_the_file_of_the_day_after() {
    let world = World::new().await;
    let paid = world.pay(Mood::Mute).await;
    let (date, next) = (World::date(), World::date().next());
    world.end(next).await;
    world.day_end.close(date, "paul").await.unwrap();
    world.biller_says(date, 1, &[]).await;
    let line = [(paid.as_str(), LineKind::Payment, AMOUNT)];
    world.biller_says(next, 1, &line).await;
    let checked = world.check(date).await;
    assert_eq!((checked.resolved, checked.billers[0].matched), (1, 1));
    assert_eq!(world.state(&paid).await, "applied");
}

/// Applied and undone there, it comes to nothing: but it is for its own day's file to
/// say that it was never applied.
#[tokio::test]
async fn another_days_file_does_not_end_an_open_payment_by_what_comes_to_nothing() {
    let world = World::new().await;
    let paid = world.pay(Mood::Deaf).await;
    let next = World::date().next();
    world.close_next_day().await;
    world.end(next).await;
    let both = [LineKind::Payment, LineKind::Reversal].map(|kind| (paid.as_str(), kind, AMOUNT));
    world.biller_says(next, 1, &both).await;
    assert_eq!(world.check(next).await.resolved, 0);
    assert_eq!(world.state(&paid).await, "unknown");
}

#[tokio::test]
async fn what_stands_in_the_file_of_the_day_beside_alone_is_that_days() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    let (date, next) = (World::date(), World::date().next());
    world.close_next_day().await;
    world.end(next).await;
    let line = [(paid.as_str(), LineKind::Payment, AMOUNT)];
    world.biller_says(date, 1, &line).await;
    let other = [("COUNTER-1", LineKind::Payment, AMOUNT)];
    world.biller_says(next, 1, &other).await;
    world.check(date).await;
    assert_eq!(world.found(date).await, []);
    world.check(next).await;
    let strange = [("COUNTER-1".to_owned(), Finding::Shortage)];
    assert_eq!(world.found(next).await, strange);
}

/// A file that names a payment of the day beside says nothing about the others of
/// that day.
#[tokio::test]
async fn orders_of_the_day_beside_stay_open_where_the_file_does_not_name_them() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    let (date, next) = (World::date(), World::date().next());
    world.close_next_day().await;
    let counter = ("COUNTER-1", LineKind::Payment, AMOUNT);
    let line = (paid.as_str(), LineKind::Payment, AMOUNT);
    world.biller_says(date, 1, &[line, counter]).await;
    assert_eq!(world.check(date).await.work_orders, 1);
    world.end(next).await;
    world.biller_says(next, 1, &[line]).await;
    world.check(next).await;
    let order = order_id(Kind::Shortage, "COUNTER-1");
    let order = world.work_orders.get(&order).await.unwrap();
    assert_eq!(order.standing.state, State::Open);
}

#[tokio::test]
async fn what_a_biller_applies_again_days_later_is_looked_at_on_that_day() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    let (date, next) = (World::date(), World::date().next());
    let later = next.next().next();
    world.close_next_day().await;
    let lines = [paid.as_str(), "COUNTER-1"].map(|id| (id, LineKind::Payment, AMOUNT));
    world.biller_says(date, 1, &lines).await;
    assert_eq!(world.check(date).await.work_orders, 1);
    world.end(later).await;
    world.biller_says(later, 1, &lines).await;
    world.check(later).await;
    let found = [
        ("COUNTER-1".to_owned(), Finding::Shortage),
        (paid.to_string(), Finding::Duplicate),
    ];
    assert_eq!(world.found(later).await, found);
    let order = order_id(Kind::Duplicate, paid.as_str());
    let order = world.work_orders.get(&order).await.unwrap();
    assert_eq!((order.standing.state, order.date), (State::Open, later));
}
