//! What may be done next with the biller.

use super::super::*;
use super::{reach, with};
use crate::moment::Moment;

#[test]
fn nothing_is_submitted_twice_without_proof() {
    let now = Moment::from_micros(100_000_000);
    let standing = |state| Standing {
        snapshot: with(state, LegState::Done, LegState::None),
        backing: Backing::OwnLedger,
        attempts: 1,
        attempted_at: Some(now),
        act_until: None,
        submit_until: now.plus_ms(60_000),
        attempts_limit: 5,
        restored_at: None,
    };
    let biller = |repetition, status| Capabilities {
        repetition,
        status,
        reversal: Reversal::Unsupported,
    };
    let proof = StatusAnswer::Authoritative { after_seconds: 30 };
    for state in [State::Submitted, State::Unknown, State::Pending] {
        for status in [StatusAnswer::Advisory, proof] {
            for repetition in [Repetition::MayApplyAgain, Repetition::Deduplicates] {
                let step = next_step(&standing(state), &biller(repetition, status), now);
                assert_eq!(step, NextStep::AskStatus);
            }
        }
        let silent = biller(Repetition::MayApplyAgain, StatusAnswer::None);
        assert_eq!(
            next_step(&standing(state), &silent, now),
            NextStep::Escalate
        );
        let safe = biller(Repetition::Deduplicates, StatusAnswer::None);
        assert_eq!(next_step(&standing(state), &safe, now), NextStep::Submit);
        let tired = Standing {
            attempts: 5,
            ..standing(state)
        };
        assert_eq!(next_step(&tired, &safe, now), NextStep::Escalate);
    }
    let held = standing(State::Held);
    let silent = biller(Repetition::MayApplyAgain, StatusAnswer::None);
    assert_eq!(next_step(&held, &silent, now), NextStep::Submit);
    assert_eq!(
        next_step(&held, &silent, now.plus_ms(60_000)),
        NextStep::Expire
    );
    let asked = biller(Repetition::MayApplyAgain, proof);
    assert!(!not_found_is_proof(
        &held,
        &asked,
        now.plus_ms(29_999),
        30_000
    ));
    assert!(not_found_is_proof(
        &held,
        &asked,
        now.plus_ms(30_000),
        30_000
    ));
    let jumped = now.plus_ms(3_600_000);
    assert!(!not_found_is_proof(&held, &asked, jumped, 29_999));
    let advisory = biller(Repetition::MayApplyAgain, StatusAnswer::Advisory);
    assert!(!not_found_is_proof(
        &held,
        &advisory,
        now.plus_ms(90_000),
        90_000
    ));
}

#[test]
fn what_is_older_than_a_restored_database_is_asked_about_and_never_sent() {
    let restored = Moment::from_micros(100_000_000);
    let now = restored.plus_ms(1);
    let old = |state| Standing {
        snapshot: with(state, LegState::Done, LegState::None),
        backing: Backing::OwnLedger,
        attempts: 0,
        attempted_at: None,
        act_until: None,
        submit_until: now.plus_ms(60_000),
        attempts_limit: 5,
        restored_at: Some(restored),
    };
    let proof = StatusAnswer::Authoritative { after_seconds: 30 };
    for status in [StatusAnswer::None, StatusAnswer::Advisory, proof] {
        for repetition in [Repetition::MayApplyAgain, Repetition::Deduplicates] {
            let biller = Capabilities {
                repetition,
                status,
                reversal: Reversal::Unsupported,
            };
            let step = |standing: &Standing| next_step(standing, &biller, now);
            assert_eq!(step(&old(State::Held)), NextStep::Assume);
            let before = Standing {
                attempts: 1,
                attempted_at: Some(restored.plus_ms(-1)),
                ..old(State::Held)
            };
            assert_eq!(step(&before), NextStep::Assume);
            let proven = Standing {
                attempts: 1,
                attempted_at: Some(restored),
                ..old(State::Held)
            };
            assert_eq!(step(&proven), NextStep::Expire);
            for state in [State::Submitted, State::Unknown, State::Pending] {
                let expected = match status {
                    StatusAnswer::None => NextStep::Escalate,
                    StatusAnswer::Advisory | StatusAnswer::Authoritative { .. } => {
                        NextStep::AskStatus
                    }
                };
                assert_eq!(step(&old(state)), expected);
            }
            let at_a_bank = Standing {
                snapshot: Snapshot::NEW,
                backing: Backing::CaptureFirst,
                ..old(State::Requested)
            };
            assert_eq!(step(&at_a_bank), NextStep::Inquire(Leg::Capture));
        }
    }
}

