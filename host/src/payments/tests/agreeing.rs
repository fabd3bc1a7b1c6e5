//! What the payer's side agrees to, and who may agree.

use guichet_domain::Digest;
use guichet_domain::id::{RecordId, SubjectId};
use guichet_domain::payment::{Leg, StatusAnswer};

use super::fakes::biller::Memory;
use super::world::{FUNDS, World};
use crate::bank::Custom;
use crate::payments::{Authorise, PaymentError, PaymentView};
use crate::terms::payer::ActionKind;
use crate::terms::{AuthorisationRule, PayerPolicy, SecondPersonRule};

async fn world(authorisation: AuthorisationRule, second_person: SecondPersonRule) -> World {
    let world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    *world.policies.0.lock().unwrap() = PayerPolicy {
        authorisation,
        second_person,
        payer_per_day: None,
    };
    world
}

fn agree(world: &World, payment: &RecordId, binding: Digest, subject: &str) -> Authorise {
    Authorise {
        client: world.client.clone(),
        payment: payment.clone(),
        binding,
        subject: SubjectId::new(subject).unwrap(),
        method: "passkey".to_owned(),
        evidence: "proof".to_owned(),
    }
}

async fn shown(world: &World, payment: &RecordId) -> PaymentView {
    world.payments.get(&world.client, payment).await.unwrap()
}

#[tokio::test]
async fn nothing_is_reserved_before_the_payer_has_agreed() {
    let above = AuthorisationRule::Above(499);
    let mut world = world(above, SecondPersonRule::NotNeeded).await;
    let small = world.pay("k0", "0", 499).await.unwrap();
    assert_eq!(world.state(&small.payment).await, "held");
    world.drive_next().await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    let action = shown(&world, &made.payment).await.action.unwrap();
    assert_eq!(action.kind, ActionKind::PayerAuthorisation);
    assert_eq!(action.amount.minor_units(), 500);
    assert!(
        made.body.contains(&action.binding.to_string()),
        "{}",
        made.body
    );
    world.drive_next().await;
    assert_eq!(world.state(&made.payment).await, "requires_action");
    assert_eq!(world.money().await, (FUNDS - 499, 0));
    assert_eq!(world.biller.effects_of(made.payment.as_str()), 0);
    world.assert_books().await;

    let other = Digest::from_bytes([7; 32]);
    let wrong = world
        .payments
        .authorise(&agree(&world, &made.payment, other, "anna"))
        .await;
    assert!(
        matches!(wrong, Err(PaymentError::WrongBinding)),
        "{wrong:?}"
    );
    let stranger = agree(&world, &made.payment, action.binding, "carl");
    let refused = world.payments.authorise(&stranger).await;
    assert!(
        matches!(refused, Err(PaymentError::NotThePayer)),
        "{refused:?}"
    );
    assert_eq!(world.state(&made.payment).await, "requires_action");

    let right = agree(&world, &made.payment, action.binding, "anna");
    let (one, two) = tokio::join!(
        world.payments.authorise(&right),
        world.payments.authorise(&right)
    );
    assert_eq!(one.unwrap().state.as_str(), "requested");
    assert_eq!(two.unwrap().state.as_str(), "requested");
    world.look().await;
    assert_eq!(world.state(&made.payment).await, "applied");
    assert_eq!(
        world
            .payments
            .authorise(&right)
            .await
            .unwrap()
            .state
            .as_str(),
        "applied"
    );
    assert_eq!(world.money().await, (FUNDS - 999, 0));
    world.assert_books().await;
}

