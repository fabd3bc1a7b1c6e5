//! Ways around the rules, each of them closed.

use super::*;

fn member(id: &str, role: MemberRole) -> PersonAct {
    PersonAct::Set {
        person: id.parse().unwrap(),
        name: texts(id),
        side: Side::Publisher("acme".parse().unwrap(), role),
    }
}

fn removed(id: &str) -> PersonAct {
    let person = id.parse().unwrap();
    PersonAct::Removed { person }
}

fn another_key() -> KeyAct {
    let publisher = "acme".parse().unwrap();
    let key = SigningKey::generate(SignatureAlgorithm::Ed25519).unwrap();
    KeyAct::Enrolled {
        proof: Possession::prove(&publisher, &key),
        key: key.public(),
        publisher,
        label: "another".to_owned(),
        replaces: None,
    }
}

#[test]
fn what_a_dismissed_person_has_proposed_counts_no_more() {
    let mut world = World::new();
    let release = world.publish("1.0.0", &["kv"]);
    world.proposed("rita", approval(release));
    let (proposal, _) = world.register.open_proposals(world.now).next().unwrap();
    world.done(&person("anna"), removed("rita"));
    let agreed = ProposalAct::Agreed { proposal };
    assert!(matches!(
        world.refused("rolf", agreed),
        Refusal::Forbidden(_)
    ));
    // The same wish is a first one again.
    world.proposed("rolf", approval(release));
    assert!(world.register.may_run(release).is_err());
}

#[test]
fn a_proposal_is_not_smuggled_in_as_it_stands_in_the_log() {
    let mut world = World::new();
    let wanted = Box::new(staff("carl", &[Role::Reviewer]).into());
    let smuggled = ProposalAct::Proposed { wanted };
    let act = Act::from(smuggled.clone());
    assert!(matches!(
        world.refused("anna", smuggled),
        Refusal::Forbidden(_)
    ));
    let nested = Entry {
        at: world.now,
        by: person("anna"),
        act: ProposalAct::Proposed {
            wanted: Box::new(act),
        }
        .into(),
    };
    assert!(matches!(
        world.register.check(&nested),
        Err(Refusal::Forbidden(_))
    ));
}

#[test]
fn two_administrators_stay() {
    let mut world = World::new();
    for act in [removed("ben"), staff("ben", &[Role::Auditor])] {
        let error = world.try_it(&person("anna"), act).unwrap_err();
        assert!(matches!(error, Refusal::Conflict(_)), "{error}");
    }
    world.both("anna", "ben", staff("carl", &[Role::Administrator]));
    world.done(&person("anna"), removed("ben"));
    // The installation does not come back either.
    let dora = staff("dora", &[Role::Administrator]);
    assert!(world.try_it(&Actor::Installation, dora).is_err());
}

#[test]
fn a_former_id_never_changes_sides() {
    let mut world = World::new();
    world.done(&person("olga"), member("eve", MemberRole::Developer));
    world.done(&person("olga"), removed("eve"));
    let error = world.try_it(&person("anna"), staff("eve", &[Role::Reviewer]));
    assert!(matches!(error, Err(Refusal::Conflict(_))), "{error:?}");
    world.done(&person("anna"), removed("rolf"));
    assert!(matches!(
        world.refused("olga", member("rolf", MemberRole::Developer)),
        Refusal::Conflict(_)
    ));
    world.done(&person("olga"), member("eve", MemberRole::Owner));
}

#[test]
fn one_administrator_slips_neither_member_nor_key_into_a_publisher_with_an_owner() {
    let mut world = World::new();
    world.proposed("anna", member("mallory", MemberRole::Owner));
    world.proposed("anna", another_key());
    assert!(
        world
            .register
            .known_person(&"mallory".parse().unwrap())
            .is_none()
    );
    assert_eq!(world.register.keys().count(), 1);
    // The owner needs nobody, and one administrator may still take away.
    world.done(&person("olga"), another_key());
    world.done(&person("anna"), removed("olga"));
}

#[test]
fn one_reviewer_gives_no_release_more_than_the_serving_one_has() {
    let mut world = World::new();
    let first = world.publish_as("1.0.0", &["kv"], ServiceKind::Inquiry);
    let mut narrow = grant();
    narrow.binding.kv_bytes = Some(100);
    let approve = |release, grants| ReviewAct::Approved { release, grants };
    world.both("rita", "rolf", approve(first, vec![narrow.clone()]));
    world.done(&person("mona"), general(first));
    let second = world.publish_as("1.0.1", &["kv"], ServiceKind::Inquiry);
    let mut elsewhere = narrow.clone();
    let origin = "https://evil.example.test".parse().unwrap();
    elsewhere.binding.endpoints = [(
        "biller".parse().unwrap(),
        crate::binding::EndpointBinding {
            origin,
            private: std::collections::BTreeSet::new(),
            credentials: Vec::new(),
        },
    )]
    .into();
    let mut own = grant();
    own.service = Some(ServiceCode::new("water-330100-9").unwrap());
    for wider in [vec![grant()], vec![elsewhere], vec![narrow.clone(), own]] {
        world.proposed("rita", approve(second, wider));
    }
    world.done(&person("rita"), approve(second, vec![narrow]));
}

