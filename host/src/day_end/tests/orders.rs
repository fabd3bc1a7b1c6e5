//! Work orders about payments: opened by the sweep, decided by two, carried out
//! however often the payment room is away.

use std::sync::atomic::Ordering;

use guichet_domain::id::RecordId;
use guichet_domain::work_order::{Decision, Kind, Proposal, Refusal, State};

use super::town::Mood;
use super::world::{World, person};
use crate::store::{WorkOrderFilter, WorkOrderRow};
use crate::work_orders::{Swept, WorkOrderError, order_id};

const HOURS_MS: i64 = 60 * 60_000;

impl World {
    /// Two persons decide an order.
    pub(super) async fn decide(&self, order: &RecordId, decision: Decision) {
        let proposal = Proposal {
            by: person("paul"),
            decision,
            evidence: "letter 17".to_owned(),
            serial: None,
            seen: None,
        };
        self.work_orders.propose(order, proposal).await.unwrap();
        self.agree(order, "petra").await.unwrap();
    }

    /// A person agrees to what is proposed now.
    pub(super) async fn agree(
        &self,
        order: &RecordId,
        who: &str,
    ) -> Result<WorkOrderRow, WorkOrderError> {
        let version = self.work_orders.get(order).await?.version;
        self.work_orders.agree(order, version, &person(who)).await
    }
}

/// A payment that people have to look at.
async fn escalated(world: &World, mood: Mood) -> RecordId {
    let paid = world.pay(mood).await;
    world.pass(3 * HOURS_MS);
    world.drive(&paid).await;
    paid
}

pub(super) fn proposal(by: &str, decision: Decision) -> Proposal {
    Proposal {
        by: person(by),
        decision,
        evidence: "the biller's letter of today".to_owned(),
        serial: Some("S9".to_owned()),
        seen: None,
    }
}

#[tokio::test]
async fn the_sweep_opens_one_order_for_each_payment_and_two_persons_end_it() {
    one_order(&World::new().await).await;
}

/// Beside it, the same on the other database.
pub(super) async fn one_order(world: &World) {
    let paid = escalated(world, Mood::Mute).await;
    let swept = world.work_orders.sweep().await.unwrap();
    assert_eq!(swept.opened, 1);
    assert_eq!(world.work_orders.sweep().await.unwrap(), Swept::default());
    let id = order_id(Kind::UnknownPayment, paid.as_str());
    let order = world.work_orders.get(&id).await.unwrap();
    assert_eq!(
        (order.owner.as_str(), order.record.as_str()),
        ("operator", paid.as_str())
    );
    assert!(order.deadline > order.opened_at);

    let taken = world.work_orders.take(&id, &person("paul")).await.unwrap();
    assert_eq!(taken.owner, "paul");
    let wanted = proposal("paul", Decision::Applied);
    world
        .work_orders
        .propose(&id, wanted.clone())
        .await
        .unwrap();
    world.work_orders.propose(&id, wanted).await.unwrap();
    let alone = world.agree(&id, "paul").await.unwrap_err();
    assert!(matches!(
        alone,
        WorkOrderError::Refused(Refusal::SamePerson(_))
    ));
    assert_eq!(world.state(&paid).await, "unknown", "nobody decides alone");
    let ended = world.agree(&id, "petra").await.unwrap();
    assert_eq!(ended.standing.state, State::Closed);
    assert_eq!(world.state(&paid).await, "applied");
    let again = world.agree(&id, "petra").await.unwrap();
    assert_eq!(again.standing.state, State::Closed);
    assert_eq!(world.desk.tasks.lock().unwrap().len(), 1);
    let history = world.work_orders.history(&id).await.unwrap();
    let events: Vec<&str> = history.iter().map(|line| line.event.as_str()).collect();
    assert_eq!(
        events,
        [
            "opened",
            "taken",
            "proposed applied",
            "agreed",
            "carried out"
        ]
    );
    world.assert_books().await;
}

#[tokio::test]
async fn a_decision_stands_while_the_payment_room_is_away_and_is_carried_out_later() {
    let world = World::new().await;
    let paid = escalated(&world, Mood::Deaf).await;
    world.work_orders.sweep().await.unwrap();
    let id = order_id(Kind::UnknownPayment, paid.as_str());
    world.desk.away.store(2, Ordering::SeqCst);
    let wanted = proposal("paul", Decision::NotApplied);
    world.work_orders.propose(&id, wanted).await.unwrap();
    let later = world.agree(&id, "petra").await;
    assert!(matches!(later, Err(WorkOrderError::Desk(_))), "{later:?}");
    let order = world.work_orders.get(&id).await.unwrap();
    assert_eq!(order.standing.state, State::Decided);
    assert_eq!(world.work_orders.sweep().await.unwrap().carried_out, 0);
    assert_eq!(world.work_orders.sweep().await.unwrap().carried_out, 1);
    assert_eq!(world.state(&paid).await, "released");
}

#[tokio::test]
async fn an_order_ends_by_itself_once_the_payment_has_moved_on() {
    let world = World::new().await;
    let paid = escalated(&world, Mood::Mute).await;
    world.work_orders.sweep().await.unwrap();
    world.next_day();
    world.close().await;
    world.hand_in(world.own_file(1, &[], &[])).await;
    world.day_end.check(&World::scope()).await.unwrap();
    assert_eq!(world.state(&paid).await, "applied");
    // The check has swept; there is nothing left to do.
    assert_eq!(world.work_orders.sweep().await.unwrap(), Swept::default());
    let filter = WorkOrderFilter {
        state: Some(State::Closed),
        owner: Some("operator"),
    };
    let closed = world.work_orders.list(filter, "", 10).await.unwrap();
    assert_eq!(closed.len(), 1);
    let late = proposal("paul", Decision::NotApplied);
    let refused = world
        .work_orders
        .propose(&closed[0].id, late)
        .await
        .unwrap_err();
    assert!(matches!(
        refused,
        WorkOrderError::Refused(Refusal::WrongState(_))
    ));
}

#[tokio::test]
async fn what_one_person_proposes_another_may_decline() {
    let world = World::new().await;
    let paid = escalated(&world, Mood::Mute).await;
    world.work_orders.sweep().await.unwrap();
    let id = order_id(Kind::UnknownPayment, paid.as_str());
    let wanted = proposal("paul", Decision::NotApplied);
    world.work_orders.propose(&id, wanted).await.unwrap();
    let order = world
        .work_orders
        .decline(&id, &person("petra"), "the letter says applied")
        .await;
    assert_eq!(order.unwrap().standing.state, State::Open);
    assert!(world.agree(&id, "petra").await.is_err());
    assert_eq!(world.state(&paid).await, "unknown");
}

/// Who agrees has read one proposal; another one put in its place is not it.
#[tokio::test]
async fn nobody_agrees_to_a_proposal_that_was_not_read() {
    let world = World::new().await;
    let paid = escalated(&world, Mood::Mute).await;
    world.work_orders.sweep().await.unwrap();
    let id = order_id(Kind::UnknownPayment, paid.as_str());
    let first = proposal("paul", Decision::Applied);
    let read = world.work_orders.propose(&id, first).await.unwrap();
    let second = proposal("paul", Decision::NotApplied);
    world.work_orders.propose(&id, second).await.unwrap();
    let petra = person("petra");
    let late = world.work_orders.agree(&id, read.version, &petra).await;
    assert!(matches!(late, Err(WorkOrderError::Stale)), "{late:?}");
    assert_eq!(world.state(&paid).await, "unknown");
    let order = world.work_orders.get(&id).await.unwrap();
    assert_eq!(order.standing.state, State::Proposed);
}
