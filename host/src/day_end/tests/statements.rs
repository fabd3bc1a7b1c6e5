//! Statement lines about settlements that do not fit: each is a matter for people.

use guichet_domain::reconciliation::{Direction, PartyKind};
use guichet_domain::settlement::BatchState;
use guichet_domain::work_order::{Decision, Kind, State};

use super::papers;
use super::settlements::{bank_says, only_batch, settled_day};
use super::world::{AMOUNT, World};
use crate::store::WorkOrderRow;
use crate::terms::Payee;
use crate::work_orders::order_id;

const ALL: i64 = 3 * AMOUNT;
const BANK: &str = "settlement";

async fn order(world: &World, reference: &str) -> WorkOrderRow {
    let order = order_id(Kind::BankDiffers, reference);
    world.work_orders.get(&order).await.unwrap()
}

#[tokio::test]
async fn what_is_paid_twice_on_different_days_is_an_order() {
    let world = settled_day(Payee::Biller).await;
    let reference = format!("{}-1", only_batch(&world).await.id);
    bank_says(&world, 1, &[(&reference, ALL, Direction::Debit)]).await;
    assert_eq!(only_batch(&world).await.state, BatchState::Confirmed);
    let next = World::date().next();
    world.end(next).await;
    let again = [(reference.as_str(), ALL, Direction::Debit, false)];
    world.state_at((BANK, next), 1, &again).await;
    assert_eq!(world.check(next).await.work_orders, 1);
    assert_eq!(world.check(next).await.work_orders, 0);
    let order = order(&world, &reference).await;
    assert_eq!(order.standing.state, State::Open);
    assert_eq!(order.found["paid"], 2 * ALL);
    assert_eq!(only_batch(&world).await.state, BatchState::Confirmed);
    world.assert_books().await;
}

#[tokio::test]
async fn an_older_attempt_that_is_paid_after_all_is_an_order() {
    let world = settled_day(Payee::Biller).await;
    let first = format!("{}-1", only_batch(&world).await.id);
    bank_says(&world, 1, &[(&first, ALL, Direction::Credit)]).await;
    let returned = order_id(Kind::ReturnedSettlement, &first);
    world.decide(&returned, Decision::TryAgain).await;
    world.settle(World::date()).await;
    assert_eq!(only_batch(&world).await.attempt, 2);
    let came_back = world.check(World::date()).await;
    assert_eq!(came_back.work_orders, 0, "people know of that");
    let next = World::date().next();
    world.end(next).await;
    let late = [(first.as_str(), ALL, Direction::Debit, false)];
    world.state_at((BANK, next), 1, &late).await;
    assert_eq!(world.check(next).await.work_orders, 1);
    let order = order(&world, &first).await;
    assert_eq!(
        (&order.found["attempt"], &order.found["latest_attempt"]),
        (&1.into(), &2.into())
    );
    let batch = only_batch(&world).await;
    assert_eq!((batch.state, batch.attempt), (BatchState::Sent, 2));
    // The day before still says what it said, and that fits no longer.
    assert_eq!(world.check(World::date()).await.work_orders, 0);
}

#[tokio::test]
async fn a_settlement_that_nobody_has_made_is_an_order() {
    let world = settled_day(Payee::Biller).await;
    let never = format!("{}-7", only_batch(&world).await.id);
    let unknown = "stl_06d1yn3k4g7v5w8x2z9q0c1r3s-1";
    let said = [
        (never.as_str(), 5, Direction::Debit),
        (unknown, 6, Direction::Debit),
        ("stl_", 7, Direction::Debit),
    ];
    let entries = said.map(|(reference, amount, direction)| (reference, amount, direction, false));
    world.state_at((BANK, World::date()), 1, &entries).await;
    assert_eq!(world.check(World::date()).await.work_orders, 3);
    for (reference, amount, _) in said {
        let order = order(&world, reference).await;
        let told = order.amount.map(|amount| amount.minor_units());
        assert_eq!((order.party.as_str(), told), (BANK, Some(amount)));
        assert_eq!(order.standing.state, State::Open);
    }
}

#[tokio::test]
async fn money_of_another_currency_pays_nothing() {
    let world = settled_day(Payee::Biller).await;
    let reference = format!("{}-1", only_batch(&world).await.id);
    let sender = World::sender(PartyKind::Bank, BANK, World::date());
    let entries = [(reference.as_str(), ALL, Direction::Debit, false)];
    let dollars = "USD".parse().unwrap();
    let bytes = papers::statement_in(dollars, World::date(), 1, &entries);
    world.bring(&sender, bytes).await;
    assert_eq!(world.check(World::date()).await.work_orders, 1);
    assert_eq!(only_batch(&world).await.state, BatchState::Sent);
    let order = order(&world, &reference).await;
    assert_eq!(order.found["entries_in_another_currency"], 1);
}
