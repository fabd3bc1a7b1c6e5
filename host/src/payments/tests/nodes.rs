//! The room on PostgreSQL, alone and beside a second node.

use std::collections::BTreeSet;

use guichet_domain::Money;
use guichet_domain::payment::StatusAnswer;
use guichet_tests::postgres::{Cluster, Durability};

use super::fakes::biller::{Memory, Mood};
use super::world::{FUNDS, World};
use crate::bank::Custom;
use crate::payments::{Freshness, PaymentError};
use crate::store::Location;

async fn world(cluster: &Cluster, name: &str) -> World {
    let location = Location::Postgres(cluster.database(name).unwrap());
    World::at(location, Memory::AppliesAgain, StatusAnswer::Advisory).await
}

#[tokio::test]
async fn the_room_holds_on_postgresql() {
    let cluster = Cluster::start(Durability::None).unwrap();
    one_node(world(&cluster, "one").await).await;
    two_nodes(world(&cluster, "two").await).await;
}

/// Money at a bank locks no account when a payment begins: only the limit itself
/// keeps two nodes apart.
#[tokio::test]
async fn two_nodes_at_once_do_not_pass_a_limit_by_day() {
    let cluster = Cluster::start(Durability::None).unwrap();
    for (name, by_payer) in [("account", false), ("payer", true)] {
        let mut world = world(&cluster, name).await;
        world.pay_by_bank(Custom::HoldFirst).await;
        if by_payer {
            world.policies.0.lock().unwrap().payer_per_day = Some(1_000);
        } else {
            world.terms.0.lock().unwrap().limits.per_day = Some(Money::cny(1_000));
        }
        let neighbour = world.neighbour().await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..60 {
            let bill = number.to_string();
            let query = world.query(&[(&bill, 100)]).await;
            let request = world.request(&query, &format!("k{number}"), &[(&bill, 100)]);
            let room = if number % 2 == 0 {
                world.payments.clone()
            } else {
                neighbour.clone()
            };
            tasks.spawn(async move { room.create(&request).await });
        }
        let answers = tasks.join_all().await;
        let made = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(made, 10, "{name}");
        let is_limit = |error: &PaymentError| match error {
            PaymentError::AboveDayLimit => !by_payer,
            PaymentError::AbovePayerLimit => by_payer,
            _ => false,
        };
        let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
        assert_eq!(refused.filter(|error| is_limit(error)).count(), 50);
        world.assert_books().await;
    }
}

/// Money at a bank locks no account: nothing keeps the twins apart but their key.
#[tokio::test(flavor = "multi_thread")]
async fn twins_at_two_nodes_are_one_payment() {
    let cluster = Cluster::start(Durability::None).unwrap();
    let mut world = world(&cluster, "twins").await;
    world.pay_by_bank(Custom::HoldFirst).await;
    let neighbour = world.neighbour().await;
    for number in 0..200 {
        let bill = number.to_string();
        let query = world.query(&[(&bill, 1)]).await;
        let request = world.request(&query, &format!("k{number}"), &[(&bill, 1)]);
        let mut twins = tokio::task::JoinSet::new();
        for room in [world.payments.clone(), neighbour.clone()] {
            let request = request.clone();
            twins.spawn(async move { room.create(&request).await });
        }
        let answers = twins.join_all().await;
        let bodies: BTreeSet<String> = answers.into_iter().map(|one| one.unwrap().body).collect();
        assert_eq!(bodies.len(), 1, "{bodies:#?}");
    }
    world.assert_books().await;
}

async fn one_node(mut world: World) {
    world.biller.will(&[Mood::Mute, Mood::Refusing, Mood::Good]);
    let mut payments = Vec::new();
    for bill in ["1", "2", "3"] {
        let made = world.pay(&format!("k{bill}"), bill, 500).await.unwrap();
        world.drive_next().await;
        payments.push(made.payment);
    }
    world.restart().await;
    world.pass(5_000);
    world.look().await;
    let mut states = Vec::new();
    for payment in &payments {
        states.push(world.state(payment).await);
    }
    assert_eq!(states, ["applied", "released", "applied"]);
    assert_eq!(world.money().await, (FUNDS - 1_000, 0));
    world
        .payments
        .reverse(&world.client, &payments[2], "mistake")
        .await
        .unwrap();
    world.look().await;
    assert_eq!(world.state(&payments[2]).await, "reversed");
    let poor = world.pay("k4", "4", FUNDS).await.unwrap_err();
    assert!(matches!(poor, PaymentError::InsufficientFunds), "{poor:?}");
    world.assert_books().await;
}

async fn two_nodes(world: World) {
    let neighbour = world.neighbour().await;
    let query = world.query(&[("1", 100), ("2", 100)]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..40 {
        let room = if number % 2 == 0 {
            world.payments.clone()
        } else {
            neighbour.clone()
        };
        let request = world.request(&query, "same", &[("1", 100)]);
        tasks.spawn(async move { room.create(&request).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    let bodies: BTreeSet<&str> = answers.iter().map(|answer| answer.body.as_str()).collect();
    assert_eq!(bodies.len(), 1, "one body for all");
    let made = answers
        .iter()
        .filter(|answer| answer.freshness == Freshness::Made)
        .count();
    assert_eq!(made, 1);
    let one = world.request(&query, "a", &[("2", 100)]);
    let two = world.request(&query, "b", &[("2", 100)]);
    let (one, two) = tokio::join!(world.payments.create(&one), neighbour.create(&two));
    let taken = |result: &Result<_, PaymentError>| {
        matches!(result, Err(PaymentError::BillInPayment { .. }))
    };
    assert!(
        one.is_ok() != two.is_ok() && (taken(&one) || taken(&two)),
        "{one:?} {two:?}"
    );
    // Both look after a dead node's work; no payment goes to both.
    world.pass(10_001);
    let now = world.ports.now();
    let (mine, others) = tokio::join!(
        world.payments.store().claim(now, now.plus_ms(10_000), 100),
        neighbour.store().claim(now, now.plus_ms(10_000), 100),
    );
    let (mine, others) = (mine.unwrap(), others.unwrap());
    assert_eq!(mine.len() + others.len(), 2);
    for claim in &mine {
        world.payments.drive(claim).await.unwrap();
    }
    for claim in &others {
        neighbour.drive(claim).await.unwrap();
    }
    assert_eq!(world.biller.state.lock().unwrap().effects.len(), 2);
    assert_eq!(world.money().await, (FUNDS - 200, 0));
    // Whoever looked after them, each is booked on the stripe where it began.
    let chart = neighbour.store().chart_balances(("", "", ""), 100);
    let chart = chart.await.unwrap();
    let owed = chart.iter().find(|one| one.kind == "payable").unwrap();
    assert_eq!((owed.owed, owed.coming), (200, 0));
    world.assert_books().await;
}
