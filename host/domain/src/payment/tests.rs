//! The diagram as a table, and laws that hold over every pair of state and event.

use super::*;
use crate::moment::Moment;

mod next;

fn with(state: State, hold: LegState, capture: LegState) -> Snapshot {
    Snapshot {
        state,
        hold,
        capture,
        ..Snapshot::NEW
    }
}

fn all_snapshots() -> Vec<Snapshot> {
    let mut all = Vec::new();
    for state in State::ALL {
        for hold in LegState::ALL {
            for capture in LegState::ALL {
                for release in LegState::ALL {
                    for refund in LegState::ALL {
                        all.push(Snapshot {
                            state: *state,
                            hold: *hold,
                            capture: *capture,
                            release: *release,
                            refund: *refund,
                        });
                    }
                }
            }
        }
    }
    all
}

/// Everything that can be reached from a new payment.
fn reachable() -> std::collections::BTreeSet<String> {
    reach()
        .iter()
        .map(|snapshot| format!("{snapshot:?}"))
        .collect()
}

fn reach() -> Vec<Snapshot> {
    let mut found = vec![Snapshot::NEW];
    let mut position = 0;
    while let Some(from) = found.get(position).copied() {
        for event in Event::all() {
            if let Ok(to) = transition(from, event)
                && !found.contains(&to)
            {
                found.push(to);
            }
        }
        position += 1;
    }
    found
}

#[test]
fn every_arrow_of_the_diagram_is_there_and_no_other() {
    use State::{
        Applied, Cancelled, Declined, Expired, Held, Pending, Refunded, Refunding, Refused,
        Released, Requested, RequiresAction, Reversed, Reversing, Submitted, Unknown,
    };
    let arrows = [
        (Requested, RequiresAction),
        (RequiresAction, Requested),
        (Requested, Declined),
        (RequiresAction, Declined),
        (Requested, Held),
        (Requested, Cancelled),
        (RequiresAction, Cancelled),
        (Held, Cancelled),
        (Requested, Expired),
        (RequiresAction, Expired),
        (Held, Expired),
        (Held, Submitted),
        (Held, Unknown),
        (Submitted, Held),
        (Submitted, Applied),
        (Submitted, Refused),
        (Submitted, Pending),
        (Submitted, Unknown),
        (Pending, Applied),
        (Pending, Refused),
        (Pending, Unknown),
        (Pending, Submitted),
        (Pending, Held),
        (Unknown, Applied),
        (Unknown, Refused),
        (Unknown, Pending),
        (Unknown, Submitted),
        (Unknown, Held),
        (Refused, Released),
        (Applied, Reversing),
        (Reversing, Reversed),
        (Reversing, Applied),
        (Applied, Refunding),
        (Refunding, Refunded),
        (Refunding, Applied),
    ];
    for from in State::ALL {
        for to in State::ALL {
            let possible = from != to
                && all_snapshots()
                    .into_iter()
                    .filter(|s| s.state == *from)
                    .any(|snapshot| {
                        Event::all()
                            .into_iter()
                            .any(|event| transition(snapshot, event).is_ok_and(|s| s.state == *to))
                    });
            assert_eq!(possible, arrows.contains(&(*from, *to)), "{from} to {to}");
        }
    }
}

#[test]
fn money_laws_hold_wherever_a_payment_can_come() {
    let none = LegState::None;
    for snapshot in reach() {
        let taken = snapshot.capture == LegState::Done;
        let given_back = snapshot.release == LegState::Done;
        assert!(!(taken && given_back), "{snapshot:?}: taken and given back");
        let open_at_biller = matches!(
            snapshot.state,
            State::Submitted | State::Pending | State::Unknown
        );
        if open_at_biller {
            assert!(snapshot.is_funded(), "{snapshot:?}: sent without money");
        }
        let not_undone = open_at_biller || matches!(snapshot.state, State::Applied | State::Held);
        if not_undone {
            assert_eq!(snapshot.release, none, "{snapshot:?}: released");
            assert_eq!(snapshot.refund, none, "{snapshot:?}: refunded");
        }
        let applied = matches!(
            snapshot.state,
            State::Applied
                | State::Reversing
                | State::Reversed
                | State::Refunding
                | State::Refunded
        );
        if snapshot.hold != none && snapshot.capture != none {
            assert!(applied, "{snapshot:?}: a hold taken, but not applied");
        }
        if applied {
            assert_eq!(snapshot.release, none, "{snapshot:?}: applied and released");
        }
        if snapshot.refund != none {
            assert!(taken, "{snapshot:?}: given back but not taken");
        }
        if snapshot.release != none {
            assert_eq!(
                snapshot.hold,
                LegState::Done,
                "{snapshot:?}: nothing to release"
            );
        }
        let bank_is_open = [snapshot.hold, snapshot.capture]
            .iter()
            .any(|leg| matches!(leg, LegState::Asked | LegState::Unknown));
        if bank_is_open {
            let waits = matches!(snapshot.state, State::Requested | State::Applied);
            assert!(waits, "{snapshot:?}: the bank's answer is forgotten");
        }
    }
    assert!(reachable().len() > 40);
}

