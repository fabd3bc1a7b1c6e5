//! A whole day, and each of its steps twice.

use guichet_domain::id::RecordId;
use guichet_domain::reconciliation::Finding;
use guichet_domain::work_order::{Decision, Kind, State};

use super::town::Mood;
use super::world::{AMOUNT, BILLER, World};
use crate::day_end::{DayEndError, Made};
use crate::store::WorkOrderFilter;
use crate::work_orders::order_id;

#[tokio::test]
async fn a_day_is_compared_decided_and_settled_and_every_step_twice_is_the_same() {
    whole_day(&World::new().await).await;
}

/// Payments of the day: five good ones, one applied in silence, one not.
struct Paid {
    good: Vec<RecordId>,
    mute: RecordId,
    deaf: RecordId,
}

/// Beside it, the same on the other database.
pub(super) async fn whole_day(world: &World) {
    let mut good = Vec::new();
    for _ in 0..5 {
        good.push(world.pay(Mood::Good).await);
    }
    let paid = Paid {
        good,
        mute: world.pay(Mood::Mute).await,
        deaf: world.pay(Mood::Deaf).await,
    };
    assert_eq!(world.state(&paid.mute).await, "unknown");
    close_and_make(world).await;
    compare(world, &paid).await;
    settle_and_decide(world, &paid).await;
    world.assert_books().await;
}

async fn close_and_make(world: &World) {
    let refused = world.day_end.close(World::date(), "paul").await;
    assert!(matches!(refused, Err(DayEndError::NotEnded(_))));
    let refused = world.day_end.check(&World::scope()).await;
    assert!(matches!(refused, Err(DayEndError::NotClosed(_))));
    world.next_day();
    world.close().await;
    let closed = world.day_end.close(World::date(), "petra").await.unwrap();
    assert_eq!((closed.payments, closed.open_payments), (7, 2));
    assert_eq!(closed.closed_by, "paul");
    for (new, unchanged) in [(2, 0), (0, 2)] {
        let made = world.day_end.make(&World::scope(), "paul").await.unwrap();
        let left_out = Vec::new();
        let wanted = Made {
            new,
            unchanged,
            left_out,
        };
        assert_eq!(made, wanted);
    }
}

/// The biller leaves one out and has one that nobody here has paid.
async fn compare(world: &World, paid: &Paid) {
    let file = world.own_file(1, &[&paid.good[0]], &["COUNTER-1"]);
    world.hand_in(file).await;
    let checked = world.day_end.check(&World::scope()).await.unwrap();
    assert_eq!((checked.resolved, checked.work_orders), (2, 2));
    let row = &checked.billers[0];
    assert_eq!((row.matched, row.different, row.open_items), (6, 2, 0));
    assert_eq!(world.state(&paid.mute).await, "applied");
    assert_eq!(world.state(&paid.deaf).await, "released");
    let again = world.day_end.check(&World::scope()).await.unwrap();
    assert_eq!((again.resolved, again.work_orders), (0, 0));
    let found = world.day_end.findings(World::date(), &row.biller).await;
    let found = found.unwrap();
    let found: Vec<(&str, Finding)> = found
        .iter()
        .map(|one| (one.reference.as_str(), one.finding))
        .collect();
    let wanted = [
        ("COUNTER-1", Finding::Shortage),
        (paid.good[0].as_str(), Finding::Surplus),
    ];
    assert_eq!(found, wanted);
    // What was unknown is in our file now: it is a new number.
    let made = world.day_end.make(&World::scope(), "paul").await.unwrap();
    assert_eq!((made.new, made.unchanged), (2, 0));
    let fees = world.day_end.fees(World::date()).await.unwrap();
    let fees = fees.values().next().unwrap();
    assert_eq!((fees.payments, fees.payers, fees.billers), (6, 30, 0));
}

