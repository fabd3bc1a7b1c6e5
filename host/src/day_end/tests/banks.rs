//! What banks state beside the payments of the day, and of money that was taken or
//! given back on other days.

use guichet_domain::payment::{self, LegState, Snapshot};
use guichet_domain::reconciliation::{AtBank, Direction, Finding, Line, LineKind};
use guichet_domain::work_order::{Decision, Kind, State};
use guichet_domain::{Moment, Money};
use serde_json::json;

use super::decisions;
use super::papers::Said;
use super::town::Mood;
use super::world::{AMOUNT, AT_BANK, World};
use crate::day_end::Scope;
use crate::day_end::banks::Moved;
use crate::day_end::sides::at_bank;
use crate::store::DayPayment;
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

/// Whatever the biller's file of that day says about it.
#[tokio::test]
async fn money_given_back_on_the_day_of_a_billers_later_word_is_looked_at() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    world.close_next_day().await;
    world.move_to_bank().await;
    let (date, next) = (World::date(), World::date().next());
    let applied = [(paid.as_str(), LineKind::Payment, AMOUNT)];
    world.biller_says(date, 1, &applied).await;
    let (capture, refund) = (format!("{paid}:capture"), format!("{paid}:refund"));
    let taken = [(capture.as_str(), AT_BANK, CREDIT, false)];
    world.state_at(("icbc", date), 1, &taken).await;
    assert_eq!(world.check(date).await.work_orders, 0);
    world.end(next).await;
    let and_undone = [
        (paid.as_str(), LineKind::Payment, AMOUNT),
        (paid.as_str(), LineKind::Reversal, AMOUNT),
    ];
    world.biller_says(next, 1, &and_undone).await;
    let given_back = [(refund.as_str(), AT_BANK, DEBIT, false)];
    world.state_at(("icbc", next), 1, &given_back).await;
    world.check(next).await;
    let order = order_id(Kind::BankDiffers, paid.as_str());
    let order = world.work_orders.get(&order).await.unwrap();
    assert_eq!(order.found["bank"]["given_back"], AT_BANK);
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

#[tokio::test]
async fn the_comparison_of_one_biller_says_nothing_of_anothers_money() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    world.close_next_day().await;
    world.move_to_bank().await;
    let capture = format!("{paid}:capture");
    let less = [(capture.as_str(), AT_BANK - 1, CREDIT, false)];
    world.state_at(("icbc", World::date()), 1, &less).await;
    let other = Scope {
        biller: Some("b-330100-gas-1".parse().unwrap()),
        ..World::scope()
    };
    let checked = world.day_end.check(&other).await.unwrap();
    assert_eq!(checked.work_orders, 0);
    assert_eq!(world.check(World::date()).await.work_orders, 1);
}

/// A payment in these states, from an account at a bank.
async fn payment_in(state: payment::State, capture: LegState, refund: LegState) -> DayPayment {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    let payment = world.store.day_payment(&paid).await.unwrap();
    let mut payment = payment.unwrap();
    payment.snapshot = Snapshot {
        state,
        capture,
        refund,
        ..payment.snapshot
    };
    payment
}

fn line(kind: LineKind, amount: Money) -> Line {
    Line {
        reference: String::new(),
        kind,
        service: String::new(),
        amount,
        fee: 0,
        serial: String::new(),
        at: Moment::from_micros(0),
        note: String::new(),
    }
}

#[tokio::test]
async fn what_the_statement_of_another_day_may_show_of_a_payment() {
    use LegState::{Done, None as Never};
    use LineKind::{Payment, Refund, Reversal};
    use payment::State::{Applied, Refunded, Released, Submitted};
    const ALL: i64 = AT_BANK;
    type Case<'a> = (
        (payment::State, LegState, LegState),
        &'a [(LineKind, i64)],
        bool,
    );
    let cases: [Case<'_>; 13] = [
        ((Applied, Done, Never), &[(Payment, ALL)], true),
        ((Applied, Done, Never), &[(Payment, ALL - 1)], false),
        (
            (Applied, Done, Never),
            &[(Payment, ALL), (Reversal, ALL)],
            true,
        ),
        (
            (Applied, Done, Never),
            &[(Payment, ALL), (Refund, ALL)],
            false,
        ),
        ((Applied, Never, Never), &[(Payment, ALL)], true),
        ((Released, Never, Never), &[(Payment, ALL)], false),
        (
            (Released, Never, Never),
            &[(Payment, ALL), (Reversal, ALL)],
            true,
        ),
        ((Submitted, Never, Never), &[(Payment, 3)], true),
        (
            (Submitted, Never, Never),
            &[(Payment, ALL), (Refund, ALL)],
            false,
        ),
        ((Refunded, Done, Done), &[(Refund, ALL)], true),
        ((Refunded, Done, Done), &[(Refund, ALL - 1)], false),
        (
            (Refunded, Done, Done),
            &[(Payment, ALL), (Refund, ALL)],
            true,
        ),
        (
            (Refunded, Done, Done),
            &[(Payment, 1), (Refund, ALL)],
            false,
        ),
    ];
    for ((state, capture, refund), said, is_well) in cases {
        let payment = payment_in(state, capture, refund).await;
        let lines = said.iter();
        let lines = lines.map(|(kind, amount)| line(*kind, Money::cny(*amount)));
        let moved = Moved::of(&lines.collect::<Vec<_>>());
        let found = moved.beside_the_books(&payment);
        assert_eq!(found.is_none(), is_well, "{state} {said:?}");
        if let Some((amount, ledger)) = found {
            assert_eq!(amount, Money::cny(AMOUNT));
            assert_eq!(ledger["day"], json!(World::date()));
        }
    }
}

#[tokio::test]
async fn money_of_another_currency_is_never_as_the_books_say() {
    let payment = payment_in(payment::State::Applied, LegState::Done, LegState::None).await;
    let dollars = |amount| Money::new(amount, "USD".parse().unwrap());
    let (taken, undone) = (LineKind::Payment, LineKind::Reversal);
    let in_dollars = [line(taken, dollars(AT_BANK))];
    let mixed = [
        line(taken, dollars(5)),
        line(undone, dollars(5)),
        line(taken, Money::cny(AT_BANK)),
    ];
    for lines in [&in_dollars[..], &mixed] {
        assert!(Moved::of(lines).beside_the_books(&payment).is_some());
    }
    let nothing_but_mixed = [line(taken, dollars(5)), line(undone, Money::cny(5))];
    assert!(Moved::of(&nothing_but_mixed).of_a_stranger().is_some());
}

#[tokio::test]
async fn what_the_bank_must_show_follows_from_what_was_ordered_there() {
    let ours = Money::cny(AT_BANK);
    for (state, capture, wanted) in [
        (
            payment::State::Applied,
            LegState::Done,
            AtBank::Amount(ours),
        ),
        (
            payment::State::Applied,
            LegState::None,
            AtBank::EitherWay(ours),
        ),
        (
            payment::State::Released,
            LegState::None,
            AtBank::Amount(ours),
        ),
        (
            payment::State::Released,
            LegState::Asked,
            AtBank::EitherWay(ours),
        ),
    ] {
        let payment = payment_in(state, capture, LegState::None).await;
        assert_eq!(at_bank(&payment), wanted, "{state} {capture:?}");
    }
}
