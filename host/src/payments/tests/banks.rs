//! Payers behind a bank: each leg is asked for, found out and done once.

use guichet_domain::id::RecordId;
use guichet_domain::payment::{Leg, LegState, StatusAnswer};

use super::fakes::Fault;
use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::bank::Custom;
use crate::payments::PaymentError;

const CUSTOMS: [Custom; 2] = [Custom::HoldFirst, Custom::CaptureFirst];

async fn world(custom: Custom) -> World {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    world.pay_by_bank(custom).await;
    world
}

/// Pays 500 and lets the worker do what it can do at once.
async fn paid(world: &mut World) -> RecordId {
    let made = world.pay("k1", "1", 500).await.unwrap();
    assert_eq!(world.state(&made.payment).await, "requested");
    world.drive_next().await;
    made.payment
}

async fn later(world: &World) {
    for _ in 0..6 {
        world.pass(31_000);
        world.look().await;
    }
}

fn captures(world: &World, payment: &RecordId) -> usize {
    world.bank.effects(Leg::Capture, payment.as_str())
}

#[tokio::test]
async fn one_look_holds_submits_and_captures() {
    for custom in CUSTOMS {
        let mut world = world(custom).await;
        let payment = paid(&mut world).await;
        assert_eq!(world.state(&payment).await, "applied");
        assert_eq!(captures(&world, &payment), 1);
        assert_eq!(world.bank.available(), FUNDS - 500);
        assert_eq!(world.look().await, 0, "nothing is left to do");
        let events = world.payments.events(&world.client, &payment).await;
        let events = events.unwrap();
        let names: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
        let expected: &[&str] = match custom {
            Custom::HoldFirst => &[
                "requested",
                "hold_asked",
                "hold_done",
                "submitted",
                "applied",
                "capture_asked",
                "capture_done",
            ],
            Custom::CaptureFirst => &[
                "requested",
                "capture_asked",
                "capture_done",
                "submitted",
                "applied",
            ],
        };
        assert_eq!(names, expected);
        let serials = world.row(&payment).await.payer.serials;
        let serials: Vec<_> = serials.iter().map(|one| (one.0, one.1.as_str())).collect();
        let kept: &[_] = match custom {
            Custom::HoldFirst => &[(Leg::Hold, "B1"), (Leg::Capture, "B2")],
            Custom::CaptureFirst => &[(Leg::Capture, "B1")],
        };
        assert_eq!(serials, kept);
        world.assert_books().await;
    }
}

#[tokio::test]
async fn what_the_biller_refuses_goes_back_to_the_bank() {
    for custom in CUSTOMS {
        let mut world = world(custom).await;
        world.biller.will(&[Mood::Refusing]);
        let payment = paid(&mut world).await;
        assert_eq!(world.state(&payment).await, "released");
        assert_eq!(world.bank.available(), FUNDS);
        world.assert_books().await;
    }
}

#[tokio::test]
async fn a_bank_that_says_no_declines_the_payment_and_nothing_is_sent() {
    for custom in CUSTOMS {
        let mut world = world(custom).await;
        world.bank.will(first(custom), Fault::Refuse);
        let payment = paid(&mut world).await;
        let view = world.payments.get(&world.client, &payment).await.unwrap();
        assert_eq!(view.state.as_str(), "declined");
        assert_eq!(view.reason.as_deref(), Some("insufficient funds"));
        assert!(world.biller.state.lock().unwrap().submissions.is_empty());
        assert!(world.pay("k2", "1", 500).await.is_ok(), "the bill is free");
        world.assert_books().await;
    }
}

#[tokio::test]
async fn while_the_first_leg_is_unknown_nobody_gives_up_and_nothing_is_sent() {
    for custom in CUSTOMS {
        let mut world = world(custom).await;
        world.bank.will(first(custom), Fault::LostAfter);
        world.bank.will_answer(&[Fault::LostBefore; 200]);
        let payment = paid(&mut world).await;
        for _ in 0..30 {
            world.pass(400_000);
            world.look().await;
            assert_eq!(world.state(&payment).await, "requested");
            let cancelled = world.payments.cancel(&world.client, &payment).await;
            assert!(matches!(cancelled, Err(PaymentError::WrongState(_))));
        }
        let view = world.payments.get(&world.client, &payment).await.unwrap();
        assert_eq!(view.owner.as_deref(), Some("operator"));
        assert!(view.news_by.unwrap() > world.ports.now());
        world.assert_books().await;
        // The bank answers at last; it is too late to send anything.
        world.bank.calm();
        world.pass(400_000);
        world.look().await;
        assert_eq!(world.state(&payment).await, "expired");
        assert_eq!(world.bank.available(), FUNDS);
        assert!(world.biller.state.lock().unwrap().submissions.is_empty());
        world.assert_books().await;
    }
}

