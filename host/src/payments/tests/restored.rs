//! A database that was put back from a backup: whatever may have been sent since
//! is asked about, and nothing older is ever sent.

use std::path::PathBuf;

use guichet_domain::id::RecordId;
use guichet_domain::payment::{Leg, StatusAnswer};

use super::banks::first;
use super::fakes::Fault;
use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::bank::Custom;
use crate::payments::PaymentError;
use crate::store::{BackupFile, Location, Restoration};

const PROOF: StatusAnswer = StatusAnswer::Authoritative { after_seconds: 30 };

fn file(world: &World) -> PathBuf {
    match &world.location {
        Location::Sqlite(file) => file.clone(),
        Location::Postgres(_) => panic!("these worlds are embedded"),
    }
}

/// A backup of this moment, while the node serves.
fn back_up(world: &World) -> PathBuf {
    let backup = file(world).with_extension("backup");
    let made = BackupFile::copy(&file(world), &backup).unwrap();
    assert_eq!(made.damage().unwrap(), None);
    backup
}

/// Everything since is lost.
async fn put_back(world: &mut World, backup: &PathBuf) {
    world.payments.store().clone().close().await;
    let (file, at) = (file(world), world.ports.now());
    BackupFile::open(backup).unwrap().strip().unwrap();
    std::fs::copy(backup, &file).unwrap();
    let restoration = Restoration {
        at,
        backup_of: at.plus_ms(-1_000),
        lost_slots: Vec::new(),
    };
    restoration.write(&world.location).await.unwrap();
    world.restart().await;
}

fn submissions(world: &World) -> usize {
    world.biller.state.lock().unwrap().submissions.len()
}

/// A payment that the backup knows as held, and that was applied after it.
async fn applied_after_the_backup(world: &mut World) -> RecordId {
    let made = world.pay("k1", "1", 500).await.unwrap();
    let claim = world.queue.try_recv().unwrap();
    let backup = back_up(world);
    world.pass(1_000);
    world.payments.drive(&claim).await.unwrap();
    assert_eq!(world.state(&made.payment).await, "applied");
    assert_eq!(submissions(world), 1);
    world.pass(1_000);
    put_back(world, &backup).await;
    made.payment
}

async fn look_for_a_while(world: &mut World) {
    for _ in 0..8 {
        world.pass(31_000);
        world.look().await;
    }
}

#[tokio::test]
async fn what_was_applied_after_the_backup_is_found_and_not_sent_again() {
    for memory in [Memory::AppliesAgain, Memory::Deduplicates] {
        for status in [StatusAnswer::Advisory, PROOF] {
            let mut world = World::new(memory, status).await;
            let payment = applied_after_the_backup(&mut world).await;
            let early = world.payments.cancel(&world.client, &payment).await;
            assert!(
                matches!(early, Err(PaymentError::WrongState(_))),
                "it may be paid: {early:?}"
            );
            look_for_a_while(&mut world).await;
            assert_eq!(world.state(&payment).await, "applied");
            assert_eq!(world.money().await, (FUNDS - 500, 0));
            assert_eq!(submissions(&world), 1, "{memory:?} {status:?}");
            assert_eq!(world.biller.effects_of(payment.as_str()), 1);
            world.assert_books().await;
        }
    }
}

#[tokio::test]
async fn a_biller_that_cannot_be_asked_is_left_to_people() {
    for memory in [Memory::AppliesAgain, Memory::Deduplicates] {
        let mut world = World::new(memory, StatusAnswer::None).await;
        let payment = applied_after_the_backup(&mut world).await;
        look_for_a_while(&mut world).await;
        assert_eq!(world.state(&payment).await, "unknown", "{memory:?}");
        assert_eq!(world.money().await, (FUNDS, 500), "the money stays held");
        assert_eq!(submissions(&world), 1);
        let view = world.payments.get(&world.client, &payment).await.unwrap();
        assert_eq!(view.owner.as_deref(), Some("operator"));
        world.assert_books().await;
    }
}

