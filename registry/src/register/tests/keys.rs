//! Keys: possession, rotation, revocation.

use super::*;

#[test]
fn a_key_is_enrolled_by_whoever_has_it() {
    let mut world = World::new();
    let publisher: PublisherName = "acme".parse().unwrap();
    let stolen = SigningKey::generate(SignatureAlgorithm::Ed25519).unwrap();
    let other = SigningKey::generate(SignatureAlgorithm::Ed25519).unwrap();
    // A proof by another key, and one for another publisher.
    for proof in [
        Possession::prove(&publisher, &other),
        Possession::prove(&"rival".parse().unwrap(), &stolen),
    ] {
        let act = KeyAct::Enrolled {
            publisher: publisher.clone(),
            key: stolen.public(),
            label: "second".to_owned(),
            proof,
            replaces: None,
        };
        assert!(matches!(world.refused("olga", act), Refusal::Forbidden(_)));
    }
}

#[test]
fn a_rotated_key_signs_nothing_new_and_its_releases_stay() {
    let mut world = World::new();
    let release = world.go_live("1.0.0", &["kv"]);
    let old = world.key.public();
    world.key = SigningKey::generate(SignatureAlgorithm::Sm2Sm3).unwrap();
    let KeyAct::Enrolled {
        publisher,
        key,
        label,
        proof,
        ..
    } = world.enrolment()
    else {
        unreachable!()
    };
    let rotation = KeyAct::Enrolled {
        publisher,
        key,
        label,
        proof,
        replaces: Some(old),
    };
    world.done(&person("olga"), rotation);
    assert!(world.register.may_run(release).is_ok());
    let new = std::mem::replace(
        &mut world.key,
        SigningKey::development(&"acme".parse().unwrap()),
    );
    // Signed with a key that is not enrolled, then with the new one.
    let act = world.publication("1.1.0", &[], ServiceKind::Inquiry);
    assert!(matches!(world.refused("olga", act), Refusal::Conflict(_)));
    world.key = new;
    world.publish("1.1.0", &["kv"]);
}

#[test]
fn an_emergency_stops_what_the_key_has_signed() {
    let mut world = World::new();
    let release = world.go_live("1.0.0", &["kv"]);
    let revoked = |reach| KeyAct::Revoked {
        publisher: "acme".parse().unwrap(),
        key: world.key.public(),
        reach,
        reason: reason(),
    };
    let (later, emergency) = (revoked(Reach::Later), revoked(Reach::Emergency));
    world.done(&person("sven"), later.clone());
    assert!(world.register.may_run(release).is_ok());
    let act = world.publication("1.1.0", &[], ServiceKind::BillPayment);
    assert!(matches!(world.refused("olga", act), Refusal::Conflict(_)));
    world.done(&person("olga"), emergency.clone());
    assert_eq!(
        world.register.may_run(release).err(),
        Some(NotRunning::KeyRevoked)
    );
    for again in [later, emergency] {
        assert!(matches!(world.refused("sven", again), Refusal::Conflict(_)));
    }
    let enrol = world.enrolment();
    assert!(
        matches!(world.refused("olga", enrol), Refusal::Conflict(_)),
        "it never comes back"
    );
}
