//! What is unknown is found out, never guessed; and a worker may die anywhere.

use guichet_domain::payment::StatusAnswer;

use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::store::Claim;

const PROOF: StatusAnswer = StatusAnswer::Authoritative { after_seconds: 30 };

#[tokio::test]
async fn a_lost_answer_is_asked_for_and_found() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = world.submit(&[Mood::Mute]).await;
    assert_eq!(world.state(&payment).await, "unknown");
    assert_eq!(world.money().await, (FUNDS, 500), "the money stays held");
    world.assert_books().await;
    world.pass(2_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "applied");
    assert_eq!(world.biller.effects_of(payment.as_str()), 1);
    world.assert_books().await;
}

#[tokio::test]
async fn an_advisory_not_found_never_submits_again_nor_releases() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = world.submit(&[Mood::Deaf]).await;
    for _ in 0..30 {
        world.pass(400_000);
        world.look().await;
    }
    assert_eq!(world.state(&payment).await, "unknown");
    assert_eq!(world.money().await, (FUNDS, 500));
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    assert_eq!(
        view.owner.as_deref(),
        Some("operator"),
        "people look at it by now"
    );
    assert!(view.news_by.unwrap() > world.ports.now());
    assert_eq!(world.biller.state.lock().unwrap().submissions.len(), 1);
    world.assert_books().await;
}

#[tokio::test]
async fn an_authoritative_not_found_counts_only_after_its_delay() {
    let mut world = World::new(Memory::AppliesAgain, PROOF).await;
    let payment = world.submit(&[Mood::Deaf]).await;
    world.pass(5_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "unknown");
    assert_eq!(world.biller.state.lock().unwrap().submissions.len(), 1);
    for _ in 0..6 {
        world.pass(31_000);
        world.look().await;
    }
    assert_eq!(
        world.state(&payment).await,
        "applied",
        "submitted again after proof"
    );
    assert_eq!(world.biller.effects_of(payment.as_str()), 1);
    world.assert_books().await;
}

#[tokio::test]
async fn what_was_not_sent_is_sent_soon_however_often_it_was_asked_about() {
    let mut world = World::new(Memory::AppliesAgain, PROOF).await;
    world.biller.will(&[Mood::Deaf]);
    let payment = world.pay("k1", "1", 500).await.unwrap().payment;
    // Workers that died have looked at it many times.
    let claim = Claim {
        tries: 20,
        ..world.queue.try_recv().unwrap()
    };
    world.payments.drive(&claim).await.unwrap();
    world.pass(31_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "held");
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    assert!(view.owner.is_some() && view.news_by.unwrap() > world.ports.now());
    world.pass(2_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "applied");
    world.assert_books().await;
}

#[tokio::test]
async fn a_biller_that_deduplicates_is_asked_to_apply_again() {
    let mut world = World::new(Memory::Deduplicates, StatusAnswer::None).await;
    let payment = world.submit(&[Mood::Mute]).await;
    world.pass(2_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "applied");
    let attempts: Vec<u32> = world
        .biller
        .state
        .lock()
        .unwrap()
        .submissions
        .iter()
        .map(|s| s.1)
        .collect();
    assert_eq!(attempts, [1, 2]);
    assert_eq!(world.biller.effects_of(payment.as_str()), 1);
    world.assert_books().await;
}

#[tokio::test]
async fn a_silent_biller_without_memory_is_left_to_people() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::None).await;
    let payment = world.submit(&[Mood::Mute]).await;
    for _ in 0..5 {
        world.pass(3_600_000);
        world.look().await;
    }
    assert_eq!(world.state(&payment).await, "unknown");
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    assert_eq!(view.owner.as_deref(), Some("operator"));
    assert_eq!(world.biller.state.lock().unwrap().submissions.len(), 1);
    world.assert_books().await;
}

#[tokio::test]
async fn what_proves_nothing_releases_nothing() {
    for mood in [Mood::PerhapsPaid, Mood::WrongAmount] {
        let mut world = World::new(Memory::AppliesAgain, StatusAnswer::None).await;
        let payment = world.submit(&[mood]).await;
        assert_eq!(world.state(&payment).await, "unknown", "{mood:?}");
        assert_eq!(world.money().await, (FUNDS, 500), "{mood:?}");
        world.assert_books().await;
    }
}

#[tokio::test]
async fn a_refused_repetition_does_not_speak_for_the_first_attempt() {
    let mut world = World::new(Memory::Deduplicates, StatusAnswer::None).await;
    let payment = world.submit(&[Mood::Mute]).await;
    for mood in [Mood::Refusing, Mood::Unsent] {
        world.biller.will(&[mood]);
        world.pass(20_000);
        world.look().await;
        assert_eq!(world.state(&payment).await, "unknown", "{mood:?}");
    }
    world.pass(60_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "applied");
    world.assert_books().await;
}

