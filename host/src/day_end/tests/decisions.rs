//! Decisions with the payment room itself at the desk: one that it does not take is
//! not kept for later, and people who are needed again are told again.

use std::sync::Arc;

use guichet_domain::Money;
use guichet_domain::id::RecordId;
use guichet_domain::work_order::{Decision, Kind, Proposal, State};
use serde_json::json;

use super::town::Mood;
use super::world::{AMOUNT, BILLER, World, person};
use crate::terms::order::{Refusal, RefusalGround, ReversalOutcome};
use crate::work_orders::{
    DeskError, Matter, PaymentRoom, Swept, WorkOrderError, WorkOrders, order_id,
};

const MINUTES_MS: i64 = 60_000;

pub(super) fn room(world: &World) -> WorkOrders {
    let desk = Arc::new(PaymentRoom(world.payments.clone()));
    WorkOrders::new(world.store.clone(), world.ports.clone(), desk)
}

pub(super) async fn decide(
    orders: &WorkOrders,
    id: &RecordId,
    decision: Decision,
) -> Result<State, String> {
    let proposal = Proposal {
        by: person("paul"),
        decision,
        evidence: "letter 17".to_owned(),
        serial: None,
        seen: None,
    };
    let proposed = orders.propose(id, proposal).await.unwrap();
    let version = proposed.version;
    match orders.agree(id, version, &person("petra")).await {
        Ok(order) => Ok(order.standing.state),
        Err(WorkOrderError::NotCarriedOut(why)) => Err(why),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_decision_that_comes_too_early_is_not_carried_out_later() {
    let world = World::new().await;
    let orders = room(&world);
    let paid = world.pay(Mood::Mute).await;
    let matter = Matter {
        kind: Kind::UnknownPayment,
        record: paid.to_string(),
        party: BILLER.to_owned(),
        date: World::date(),
        amount: Some(Money::cny(AMOUNT)),
        found: json!({}),
    };
    assert_eq!(orders.open(&[matter]).await.unwrap(), 1);
    let id = order_id(Kind::UnknownPayment, paid.as_str());
    let early = decide(&orders, &id, Decision::NotApplied).await;
    assert!(early.is_err(), "a call may still be on its way");
    let order = orders.get(&id).await.unwrap();
    assert_eq!(order.standing.state, State::Open);
    assert_eq!(order.standing.proposal, None);
    let history = orders.history(&id).await.unwrap();
    assert_eq!(history.last().unwrap().event, "not carried out");
    world.pass(30 * MINUTES_MS);
    assert_eq!(orders.sweep().await.unwrap().carried_out, 0);
    assert_eq!(world.state(&paid).await, "unknown");
}

#[tokio::test]
async fn a_payment_that_needs_people_again_has_an_open_order_again() {
    let world = World::new().await;
    let orders = room(&world);
    let paid = world.pay(Mood::Good).await;
    world.next_day();
    let id = order_id(Kind::RefundAgreement, paid.as_str());
    for round in 0..3 {
        let asked = world.payments.reverse(&world.client, &paid, "moved away");
        assert_eq!(asked.await.unwrap().state.as_str(), "refunding");
        assert_eq!(orders.sweep().await.unwrap().opened, 1, "round {round}");
        assert_eq!(orders.sweep().await.unwrap(), Swept::default());
        let order = orders.get(&id).await.unwrap();
        assert_eq!(order.standing.state, State::Open);
        assert_eq!((order.standing.proposal, order.closed_at), (None, None));
        assert!(order.deadline > world.ports.now());
        let decided = decide(&orders, &id, Decision::RefundRefused).await;
        assert_eq!(decided, Ok(State::Closed));
        assert_eq!(world.state(&paid).await, "applied");
        assert_eq!(orders.sweep().await.unwrap(), Swept::default());
        world.pass(30 * MINUTES_MS);
    }
    world.assert_books().await;
}

#[tokio::test]
async fn a_payer_is_refunded_although_the_biller_refuses_to_undo() {
    let world = World::new().await;
    let orders = room(&world);
    let paid = world.pay(Mood::Good).await;
    let matter = Matter {
        kind: Kind::Surplus,
        record: paid.to_string(),
        party: BILLER.to_owned(),
        date: World::date(),
        amount: Some(Money::cny(AMOUNT)),
        found: json!({}),
    };
    orders.open(&[matter]).await.unwrap();
    let id = order_id(Kind::Surplus, paid.as_str());
    let refused = ReversalOutcome::Refused(Refusal {
        ground: RefusalGround::Definite,
        code: "NO".to_owned(),
        message: "too late".to_owned(),
    });
    world.biller.undoes.lock().unwrap().push(refused);
    let proposal = Proposal {
        by: person("paul"),
        decision: Decision::RefundPayer,
        evidence: "letter 17".to_owned(),
        serial: None,
        seen: None,
    };
    let version = orders.propose(&id, proposal).await.unwrap().version;
    let later = orders.agree(&id, version, &person("petra")).await;
    let is_later = matches!(later, Err(WorkOrderError::Desk(DeskError::Later(_))));
    assert!(is_later, "{later:?}");
    assert_eq!(world.state(&paid).await, "reversing");
    assert_eq!(orders.sweep().await.unwrap().carried_out, 0);
    let order = orders.get(&id).await.unwrap();
    assert_eq!(order.standing.state, State::Decided, "it stands");
    world.drive(&paid).await;
    assert_eq!(world.state(&paid).await, "applied");
    assert_eq!(orders.sweep().await.unwrap().carried_out, 1);
    world.drive(&paid).await;
    assert_eq!(world.state(&paid).await, "refunded");
    let order = orders.get(&id).await.unwrap();
    assert_eq!(order.standing.state, State::Closed);
    world.assert_books().await;
}
