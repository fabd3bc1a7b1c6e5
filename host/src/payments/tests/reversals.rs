//! Undoing an applied payment: once, and again only on proof that the biller was
//! never reached.

use guichet_domain::Money;
use guichet_domain::id::RecordId;
use guichet_domain::payment::StatusAnswer;
use serde_json::json;

use super::fakes::biller::{Memory, Mood};
use super::outside::{by, silent};
use super::world::{FUNDS, World};
use crate::payments::apply::Draft;
use crate::payments::{DayFileWord, Found, PaymentError, PaymentView};
use crate::store::Schedule;

const PROOF: StatusAnswer = StatusAnswer::Authoritative { after_seconds: 30 };

/// A payment of 500 that is applied and whose money is asked back, with the first
/// attempt to undo it in this mood.
async fn undoing(status: StatusAnswer, mood: Mood) -> (World, RecordId) {
    let mut world = World::new(Memory::AppliesAgain, status).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    world.drive_next().await;
    world.pass(600_000);
    world.biller.will(&[mood]);
    world.ask_back(&made.payment).await;
    assert_eq!(world.look().await, 1);
    (world, made.payment)
}

impl World {
    pub(super) async fn ask_back(&self, payment: &RecordId) -> PaymentView {
        let view = self.payments.reverse(&self.client, payment, "oops").await;
        let view = view.unwrap();
        assert_eq!(view.state.as_str(), "reversing");
        view
    }

    /// Looks after one payment now, whenever it is due.
    pub(super) async fn look_at(&self, payment: &RecordId) {
        self.payments.look_now(payment).await.unwrap();
        self.look().await;
    }

    pub(super) fn undone(&self) -> usize {
        self.biller.state.lock().unwrap().reversed.len()
    }

    async fn attempts_to_undo(&self, payment: &RecordId) -> u32 {
        let row = self.row(payment).await;
        row.reversal.map_or(0, |reversal| reversal.order.attempt)
    }
}

#[tokio::test]
async fn asked_for_twice_it_is_one_reversal_and_the_receipt_tells_it() {
    let (world, payment) = undoing(StatusAnswer::Advisory, Mood::Deaf).await;
    let before = world.row(&payment).await;
    let again = world.ask_back(&payment).await;
    assert_eq!(again, PaymentView::of(&before));
    assert_eq!(world.row(&payment).await, before, "nothing has changed");
    let two = by("lin-desk", "wang-desk");
    world.pass(600_000);
    let decided = world
        .payments
        .decide_unknown(&payment, &Found::NotApplied, &two);
    decided.await.unwrap();
    assert_eq!(world.state(&payment).await, "reversed");
    let receipt = world.payments.receipt(&world.client, &payment).await;
    let history = receipt.unwrap().history;
    let states: Vec<&str> = history.iter().map(|one| one.entry.state.as_str()).collect();
    assert_eq!(states, ["applied", "reversing", "reversed"]);
    assert_eq!(history[0].entry.event, "applied");
}

#[tokio::test]
async fn another_attempt_needs_proof_and_the_whole_delay() {
    let (world, payment) = undoing(PROOF, Mood::Deaf).await;
    for (passed, attempts) in [(1_100, 1), (28_899, 1), (1, 2)] {
        world.pass(passed);
        world.look_at(&payment).await;
        assert_eq!(world.attempts_to_undo(&payment).await, attempts, "{passed}");
    }
    assert_eq!(world.state(&payment).await, "reversed");
    assert_eq!((world.undone(), world.money().await), (1, (FUNDS, 0)));
    world.assert_books().await;
}

/// Both clocks must agree that the delay has passed.
#[tokio::test]
async fn a_clock_that_is_set_proves_nothing_about_an_attempt_to_undo() {
    let hour_ms = 3_600_000;
    for (jump, passed) in [(hour_ms, 29_000), (-hour_ms, 31_000)] {
        let (world, payment) = undoing(PROOF, Mood::Deaf).await;
        world.clock.jump(jump);
        world.pass(passed);
        world.look_at(&payment).await;
        assert_eq!(world.attempts_to_undo(&payment).await, 1, "{jump}");
        world.pass(2 * hour_ms);
        world.look_at(&payment).await;
        assert_eq!(world.attempts_to_undo(&payment).await, 2, "{jump}");
        assert_eq!(world.state(&payment).await, "reversed");
    }
}

