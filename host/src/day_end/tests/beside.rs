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