#[tokio::test]
async fn a_lost_answer_of_the_bank_is_asked_for() {
    for custom in CUSTOMS {
        for fault in [Fault::LostBefore, Fault::LostAfter, Fault::Late(2_000)] {
            let mut world = world(custom).await;
            for leg in [Leg::Hold, Leg::Capture] {
                world.bank.will(leg, fault);
            }
            let payment = paid(&mut world).await;
            later(&world).await;
            assert_eq!(world.state(&payment).await, "applied", "{fault:?}");
            assert_eq!(captures(&world, &payment), 1, "{fault:?}");
            assert_eq!(world.bank.available(), FUNDS - 500);
            assert_eq!(world.look().await, 0);
            world.assert_books().await;
        }
    }
}

/// A node died while it asked; what the bank says to the next one is written down.
#[tokio::test]
async fn a_silent_bank_makes_what_was_asked_for_unknown() {
    for custom in CUSTOMS {
        let mut world = world(custom).await;
        world.bank.will(first(custom), Fault::HangAfter);
        world.bank.will_answer(&[Fault::LostBefore]);
        let payment = world.pay("k1", "1", 500).await.unwrap().payment;
        let claim = world.queue.try_recv().unwrap();
        tokio::select! {
            _ = world.payments.drive(&claim) => panic!("the bank has answered"),
            () = world.bank.hung.notified() => {}
        }
        let leg = async |world: &World| world.row(&payment).await.snapshot.leg(first(custom));
        assert_eq!(leg(&world).await, LegState::Asked);
        world.restart().await;
        world.pass(31_000);
        world.look().await;
        assert_eq!(leg(&world).await, LegState::Unknown);
        later(&world).await;
        assert_eq!(world.state(&payment).await, "applied");
        assert_eq!(world.bank.available(), FUNDS - 500);
        world.assert_books().await;
    }
}

#[tokio::test]
async fn a_bank_that_breaks_its_word_is_left_to_people_and_asked_again() {
    let mut world = world(Custom::HoldFirst).await;
    world.bank.will(Leg::Capture, Fault::Refuse);
    let payment = paid(&mut world).await;
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    assert_eq!(view.state.as_str(), "applied");
    assert_eq!(view.owner.as_deref(), Some("operator"));
    assert_eq!(view.reason, None, "the payer has nothing to do with it");
    assert!(view.news_by.unwrap() > world.ports.now());
    let refused = world
        .payments
        .reverse(&world.client, &payment, "oops")
        .await;
    assert!(refused.is_err(), "what is not taken cannot be given back");
    world.assert_books().await;
    world.pass(25 * 3_600_000);
    world.look().await;
    let view = world.payments.get(&world.client, &payment).await.unwrap();
    assert_eq!(view.owner, None);
    assert_eq!(captures(&world, &payment), 1);
    world.assert_books().await;
}

#[tokio::test]
async fn what_is_undone_with_the_biller_is_refunded_by_the_bank() {
    for custom in CUSTOMS {
        let mut world = world(custom).await;
        let payment = paid(&mut world).await;
        world.bank.will(Leg::Refund, Fault::LostAfter);
        let asked = world
            .payments
            .reverse(&world.client, &payment, "oops")
            .await;
        assert_eq!(asked.unwrap().state.as_str(), "reversing");
        world.look().await;
        later(&world).await;
        assert_eq!(world.state(&payment).await, "reversed");
        assert_eq!(world.bank.effects(Leg::Refund, payment.as_str()), 1);
        assert_eq!(world.bank.available(), FUNDS);
        world.assert_books().await;
    }
}

#[tokio::test]
async fn what_the_payer_gives_up_comes_back_from_the_bank() {
    for custom in CUSTOMS {
        let mut world = world(custom).await;
        // Held, but not sent yet: the plugin could not.
        world.biller.will(&[Mood::Unsent]);
        let payment = paid(&mut world).await;
        assert_eq!(world.state(&payment).await, "held");
        world
            .payments
            .cancel(&world.client, &payment)
            .await
            .unwrap();
        world.assert_books().await;
        world.pass(1);
        world.look().await;
        assert_eq!(world.state(&payment).await, "cancelled");
        assert_eq!(world.bank.available(), FUNDS);
        world.assert_books().await;
    }
}

pub(super) const fn first(custom: Custom) -> Leg {
    match custom {
        Custom::HoldFirst => Leg::Hold,
        Custom::CaptureFirst => Leg::Capture,
    }
}
