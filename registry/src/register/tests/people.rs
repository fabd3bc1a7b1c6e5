//! Who may do what.

use super::*;

#[test]
fn the_installation_only_names_the_first_two_administrators() {
    let mut world = World::new();
    let third = staff("carl", &[Role::Administrator]);
    let refused = world.try_it(&Actor::Installation, third);
    assert!(matches!(refused, Err(Refusal::Forbidden(_))), "{refused:?}");
}

#[test]
fn nobody_makes_staff_alone_nor_agrees_with_himself() {
    let mut world = World::new();
    let carl = staff("carl", &[Role::Reviewer]);
    world.proposed("anna", carl.clone());
    assert!(
        world
            .register
            .known_person(&"carl".parse().unwrap())
            .is_none()
    );
    assert!(matches!(world.refused("anna", carl), Refusal::Conflict(_)));
    let position = world.register.open_proposals(world.now).next().unwrap().0;
    let agreed = ProposalAct::Agreed { proposal: position };
    assert!(matches!(
        world.refused("anna", agreed.clone()),
        Refusal::Forbidden(_)
    ));
    // Nor does a person without the role.
    assert!(matches!(
        world.refused("rita", agreed.clone()),
        Refusal::Forbidden(_)
    ));
    world.done(&person("ben"), agreed);
    assert!(
        world
            .register
            .known_person(&"carl".parse().unwrap())
            .is_some()
    );
}

#[test]
fn a_proposal_waits_for_a_month_and_can_be_declined() {
    let mut world = World::new();
    world.proposed("anna", staff("carl", &[Role::Reviewer]));
    let (position, _) = world.register.open_proposals(world.now).next().unwrap();
    world.now = world.now.plus_ms(PROPOSAL_DAYS * DAY_MS);
    let late = world.refused("ben", ProposalAct::Agreed { proposal: position });
    assert!(matches!(late, Refusal::NotFound(_)));
    world.proposed("anna", staff("carl", &[Role::Reviewer]));
    let (position, _) = world.register.open_proposals(world.now).next().unwrap();
    let proposal = position;
    world.done(
        &person("ben"),
        ProposalAct::Declined {
            proposal,
            reason: reason(),
        },
    );
    let gone = world.refused("ben", ProposalAct::Agreed { proposal });
    assert!(matches!(gone, Refusal::NotFound(_)));
}

#[test]
fn nobody_changes_sides() {
    let mut world = World::new();
    // The publisher's owner would make the reviewer one of its own.
    let taken = PersonAct::Set {
        person: "rita".parse().unwrap(),
        name: texts("Rita"),
        side: Side::Publisher("acme".parse().unwrap(), MemberRole::Developer),
    };
    assert!(matches!(world.refused("olga", taken), Refusal::Conflict(_)));
    world.proposed("anna", staff("mina", &[Role::Auditor]));
    let olga = staff("olga", &[Role::Reviewer]);
    assert!(matches!(world.refused("anna", olga), Refusal::Conflict(_)));
}

#[test]
fn members_act_for_their_own_publisher_only() {
    let mut world = World::new();
    let other = PublisherAct::Enrolled {
        publisher: "rival".parse().unwrap(),
        names: texts("Rival"),
        credit_code: credit_code(),
        quota: Quota::default(),
    };
    world.done(&person("anna"), other);
    let member = PersonAct::Set {
        person: "eve".parse().unwrap(),
        name: texts("Eve"),
        side: Side::Publisher("rival".parse().unwrap(), MemberRole::Owner),
    };
    world.done(&person("anna"), member);
    let release = world.publish("1.0.0", &["kv"]);
    for act in [
        world.publication("1.1.0", &[], ServiceKind::Inquiry).into(),
        Act::from(PublicationAct::Withdrawn { release }),
        RolloutAct::Yanked {
            release,
            reason: reason(),
        }
        .into(),
        MaintenanceAct::Announced(Maintenance {
            package: "acme/water".parse().unwrap(),
            services: std::collections::BTreeSet::new(),
            from: world.now,
            until: world.now.plus_ms(1_000_000),
            notice: texts("closed"),
        })
        .into(),
        approval(release).into(),
        general(release).into(),
    ] {
        assert!(matches!(world.refused("eve", act), Refusal::Forbidden(_)));
    }
    world.done(&person("olga"), PublicationAct::Withdrawn { release });
}

#[test]
fn one_administrator_does_not_take_a_publisher_over() {
    let mut world = World::new();
    let removed = PersonAct::Removed {
        person: "olga".parse().unwrap(),
    };
    world.done(&person("anna"), removed);
    // With the owner gone, an owner or a key of one's own would be all it takes
    // to publish in the publisher's name.
    let acme: PublisherName = "acme".parse().unwrap();
    let set = |who: &str| PersonAct::Set {
        person: who.parse().unwrap(),
        name: texts("Owner"),
        side: Side::Publisher(acme.clone(), MemberRole::Owner),
    };
    world.proposed("anna", set("olga"));
    world.proposed("anna", set("mallory"));
    let key = SigningKey::from_secret(SignatureAlgorithm::Ed25519, &[99; 32]).unwrap();
    let enrolled = KeyAct::Enrolled {
        publisher: acme.clone(),
        key: key.public(),
        label: "mallory's".to_owned(),
        proof: Possession::prove(&acme, &key),
        replaces: None,
    };
    world.proposed("anna", enrolled);
    // Two bring the owner back.
    world.done(&person("ben"), set("olga"));
    assert!(
        world
            .register
            .known_person(&"olga".parse().unwrap())
            .is_some()
    );
}

#[test]
fn billers_are_admitted_by_two_and_serve_what_they_named() {
    let mut world = World::new();
    let terms = BillerTerms {
        biller: BillerId::new("b-water").unwrap(),
        names: texts("Water"),
        credit_code: credit_code(),
        record: sha256(b"record"),
        packages: ["acme/water".parse().unwrap()].into(),
        from: world.now,
        until: world.now.plus_ms(DAY_MS),
    };
    let biller = terms.biller.clone();
    let act = BillerAct::Admitted {
        billers: vec![terms],
    };
    assert!(matches!(
        world.refused("olga", act.clone()),
        Refusal::Forbidden(_)
    ));
    world.proposed("bela", act.clone());
    let package = "acme/water".parse().unwrap();
    let other = "acme/gas".parse().unwrap();
    let collects = |world: &World, package, at| world.register.may_collect(&biller, package, at);
    let now = world.now.plus_ms(10);
    assert_eq!(collects(&world, &package, now), Err(NotRunning::NoBiller));
    world.done(&person("bert"), act);
    assert_eq!(collects(&world, &package, now), Ok(()));
    assert_eq!(collects(&world, &other, now), Err(NotRunning::NoBiller));
    let ended = now.plus_ms(DAY_MS);
    assert_eq!(collects(&world, &package, ended), Err(NotRunning::NoBiller));
    let reason = reason();
    world.done(
        &person("sven"),
        BillerAct::Suspended {
            biller: biller.clone(),
            reason: reason.clone(),
        },
    );
    assert_eq!(
        collects(&world, &package, now),
        Err(NotRunning::BillerSuspended)
    );
    world.both(
        "bela",
        "bert",
        BillerAct::Resumed {
            biller: biller.clone(),
            reason,
        },
    );
    assert_eq!(collects(&world, &package, now), Ok(()));
}