/// Where a payment has not ended there is something to do about it, or somebody
/// to wait for; and what is to be done is an arrow of the diagram.
#[test]
fn whatever_is_to_be_done_can_be_done() {
    let now = Moment::from_micros(100_000_000);
    for snapshot in reach() {
        for backing in [
            Backing::OwnLedger,
            Backing::HoldFirst,
            Backing::CaptureFirst,
        ] {
            let standing = Standing {
                snapshot,
                backing,
                attempts: 0,
                attempted_at: None,
                act_until: Some(now.plus_ms(1)),
                submit_until: now.plus_ms(1),
                attempts_limit: 5,
                restored_at: None,
            };
            let foreign = match backing {
                Backing::OwnLedger | Backing::HoldFirst => {
                    snapshot.hold == LegState::None && snapshot.capture != LegState::None
                }
                Backing::CaptureFirst => snapshot.hold != LegState::None,
            };
            if foreign {
                continue;
            }
            let capabilities = Capabilities {
                repetition: Repetition::MayApplyAgain,
                status: StatusAnswer::Advisory,
                reversal: Reversal::Unsupported,
            };
            let step = next_step(&standing, &capabilities, now);
            assert_eq!(
                step == NextStep::Nothing,
                snapshot.has_ended(),
                "{snapshot:?} {step:?}"
            );
            let events: &[Event] = match step {
                NextStep::Assume => &[Event::Submitted],
                NextStep::Order(leg) => &[Event::Bank(leg, Step::Asked)],
                NextStep::Inquire(leg) => &[
                    Event::Bank(leg, Step::Done),
                    Event::Bank(leg, Step::Refused),
                ],
                NextStep::Submit => &[Event::Submitted],
                NextStep::Expire => &[Event::Expired],
                NextStep::AwaitAgreement => &[Event::RefundAgreed, Event::RefundRefused],
                NextStep::AwaitPayer(_) => &[Event::Authorised],
                NextStep::Reverse => &[Event::ReversalDone, Event::ReversalRefused],
                NextStep::AskStatus | NextStep::Escalate | NextStep::Nothing => &[],
            };
            for event in events {
                assert!(
                    transition(snapshot, *event).is_ok(),
                    "{snapshot:?} {event:?}"
                );
            }
        }
    }
}

#[test]
fn a_bank_that_takes_first_gives_back_by_refund() {
    let move_all = |events: &[Event]| {
        events.iter().fold(Snapshot::NEW, |snapshot, event| {
            transition(snapshot, *event).unwrap()
        })
    };
    let taken = [
        Event::Bank(Leg::Capture, Step::Asked),
        Event::Bank(Leg::Capture, Step::Done),
    ];
    let held = move_all(&taken);
    assert_eq!((held.state, held.hold), (State::Held, LegState::None));
    let applied = [taken.as_slice(), &[Event::Submitted, Event::Applied]].concat();
    assert!(
        move_all(&applied).has_ended(),
        "nothing is left at the bank"
    );
    let refused = [taken.as_slice(), &[Event::Submitted, Event::Refused]].concat();
    let refused = move_all(&refused);
    assert_eq!(refused.way_back(), Leg::Refund);
    assert!(transition(refused, Event::Bank(Leg::Release, Step::Done)).is_err());
    let back = transition(refused, Event::Bank(Leg::Refund, Step::Done)).unwrap();
    assert_eq!(back.state, State::Released);
    let cancelled = transition(held, Event::Cancelled).unwrap();
    assert!(!cancelled.has_ended());
    let back = transition(cancelled, Event::Bank(Leg::Refund, Step::Done)).unwrap();
    assert!(back.has_ended() && back.state == State::Cancelled);
    let no = transition(
        move_all(&taken[..1]),
        Event::Bank(Leg::Capture, Step::Refused),
    );
    assert_eq!(no.unwrap().state, State::Declined);
}