#[tokio::test]
async fn the_binding_ties_payee_amount_and_payment() {
    let world = world(AuthorisationRule::Always, SecondPersonRule::NotNeeded).await;
    let one = world.pay("k1", "1", 500).await.unwrap();
    let two = world.pay("k2", "2", 500).await.unwrap();
    let one_binding = shown(&world, &one.payment).await.action.unwrap().binding;
    let swapped = agree(&world, &two.payment, one_binding, "anna");
    let refused = world.payments.authorise(&swapped).await;
    assert!(
        matches!(refused, Err(PaymentError::WrongBinding)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_maker_is_not_the_checker() {
    let mut world = world(AuthorisationRule::Always, SecondPersonRule::Needed).await;
    world.pay_by_bank(Custom::HoldFirst).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    let binding = shown(&world, &made.payment).await.action.unwrap().binding;
    let maker = agree(&world, &made.payment, binding, "anna");
    let view = world.payments.authorise(&maker).await.unwrap();
    assert_eq!(view.state.as_str(), "requires_action");
    assert_eq!(view.action.unwrap().kind, ActionKind::SecondPerson);
    let mut again = maker.clone();
    again.evidence = "another proof".to_owned();
    let refused = world.payments.authorise(&again).await;
    assert!(
        matches!(refused, Err(PaymentError::MakerCannotCheck)),
        "{refused:?}"
    );
    assert_eq!(world.bank.effects(Leg::Hold, made.payment.as_str()), 0);
    let checker = agree(&world, &made.payment, binding, "berta");
    let view = world.payments.authorise(&checker).await.unwrap();
    assert_eq!((view.state.as_str(), view.action), ("requested", None));
    world.pass(1);
    world.look().await;
    assert_eq!(world.state(&made.payment).await, "applied");
    assert_eq!(world.bank.effects(Leg::Capture, made.payment.as_str()), 1);
    world.assert_books().await;
}

/// A firm's account: whoever made the payment cannot be the one who checks it, even
/// where nothing else is asked.
#[tokio::test]
async fn a_second_person_alone_is_another_one_too() {
    let world = world(AuthorisationRule::Never, SecondPersonRule::Needed).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    let action = shown(&world, &made.payment).await.action.unwrap();
    assert_eq!(action.kind, ActionKind::SecondPerson);
    let maker = agree(&world, &made.payment, action.binding, "anna");
    let refused = world.payments.authorise(&maker).await;
    assert!(
        matches!(refused, Err(PaymentError::MakerCannotCheck)),
        "{refused:?}"
    );
    let checker = agree(&world, &made.payment, action.binding, "berta");
    let view = world.payments.authorise(&checker).await.unwrap();
    assert_eq!((view.state.as_str(), view.action), ("requested", None));
}

/// Metrics and pages use the same words as the API's JSON.
#[test]
fn an_action_has_one_name() {
    for kind in [ActionKind::PayerAuthorisation, ActionKind::SecondPerson] {
        let json = serde_json::to_value(kind).unwrap();
        assert_eq!(json, kind.as_str());
    }
}

#[tokio::test]
async fn what_nobody_agrees_to_expires_and_frees_the_bill() {
    let mut world = world(AuthorisationRule::Always, SecondPersonRule::NotNeeded).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    world.drive_next().await;
    assert_eq!(world.look().await, 0, "it is not due before");
    let binding = shown(&world, &made.payment).await.action.unwrap().binding;
    world.pass(15 * 60_000);
    let late = world
        .payments
        .authorise(&agree(&world, &made.payment, binding, "anna"))
        .await;
    assert!(matches!(late, Err(PaymentError::WrongState(_))), "{late:?}");
    assert_eq!(world.look().await, 1);
    assert_eq!(world.state(&made.payment).await, "expired");
    assert_eq!(world.money().await, (FUNDS, 0));
    assert!(world.pay("k2", "1", 500).await.is_ok());
    world.assert_books().await;
}

#[tokio::test]
async fn money_that_is_gone_by_then_declines_the_payment() {
    let mut world = world(AuthorisationRule::Always, SecondPersonRule::NotNeeded).await;
    let made = world.pay("k1", "1", FUNDS).await.unwrap();
    let binding = shown(&world, &made.payment).await.action.unwrap().binding;
    *world.policies.0.lock().unwrap() = PayerPolicy::default();
    world.pay("k2", "2", 1).await.unwrap();
    world.queue.close();
    let agreed = agree(&world, &made.payment, binding, "anna");
    world.payments.authorise(&agreed).await.unwrap();
    world.pass(11_000);
    world.look().await;
    assert_eq!(world.state(&made.payment).await, "declined");
    assert_eq!(world.money().await, (FUNDS - 1, 0));
    world.assert_books().await;
}
