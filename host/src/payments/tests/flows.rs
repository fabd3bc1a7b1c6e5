//! Paying: the good way, refusals, duplicates, limits, money.

use std::sync::Arc;

use guichet_domain::Money;
use guichet_domain::bill::AmountRule;
use guichet_domain::fee::{FeeBearer, FeeRule, FeeTerms};
use guichet_domain::payment::StatusAnswer;

use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::payments::{Freshness, PaymentError};

#[tokio::test]
async fn a_bill_is_paid_once_and_receipted() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let made = world.pay("k1", "202610", 8_650).await.unwrap();
    assert_eq!(world.money().await, (FUNDS, 8_650), "the money is held");
    assert_eq!(world.state(&made.payment).await, "held");
    world.drive_next().await;
    assert_eq!(world.state(&made.payment).await, "applied");
    assert_eq!(world.money().await, (FUNDS - 8_650, 0));
    assert_eq!(world.biller.effects_of(made.payment.as_str()), 1);
    let receipt = world
        .payments
        .receipt(&world.client, &made.payment)
        .await
        .unwrap();
    assert_eq!(receipt.facts.items[0].title, "bill 202610");
    assert_eq!(receipt.application.amount, Money::cny(8_650));
    let events = world
        .payments
        .events(&world.client, &made.payment)
        .await
        .unwrap();
    let names: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(
        names,
        [
            "requested",
            "hold_done",
            "submitted",
            "applied",
            "capture_done"
        ]
    );
    assert_eq!(world.look().await, 0, "nothing is left to do");
    world.assert_books().await;
}

/// A retry under another key must not pay once more what was paid already; who
/// wants to asks for the bills anew.
#[tokio::test]
async fn what_a_bill_query_has_shown_is_paid_once() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let query = world.query(&[("1", 500), ("2", 300)]).await;
    let first = world.request(&query, "k1", &[("1", 500)]);
    let made = world.payments.create(&first).await.unwrap();
    world.drive_next().await;
    assert_eq!(world.state(&made.payment).await, "applied");

    let again = world.request(&query, "k2", &[("2", 300), ("1", 500)]);
    match world.payments.create(&again).await {
        Err(PaymentError::BillInPayment { payment }) => {
            assert_eq!(payment, Some(made.payment.clone()));
        }
        other => panic!("{other:?}"),
    }
    let other = world.request(&query, "k3", &[("2", 300)]);
    assert!(world.payments.create(&other).await.is_ok());
    assert!(world.pay("k4", "1", 500).await.is_ok(), "asked for anew");
    world.assert_books().await;

    let store = world.payments.store().clone();
    let later = world.ports.now().plus_ms(24 * 60 * 60_000);
    store.drop_old_bill_queries(later).await.unwrap();
    world.assert_books().await;
}

#[tokio::test]
async fn what_may_be_paid_in_parts_is_paid_again_by_the_same_bill_query() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let store = world.payments.store().clone();
    let query = world.query(&[("1", 500), ("2", 300)]).await;
    let mut query = store.bill_query(&query).await.unwrap().unwrap();
    query.id = world.ports.record_id("bq");
    let maximum = Money::cny(500);
    let in_parts = AmountRule::AtMost { maximum };
    world.terms.0.lock().unwrap().rule = in_parts.clone();
    query.payable.as_mut().unwrap().bills[1].rule = in_parts;
    store.put_bill_query(&query).await.unwrap();
    for (key, item, is_taken) in [
        ("k1", ("1", 500), true),
        ("k2", ("2", 100), true),
        ("k3", ("2", 200), true),
        ("k4", ("1", 500), false),
    ] {
        let request = world.request(&query.id, key, &[item]);
        let made = world.payments.create(&request).await;
        let is_paid = matches!(made, Err(PaymentError::BillInPayment { .. }));
        assert_eq!((made.is_ok(), is_paid), (is_taken, !is_taken), "{made:?}");
        if is_taken {
            world.drive_next().await;
        }
    }
    assert_eq!(world.money().await, (FUNDS - 800, 0));
    world.assert_books().await;
}

#[tokio::test]
async fn what_is_given_back_may_be_paid_again_by_the_same_bill_query() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let query = world.query(&[("1", 500)]).await;
    world.biller.will(&[Mood::Refusing]);
    let first = world.request(&query, "k1", &[("1", 500)]);
    let made = world.payments.create(&first).await.unwrap();
    world.drive_next().await;
    assert_eq!(world.state(&made.payment).await, "released");
    let again = world.request(&query, "k2", &[("1", 500)]);
    assert!(world.payments.create(&again).await.is_ok());
    world.assert_books().await;
}

