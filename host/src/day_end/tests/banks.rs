//! What banks state beside the payments of the day, and of money that was taken or
//! given back on other days.

use guichet_domain::Money;
use guichet_domain::reconciliation::{Direction, Finding, LineKind};
use guichet_domain::work_order::{Decision, Kind, State};

use super::decisions;
use super::papers::Said;
use super::town::Mood;
use super::world::{AMOUNT, AT_BANK, World};
use crate::work_orders::order_id;

const CREDIT: Direction = Direction::Credit;
const DEBIT: Direction = Direction::Debit;

#[tokio::test]
async fn money_that_a_bank_took_for_a_payment_nobody_knows_is_an_order() {
    let world = World::new().await;
    world.close_next_day().await;
    let (day, next) = (("icbc", World::date()), ("icbc", World::date().next()));
    let lost = "pay_06d1yn3k4g7v5w8x2z9q0c1r3s";
    // The biller has it too.
    let applied = [(lost, LineKind::Payment, AMOUNT)];
    world.biller_says(day.1, 1, &applied).await;
    let (capture, undone) = (format!("{lost}:capture"), "pay_x:capture");
    let entries: [Said<'_>; 3] = [
        (&capture, AT_BANK, CREDIT, false),
        (undone, AT_BANK, CREDIT, false),
        (undone, AT_BANK, DEBIT, true),
    ];
    world.state_at(day, 1, &entries).await;
    assert_eq!(world.check(day.1).await.work_orders, 2);
    assert_eq!(world.check(day.1).await.work_orders, 0);
    let id = order_id(Kind::BankDiffers, lost);
    let order = world.work_orders.get(&id).await.unwrap();
    assert_eq!(
        (order.party.as_str(), order.amount, order.date),
        ("icbc", Some(Money::cny(AT_BANK)), day.1)
    );
    // Given back the day after: nothing is left of it.
    world.end(next.1).await;
    let refund = format!("{lost}:refund");
    let given_back = [(refund.as_str(), AT_BANK, DEBIT, false)];
    world.state_at(next, 1, &given_back).await;
    assert_eq!(world.check(next.1).await.work_orders, 0);
    world.check(day.1).await;
    let order = world.work_orders.get(&id).await.unwrap();
    assert_eq!(order.standing.state, State::Closed);
}

#[tokio::test]
async fn a_refund_that_the_books_know_is_no_shortage_at_the_bank() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    world.close_next_day().await;
    let orders = decisions::room(&world);
    let asked = world.payments.reverse(&world.client, &paid, "moved away");
    asked.await.unwrap();
    orders.sweep().await.unwrap();
    let id = order_id(Kind::RefundAgreement, paid.as_str());
    let decided = decisions::decide(&orders, &id, Decision::RefundAgreed).await;
    assert_eq!(decided, Ok(State::Closed));
    world.drive(&paid).await;
    assert_eq!(world.state(&paid).await, "refunded");
    world.move_to_bank().await;
    let (date, next) = (World::date(), World::date().next());
    let (capture, refund) = (format!("{paid}:capture"), format!("{paid}:refund"));
    let taken = [(capture.as_str(), AT_BANK, CREDIT, false)];
    world.state_at(("icbc", date), 1, &taken).await;
    assert_eq!(world.check(date).await.billers[0].different, 0);
    world.end(next).await;
    let given_back = [(refund.as_str(), AT_BANK, DEBIT, false)];
    world.state_at(("icbc", next), 1, &given_back).await;
    for day in [date, next] {
        assert_eq!(world.check(day).await.work_orders, 0, "{day}");
    }
    assert_eq!(world.found(date).await, []);
}

#[tokio::test]
async fn a_refund_that_the_books_do_not_know_holds_the_payment_back() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    world.close_next_day().await;
    world.move_to_bank().await;
    let (date, later) = (World::date(), World::date().next().next());
    let (capture, refund) = (format!("{paid}:capture"), format!("{paid}:refund"));
    let taken = [(capture.as_str(), AT_BANK, CREDIT, false)];
    world.state_at(("icbc", date), 1, &taken).await;
    assert_eq!(world.check(date).await.work_orders, 0);
    world.end(later).await;
    let given_back = [(refund.as_str(), AT_BANK, DEBIT, false)];
    world.state_at(("icbc", later), 1, &given_back).await;
    assert_eq!(world.check(later).await.work_orders, 1);
    let order = order_id(Kind::BankDiffers, paid.as_str());
    let order = world.work_orders.get(&order).await.unwrap();
    assert_eq!(order.found["bank"]["given_back"], AT_BANK);
    assert!(world.settle(date).await.batches.is_empty());
}

#[tokio::test]
async fn money_that_was_taken_late_is_looked_for_on_the_day_it_was_taken() {
    let world = World::new().await;
    let paid = world.pay(Mood::Mute).await;
    world.close_next_day().await;
    world.state_at(("icbc", World::date()), 1, &[]).await;
    world.set("2026-11-24T04:00:00Z");
    world.found_applied(&paid).await;
    world.move_to_bank().await;
    let (date, late) = (World::date(), "2026-11-24".parse().unwrap());
    assert_eq!(world.check(date).await.billers[0].different, 0);
    world.end(late).await;
    world.state_at(("icbc", late), 1, &[]).await;
    world.check(date).await;
    let shortage = [(paid.to_string(), Finding::BankShortage)];
    assert_eq!(world.found(date).await, shortage);
    let capture = format!("{paid}:capture");
    let taken = [(capture.as_str(), AT_BANK, CREDIT, false)];
    world.state_at(("icbc", late), 2, &taken).await;
    assert_eq!(world.check(late).await.work_orders, 0);
    world.check(date).await;
    assert_eq!(world.found(date).await, []);
}