#[tokio::test]
async fn what_was_never_sent_is_given_back_on_proof_alone() {
    for memory in [Memory::AppliesAgain, Memory::Deduplicates] {
        let mut world = World::new(memory, PROOF).await;
        let made = world.pay("k1", "1", 500).await.unwrap();
        let backup = back_up(&world);
        put_back(&mut world, &backup).await;
        world.look().await;
        assert_eq!(world.row(&made.payment).await.attempts, 1, "one is assumed");
        assert_eq!(world.money().await, (FUNDS, 500));
        look_for_a_while(&mut world).await;
        assert_eq!(world.state(&made.payment).await, "expired");
        assert_eq!(world.money().await, (FUNDS, 0));
        assert_eq!(submissions(&world), 0, "{memory:?}");
        world.assert_books().await;
    }
}

#[tokio::test]
async fn a_payment_that_was_lost_cannot_be_repeated_from_its_old_query() {
    let mut world = World::new(Memory::AppliesAgain, PROOF).await;
    let query = world.query(&[("1", 500)]).await;
    let request = world.request(&query, "k1", &[("1", 500)]);
    let backup = back_up(&world);
    let made = world.payments.create(&request).await.unwrap();
    world.drive_next().await;
    assert_eq!(world.state(&made.payment).await, "applied");
    world.pass(1_000);
    put_back(&mut world, &backup).await;
    let again = world.payments.create(&request).await;
    assert!(
        matches!(again, Err(PaymentError::QueryExpired)),
        "{again:?}"
    );
    assert_eq!(submissions(&world), 1);
    // New errands go on as ever, in a log of their own.
    assert_eq!(world.payments.store().slot(), 1);
    world.pass(1);
    world.pay("k2", "2", 500).await.unwrap();
    world.drive_next().await;
    assert_eq!(submissions(&world), 2);
    world.assert_books().await;
}

/// Nothing is begun at a bank that is older than the restored database; what the bank
/// owes it is asked for.
#[tokio::test]
async fn a_bank_is_asked_for_what_it_owes_and_for_nothing_new() {
    for is_applied in [false, true] {
        let mut world = World::new(Memory::AppliesAgain, PROOF).await;
        world.pay_by_bank(Custom::HoldFirst).await;
        let made = world.pay("k1", "1", 500).await.unwrap();
        let claim = world.queue.try_recv().unwrap();
        if is_applied {
            world.bank.will(Leg::Capture, Fault::LostBefore);
            world.payments.drive(&claim).await.unwrap();
        }
        let backup = back_up(&world);
        world.pass(1_000);
        put_back(&mut world, &backup).await;
        look_for_a_while(&mut world).await;
        let view = world.payments.get(&world.client, &made.payment).await;
        let view = view.unwrap();
        let effects = |leg| world.bank.effects(leg, made.payment.as_str());
        let done = (
            effects(Leg::Hold),
            effects(Leg::Capture),
            submissions(&world),
        );
        if is_applied {
            assert_eq!((view.state.as_str(), done), ("applied", (1, 1, 1)));
        } else {
            assert_eq!((view.state.as_str(), done), ("expired", (0, 0, 0)));
            let reason = "the database was put back from a backup";
            assert_eq!(view.reason.as_deref(), Some(reason));
        }
        assert_eq!(view.owner, None);
        world.assert_books().await;
    }
}

async fn noted(world: &World, payment: &RecordId) -> usize {
    let events = world.payments.events(&world.client, payment).await;
    let is_note = |event: &&crate::payments::EventView| event.event == "restored";
    events.unwrap().iter().filter(is_note).count()
}

