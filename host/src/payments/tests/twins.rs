//! Requests of one commit: each sees what those before it have taken.

use guichet_domain::Money;
use guichet_domain::payment::StatusAnswer;

use super::fakes::biller::Memory;
use super::world::World;
use crate::payments::{Acknowledgement, Create, Freshness, PaymentError};

async fn world() -> World {
    World::in_turns(Memory::AppliesAgain, StatusAnswer::Advisory).await
}

async fn request(world: &World, key: &str, bill: &str, amount: i64) -> Create {
    let query = world.query(&[(bill, amount)]).await;
    world.request(&query, key, &[(bill, amount)])
}

/// Both at once; the first one always gets through.
async fn both(world: &World, first: &Create, second: &Create) -> Result<(), PaymentError> {
    let (made, after) = tokio::join!(world.payments.create(first), world.payments.create(second));
    made.unwrap();
    after.map(drop)
}

#[tokio::test]
async fn the_same_request_twice_is_one_payment_and_another_body_is_refused() {
    let world = world().await;
    let asked = request(&world, "key", "1", 500).await;
    let (made, again) = tokio::join!(world.payments.create(&asked), world.payments.create(&asked));
    let made = made.unwrap();
    let replayed = Acknowledgement {
        freshness: Freshness::Replayed,
        ..made.clone()
    };
    assert_eq!(
        (made.freshness, again.unwrap()),
        (Freshness::Made, replayed)
    );
    let view = world.payments.get(&world.client, &made.payment).await;
    assert_eq!(view.unwrap().items, asked.items);

    let first = request(&world, "other", "2", 500).await;
    let second = request(&world, "other", "3", 500).await;
    let refused = both(&world, &first, &second).await;
    assert!(
        matches!(refused, Err(PaymentError::KeyReused)),
        "{refused:?}"
    );
    world.assert_books().await;
}

#[tokio::test]
async fn a_reference_and_a_bill_are_taken_by_the_first_of_two() {
    let world = world().await;
    let mut first = request(&world, "k1", "1", 500).await;
    let mut second = request(&world, "k2", "2", 500).await;
    first.client_reference = Some("r".to_owned());
    second.client_reference = Some("r".to_owned());
    let refused = both(&world, &first, &second).await;
    assert!(
        matches!(refused, Err(PaymentError::ReferenceReused)),
        "{refused:?}"
    );

    let first = request(&world, "k3", "3", 500).await;
    let second = request(&world, "k4", "3", 500).await;
    let refused = both(&world, &first, &second).await;
    assert!(
        matches!(
            refused,
            Err(PaymentError::BillInPayment { payment: Some(_) })
        ),
        "{refused:?}"
    );
    world.assert_books().await;
}

#[tokio::test]
async fn limits_by_day_are_reached_by_two_together_and_passed_by_none() {
    for by_payer in [false, true] {
        let world = world().await;
        if by_payer {
            world.policies.0.lock().unwrap().payer_per_day = Some(1_000);
        } else {
            world.terms.0.lock().unwrap().limits.per_day = Some(Money::cny(1_000));
        }
        let first = request(&world, "k1", "1", 600).await;
        let too_much = request(&world, "k2", "2", 401).await;
        let refused = both(&world, &first, &too_much).await;
        let is_limit = match &refused {
            Err(PaymentError::AboveDayLimit) => !by_payer,
            Err(PaymentError::AbovePayerLimit) => by_payer,
            _ => false,
        };
        assert!(is_limit, "{refused:?}");
        let (some, rest) = (
            request(&world, "k3", "3", 300).await,
            request(&world, "k4", "4", 100).await,
        );
        both(&world, &some, &rest).await.unwrap();
        world.assert_books().await;
    }
}