#[tokio::test]
async fn without_proof_there_is_one_attempt_and_then_people() {
    for (status, mood, reason) in [
        (
            StatusAnswer::Advisory,
            Mood::Deaf,
            "not known to the biller yet",
        ),
        (
            StatusAnswer::Advisory,
            Mood::PerhapsPaid,
            "not known to the biller yet",
        ),
        (StatusAnswer::None, Mood::Deaf, "the biller cannot be asked"),
        (StatusAnswer::None, Mood::Mute, "the biller cannot be asked"),
    ] {
        let (world, payment) = undoing(status, mood).await;
        let view = world.payments.get(&world.client, &payment).await.unwrap();
        assert_eq!(view.owner.as_deref(), Some("worker"), "{mood:?}");
        for _ in 0..30 {
            world.pass(400_000);
            world.look().await;
        }
        let view = world.payments.get(&world.client, &payment).await.unwrap();
        let stands = (view.state.as_str(), view.owner.as_deref());
        assert_eq!(stands, ("reversing", Some("operator")), "{mood:?}");
        assert_eq!(view.reason.as_deref(), Some(reason), "{mood:?}");
        assert!(view.news_by.unwrap() > world.ports.now());
        assert_eq!(world.attempts_to_undo(&payment).await, 1, "{mood:?}");
        assert_eq!(world.money().await, (FUNDS - 500, 0));
        world.assert_books().await;
    }
}

#[tokio::test]
async fn what_was_never_sent_is_sent_at_the_next_look() {
    let (world, payment) = undoing(StatusAnswer::None, Mood::Unsent).await;
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    assert_eq!(view.reason.as_deref(), Some("no connection"));
    assert_eq!(world.undone(), 0);
    world.pass(499);
    assert_eq!(world.look().await, 0, "not at once");
    world.pass(126);
    assert_eq!(world.look().await, 1);
    assert_eq!(world.state(&payment).await, "reversed");
    assert_eq!(world.money().await, (FUNDS, 0));
    world.assert_books().await;
}

#[tokio::test]
async fn a_slow_biller_is_asked_when_it_said_and_with_what_it_said() {
    let (world, payment) = undoing(StatusAnswer::Advisory, Mood::Slow).await;
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    assert_eq!(view.reason.as_deref(), Some("later"));
    world.pass(1_999);
    assert_eq!(world.look().await, 0);
    world.pass(501);
    assert_eq!(world.look().await, 1);
    assert_eq!(world.state(&payment).await, "reversed");
    let reminders = world.biller.state.lock().unwrap().reminders.clone();
    assert_eq!(reminders, [Some(json!({"token": "t"}))]);
}

#[tokio::test]
async fn two_persons_end_a_reversal_that_nobody_can_ask_about() {
    for (found, state, money) in [
        (Found::NotApplied, "reversed", FUNDS),
        (
            Found::Applied {
                serial: "S-other".to_owned(),
            },
            "applied",
            FUNDS - 500,
        ),
    ] {
        let (world, payment) = undoing(StatusAnswer::None, Mood::Mute).await;
        let before = world.row(&payment).await.answer.application;
        let two = by("lin-desk", "wang-desk");
        if found == Found::NotApplied {
            // The payment itself was sent long ago, the reversal just now.
            let early = world.payments.decide_unknown(&payment, &found, &two);
            let early = early.await;
            assert!(matches!(early, Err(PaymentError::NoProof(_))), "{early:?}");
        }
        world.pass(600_000);
        for _ in 0..2 {
            let decided = world.payments.decide_unknown(&payment, &found, &two);
            decided.await.unwrap();
        }
        let row = world.row(&payment).await;
        assert_eq!(row.snapshot.state.as_str(), state);
        assert_eq!(
            row.answer.application, before,
            "the biller's first evidence stays"
        );
        assert_eq!(row.payer.evidence.len(), 1, "once");
        assert_eq!(world.money().await, (money, 0));
        world.assert_books().await;
    }
}

