//! Decisions of two that were made about something else than what they meet.

use guichet_domain::id::{PersonId, RecordId};
use guichet_domain::payment::StatusAnswer;
use guichet_domain::work_order::Seen;

use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::payments::{Found, Ground, PaymentError, RefundAnswer};

fn ground(seen: Seen) -> Ground {
    Ground {
        evidence: "the biller's letter of today".to_owned(),
        by: (
            PersonId::new("lin-desk").unwrap(),
            PersonId::new("wang-desk").unwrap(),
        ),
        seen: Some(seen),
    }
}

async fn seen_now(world: &World, payment: &RecordId) -> Ground {
    ground(world.payments.seen(payment).await.unwrap().unwrap())
}

#[tokio::test]
async fn that_it_was_not_applied_does_not_speak_for_an_attempt_begun_since() {
    let mut world = World::new(Memory::Deduplicates, StatusAnswer::None).await;
    let payment = world.submit(&[Mood::Deaf, Mood::Mute]).await;
    let early = seen_now(&world, &payment).await;
    world.pass(10 * 60_000);
    let before = seen_now(&world, &payment).await;
    assert!(!early.seen.unwrap().quiet);
    assert!(before.seen.unwrap().quiet);
    let decide = async |ground: &Ground| {
        let found = Found::NotApplied;
        world
            .payments
            .decide_unknown(&payment, &found, ground)
            .await
    };
    let refused = decide(&early).await;
    assert!(
        matches!(refused, Err(PaymentError::NoProof(_))),
        "they looked too early: {refused:?}"
    );
    assert_eq!(world.look().await, 1, "it is sent again, and applied");
    world.pass(10 * 60_000);
    let late = decide(&before).await;
    assert!(matches!(late, Err(PaymentError::NoProof(_))), "{late:?}");
    assert_eq!(world.money().await, (FUNDS, 500));
    let now = seen_now(&world, &payment).await;
    decide(&now).await.unwrap();
    assert_eq!(world.state(&payment).await, "released");
    decide(&now).await.unwrap();
    decide(&before).await.unwrap();
    world.assert_books().await;
}

#[tokio::test]
async fn an_answer_to_one_request_for_a_refund_is_none_to_the_next() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = world.submit(&[]).await;
    let refused = RefundAnswer::Refused;
    let mut grounds = Vec::new();
    for _ in 0..2 {
        world.pass(24 * 3_600_000);
        let reason = "moved away";
        let asked = world.payments.reverse(&world.client, &payment, reason);
        assert_eq!(asked.await.unwrap().state.as_str(), "refunding");
        for earlier in &grounds {
            let late = world.payments.decide_refund(&payment, refused, earlier);
            let late = late.await;
            assert!(matches!(late, Err(PaymentError::NoProof(_))), "{late:?}");
        }
        assert_eq!(world.state(&payment).await, "refunding");
        let now = seen_now(&world, &payment).await;
        for _ in 0..2 {
            let decided = world.payments.decide_refund(&payment, refused, &now);
            decided.await.unwrap();
        }
        assert_eq!(world.state(&payment).await, "applied");
        grounds.push(now);
    }
    world.assert_books().await;
}

#[tokio::test]
async fn a_clock_that_was_set_does_not_end_an_attempt() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::None).await;
    let payment = world.submit(&[Mood::Deaf]).await;
    world.clock.jump(3_600_000);
    let early = decide_not_applied(&world, &payment).await;
    assert!(matches!(early, Err(PaymentError::NoProof(_))), "{early:?}");
    world.pass(10 * 60_000);
    decide_not_applied(&world, &payment).await.unwrap();
    assert_eq!(world.state(&payment).await, "released");
}

/// A node that was just started has not waited itself; no clock is two hours wrong.
#[tokio::test]
async fn what_began_long_ago_has_ended_for_a_node_that_was_just_started() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::None).await;
    let payment = world.submit(&[Mood::Deaf]).await;
    world.pass(130 * 60_000 - 1);
    world.restart().await;
    let early = decide_not_applied(&world, &payment).await;
    assert!(matches!(early, Err(PaymentError::NoProof(_))), "{early:?}");
    world.clock.jump(1);
    decide_not_applied(&world, &payment).await.unwrap();
    assert_eq!(world.state(&payment).await, "released");
}

/// Two persons say so of the payment as it stands.
async fn decide_not_applied(world: &World, payment: &RecordId) -> Result<(), PaymentError> {
    let ground = seen_now(world, payment).await;
    let found = Found::NotApplied;
    let decided = world.payments.decide_unknown(payment, &found, &ground);
    decided.await.map(drop)
}

#[tokio::test]
async fn that_it_stays_applied_is_not_decided_while_it_may_be_undone() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::None).await;
    let payment = world.submit(&[Mood::Good, Mood::Mute]).await;
    let asked = world.payments.reverse(&world.client, &payment, "oops");
    asked.await.unwrap();
    world.look().await;
    assert_eq!(world.state(&payment).await, "reversing");
    let decide = async || {
        let ground = seen_now(&world, &payment).await;
        let found = Found::Applied {
            serial: "S-1".to_owned(),
        };
        let decided = world.payments.decide_unknown(&payment, &found, &ground);
        decided.await
    };
    let early = decide().await;
    assert!(matches!(early, Err(PaymentError::NoProof(_))), "{early:?}");
    world.pass(10 * 60_000);
    decide().await.unwrap();
    assert_eq!(world.state(&payment).await, "applied");
    world.assert_books().await;
}