#[tokio::test]
async fn a_refusal_gives_the_money_back_and_frees_the_bill() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    world.biller.will(&[Mood::Refusing]);
    let made = world.pay("k1", "1", 500).await.unwrap();
    world.drive_next().await;
    assert_eq!(world.state(&made.payment).await, "released");
    assert_eq!(world.money().await, (FUNDS, 0));
    assert!(world.pay("k2", "1", 500).await.is_ok());
    world.assert_books().await;
}

#[tokio::test]
async fn many_requests_with_one_key_make_one_payment_with_one_body() {
    let world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let query = world.query(&[("1", 700)]).await;
    let request = Arc::new(world.request(&query, "same", &[("1", 700)]));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let (payments, request) = (world.payments.clone(), request.clone());
        tasks.spawn(async move { payments.create(&request).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    let made = answers
        .iter()
        .filter(|answer| answer.freshness == Freshness::Made)
        .count();
    assert_eq!(made, 1);
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    assert_eq!(world.money().await, (FUNDS, 700));
    world.look().await;
    // The stored acknowledgement stays as it was, long after.
    world.pass(3_600_000);
    let again = world.payments.create(&request).await.unwrap();
    assert_eq!(again.body, answers[0].body);
    let mut other = (*request).clone();
    other.body = serde_json::json!({"other": true});
    assert!(matches!(
        world.payments.create(&other).await,
        Err(PaymentError::KeyReused)
    ));
    world.assert_books().await;
}

#[tokio::test]
async fn a_bill_is_in_one_open_payment_only() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let first = world.pay("k1", "1", 500).await.unwrap();
    match world.pay("k2", "1", 500).await {
        Err(PaymentError::BillInPayment { payment }) => assert_eq!(payment, Some(first.payment)),
        other => panic!("{other:?}"),
    }
    assert!(world.pay("k3", "2", 500).await.is_ok());
    world.subject = guichet_domain::id::SubjectId::new("berta").unwrap();
    world.account = world
        .accounts
        .open_funding(
            &world.client,
            &world.subject,
            Money::cny(900),
            Money::cny(0),
        )
        .await
        .unwrap();
    match world.pay("k4", "1", 500).await {
        Err(PaymentError::BillInPayment { payment: None }) => {}
        other => panic!("another's payment is not named: {other:?}"),
    }
    world.assert_books().await;
}

#[tokio::test]
async fn what_must_not_be_paid_is_not() {
    let world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let query = world.query(&[("1", 500), ("2", 600)]).await;
    let create = async |change: &dyn Fn(&mut crate::payments::Create)| {
        let mut request = world.request(&query, "k", &[("1", 500)]);
        change(&mut request);
        world.payments.create(&request).await.unwrap_err()
    };
    let amount = create(&|request| request.items[0].amount = Money::cny(499)).await;
    assert!(matches!(amount, PaymentError::Items(_)), "{amount:?}");
    let stranger = guichet_domain::id::SubjectId::new("carl").unwrap();
    let foreign = create(&|request| request.subject = stranger.clone()).await;
    assert!(matches!(foreign, PaymentError::NoSuchQuery), "{foreign:?}");
    let account = guichet_domain::id::AccountId::new("settlement:CNY").unwrap();
    let mandate = create(&|request| request.payer_account = account.clone()).await;
    assert!(matches!(mandate, PaymentError::NoMandate), "{mandate:?}");
    let poor = world.pay("k2", "3", FUNDS + 1).await.unwrap_err();
    assert!(matches!(poor, PaymentError::InsufficientFunds), "{poor:?}");
    world.pass(600_000);
    let late = create(&|_| {}).await;
    assert!(matches!(late, PaymentError::QueryExpired), "{late:?}");
    assert_eq!(world.money().await, (FUNDS, 0));
    world.assert_books().await;
}

#[tokio::test]
async fn limits_by_day_and_references_hold_within_one_batch_too() {
    let world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    world.terms.0.lock().unwrap().limits.per_day = Some(Money::cny(1_000));
    let (one, two) = tokio::join!(world.pay("k1", "1", 600), world.pay("k2", "2", 600));
    let refused = [&one, &two]
        .iter()
        .filter(|result| matches!(result, Err(PaymentError::AboveDayLimit)))
        .count();
    assert_eq!(refused, 1);
    let query = world.query(&[("3", 100), ("4", 100)]).await;
    let mut request = world.request(&query, "k3", &[("3", 100)]);
    request.client_reference = Some("ref-1".to_owned());
    world.payments.create(&request).await.unwrap();
    let mut other = world.request(&query, "k4", &[("4", 100)]);
    other.client_reference = Some("ref-1".to_owned());
    let reused = world.payments.create(&other).await.unwrap_err();
    assert!(
        matches!(reused, PaymentError::ReferenceReused),
        "{reused:?}"
    );
    world.assert_books().await;
}

#[tokio::test]
async fn a_fee_is_taken_beside_the_total_and_comes_back_with_it() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let rate = FeeRule::Rate {
        basis_points: 125,
        minimum: Money::cny(1),
        maximum: Money::cny(100),
    };
    world.terms.0.lock().unwrap().fee = FeeTerms {
        rule: rate,
        bearer: FeeBearer::Payer,
    };
    let made = world.pay("k1", "1", 1_001).await.unwrap();
    // 12.5125, rounded half up.
    assert_eq!(world.money().await, (FUNDS, 1_014));
    world.drive_next().await;
    assert_eq!(world.money().await, (FUNDS - 1_014, 0));
    world.assert_books().await;
    let view = world
        .payments
        .reverse(&world.client, &made.payment, "mistake")
        .await
        .unwrap();
    assert_eq!(view.state.as_str(), "reversing");
    world.assert_books().await;
    assert_eq!(world.look().await, 1);
    assert_eq!(world.state(&made.payment).await, "reversed");
    assert_eq!(world.money().await, (FUNDS, 0));
    world.assert_books().await;
}