#[test]
fn a_new_service_or_biller_is_growth() {
    let mut world = World::new();
    let first = world.publish_as("1.0.0", &[], ServiceKind::Inquiry);
    world.both("rita", "rolf", approval(first));
    world.done(&person("mona"), general(first));
    for (version, code, biller) in [
        ("1.0.1", "water-330100-9", "b-other"),
        ("1.0.2", "water-330100-8", "b-water"),
    ] {
        let mut act = world.publication(version, &[], ServiceKind::Inquiry);
        if let PublicationAct::Published { summary, .. } = &mut act {
            summary.services = [(
                ServiceCode::new(code).unwrap(),
                BillerId::new(biller).unwrap(),
            )]
            .into();
        }
        world.done(&person("olga"), act);
        world.proposed("rita", approval(sha256(version.as_bytes())));
    }
}

#[test]
fn the_registrys_key_is_no_publishers_and_the_other_way_round() {
    let mut world = World::new();
    let publisher: PublisherName = "acme".parse().unwrap();
    let registry = SigningKey::development(&"registry".parse().unwrap());
    let act = KeyAct::Enrolled {
        proof: Possession::prove(&publisher, &registry),
        key: registry.public(),
        publisher,
        label: "stolen".to_owned(),
        replaces: None,
    };
    assert!(matches!(world.refused("olga", act), Refusal::Conflict(_)));
    for key in [world.key.public(), registry.public()] {
        let act = LogAct::KeyReplaced { key };
        assert!(matches!(world.refused("anna", act), Refusal::Conflict(_)));
    }
}

#[test]
fn time_does_not_run_backwards() {
    let world = World::new();
    let earlier = Moment::from_micros(world.now.micros() - 1);
    let entry = |at| Entry {
        at,
        by: person("sven"),
        act: SwitchAct::Thrown {
            target: Target::Publisher("acme".parse().unwrap()),
            reason: reason(),
        }
        .into(),
    };
    assert!(world.register.check(&entry(earlier)).is_err());
    assert!(world.register.check(&entry(world.now)).is_ok());
    // A node whose clock is behind still throws a switch.
    let at = world.register.time_of_next(earlier);
    assert!(world.register.check(&entry(at)).is_ok());
}

#[test]
fn yanking_one_home_of_a_code_stops_nobody_who_has_another() {
    let mut world = World::new();
    let first = world.go_live("1.0.0", &["kv"]);
    let mut same_code = world.publication("1.1.0", &["kv"], ServiceKind::BillPayment);
    if let PublicationAct::Published { summary, .. } = &mut same_code {
        summary.component = sha256(b"1.0.0");
    }
    world.done(&person("olga"), same_code);
    let second = sha256(b"1.1.0");
    world.both("rita", "rolf", approval(second));
    world.done(
        &person("olga"),
        RolloutAct::Yanked {
            release: first,
            reason: reason(),
        },
    );
    assert!(world.register.may_run(second).is_ok());
    assert_eq!(world.register.home(sha256(b"1.0.0")), Some(second));
}

#[test]
fn nobody_fills_the_memory_of_nodes() {
    let mut world = World::new();
    let release = world.publish("1.0.0", &[]);
    // Proposals of one person.
    let wish = |bytes| {
        let mut grant = grant();
        grant.binding.kv_bytes = Some(bytes);
        ReviewAct::Approved {
            release,
            grants: vec![grant],
        }
    };
    (0..200).for_each(|bytes| world.proposed("rita", wish(bytes)));
    assert!(matches!(
        world.refused("rita", wish(200)),
        Refusal::Quota(_)
    ));
    world.now = world.now.plus_ms(PROPOSAL_DAYS * DAY_MS);
    world.proposed("rita", wish(200));
    assert_eq!(
        world.register.proposals.len(),
        1,
        "those that lapsed are forgotten"
    );
    // Members who come and go.
    for number in 0..499 {
        let id = format!("member-{number}");
        world.done(&person("olga"), member(&id, MemberRole::Developer));
        world.done(&person("olga"), removed(&id));
    }
    let more = member("member-499", MemberRole::Developer);
    assert!(matches!(world.refused("olga", more), Refusal::Quota(_)));
    // Keys, and maintenance to the end of days.
    (0..499).for_each(|_| world.done(&person("olga"), another_key()));
    assert!(matches!(
        world.refused("olga", another_key()),
        Refusal::Quota(_)
    ));
    let closed = |until| {
        MaintenanceAct::Announced(Maintenance {
            package: "acme/water".parse().unwrap(),
            services: std::collections::BTreeSet::new(),
            from: world.now,
            until,
            notice: texts("closed"),
        })
    };
    let (soon, late) = (world.now.plus_ms(DAY_MS), world.now.plus_ms(5_000 * DAY_MS));
    let (soon, late) = (closed(soon), closed(late));
    assert!(matches!(world.refused("olga", late), Refusal::Conflict(_)));
    (0..500).for_each(|_| world.done(&person("olga"), soon.clone()));
    assert!(matches!(world.refused("olga", soon), Refusal::Quota(_)));
}

#[test]
fn an_entry_has_a_bound() {
    let world = World::new();
    let grants = (0..9_000).map(|number| {
        let mut one = grant();
        one.service = ServiceCode::new(format!("water-330100-{number}")).ok();
        one.binding.endpoints = (0..3)
            .map(|place| {
                let name = format!("endpoint-{place}").parse().unwrap();
                let origin = "https://a.example.test".parse().unwrap();
                let bound = crate::binding::EndpointBinding {
                    origin,
                    private: std::collections::BTreeSet::new(),
                    credentials: Vec::new(),
                };
                (name, bound)
            })
            .collect();
        one
    });
    let entry = Entry {
        at: world.now,
        by: person("rita"),
        act: ReviewAct::Approved {
            release: sha256(b"1.0.0"),
            grants: grants.collect(),
        }
        .into(),
    };
    assert!(matches!(entry.text(), Err(Refusal::Quota(_))));
}
