//! What billers tell by themselves: evidence with their signature, once, whenever it
//! comes; nothing without.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use guichet_domain::Money;
use guichet_domain::id::{RecordId, ServiceCode};
use guichet_domain::payment::StatusAnswer;
use serde_json::json;

use super::fakes::biller::{Memory, Mood};
use super::outside::{by, silent};
use super::world::{FUNDS, World};
use crate::payments::{Found, Heard, PaymentError, SignedMessage};

fn service() -> ServiceCode {
    ServiceCode::new("water-330100-1").unwrap()
}

fn applied(payment: &RecordId, amount: i64, id: &str) -> SignedMessage {
    let body = json!({
        "reference": payment,
        "outcome": "applied",
        "serial": "S-9",
        "amount": Money::cny(amount),
        "at": "2026-11-21T16:00:00+08:00",
    });
    SignedMessage {
        id: id.to_owned(),
        timestamp: "1795000000".to_owned(),
        signatures: "good".to_owned(),
        body: serde_json::to_vec(&body).unwrap(),
    }
}

#[tokio::test]
async fn a_signed_callback_is_evidence_once_and_a_forged_one_is_nothing() {
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Mute]).await;
    let message = applied(&payment, 500, "m1");
    let mut forged = message.clone();
    forged.signatures = "bad".to_owned();
    let before = world.row(&payment).await;
    let refused = world.payments.callback(&service(), &forged).await;
    assert!(matches!(refused, Err(PaymentError::Forged)), "{refused:?}");
    assert_eq!(world.row(&payment).await, before, "nothing has changed");
    let heard = world.payments.callback(&service(), &message).await.unwrap();
    assert_eq!(heard, Heard::Now);
    let row = world.row(&payment).await;
    assert_eq!(row.snapshot.state.as_str(), "applied");
    assert_eq!(row.answer.application.as_ref().unwrap().serial, "S-9");
    assert_eq!(world.money().await, (FUNDS - 500, 0));
    for _ in 0..10 {
        let again = world.payments.callback(&service(), &message).await.unwrap();
        assert_eq!(again, Heard::Before);
    }
    assert_eq!(world.row(&payment).await, row);
    world.assert_books().await;
}

#[tokio::test]
async fn a_callback_with_another_amount_or_service_moves_no_money() {
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Mute]).await;
    let other = applied(&payment, 499, "m1");
    world.payments.callback(&service(), &other).await.unwrap();
    let row = world.row(&payment).await;
    assert_eq!(row.snapshot.state.as_str(), "unknown");
    assert_eq!(row.owner.as_deref(), Some("operator"));
    let foreign = ServiceCode::new("gas-330100-1").unwrap();
    let refused = world
        .payments
        .callback(&foreign, &applied(&payment, 500, "m2"))
        .await;
    assert!(
        matches!(refused, Err(PaymentError::NotFound)),
        "{refused:?}"
    );
    assert_eq!(world.money().await, (FUNDS, 500));
    world.assert_books().await;
}

#[tokio::test]
async fn a_callback_may_come_before_our_own_answer() {
    for mood in [Mood::HangingAfter, Mood::Good, Mood::Mute] {
        let mut world = silent().await;
        world.biller.will(&[mood]);
        let made = world.pay("k1", "1", 500).await.unwrap();
        let claim = world.queue.try_recv().unwrap();
        let message = applied(&made.payment, 500, "m1");
        let payments = world.payments.clone();
        if mood == Mood::HangingAfter {
            tokio::select! {
                biased;
                _ = payments.drive(&claim) => unreachable!(),
                () = world.biller.hung.notified() => {}
            }
            assert_eq!(world.state(&made.payment).await, "submitted");
            payments.callback(&service(), &message).await.unwrap();
        } else {
            let code = service();
            let callback = async {
                while world.biller.state.lock().unwrap().submissions.is_empty() {
                    tokio::task::yield_now().await;
                }
                payments.callback(&code, &message).await
            };
            let (driven, heard) = tokio::join!(payments.drive(&claim), callback);
            driven.unwrap();
            heard.unwrap();
        }
        assert_eq!(world.state(&made.payment).await, "applied", "{mood:?}");
        world.assert_receipt(&made.payment).await;
        assert_eq!(world.biller.effects_of(made.payment.as_str()), 1);
        assert_eq!(world.money().await, (FUNDS - 500, 0));
        world.assert_books().await;
    }
}

#[tokio::test]
async fn a_callback_that_proves_nothing_is_a_reason_to_ask_now() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = world.submit(&[Mood::Mute]).await;
    assert_eq!(world.look().await, 0, "not due yet");
    let mut message = applied(&payment, 500, "m1");
    message.body =
        serde_json::to_vec(&json!({"reference": payment, "outcome": "changed"})).unwrap();
    world.payments.callback(&service(), &message).await.unwrap();
    assert_eq!(world.look().await, 1);
    assert_eq!(world.state(&payment).await, "applied");
    world.assert_books().await;
}

/// What the house says to its operator's log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn holds(&self, words: &str) -> bool {
        String::from_utf8_lossy(&self.0.lock().unwrap()).contains(words)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The biller may have mixed payments up, or been deceived: people have to know.