#[tokio::test]
async fn cancelling_works_only_before_submission() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    let view = world
        .payments
        .cancel(&world.client, &made.payment)
        .await
        .unwrap();
    assert_eq!(view.state.as_str(), "cancelled");
    assert_eq!(world.money().await, (FUNDS, 0));
    world.drive_next().await;
    assert_eq!(world.biller.effects_of(made.payment.as_str()), 0);
    let second = world.pay("k2", "1", 500).await.unwrap();
    world.drive_next().await;
    let late = world
        .payments
        .cancel(&world.client, &second.payment)
        .await
        .unwrap_err();
    assert!(matches!(late, PaymentError::WrongState(_)), "{late:?}");
    world.assert_books().await;
}

#[tokio::test]
async fn waiting_ends_with_the_payment_or_with_patience() {
    let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let made = world.pay("k1", "1", 500).await.unwrap();
    let impatient = world
        .payments
        .wait(&world.client, &made.payment, std::future::ready(()))
        .await
        .unwrap();
    assert_eq!(impatient.state.as_str(), "held");
    let claim = world.queue.try_recv().unwrap();
    let (waited, driven) = tokio::join!(
        world
            .payments
            .wait(&world.client, &made.payment, std::future::pending()),
        world.payments.drive(&claim),
    );
    driven.unwrap();
    assert_eq!(waited.unwrap().state.as_str(), "applied");
}

#[tokio::test]
async fn lists_and_statements_are_paged() {
    let world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    for number in 0..5 {
        world
            .pay(&format!("k{number}"), &number.to_string(), 100)
            .await
            .unwrap();
    }
    let first = world
        .payments
        .list(&world.client, &world.subject, None, 3)
        .await
        .unwrap();
    let cursor = first.next_cursor.unwrap().parse().unwrap();
    let rest = world
        .payments
        .list(&world.client, &world.subject, Some(&cursor), 3)
        .await
        .unwrap();
    assert_eq!(
        (first.items.len(), rest.items.len(), rest.next_cursor),
        (3, 2, None)
    );
    let (all, one) = tokio::join!(
        world.payments.list(&world.client, &world.subject, None, 5),
        world.payments.list(&world.client, &world.subject, None, 0),
    );
    let (all, one) = (all.unwrap(), one.unwrap());
    assert_eq!(
        (all.items.len(), all.next_cursor),
        (5, None),
        "no page more"
    );
    assert_eq!(one.items, all.items[..1]);
    let entries = world
        .accounts
        .entries(&world.client, &world.account, None, 4)
        .await
        .unwrap();
    let cursor = entries.next_cursor.unwrap();
    let more = world
        .accounts
        .entries(&world.client, &world.account, Some(&cursor), 4)
        .await
        .unwrap();
    assert_eq!((entries.items.len(), more.items.len()), (4, 2));
}