fn asked_for(backing: Backing, snapshot: Snapshot, now: Moment) -> Standing {
    Standing {
        snapshot,
        backing,
        attempts: 0,
        attempted_at: None,
        act_until: Some(now.plus_ms(60_000)),
        submit_until: now.plus_ms(60_000),
        attempts_limit: 5,
        restored_at: None,
    }
}

const SILENT: Capabilities = Capabilities {
    repetition: Repetition::MayApplyAgain,
    status: StatusAnswer::None,
    reversal: Reversal::Unsupported,
};

#[test]
fn a_payer_has_until_then_and_no_longer() {
    let now = Moment::from_micros(100_000_000);
    let until = now.plus_ms(60_000);
    let waiting = Snapshot {
        state: State::RequiresAction,
        ..Snapshot::NEW
    };
    let standing = asked_for(Backing::OwnLedger, waiting, now);
    let step = |at| next_step(&standing, &SILENT, at);
    assert_eq!(step(now), NextStep::AwaitPayer(until));
    assert_eq!(step(now.plus_ms(59_999)), NextStep::AwaitPayer(until));
    assert_eq!(step(until), NextStep::Expire);
    assert_eq!(step(until.plus_ms(1)), NextStep::Expire);
    let timeless = Standing {
        act_until: None,
        ..standing
    };
    assert_eq!(next_step(&timeless, &SILENT, now), NextStep::Expire);
}

#[test]
fn money_is_asked_for_in_time_and_its_fate_is_found_out_at_any_time() {
    let now = Moment::from_micros(100_000_000);
    let late = now.plus_ms(60_000);
    for (backing, first) in [
        (Backing::OwnLedger, Leg::Hold),
        (Backing::HoldFirst, Leg::Hold),
        (Backing::CaptureFirst, Leg::Capture),
    ] {
        let new = asked_for(backing, Snapshot::NEW, now);
        assert_eq!(next_step(&new, &SILENT, now), NextStep::Order(first));
        assert_eq!(next_step(&new, &SILENT, late), NextStep::Expire);
        let asked = transition(Snapshot::NEW, Event::Bank(first, Step::Asked)).unwrap();
        let open = asked_for(backing, asked, now);
        for at in [now, late] {
            assert_eq!(next_step(&open, &SILENT, at), NextStep::Inquire(first));
        }
    }
}

#[test]
fn what_was_tried_often_enough_is_given_back() {
    let now = Moment::from_micros(100_000_000);
    let held = with(State::Held, LegState::Done, LegState::None);
    for (attempts, step) in [
        (4, NextStep::Submit),
        (5, NextStep::Expire),
        (6, NextStep::Expire),
    ] {
        let standing = Standing {
            attempts,
            attempted_at: Some(now),
            ..asked_for(Backing::OwnLedger, held, now)
        };
        assert_eq!(next_step(&standing, &SILENT, now), step, "{attempts}");
    }
}

#[test]
fn what_may_have_been_applied_never_expires() {
    let now = Moment::from_micros(100_000_000);
    let long_after = now.plus_ms(1_000_000);
    for state in [State::Submitted, State::Unknown, State::Pending] {
        let standing = Standing {
            attempts: 1,
            attempted_at: Some(now),
            ..asked_for(
                Backing::OwnLedger,
                with(state, LegState::Done, LegState::None),
                now,
            )
        };
        let step = next_step(&standing, &SILENT, long_after);
        assert_eq!(step, NextStep::Escalate, "{state}");
    }
}

/// Only where the money waits for another attempt: what is open at the biller takes
/// its word as evidence.
#[test]
fn a_biller_contradicts_only_what_was_proven_not_to_be_applied() {
    for snapshot in reach() {
        let expected = if snapshot.state == State::Held {
            Ok(Snapshot {
                state: State::Unknown,
                ..snapshot
            })
        } else {
            Err(Unmoved::Forbidden(snapshot.state))
        };
        let moved = transition(snapshot, Event::Contradicted);
        assert_eq!(moved, expected, "{snapshot:?}");
    }
}