#[tokio::test]
async fn a_callback_about_what_was_never_sent_moves_nothing_and_is_told_the_operator() {
    for (is_held, outcome, is_told) in [
        (true, "applied", true),
        (true, "refused", false),
        (false, "applied", false),
    ] {
        let mut world = silent().await;
        let made = world.pay("k1", "1", 500).await.unwrap();
        if !is_held {
            world.drive_next().await;
        }
        let (state, money) = (world.state(&made.payment).await, world.money().await);
        let mut message = applied(&made.payment, 500, "m1");
        let body = json!({"reference": made.payment, "outcome": outcome});
        message.body = serde_json::to_vec(&body).unwrap();
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone());
        let told = tracing::subscriber::set_default(subscriber.finish());
        world.payments.callback(&service(), &message).await.unwrap();
        drop(told);
        let words = "applied of what was never sent";
        assert_eq!(log.holds(words), is_told, "{is_held} {outcome}");
        assert_eq!(world.state(&made.payment).await, state);
        assert_eq!(world.money().await, money);
        world.assert_books().await;
    }
}

/// However many messages come, the payment keeps the first ones; the history tells
/// of all.
#[tokio::test]
async fn a_payment_keeps_so_much_evidence_and_no_more() {
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Mute]).await;
    for number in 0..34 {
        let message = applied(&payment, 499, &format!("m{number}"));
        world.payments.callback(&service(), &message).await.unwrap();
    }
    assert_eq!(world.row(&payment).await.payer.evidence.len(), 32);
    let events = world
        .payments
        .events(&world.client, &payment)
        .await
        .unwrap();
    let heard = events.iter().filter(|one| one.event == "callback_received");
    assert_eq!(heard.count(), 34);
}

/// Beyond a bound nothing is written any more; evidence still counts.
#[tokio::test]
async fn a_flood_of_messages_about_one_payment_fills_no_books() {
    let mut world = silent().await;
    let payment = world.submit(&[Mood::Mute]).await;
    let body = json!({"reference": payment, "outcome": "changed"});
    let body = serde_json::to_vec(&body).unwrap();
    for number in 0..103 {
        let mut message = applied(&payment, 500, &format!("m{number}"));
        message.body.clone_from(&body);
        let heard = world.payments.callback(&service(), &message).await;
        assert_eq!(heard.unwrap(), Heard::Now);
    }
    let events = world.payments.events(&world.client, &payment).await;
    let events = events.unwrap();
    let heard = events.iter().filter(|one| one.event == "callback_received");
    assert_eq!(heard.count(), 100);
    for (id, is_known) in [("m99", true), ("m100", false)] {
        let known = world.payments.store().knows_callback(&service(), id).await;
        assert_eq!(known.unwrap(), is_known, "{id}");
    }
    let other = applied(&payment, 499, "m103");
    let before = world.row(&payment).await;
    world.payments.callback(&service(), &other).await.unwrap();
    assert_eq!(world.row(&payment).await, before);
    let message = applied(&payment, 500, "m104");
    world.payments.callback(&service(), &message).await.unwrap();
    assert_eq!(world.state(&payment).await, "applied");
    world.assert_books().await;
}

const PROOF: StatusAnswer = StatusAnswer::Authoritative { after_seconds: 30 };

/// An attempt that the biller says it did not get, and then that it has applied it.
async fn contradicted(mood: Mood, amount: i64) -> (World, RecordId) {
    let mut world = World::new(Memory::AppliesAgain, PROOF).await;
    let payment = world.submit(&[mood]).await;
    world.pass(31_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "held");
    let message = applied(&payment, amount, "m1");
    world.payments.callback(&service(), &message).await.unwrap();
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    let stands = (view.state.as_str(), view.owner.as_deref());
    assert_eq!(stands, ("unknown", Some("operator")));
    assert!(view.news_by.unwrap() > world.ports.now());
    assert_eq!(world.money().await, (FUNDS, 500), "the money stays held");
    (world, payment)
}

#[tokio::test]
async fn what_is_told_to_be_applied_after_proof_of_the_contrary_is_not_sent_again() {
    for amount in [500, 499] {
        let (world, payment) = contradicted(Mood::Late(40_000), amount).await;
        world.pass(10_000);
        world.look().await;
        assert_eq!(world.state(&payment).await, "applied");
        assert_eq!(world.biller.effects_of(payment.as_str()), 1);
        assert_eq!(world.money().await, (FUNDS - 500, 0));
        world.assert_books().await;
    }
}

/// The proof to the contrary comes while the message is weighed.
#[tokio::test]
async fn a_message_that_meets_the_proof_of_the_contrary_is_not_lost() {
    let mut world = World::new(Memory::AppliesAgain, PROOF).await;
    let payment = world.submit(&[Mood::Deaf]).await;
    let before = world.row(&payment).await;
    world.pass(31_000);
    world.look().await;
    assert_eq!(world.state(&payment).await, "held");
    let message = applied(&payment, 500, "m1");
    let notice = serde_json::from_slice(&message.body).unwrap();
    let settled = world.payments.settle_notice(before, &notice).await;
    settled.unwrap();
    assert_eq!(world.state(&payment).await, "unknown");
    assert_eq!(world.money().await, (FUNDS, 500));
    world.assert_books().await;
}

#[tokio::test]
async fn a_biller_that_contradicts_itself_proves_nothing_by_a_further_no() {
    let (world, payment) = contradicted(Mood::Deaf, 500).await;
    for _ in 0..8 {
        world.pass(31_000);
        world.look().await;
        let view = world.payments.get(&world.client, &payment).await.unwrap();
        let stands = (view.state.as_str(), view.owner.as_deref());
        assert_eq!(stands, ("unknown", Some("operator")));
    }
    assert_eq!(world.biller.state.lock().unwrap().submissions.len(), 1);
    world.pass(600_000);
    let two = by("lin-desk", "wang-desk");
    let decided = world
        .payments
        .decide_unknown(&payment, &Found::NotApplied, &two);
    decided.await.unwrap();
    assert_eq!(world.state(&payment).await, "released");
    assert_eq!(world.money().await, (FUNDS, 0));
    world.assert_books().await;
}
