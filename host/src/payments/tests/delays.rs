//! When an open payment is looked after again, how often, and by whom; and how
//! long the house waits for its own books.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use guichet_domain::id::RecordId;
use guichet_domain::payment::StatusAnswer;

use super::fakes::Fault;
use super::fakes::biller::{Memory, Mood};
use super::fakes::ports::TestSignatures;
use super::world::World;
use crate::payments::{
    BillerPort, Driven, Outside, PaymentError, PaymentSettings, Payments, Timer,
};
use crate::store::{Claim, Store};
use crate::terms::order::{Order, Outcome, PendingAnswer, ReversalOrder, ReversalOutcome};

const PROOF: StatusAnswer = StatusAnswer::Authoritative { after_seconds: 30 };
const MINUTE_MS: i64 = 60_000;

/// Pays; the biller does not hear the first attempt, and others have looked at the
/// payment often before.
async fn unheard(world: &mut World) -> RecordId {
    world.biller.will(&[Mood::Deaf]);
    let made = world.pay("k1", "1", 500).await.unwrap();
    let claim = Claim {
        tries: 20,
        ..world.queue.try_recv().unwrap()
    };
    let driven = world.payments.drive(&claim).await.unwrap();
    assert_eq!(driven, Driven::Settled);
    assert_eq!(world.state(&made.payment).await, "unknown");
    made.payment
}

fn submissions(world: &World) -> usize {
    world.biller.state.lock().unwrap().submissions.len()
}

#[tokio::test]
async fn the_biller_is_asked_when_its_answer_can_be_proof_and_not_before() {
    let mut world = World::new(Memory::AppliesAgain, PROOF).await;
    let payment = unheard(&mut world).await;
    world.pass(10_000);
    assert_eq!(world.look().await, 0);
    // Asked early, by whatever chance, it proves nothing and changes nothing.
    let (store, now) = (world.payments.store(), world.ports.now());
    store.reschedule(&payment, now, 20).await.unwrap();
    assert_eq!(world.look().await, 1);
    assert_eq!(world.state(&payment).await, "unknown");
    world.pass(19_999);
    assert_eq!(world.look().await, 0);
    world.pass(1);
    assert_eq!(world.look().await, 1);
    assert_eq!(world.state(&payment).await, "held");
}

#[tokio::test]
async fn an_answer_that_is_lost_at_that_time_is_asked_for_as_patiently_as_ever() {
    let mut world = World::new(Memory::AppliesAgain, PROOF).await;
    let payment = unheard(&mut world).await;
    for passed in [30_000, 5 * MINUTE_MS] {
        world.pass(passed);
        let state = &world.biller.state;
        state.lock().unwrap().answers.push_back(Fault::LostBefore);
        world.look_at(&payment).await;
        assert_eq!(world.look().await, 0, "not at once");
        world.pass(400);
        assert_eq!(world.look().await, 0, "not soon");
    }
}

/// What this node has sent itself has ended with its answer, whatever other nodes
/// may still be waiting for.
#[tokio::test]
async fn only_another_node_s_attempt_is_waited_for_longer() {
    for is_own in [true, false] {
        let mut world = World::new(Memory::AppliesAgain, PROOF).await;
        let settings = PaymentSettings {
            foreign_call_ms: MINUTE_MS,
            ..PaymentSettings::default()
        };
        world.set(settings).await;
        assert_eq!(world.payments.settings(), &settings);
        let payment = unheard(&mut world).await;
        if !is_own {
            world.restart().await;
            world.look_at(&payment).await;
        }
        world.pass(30_000);
        world.look_at(&payment).await;
        let state = if is_own { "held" } else { "unknown" };
        assert_eq!(world.state(&payment).await, state);
        world.pass(MINUTE_MS);
        world.look_at(&payment).await;
        assert_ne!(world.state(&payment).await, "unknown");
    }
}

#[tokio::test]
async fn the_worker_keeps_an_open_payment_for_two_hours_and_then_people_look_too() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let payment = unheard(&mut world).await;
    let begun = world.ports.now();
    let two_hours = 120 * MINUTE_MS;
    for (passed, owner, news_ms) in [
        (0, "worker", two_hours),
        (two_hours - 1, "worker", two_hours),
        (1, "operator", 12 * two_hours),
    ] {
        world.pass(passed);
        world.look_at(&payment).await;
        let row = world.row(&payment).await;
        assert_eq!(row.owner.as_deref(), Some(owner));
        assert_eq!(row.news_by, Some(begun.plus_ms(news_ms)));
    }
}

