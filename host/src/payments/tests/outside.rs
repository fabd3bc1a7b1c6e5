//! What ends open outcomes from outside: day files, decisions of two, and the
//! biller's agreement to a refund.

use guichet_domain::Money;
use guichet_domain::id::PersonId;
use guichet_domain::payment::{Leg, StatusAnswer};

use super::fakes::Fault;
use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::bank::Custom;
use crate::payments::{DayFileWord, Found, Ground, PaymentError, RefundAnswer};

pub(super) fn by(one: &str, two: &str) -> Ground {
    Ground {
        evidence: "the biller's letter of today".to_owned(),
        by: (PersonId::new(one).unwrap(), PersonId::new(two).unwrap()),
        seen: None,
    }
}

pub(super) async fn silent() -> World {
    World::new(Memory::AppliesAgain, StatusAnswer::None).await
}

#[tokio::test]
async fn two_persons_end_what_nobody_can_ask() {
    let found = Found::Applied {
        serial: "S-1".to_owned(),
    };
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Mute]).await;
    let one = by("lin-desk", "lin-desk");
    let refused = world.payments.decide_unknown(&payment, &found, &one).await;
    assert!(
        matches!(refused, Err(PaymentError::OnePerson)),
        "{refused:?}"
    );
    let two = by("lin-desk", "wang-desk");
    for _ in 0..2 {
        world
            .payments
            .decide_unknown(&payment, &found, &two)
            .await
            .unwrap();
    }
    let row = world.row(&payment).await;
    assert_eq!(row.snapshot.state.as_str(), "applied");
    assert_eq!(row.answer.application.unwrap().serial, "S-1");
    assert_eq!(row.payer.evidence.len(), 1, "once");
    assert_eq!(row.payer.evidence[0].persons.len(), 2);
    assert_eq!(world.money().await, (FUNDS - 500, 0));
    let contrary = world
        .payments
        .decide_unknown(&payment, &Found::NotApplied, &two)
        .await;
    assert!(
        matches!(contrary, Err(PaymentError::WrongState(_))),
        "{contrary:?}"
    );
    world.assert_books().await;
}

#[tokio::test]
async fn it_is_not_decided_that_nothing_happened_while_a_call_may_be_on_its_way() {
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Deaf]).await;
    let two = by("lin-desk", "wang-desk");
    let not_applied = Found::NotApplied;
    for passed in [0, 10 * 60_000 - 1] {
        world.pass(passed);
        let early = world.payments.decide_unknown(&payment, &not_applied, &two);
        let early = early.await;
        assert!(matches!(early, Err(PaymentError::NoProof(_))), "{early:?}");
    }
    world.pass(1);
    for _ in 0..2 {
        let decided = world.payments.decide_unknown(&payment, &not_applied, &two);
        decided.await.unwrap();
    }
    assert_eq!(world.state(&payment).await, "released");
    assert_eq!(world.money().await, (FUNDS, 0));
    world.assert_books().await;
}

/// The biller's day may turn up to two hours before or after ours, or a clock be so
/// wrong.
#[tokio::test]
async fn an_attempt_in_the_day_s_last_two_hours_may_stand_in_the_next_file() {
    // It is 16:00 where the days turn.
    let eight_hours = 8 * 3_600_000;
    for (before_the_end, is_proof) in [(7_200_000, false), (7_200_001, true)] {
        let mut world = silent().await;
        world.pass(eight_hours - before_the_end);
        let payment = world.submit(&[Mood::Deaf]).await;
        let covers = world.row(&payment).await.accounting_date;
        world.pass(24 * 3_600_000);
        let word = DayFileWord::NotFound { covers };
        let taken = world.payments.evidence_from_day_file(&payment, &word);
        assert_eq!(taken.await.is_ok(), is_proof, "{before_the_end}");
        let state = if is_proof { "released" } else { "unknown" };
        assert_eq!(world.state(&payment).await, state);
    }
}

#[tokio::test]
async fn a_day_file_decides_only_about_days_that_it_covers() {
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Deaf]).await;
    let day = world.row(&payment).await.accounting_date;
    world.pass(24 * 3_600_000);
    let absent = |covers| DayFileWord::NotFound { covers };
    let before = "2026-11-20".parse().unwrap();
    let early = world
        .payments
        .evidence_from_day_file(&payment, &absent(before))
        .await;
    assert!(matches!(early, Err(PaymentError::NoProof(_))), "{early:?}");
    world
        .payments
        .evidence_from_day_file(&payment, &absent(day))
        .await
        .unwrap();
    assert_eq!(world.state(&payment).await, "released");
    world.assert_books().await;
}