#[tokio::test]
async fn nothing_sent_is_tried_again_and_expires_with_the_money_back() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::None).await;
    let payment = world.submit(&[Mood::Unsent]).await;
    assert_eq!(world.state(&payment).await, "held");
    world.biller.will(&[Mood::Unsent; 30]);
    world.pass(1_000);
    world.look().await;
    assert_eq!(world.biller.state.lock().unwrap().submissions.len(), 2);
    world.pass(16 * 60_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "expired");
    assert_eq!(world.money().await, (FUNDS, 0));
    world.assert_books().await;
}

#[tokio::test]
async fn a_slow_biller_is_asked_when_it_said() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = world.submit(&[Mood::Slow]).await;
    assert_eq!(world.state(&payment).await, "pending");
    world.pass(1_000);
    assert_eq!(world.look().await, 0);
    world.pass(2_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "applied");
    world.assert_books().await;
}

/// The worker dies while the biller is called, before or after the effect.
#[tokio::test]
async fn a_worker_that_dies_in_the_call_is_survived() {
    for (mood, memory, status, end) in [
        (Mood::Hanging, Memory::AppliesAgain, PROOF, "applied"),
        (Mood::HangingAfter, Memory::AppliesAgain, PROOF, "applied"),
        (
            Mood::HangingAfter,
            Memory::AppliesAgain,
            StatusAnswer::Advisory,
            "applied",
        ),
        (
            Mood::Hanging,
            Memory::Deduplicates,
            StatusAnswer::None,
            "applied",
        ),
        (
            Mood::HangingAfter,
            Memory::Deduplicates,
            StatusAnswer::None,
            "applied",
        ),
        (
            Mood::HangingAfter,
            Memory::AppliesAgain,
            StatusAnswer::None,
            "unknown",
        ),
    ] {
        let mut world = World::new(memory, status).await;
        world.biller.will(&[mood]);
        let made = world.pay("k1", "1", 500).await.unwrap();
        let claim = world.queue.try_recv().unwrap();
        let payments = world.payments.clone();
        let task = tokio::spawn(async move { payments.drive(&claim).await });
        while world.biller.state.lock().unwrap().submissions.is_empty() {
            tokio::task::yield_now().await;
        }
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        world.restart().await;
        assert_eq!(world.state(&made.payment).await, "submitted");
        world.assert_books().await;
        for _ in 0..8 {
            world.pass(31_000);
            world.look().await;
        }
        assert_eq!(
            world.state(&made.payment).await,
            end,
            "{mood:?} {memory:?} {status:?}"
        );
        assert!(world.biller.effects_of(made.payment.as_str()) <= 1);
        world.assert_books().await;
    }
}

/// The node dies after the acknowledgement, before anything was done.
#[tokio::test]
async fn what_was_acknowledged_is_done_after_a_restart() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::None).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    world.restart().await;
    world.pass(1);
    assert_eq!(world.look().await, 1);
    assert_eq!(world.state(&made.payment).await, "applied");
    assert_eq!(world.biller.effects_of(made.payment.as_str()), 1);
    world.assert_books().await;
}

#[tokio::test]
async fn a_live_lease_is_respected_and_a_dead_one_taken_over() {
    let world = World::new(Memory::AppliesAgain, StatusAnswer::None).await;
    world.pay("k1", "1", 500).await.unwrap();
    assert_eq!(world.look().await, 0, "the creator holds the lease");
    world.pass(10_001);
    assert_eq!(world.look().await, 1);
}

#[tokio::test]
async fn two_workers_on_one_payment_have_one_effect() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    let claim = world.queue.try_recv().unwrap();
    let (one, two) = tokio::join!(world.payments.drive(&claim), world.payments.drive(&claim));
    one.unwrap();
    two.unwrap();
    assert_eq!(world.biller.effects_of(made.payment.as_str()), 1);
    assert_eq!(world.biller.state.lock().unwrap().submissions.len(), 1);
    world.assert_books().await;
}

#[tokio::test]
async fn a_lost_answer_to_a_reversal_is_asked_for() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = world.submit(&[Mood::Good]).await;
    world.biller.will(&[Mood::Mute]);
    world
        .payments
        .reverse(&world.client, &payment, "mistake")
        .await
        .unwrap();
    world.look().await;
    assert_eq!(world.state(&payment).await, "reversing");
    assert_eq!(world.money().await, (FUNDS - 500, 0));
    world.assert_books().await;
    world.pass(2_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "reversed");
    assert_eq!(world.biller.state.lock().unwrap().reversed.len(), 1);
    assert_eq!(world.money().await, (FUNDS, 0));
    world.assert_books().await;
}