/// A biller that deduplicates is asked to apply again what it does not know, as
/// often as the settings say.
#[tokio::test]
async fn what_a_biller_with_memory_does_not_know_is_submitted_so_often_and_no_more() {
    let mut world = World::new(Memory::Deduplicates, StatusAnswer::Advisory).await;
    let settings = PaymentSettings {
        attempts: 3,
        ..PaymentSettings::default()
    };
    world.set(settings).await;
    let payment = unheard(&mut world).await;
    world.biller.will(&[Mood::Deaf; 10]);
    for expected in [2, 3, 3, 3] {
        world.pass(1_000);
        world.look_at(&payment).await;
        assert_eq!(submissions(&world), expected);
    }
    assert_eq!(world.state(&payment).await, "unknown");
}

#[tokio::test]
async fn what_a_biller_with_memory_does_not_know_is_not_submitted_too_late() {
    for (passed, expected) in [(15 * MINUTE_MS - 1, 2), (15 * MINUTE_MS, 1)] {
        let mut world = World::new(Memory::Deduplicates, StatusAnswer::Advisory).await;
        let payment = unheard(&mut world).await;
        world.pass(passed);
        world.look_at(&payment).await;
        assert_eq!(submissions(&world), expected, "{passed}");
    }
}

#[tokio::test]
async fn what_failed_is_given_back_and_looked_at_again_a_little_later() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    let claim = world.queue.try_recv().unwrap();
    world.payments.give_back(&claim).await.unwrap();
    world.pass(499);
    assert_eq!(world.look().await, 0);
    world.pass(126);
    assert_eq!(world.look().await, 1);
    assert_eq!(world.state(&made.payment).await, "applied");
}

/// Counts how long it was waited.
#[derive(Default)]
struct Waits {
    times: AtomicU64,
    milliseconds: AtomicU64,
}

impl Timer for Waits {
    fn sleep(&self, milliseconds: u64) -> BoxFuture<'_, ()> {
        self.times.fetch_add(1, Ordering::SeqCst);
        self.milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
        Box::pin(tokio::task::yield_now())
    }
}

/// The books go away while it is called, and do not come back.
struct Parting(Mutex<Option<Store>>);

impl BillerPort for Parting {
    fn submit<'a>(&'a self, _order: &'a Order) -> BoxFuture<'a, Outcome> {
        Box::pin(async {
            let store = self.0.lock().unwrap().take();
            store.unwrap().close().await;
            Outcome::Unknown("no answer".to_owned())
        })
    }

    fn status<'a>(
        &'a self,
        _order: &'a Order,
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, Outcome> {
        unreachable!("nothing was written that it could be asked for")
    }

    fn reverse<'a>(&'a self, _reversal: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome> {
        unreachable!("nothing is applied")
    }

    fn reversal_status<'a>(
        &'a self,
        _reversal: &'a ReversalOrder,
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome> {
        unreachable!("nothing is applied")
    }
}

#[tokio::test]
async fn an_answer_waits_a_minute_for_the_books_and_is_then_asked_for_again() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    let claim = world.queue.try_recv().unwrap();
    let store = world.payments.store().clone();
    let waits = Arc::new(Waits::default());
    let outside = Outside {
        timer: waits.clone(),
        terms: world.terms.clone(),
        biller: Arc::new(Parting(Mutex::new(Some(store.clone())))),
        banks: world.bank.clone(),
        policies: world.policies.clone(),
        callbacks: Arc::new(TestSignatures),
    };
    let (room, _) = Payments::new(store, world.ports.clone(), outside, world.settings);
    let driven = room.drive(&claim).await;
    assert!(matches!(driven, Err(PaymentError::Busy(_))), "{driven:?}");
    assert_eq!(waits.times.load(Ordering::SeqCst), 120);
    assert_eq!(waits.milliseconds.load(Ordering::SeqCst), 60_000);
    world.restart().await;
    assert_eq!(world.state(&made.payment).await, "submitted");
    world.look_at(&made.payment).await;
    assert_eq!(world.state(&made.payment).await, "unknown");
    world.assert_books().await;
}