#[test]
fn a_refund_needs_the_biller_and_then_the_bank() {
    let applied = with(State::Applied, LegState::Done, LegState::Done);
    let asked = transition(applied, Event::RefundAsked).unwrap();
    let done = Event::Bank(Leg::Refund, Step::Done);
    assert!(transition(asked, done).is_err(), "not agreed yet");
    let refused = transition(asked, Event::RefundRefused).unwrap();
    assert_eq!(refused, applied);
    let agreed = transition(asked, Event::RefundAgreed).unwrap();
    assert_eq!(
        (agreed.state, agreed.refund),
        (State::Refunding, LegState::Asked)
    );
    assert!(
        transition(agreed, Event::RefundRefused).is_err(),
        "too late"
    );
    let broken = transition(agreed, Event::Bank(Leg::Refund, Step::Refused)).unwrap();
    assert_eq!(broken.state, State::Refunding, "the bank still owes it");
    let again = transition(broken, Event::Bank(Leg::Refund, Step::Asked)).unwrap();
    assert_eq!(transition(again, done).unwrap().state, State::Refunded);
}

#[test]
fn an_answer_twice_changes_nothing() {
    for snapshot in reach() {
        for event in Event::all() {
            let Ok(once) = transition(snapshot, event) else {
                continue;
            };
            match transition(once, event) {
                Ok(twice) => assert!(
                    event == Event::Submitted && twice == once,
                    "{snapshot:?} {event:?}"
                ),
                Err(Unmoved::Already | Unmoved::Forbidden(_)) => {}
            }
        }
    }
}

#[test]
fn what_has_ended_needs_somebody_to_ask() {
    let applied = with(State::Applied, LegState::Done, LegState::Done);
    assert!(applied.has_ended());
    assert!(!with(State::Applied, LegState::Done, LegState::Unknown).has_ended());
    assert!(!with(State::Cancelled, LegState::Done, LegState::None).has_ended());
    assert!(with(State::Cancelled, LegState::None, LegState::None).has_ended());
    assert_eq!(transition(applied, Event::Applied), Err(Unmoved::Already));
    assert_eq!(
        transition(applied, Event::Refused),
        Err(Unmoved::Forbidden(State::Applied))
    );
    let late = with(State::Cancelled, LegState::Done, LegState::None);
    assert_eq!(
        transition(late, Event::Submitted),
        Err(Unmoved::Forbidden(State::Cancelled))
    );
}

#[test]
fn nobody_gives_up_while_the_hold_is_unknown() {
    let waiting = with(State::Requested, LegState::Unknown, LegState::None);
    for event in [
        Event::Cancelled,
        Event::Expired,
        Event::Declined,
        Event::Submitted,
    ] {
        assert!(transition(waiting, event).is_err(), "{event:?}");
    }
    let done = transition(waiting, Event::Bank(Leg::Hold, Step::Done)).unwrap();
    assert_eq!(done.state, State::Held);
}

/// Histories and audit logs are read by these names for ever.
#[test]
fn every_event_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<String> =
        Event::all().into_iter().map(Event::name).collect();
    assert_eq!(names.len(), Event::all().len());
    for (event, name) in [
        (Event::Applied, "applied"),
        (Event::NothingSent, "nothing_sent"),
        (Event::Contradicted, "contradicted"),
        (Event::RefundRefused, "refund_not_agreed"),
        (Event::Bank(Leg::Refund, Step::Refused), "refund_refused"),
        (Event::Bank(Leg::Hold, Step::Done), "hold_done"),
    ] {
        assert_eq!(event.name(), name);
    }
}

#[test]
fn the_same_again_is_told_from_what_contradicts() {
    let held = with(State::Held, LegState::Done, LegState::None);
    let taken = with(State::Held, LegState::None, LegState::Done);
    let refused = with(State::Refused, LegState::Done, LegState::None);
    let released = Snapshot {
        state: State::Released,
        release: LegState::Done,
        ..refused
    };
    let again = Err(Unmoved::Already);
    let never = |snapshot: Snapshot| Err(Unmoved::Forbidden(snapshot.state));
    for (from, event, outcome) in [
        (Snapshot::NEW, Event::Authorised, again),
        (held, Event::Authorised, never(held)),
        (refused, Event::Refused, again),
        (released, Event::Refused, again),
        (refused, Event::Applied, never(refused)),
        (released, Event::Applied, never(released)),
        (held, Event::Bank(Leg::Hold, Step::Done), again),
        (held, Event::Bank(Leg::Hold, Step::Refused), never(held)),
        (taken, Event::Bank(Leg::Capture, Step::Done), again),
        (taken, Event::Bank(Leg::Hold, Step::Done), never(taken)),
        (held, Event::Bank(Leg::Capture, Step::Done), never(held)),
        (released, Event::Bank(Leg::Release, Step::Done), again),
    ] {
        assert_eq!(transition(from, event), outcome, "{from:?} {event:?}");
    }
}