/// The surplus is held back until two persons have decided.
async fn settle_and_decide(world: &World, paid: &Paid) {
    let settled = world.day_end.settle(&World::scope(), "paul").await.unwrap();
    assert_eq!(settled.batches.len(), 1, "{settled:?}");
    let sums = settled.batches[0].sums;
    assert_eq!((sums.net, sums.count), (5 * AMOUNT, 5));
    assert!(settled.payment_file.is_some() && settled.held_back.is_empty());
    let again = world.day_end.settle(&World::scope(), "paul").await.unwrap();
    assert_eq!(again.batches, settled.batches);
    assert_eq!(again.payment_file, None);

    let surplus = order_id(Kind::Surplus, paid.good[0].as_str());
    let shortage = order_id(Kind::Shortage, "COUNTER-1");
    for order in [&surplus, &shortage] {
        world.decide(order, Decision::PartyCorrects).await;
    }
    let filter = WorkOrderFilter {
        state: Some(State::Closed),
        owner: None,
    };
    let closed = world.work_orders.list(filter, "", 10).await.unwrap();
    assert_eq!(closed.len(), 2);
    assert_eq!(world.owed("payable").await, AMOUNT);
    assert_eq!(world.balance("settlement-transit:CNY").await, 5 * AMOUNT);
}

#[tokio::test]
async fn a_silent_biller_leaves_open_items_and_an_order_for_its_file() {
    let world = World::new().await;
    let mute = world.pay(Mood::Mute).await;
    world.next_day();
    world.close().await;
    let checked = world.day_end.check(&World::scope()).await.unwrap();
    assert_eq!((checked.resolved, checked.billers[0].open_items), (0, 1));
    assert_eq!(world.state(&mute).await, "unknown", "no file, no guess");
    let missing = order_id(Kind::MissingFile, &format!("{BILLER}/2026-11-21"));
    let order = world.work_orders.get(&missing).await.unwrap();
    assert_eq!(order.standing.state, State::Open);
    world.hand_in(world.own_file(1, &[], &[])).await;
    world.day_end.check(&World::scope()).await.unwrap();
    assert_eq!(world.state(&mute).await, "applied");
    let order = world.work_orders.get(&missing).await.unwrap();
    assert_eq!(order.standing.state, State::Closed);
    world.assert_books().await;
}

#[tokio::test]
async fn a_correction_closes_what_the_first_file_had_opened() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    world.next_day();
    world.close().await;
    world
        .hand_in(world.own_file(1, &[&paid], &["COUNTER-9"]))
        .await;
    world.day_end.check(&World::scope()).await.unwrap();
    let surplus = order_id(Kind::Surplus, paid.as_str());
    let order = world.work_orders.get(&surplus).await.unwrap();
    assert_eq!(order.standing.state, State::Open);
    world.hand_in(world.own_file(2, &[], &[])).await;
    let checked = world.day_end.check(&World::scope()).await.unwrap();
    assert_eq!(checked.billers[0].different, 0);
    for order in [&surplus, &order_id(Kind::Shortage, "COUNTER-9")] {
        let order = world.work_orders.get(order).await.unwrap();
        assert_eq!(order.standing.state, State::Closed);
    }
    let history = world.work_orders.history(&surplus).await.unwrap();
    let events: Vec<&str> = history.iter().map(|line| line.event.as_str()).collect();
    assert_eq!(events, ["opened", "evidence"]);
}

#[tokio::test]
async fn a_difference_that_shows_again_is_open_again_and_its_money_held() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    world.close_next_day().await;
    let surplus = order_id(Kind::Surplus, paid.as_str());
    let numbers = [
        (1, State::Open, 1),
        (2, State::Closed, 0),
        (3, State::Open, 1),
    ];
    for (number, state, opened) in numbers {
        let without: &[&RecordId] = if number == 2 { &[] } else { &[&paid] };
        world.hand_in(world.own_file(number, without, &[])).await;
        assert_eq!(world.check(World::date()).await.work_orders, opened);
        let order = world.work_orders.get(&surplus).await.unwrap();
        assert_eq!(order.standing.state, state, "file {number}");
    }
    assert_eq!(world.check(World::date()).await.work_orders, 0);
    let settled = world.settle(World::date()).await;
    assert!(settled.batches.is_empty(), "{settled:?}");
    let history = world.work_orders.history(&surplus).await.unwrap();
    let events: Vec<&str> = history.iter().map(|line| line.event.as_str()).collect();
    assert_eq!(events, ["opened", "evidence", "opened again"]);
    // What two persons have decided stays so.
    world.decide(&surplus, Decision::PartyCorrects).await;
    assert_eq!(world.check(World::date()).await.work_orders, 0);
    let order = world.work_orders.get(&surplus).await.unwrap();
    assert_eq!(order.standing.state, State::Closed);
}
