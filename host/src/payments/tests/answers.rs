//! What a biller's answer is worth that comes late, is strange, or belongs to an
//! attempt that was not the last.

use guichet_domain::id::RecordId;
use guichet_domain::payment::StatusAnswer;
use serde_json::{Value, json};

use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::payments::drive::Look;
use crate::payments::judge::Question;
use crate::payments::reverse::Undoing;
use crate::payments::{Driven, SignedMessage};
use crate::store::PaymentRow;
use crate::terms::order::{Application, Outcome, Refusal, RefusalGround, ReversalOutcome};

async fn unheard(world: &mut World) -> RecordId {
    world.submit(&[Mood::Deaf; 2]).await
}

fn refused() -> Outcome {
    Outcome::Refused(Refusal {
        ground: RefusalGround::Definite,
        code: "E1".to_owned(),
        message: "no".to_owned(),
    })
}

fn applied(row: &PaymentRow) -> Outcome {
    Outcome::Applied(Application {
        serial: "S-1".to_owned(),
        amount: row.total,
        at: "2026-11-21T16:00:00+08:00".to_owned(),
        record: json!({}),
    })
}

/// The answer to a status query comes that was asked when the payment stood so.
async fn hear(world: &World, asked: &PaymentRow, outcome: Outcome) -> Look {
    let question = Question::Status {
        asked_at: world.ports.now(),
        waited_ms: 0,
    };
    let heard = world.payments.conclude(asked.clone(), outcome, question, 0);
    heard.await.unwrap()
}

/// The biller tells this by itself.
async fn tell(world: &World, row: &PaymentRow, mut body: Value) {
    body["reference"] = json!(row.id);
    let message = SignedMessage {
        id: "m1".to_owned(),
        timestamp: "1795000000".to_owned(),
        signatures: "good".to_owned(),
        body: serde_json::to_vec(&body).unwrap(),
    };
    let told = world.payments.callback(&row.service, &message).await;
    told.unwrap();
    assert_ne!(world.row(&row.id).await.version, row.version);
}

impl World {
    /// The receipt says what the log was told.
    pub(super) async fn assert_receipt(&self, payment: &RecordId) {
        let receipt = self.payments.receipt(&self.client, payment).await.unwrap();
        let told = receipt.history[0].entry.content;
        assert_eq!(told, Some(receipt.facts.digest()), "{:?}", receipt.facts);
    }
}

/// The log has the digest of what a receipt says; later evidence changes none of it,
/// and what the biller itself says is kept beside.
#[tokio::test]
async fn an_answer_after_the_evidence_changes_no_receipt() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = unheard(&mut world).await;
    let asked = world.row(&payment).await;
    let evidence = json!({"outcome": "applied", "serial": "S-9", "amount": asked.total});
    tell(&world, &asked, evidence).await;
    let receipt = world.payments.receipt(&world.client, &payment).await;
    let before = receipt.unwrap();
    assert_eq!(before.application.serial, "S-9");
    hear(&world, &asked, applied(&asked)).await;
    world.assert_receipt(&payment).await;
    let receipt = world.payments.receipt(&world.client, &payment).await;
    let after = receipt.unwrap();
    assert_eq!(after.facts, before.facts);
    let Outcome::Applied(own) = applied(&asked) else {
        unreachable!()
    };
    assert_eq!(after.application, own);
    let other = Application {
        serial: "S-2".to_owned(),
        ..own.clone()
    };
    hear(&world, &asked, Outcome::Applied(other)).await;
    let receipt = world.payments.receipt(&world.client, &payment).await;
    assert_eq!(receipt.unwrap(), after, "the first is kept");
    world.ask_back(&payment).await;
    let reversal = world.row(&payment).await.reversal.unwrap();
    assert_eq!(reversal.order.application, own, "what the biller knows");
    world.biller.calm();
    world.look().await;
    assert_eq!(world.state(&payment).await, "reversed");
    world.assert_receipt(&payment).await;
    world.assert_books().await;
}

/// An attempt to undo that was not answered; since then the biller has told
/// something.
async fn undoing_and_told() -> (World, PaymentRow) {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = world.submit(&[Mood::Good, Mood::Deaf]).await;
    world.ask_back(&payment).await;
    world.look().await;
    let asked = world.row(&payment).await;
    tell(&world, &asked, json!({"outcome": "changed"})).await;
    (world, asked)
}

#[tokio::test]
async fn an_answer_to_an_undoing_counts_where_only_a_note_was_made_meanwhile() {
    let reversed = ReversalOutcome::Reversed(json!({}));
    let unsent = ReversalOutcome::NotSent("closed".to_owned());
    for (outcome, state, attempt) in [(reversed, "reversed", 1), (unsent, "reversing", 0)] {
        let (world, asked) = undoing_and_told().await;
        let undoing = Undoing::Attempted { before: None };
        let concluded = world
            .payments
            .conclude_reversal(asked.clone(), &outcome, undoing, 0);
        let look = concluded.await.unwrap();
        assert_eq!(look, Look::Ended(Driven::Settled));
        let row = world.row(&asked.id).await;
        assert_eq!(row.snapshot.state.as_str(), state);
        assert_eq!(row.reversal.unwrap().order.attempt, attempt);
        world.assert_books().await;
    }
}