#[tokio::test]
async fn what_cannot_be_sent_becomes_people_s_and_they_may_decide() {
    let (world, payment) = undoing(StatusAnswer::Advisory, Mood::Unsent).await;
    world.biller.will(&[Mood::Unsent; 40]);
    let row = world.row(&payment).await;
    assert_eq!(row.owner.as_deref(), Some("worker"));
    assert_eq!(row.reversal.unwrap().attempted_at, None, "nothing left");
    for _ in 0..30 {
        world.pass(400_000);
        world.look().await;
    }
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    let stands = (view.state.as_str(), view.owner.as_deref());
    assert_eq!(stands, ("reversing", Some("operator")));
    assert!(view.news_by.unwrap() > world.ports.now());
    let two = by("lin-desk", "wang-desk");
    let decided = world
        .payments
        .decide_unknown(&payment, &Found::NotApplied, &two);
    decided.await.unwrap();
    assert_eq!(world.state(&payment).await, "reversed");
    assert_eq!(world.undone(), 0);
    world.assert_books().await;
}

/// What may have left the house before is not forgotten.
#[tokio::test]
async fn an_attempt_that_was_not_sent_leaves_the_moment_of_the_one_before() {
    let (world, payment) = undoing(PROOF, Mood::Deaf).await;
    let begun = world.row(&payment).await.reversal.unwrap().attempted_at;
    assert!(begun.is_some());
    world.biller.will(&[Mood::Unsent]);
    world.pass(30_000);
    world.look_at(&payment).await;
    let reversal = world.row(&payment).await.reversal.unwrap();
    assert_eq!((reversal.order.attempt, reversal.attempted_at), (0, begun));
}

/// A biller can undo what it has said itself; of the rest it is asked for a refund.
#[tokio::test]
async fn what_was_found_out_by_other_ways_is_refunded_and_not_undone() {
    let two = by("lin-desk", "wang-desk");
    let found = Found::Applied {
        serial: "S-1".to_owned(),
    };
    let word = DayFileWord::Applied {
        serial: "S-1".to_owned(),
        amount: Money::cny(500),
        at: "2026-11-21T08:00:00Z".to_owned(),
    };
    for is_decided in [true, false] {
        let mut world = silent().await;
        let payment = world.submit(&[Mood::Mute]).await;
        let payments = &world.payments;
        if is_decided {
            let decided = payments.decide_unknown(&payment, &found, &two);
            decided.await.unwrap();
        } else {
            let taken = payments.evidence_from_day_file(&payment, &word);
            taken.await.unwrap();
        }
        let asked = payments.reverse(&world.client, &payment, "oops").await;
        let view = asked.unwrap();
        let stands = (view.state.as_str(), view.owner.as_deref());
        assert_eq!(stands, ("refunding", Some("operator")), "{is_decided}");
        assert_eq!(world.undone(), 0);
        world.assert_books().await;
    }
}

/// The receipt says where the payment stands now, however long its history is.
#[tokio::test]
async fn a_receipt_of_a_long_history_tells_its_end() {
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Good]).await;
    let mut draft = Draft::of(&world.row(&payment).await, world.ports.now());
    for _ in 0..1_000 {
        draft.note("callback_received");
    }
    let noted = world.payments.record(draft.finish(Schedule::Keep)).await;
    noted.unwrap();
    world.ask_back(&payment).await;
    world.look().await;
    let receipt = world.payments.receipt(&world.client, &payment).await;
    let history = receipt.unwrap().history;
    let told: Vec<_> = history
        .iter()
        .map(|one| (one.entry.event.as_str(), one.entry.state.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("applied", "applied"),
            ("reversal_asked", "reversing"),
            ("reversal_done", "reversed")
        ]
    );
    world.assert_books().await;
}
