//! What the room keeps for a while, and what it tells those who follow it: policies
//! and prices are looked up anew after a second, and not before.

use guichet_domain::Money;
use guichet_domain::id::{ClientId, PersonId};
use guichet_domain::payment::StatusAnswer;

use super::fakes::biller::Memory;
use super::world::World;
use crate::accounts::ByOperator;
use crate::payments::PolicyPort as _;
use crate::payments::policies::StoredPolicies;
use crate::terms::{AuthorisationRule, PayerPolicy};

async fn world() -> World {
    let world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    world.pass(5_000);
    world
}

fn by(world: &World) -> ByOperator {
    ByOperator {
        person: PersonId::new("paul").unwrap(),
        client: world.client.clone(),
    }
}

#[tokio::test]
async fn a_new_policy_holds_after_a_second_at_the_latest() {
    let world = world().await;
    let policies = StoredPolicies::new(world.payments.store().clone(), world.ports.clone());
    let read = async || {
        policies
            .policy(&world.client, &world.account)
            .await
            .unwrap()
    };
    assert_eq!(read().await, PayerPolicy::default());
    let by = by(&world);
    let set = world
        .accounts
        .set_client_policy(&by, AuthorisationRule::Always, Some(5));
    set.await.unwrap();
    for passed in [0, 999] {
        world.pass(passed);
        assert_eq!(read().await, PayerPolicy::default(), "{passed}");
    }
    world.pass(1);
    let now = PayerPolicy {
        authorisation: AuthorisationRule::Always,
        payer_per_day: Some(5),
        ..PayerPolicy::default()
    };
    assert_eq!(read().await, now);
    assert_eq!(read().await, now);
    assert_eq!(format!("{policies:?}"), "StoredPolicies");
}

#[tokio::test]
async fn new_prices_hold_after_a_second_at_the_latest() {
    let world = world().await;
    let by = by(&world);
    let slip = world.accounts.top_up(&by, Money::cny(100), "slip");
    slip.await.unwrap();
    let fee_of = async |key: &str| {
        let made = world.pay(key, key, 100).await.unwrap();
        let row = world.payments.store().payment(&made.payment).await;
        row.unwrap().unwrap().client_fee.map(|fee| fee.amount)
    };
    assert_eq!(fee_of("1").await, None);
    let list = r#"{"currency":"CNY","prices":[{"fixed":7}]}"#;
    let list = serde_json::from_str(list).unwrap();
    world.accounts.set_prices(&by, &list).await.unwrap();
    for key in ["2", "3"] {
        assert_eq!(fee_of(key).await, None, "still known");
        world.pass(if key == "2" { 999 } else { 1 });
    }
    assert_eq!(fee_of("4").await, Some(7));
}

/// What a worker should have looked at a week ago is found by the ledger's check.
#[tokio::test]
async fn a_payment_that_nobody_looks_after_is_found_after_a_week() {
    const WEEK_MS: i64 = 7 * 24 * 60 * 60_000;
    let world = world().await;
    let paid = world.pay("key", "bill", 500).await.unwrap().payment;
    let begun = world.ports.now();
    for (later, neglected) in [(0, 0), (WEEK_MS, 0), (WEEK_MS + 1, 1)] {
        let then = begun.plus_ms(later);
        let report = world.payments.store().check_ledger(then).await.unwrap();
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|one| (one.record.as_str(), one.detail.as_str()))
            .collect();
        let wanted = [(paid.as_str(), "held")];
        assert_eq!(found, wanted[..neglected], "{later}");
    }
}

/// What another client pays is no reason to read this one's prices anew.
#[tokio::test]
async fn each_client_s_prices_are_known_for_their_own_second() {
    let mut world = world().await;
    world.pay("1", "1", 100).await.unwrap();
    let by = by(&world);
    let list = r#"{"currency":"CNY","prices":[{"fixed":7}]}"#;
    let list = serde_json::from_str(list).unwrap();
    let slip = world.accounts.top_up(&by, Money::cny(100), "slip");
    slip.await.unwrap();
    world.accounts.set_prices(&by, &list).await.unwrap();
    let own = (world.client.clone(), world.account.clone());
    world.client = ClientId::new("other-app").unwrap();
    world.account = world
        .fund(&world.client, &world.subject, Money::cny(500))
        .await;
    world.pay("2", "2", 100).await.unwrap();
    (world.client, world.account) = own;
    let made = world.pay("3", "3", 100).await.unwrap();
    assert_eq!(world.row(&made.payment).await.client_fee, None);
}

#[tokio::test]
async fn who_follows_the_room_is_told_of_every_change() {
    let mut world = world().await;
    let mut changes = world.payments.follow();
    let made = world.pay("1", "1", 100).await.unwrap();
    world.drive_next().await;
    let mut states = Vec::new();
    while let Ok(change) = changes.try_recv() {
        assert_eq!(change.client, world.client);
        assert_eq!(change.payment.id, made.payment);
        states.push(change.payment.state.to_string());
    }
    assert_eq!(states, ["submitted", "applied"]);
}

/// What is printed of a room, in a log say, tells nothing of its payments.
#[tokio::test]
async fn a_printed_room_shows_its_settings_alone() {
    let world = world().await;
    let printed = format!("{:?}", world.payments);
    let settings = format!("{:?}", world.payments.settings());
    assert_eq!(printed, format!("Payments {{ settings: {settings}, .. }}"));
}
