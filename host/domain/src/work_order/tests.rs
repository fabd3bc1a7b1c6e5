//! Two persons or evidence, never one.

use proptest::prelude::{Strategy, any, prop_assert, proptest};

use super::*;

fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

fn proposal(by: &str, decision: Decision) -> Proposal {
    Proposal {
        by: person(by),
        decision,
        evidence: "letter 17 of the biller".to_owned(),
        serial: None,
        seen: None,
    }
}

fn open(kind: Kind) -> Standing {
    Standing {
        kind,
        state: State::Open,
        proposal: None,
        agreed_by: None,
    }
}

#[test]
fn a_decision_takes_two_and_is_carried_out_once() {
    let order = open(Kind::UnknownPayment);
    let wanted = proposal("paul", Decision::NotApplied);
    let proposed = advance(&order, &Act::Propose(wanted.clone())).unwrap();
    assert_eq!(
        advance(&proposed, &Act::Agree(person("paul"))),
        Err(Refusal::SamePerson(person("paul")))
    );
    assert_eq!(
        advance(&proposed, &Act::Propose(wanted)),
        Err(Refusal::Already)
    );
    let decided = advance(&proposed, &Act::Agree(person("petra"))).unwrap();
    assert_eq!(decided.state, State::Decided);
    assert_eq!(
        advance(&decided, &Act::Agree(person("petra"))),
        Err(Refusal::Already)
    );
    assert!(advance(&decided, &Act::Evidence).is_err());
    let closed = advance(&decided, &Act::CarriedOut).unwrap();
    assert_eq!(closed.state, State::Closed);
    assert_eq!(advance(&closed, &Act::CarriedOut), Err(Refusal::Already));
}

#[test]
fn only_decisions_of_the_kind_with_a_ground_are_taken() {
    for kind in Kind::ALL {
        for decision in Decision::ALL {
            let act = Act::Propose(proposal("paul", *decision));
            let taken = advance(&open(*kind), &act).is_ok();
            assert_eq!(
                taken,
                kind.decisions().contains(decision),
                "{kind} {decision}"
            );
        }
        assert!(!kind.decisions().is_empty() && kind.patience_ms() > 0);
    }
    let groundless = Proposal {
        evidence: "  ".to_owned(),
        ..proposal("paul", Decision::Applied)
    };
    let refused = advance(&open(Kind::UnknownPayment), &Act::Propose(groundless));
    assert_eq!(refused, Err(Refusal::NoEvidence));
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let name = "(paul|petra|pia)";
    let one = (0..6_u8, name, any::<bool>()).prop_map(|(act, by, applied)| match act {
        0 => Act::Propose(proposal(
            &by,
            if applied {
                Decision::Applied
            } else {
                Decision::NotApplied
            },
        )),
        1 => Act::Agree(person(&by)),
        2 => Act::Decline(person(&by)),
        3 => Act::CarriedOut,
        4 => Act::NotPossible,
        _ => Act::Evidence,
    });
    proptest::collection::vec(one, 0..12)
}

proptest! {
    #[test]
    fn whatever_happens_no_person_decides_alone(acts in acts()) {
        let mut order = open(Kind::UnknownPayment);
        for act in acts {
            if let Ok(next) = advance(&order, &act) {
                prop_assert!(order.state != State::Closed, "nothing reopens an order");
                order = next;
            }
            if order.state == State::Decided {
                let by = order.proposal.as_ref().map(|proposal| proposal.by.clone());
                prop_assert!(by.is_some() && order.agreed_by.is_some() && by != order.agreed_by);
            }
        }
    }
}

#[test]
fn a_decision_that_is_not_possible_is_decided_anew() {
    let proposed = advance(
        &open(Kind::UnknownPayment),
        &Act::Propose(proposal("paul", Decision::NotApplied)),
    );
    let proposed = proposed.unwrap();
    let decided = advance(&proposed, &Act::Agree(person("petra"))).unwrap();
    let again = advance(&decided, &Act::NotPossible).unwrap();
    assert_eq!(again, open(Kind::UnknownPayment), "nothing is left of it");
    for other in [again, proposed] {
        let refused = Refusal::WrongState(other.state);
        assert_eq!(advance(&other, &Act::NotPossible), Err(refused.clone()));
        assert_eq!(advance(&other, &Act::Again), Err(refused));
    }
}

#[test]
fn only_what_has_ended_begins_again_and_with_nothing_decided() {
    let proposed = advance(
        &open(Kind::RefundAgreement),
        &Act::Propose(proposal("paul", Decision::RefundRefused)),
    );
    let decided = advance(&proposed.unwrap(), &Act::Agree(person("petra"))).unwrap();
    let early = advance(&decided, &Act::Again);
    assert_eq!(early, Err(Refusal::WrongState(State::Decided)));
    let closed = advance(&decided, &Act::CarriedOut).unwrap();
    let late = advance(&closed, &Act::NotPossible);
    assert_eq!(late, Err(Refusal::WrongState(State::Closed)));
    let again = advance(&closed, &Act::Again).unwrap();
    assert_eq!(again, open(Kind::RefundAgreement));
}

/// As the guide for operators promises it.
#[test]
fn people_have_so_many_hours() {
    let hours = Kind::ALL.iter().map(|kind| kind.patience_ms() / 3_600_000);
    let told: Vec<(Kind, i64)> = Kind::ALL.iter().copied().zip(hours).collect();
    let promised = [
        (Kind::UnknownPayment, 24),
        (Kind::BankLeg, 24),
        (Kind::RefundAgreement, 120),
        (Kind::Surplus, 48),
        (Kind::Shortage, 48),
        (Kind::AmountDiffers, 48),
        (Kind::Duplicate, 48),
        (Kind::BankDiffers, 24),
        (Kind::ChannelDiffers, 120),
        (Kind::MissingFile, 12),
        (Kind::ReturnedSettlement, 24),
    ];
    assert_eq!(told, promised);
    assert!(
        Kind::ALL
            .iter()
            .all(|kind| kind.patience_ms() % 3_600_000 == 0)
    );
}

#[test]
fn money_that_may_not_be_the_billers_is_not_settled() {
    let held: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| kind.holds_settlement())
        .collect();
    let meant = [
        Kind::BankLeg,
        Kind::Surplus,
        Kind::AmountDiffers,
        Kind::BankDiffers,
    ];
    assert_eq!(held, meant);
}

#[test]
fn a_third_person_comes_too_late() {
    let proposed = advance(
        &open(Kind::UnknownPayment),
        &Act::Propose(proposal("paul", Decision::Applied)),
    );
    let decided = advance(&proposed.unwrap(), &Act::Agree(person("petra"))).unwrap();
    assert_eq!(
        advance(&decided, &Act::Agree(person("pia"))),
        Err(Refusal::WrongState(State::Decided))
    );
}