#[tokio::test]
async fn an_answer_to_an_earlier_attempt_to_undo_counts_no_more() {
    let (world, asked) = undoing_and_told().await;
    let mut earlier = asked.clone();
    if let Some(reversal) = &mut earlier.reversal {
        reversal.order.attempt = 0;
    }
    let outcome = ReversalOutcome::Reversed(json!({}));
    let concluded = world
        .payments
        .conclude_reversal(earlier, &outcome, Undoing::Asked, 0);
    let look = concluded.await.unwrap();
    assert_eq!(look, Look::Ended(Driven::Overtaken));
    assert_eq!(world.state(&asked.id).await, "reversing");
}

#[tokio::test]
async fn an_answer_counts_where_only_a_note_was_made_meanwhile() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = unheard(&mut world).await;
    let asked = world.row(&payment).await;
    tell(&world, &asked, json!({"outcome": "changed"})).await;
    hear(&world, &asked, refused()).await;
    assert_eq!(world.state(&payment).await, "released");
    assert_eq!(world.money().await, (FUNDS, 0));
    world.assert_books().await;
}

#[tokio::test]
async fn of_an_answer_to_an_earlier_attempt_only_an_application_counts() {
    let mut world = World::new(Memory::Deduplicates, StatusAnswer::None).await;
    let payment = unheard(&mut world).await;
    let asked = world.row(&payment).await;
    world.pass(2_000);
    world.look().await;
    assert_eq!(world.row(&payment).await.attempts, 2);
    let look = hear(&world, &asked, refused()).await;
    assert_eq!(look, Look::Ended(Driven::Overtaken));
    assert_eq!(world.state(&payment).await, "unknown");
    assert_eq!(world.money().await, (FUNDS, 500), "the money stays held");
    hear(&world, &asked, applied(&asked)).await;
    assert_eq!(world.state(&payment).await, "applied");
    assert_eq!(world.money().await, (FUNDS - 500, 0));
    world.assert_books().await;
}

/// Not answered; another node was told meanwhile that the biller never got it. And
/// the payment as it stood before.
async fn proven_unheard() -> (World, PaymentRow) {
    let proof = StatusAnswer::Authoritative { after_seconds: 30 };
    let mut world = World::new(Memory::AppliesAgain, proof).await;
    let payment = unheard(&mut world).await;
    let asked = world.row(&payment).await;
    world.pass(31_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "held");
    (world, asked)
}

#[tokio::test]
async fn an_application_that_meets_the_proof_of_the_contrary_is_left_to_people() {
    let (world, asked) = proven_unheard().await;
    hear(&world, &asked, applied(&asked)).await;
    let view = world.payments.get(&world.client, &asked.id).await.unwrap();
    let stands = (view.state.as_str(), view.owner.as_deref());
    assert_eq!(stands, ("unknown", Some("operator")));
    world.pass(31_000);
    world.look().await;
    assert_eq!(world.biller.state.lock().unwrap().submissions.len(), 1);
    assert_eq!(world.money().await, (FUNDS, 500), "the money stays held");
    world.assert_books().await;
}

/// Only an application contradicts it.
#[tokio::test]
async fn another_no_after_the_proof_changes_nothing() {
    let (world, asked) = proven_unheard().await;
    let held = world.row(&asked.id).await;
    for outcome in [refused(), Outcome::Unknown("no answer".to_owned())] {
        let look = hear(&world, &asked, outcome).await;
        assert_eq!(look, Look::Ended(Driven::Overtaken));
        assert_eq!(world.row(&asked.id).await, held);
    }
}

#[tokio::test]
async fn what_the_biller_says_it_has_undone_is_left_to_people_with_the_money_held() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = unheard(&mut world).await;
    let asked = world.row(&payment).await;
    hear(&world, &asked, Outcome::Reversed(json!({}))).await;
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    let stands = (view.state.as_str(), view.owner.as_deref());
    assert_eq!(stands, ("unknown", Some("operator")));
    let reason = view.reason.unwrap();
    assert_eq!(reason, "the biller says that it has undone the payment");
    assert_eq!(world.money().await, (FUNDS, 500));
    world.assert_books().await;
}

#[tokio::test]
async fn a_slow_biller_is_reminded_of_what_it_said() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    world.biller.will(&[Mood::Slow]);
    let made = world.pay("k1", "1", 500).await.unwrap();
    world.drive_next().await;
    let view = world.payments.get(&world.client, &made.payment).await;
    assert_eq!(view.unwrap().reason.as_deref(), Some("later"));
    world.pass(3_000);
    world.look().await;
    assert_eq!(world.state(&made.payment).await, "applied");
    let reminders = world.biller.state.lock().unwrap().reminders.clone();
    assert_eq!(reminders, [Some(json!({"token": "t"}))]);
}