#[tokio::test]
async fn a_day_file_finds_what_was_applied_and_no_other_amount() {
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Mute]).await;
    let word = |amount| DayFileWord::Applied {
        serial: "S-1".to_owned(),
        amount: Money::cny(amount),
        at: "2026-11-21T08:00:00Z".to_owned(),
    };
    let other = world
        .payments
        .evidence_from_day_file(&payment, &word(499))
        .await;
    assert!(matches!(other, Err(PaymentError::NoProof(_))), "{other:?}");
    for _ in 0..2 {
        world
            .payments
            .evidence_from_day_file(&payment, &word(500))
            .await
            .unwrap();
    }
    assert_eq!(world.state(&payment).await, "applied");
    world.assert_books().await;
}

#[tokio::test]
async fn a_later_refund_needs_the_biller_and_then_gives_the_money_back() {
    for custom in [None, Some(Custom::HoldFirst), Some(Custom::CaptureFirst)] {
        let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
        if let Some(custom) = custom {
            world.pay_by_bank(custom).await;
        }
        let payment = world.submit(&[Mood::Good]).await;
        world.pass(24 * 3_600_000);
        let view = world
            .payments
            .reverse(&world.client, &payment, "moved away")
            .await
            .unwrap();
        assert_eq!(
            (view.state.as_str(), view.owner.as_deref()),
            ("refunding", Some("operator"))
        );
        assert!(view.news_by.unwrap() > world.ports.now());
        let again = world
            .payments
            .reverse(&world.client, &payment, "moved away")
            .await;
        assert_eq!(again.unwrap(), view);
        world.assert_books().await;
        world.pass(25 * 3_600_000);
        world.look().await;
        let view = world.payments.get(&world.client, &payment).await.unwrap();
        assert!(
            view.news_by.unwrap() > world.ports.now(),
            "the promise is renewed"
        );
        let two = by("lin-desk", "wang-desk");
        world.bank.will(Leg::Refund, Fault::LostAfter);
        let agreed = RefundAnswer::Agreed;
        world
            .payments
            .decide_refund(&payment, agreed, &two)
            .await
            .unwrap();
        world.assert_books().await;
        for _ in 0..4 {
            world.pass(31_000);
            world.look().await;
        }
        assert_eq!(world.state(&payment).await, "refunded", "{custom:?}");
        world
            .payments
            .decide_refund(&payment, agreed, &two)
            .await
            .unwrap();
        if custom.is_some() {
            assert_eq!(world.bank.effects(Leg::Refund, payment.as_str()), 1);
            assert_eq!(world.bank.available(), FUNDS);
        } else {
            assert_eq!(world.money().await, (FUNDS, 0));
        }
        assert_eq!(world.look().await, 0);
        world.assert_books().await;
    }
}

#[tokio::test]
async fn a_refund_that_the_biller_refuses_leaves_it_applied() {
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Good]).await;
    world.pass(24 * 3_600_000);
    world
        .payments
        .reverse(&world.client, &payment, "oops")
        .await
        .unwrap();
    let two = by("lin-desk", "wang-desk");
    let refused = RefundAnswer::Refused;
    world
        .payments
        .decide_refund(&payment, refused, &two)
        .await
        .unwrap();
    assert_eq!(world.state(&payment).await, "applied");
    assert_eq!(world.money().await, (FUNDS - 500, 0));
    assert_eq!(world.row(&payment).await.owner, None);
    world.assert_books().await;
}

#[tokio::test]
async fn what_a_biller_will_not_undo_it_is_asked_to_refund() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = world.submit(&[Mood::Good]).await;
    world.biller.will(&[Mood::Refusing]);
    let view = world
        .payments
        .reverse(&world.client, &payment, "oops")
        .await
        .unwrap();
    assert_eq!(view.state.as_str(), "reversing");
    world.look().await;
    assert_eq!(world.state(&payment).await, "applied");
    let view = world
        .payments
        .reverse(&world.client, &payment, "oops")
        .await
        .unwrap();
    assert_eq!(view.state.as_str(), "refunding");
    world.assert_books().await;
}