/// An attempt to undo, made after the backup or known to it as open, is asked about
/// and not made again.
#[tokio::test]
async fn what_may_have_been_undone_since_the_backup_is_not_undone_again() {
    for is_begun in [false, true] {
        let mut world = World::new(Memory::AppliesAgain, PROOF).await;
        let made = world.pay("k1", "1", 500).await.unwrap();
        world.drive_next().await;
        world.ask_back(&made.payment).await;
        if is_begun {
            world.biller.will(&[Mood::Mute]);
            world.look().await;
        }
        let backup = back_up(&world);
        world.pass(1_000);
        world.look_at(&made.payment).await;
        assert_eq!((world.undone(), noted(&world, &made.payment).await), (1, 0));
        put_back(&mut world, &backup).await;
        assert_eq!(world.state(&made.payment).await, "reversing");
        for _ in 0..2 {
            world.look_at(&made.payment).await;
            assert_eq!(noted(&world, &made.payment).await, 1, "{is_begun}");
        }
        look_for_a_while(&mut world).await;
        assert_eq!(world.state(&made.payment).await, "reversed");
        assert_eq!((world.undone(), world.money().await), (1, (FUNDS, 0)));
        world.assert_books().await;
    }
}

#[tokio::test]
async fn what_is_asked_back_after_the_restoration_is_undone_at_once() {
    let mut world = World::new(Memory::AppliesAgain, PROOF).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    world.drive_next().await;
    let backup = back_up(&world);
    world.pass(1_000);
    put_back(&mut world, &backup).await;
    world.pass(1);
    world.ask_back(&made.payment).await;
    world.look().await;
    assert_eq!(world.state(&made.payment).await, "reversed");
    assert_eq!((world.undone(), noted(&world, &made.payment).await), (1, 0));
}

/// A leg that the backup knows as asked for is ordered again under its reference.
#[tokio::test]
async fn what_a_bank_was_asked_for_before_the_backup_is_asked_for_again() {
    for fault in [Fault::LostBefore, Fault::HangBefore] {
        for custom in [Custom::HoldFirst, Custom::CaptureFirst] {
            let mut world = World::new(Memory::AppliesAgain, PROOF).await;
            world.pay_by_bank(custom).await;
            world.bank.will(first(custom), fault);
            let made = world.pay("k1", "1", 500).await.unwrap();
            world.pass(10_001);
            world.look_or_die().await;
            let backup = back_up(&world);
            world.pass(1_000);
            put_back(&mut world, &backup).await;
            look_for_a_while(&mut world).await;
            let view = world.payments.get(&world.client, &made.payment).await;
            let view = view.unwrap();
            let stands = (view.state.as_str(), view.owner.as_deref());
            assert_eq!(stands, ("expired", None), "{fault:?} {custom:?}");
            let effects = world.bank.effects(first(custom), made.payment.as_str());
            assert_eq!(effects, 1, "{fault:?} {custom:?}");
            assert_eq!(world.bank.available(), FUNDS);
            assert_eq!(submissions(&world), 0);
            world.assert_books().await;
        }
    }
}

/// While the bank does not say whether it was asked, the payment has an owner, and is
/// looked at ever less often.
#[tokio::test]
async fn a_bank_that_does_not_say_what_it_was_asked_for_is_asked_patiently() {
    for custom in [Custom::HoldFirst, Custom::CaptureFirst] {
        let mut world = World::new(Memory::AppliesAgain, PROOF).await;
        world.pay_by_bank(custom).await;
        let made = world.pay("k1", "1", 500).await.unwrap();
        let backup = back_up(&world);
        world.pass(1_000);
        put_back(&mut world, &backup).await;
        world.bank.will_answer(&[Fault::LostBefore; 30]);
        world.look().await;
        let row = world.row(&made.payment).await;
        assert_eq!(row.owner.as_deref(), Some("worker"), "{custom:?}");
        for _ in 0..29 {
            world.pass(400_000);
            assert_eq!(world.look().await, 1);
        }
        world.pass(290_000);
        assert_eq!(world.look().await, 0, "not every few seconds");
        let view = world.payments.get(&world.client, &made.payment).await;
        let view = view.unwrap();
        let stands = (view.state.as_str(), view.owner.as_deref());
        assert_eq!(stands, ("requested", Some("operator")), "{custom:?}");
        assert!(view.news_by.unwrap() > world.ports.now());
        world.pass(100_000);
        world.look().await;
        assert_eq!(world.state(&made.payment).await, "expired", "{custom:?}");
        assert_eq!(world.bank.available(), FUNDS);
        world.assert_books().await;
    }
}
