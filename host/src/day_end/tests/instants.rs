//! To the microsecond: when a day may be closed and its files are taken.

use guichet_domain::reconciliation::LineKind;

use super::papers;
use super::town::Mood;
use super::world::{AMOUNT, World};
use crate::day_end::{DayEndError, Received};

/// Midnight in Shanghai, where the day of the tests ends.
const END: &str = "2026-11-21T16:00:00Z";

#[tokio::test]
async fn a_day_is_closed_a_minute_after_its_end_and_not_before() {
    let world = World::new().await;
    world.pay(Mood::Good).await;
    world.set("2026-11-21T16:00:59.999999Z");
    let refused = world.day_end.close(World::date(), "paul").await;
    assert!(matches!(refused, Err(DayEndError::NotEnded(date)) if date == World::date()));
    assert_eq!(world.day_end.closed(World::date()).await.unwrap(), None);
    world.set("2026-11-21T16:01:00Z");
    let closed = world.day_end.close(World::date(), "paul").await.unwrap();
    assert_eq!((closed.payments, closed.open_payments), (1, 0));
    let told = world.day_end.closed(World::date()).await.unwrap();
    assert_eq!(told, Some(closed));
}

#[tokio::test]
async fn a_file_that_is_made_and_brought_as_the_day_ends_is_taken() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    let sender = World::biller_sends();
    let lines = [(paid.as_str(), LineKind::Payment, AMOUNT)];
    let file = papers::day_file(&sender, 1, END.parse().unwrap(), &lines);
    world.set("2026-11-21T15:59:59.999999Z");
    let brought = world
        .day_end
        .receive(&sender, file.clone().into(), "paul")
        .await;
    assert!(matches!(brought, Err(DayEndError::NotEnded(date)) if date == World::date()));
    let early = papers::day_file(&sender, 1, world.now(), &lines);
    world.set(END);
    let brought = world.day_end.receive(&sender, early.into(), "paul").await;
    assert!(matches!(
        brought,
        Err(DayEndError::WrongFile {
            field: "made_at",
            ..
        })
    ));
    let brought = world.day_end.receive(&sender, file.into(), "paul").await;
    assert!(matches!(brought, Ok(Received::New(_))), "{brought:?}");
}
