//! Roll-out, roll-back and switches.

use super::*;

fn pilot(release: Digest, share_permille: u16) -> RolloutAct {
    RolloutAct::RolledOut {
        release,
        stage: Stage::Pilot {
            share_permille,
            regions: std::collections::BTreeSet::new(),
        },
    }
}

#[test]
fn a_halted_pilot_leaves_what_served() {
    let mut world = World::new();
    let old = world.go_live("1.0.0", &["kv"]);
    let new = world.publish("1.1.0", &["kv"]);
    world.both("rita", "rolf", approval(new));
    for nonsense in [0, 1_001] {
        assert!(matches!(
            world.refused("mona", pilot(new, nonsense)),
            Refusal::Conflict(_)
        ));
    }
    world.done(&person("mona"), pilot(new, 100));
    let package = "acme/water".parse().unwrap();
    let lineup = |world: &World| world.register.lineup(&package).unwrap();
    assert_eq!(lineup(&world).pilot.unwrap().release, new);
    let halt = RolloutAct::Halted {
        release: new,
        cause: reason(),
    };
    world.done(&Actor::Node("node-1".to_owned()), halt.clone());
    assert_eq!(
        (lineup(&world).general, lineup(&world).pilot),
        (Some(old), None)
    );
    let nothing = world.try_it(&Actor::Node("node-1".to_owned()), halt);
    assert!(nothing.is_err(), "two nodes halt it once");
    // A node does nothing else by itself.
    let more = world.try_it(&Actor::Node("node-1".to_owned()), general(new));
    assert!(matches!(more, Err(Refusal::Forbidden(_))));
}

#[test]
fn a_yanked_release_falls_back_and_never_returns() {
    let mut world = World::new();
    let old = world.go_live("1.0.0", &["kv"]);
    let new = world.go_live("1.1.0", &["kv"]);
    world.done(
        &person("olga"),
        RolloutAct::Yanked {
            release: new,
            reason: reason(),
        },
    );
    let package = "acme/water".parse().unwrap();
    assert_eq!(world.register.lineup(&package).unwrap().general, Some(old));
    assert_eq!(world.register.may_run(new).err(), Some(NotRunning::Yanked));
    assert!(matches!(
        world.refused("mona", general(new)),
        Refusal::Conflict(_)
    ));
    world.done(
        &person("sven"),
        RolloutAct::Yanked {
            release: old,
            reason: reason(),
        },
    );
    assert_eq!(world.register.lineup(&package).unwrap().general, None);
    let gone: Vec<_> = world
        .register
        .gone()
        .map(|(code, _)| code.to_string())
        .collect();
    assert_eq!(gone, ["water-330100-9"], "its services leave a tombstone");
}

#[test]
fn one_person_throws_a_switch_and_two_lift_it() {
    let mut world = World::new();
    let release = world.go_live("1.0.0", &["kv"]);
    for target in [
        Target::Release(release),
        Target::Package("acme/water".parse().unwrap()),
        Target::Publisher("acme".parse().unwrap()),
    ] {
        let thrown = SwitchAct::Thrown {
            target: target.clone(),
            reason: reason(),
        };
        assert!(matches!(
            world.refused("olga", thrown.clone()),
            Refusal::Forbidden(_)
        ));
        world.done(&person("sven"), thrown);
        assert_eq!(
            world.register.may_run(release).err(),
            Some(NotRunning::Switched)
        );
        let lifted = SwitchAct::Lifted {
            target,
            reason: reason(),
        };
        world.both("sven", "mona", lifted);
        assert!(world.register.may_run(release).is_ok());
    }
}

#[test]
fn code_for_others_stops_with_its_own_release() {
    let mut world = World::new();
    let home = world.go_live("1.0.0", &["kv"]);
    let mut user = world.publication("1.1.0", &["kv"], ServiceKind::BillPayment);
    if let PublicationAct::Published { summary, .. } = &mut user {
        summary.component = sha256(b"1.0.0");
        summary.own_code = false;
    }
    world.done(&person("olga"), user);
    let release = sha256(b"1.1.0");
    world.both("rita", "rolf", approval(release));
    assert!(world.register.may_run(release).is_ok());
    let target = Target::Release(home);
    world.done(
        &person("sven"),
        SwitchAct::Thrown {
            target,
            reason: reason(),
        },
    );
    assert_eq!(
        world.register.may_run(release).err(),
        Some(NotRunning::Switched)
    );
}

#[test]
fn an_unlawful_entry_cannot_be_folded_in() {
    let mut world = World::new();
    let release = world.publish("1.0.0", &["kv"]);
    let alone = Entry {
        at: world.now,
        by: person("rita"),
        act: approval(release).into(),
    };
    assert!(matches!(
        world.register.enter(&alone),
        Err(Refusal::Forbidden(_))
    ));
    let empty = Register::default();
    assert!(
        empty.check(&alone).is_err(),
        "a log begins with its founding"
    );
}
