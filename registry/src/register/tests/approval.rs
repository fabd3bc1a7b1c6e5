//! Review: who must look, and what a release is given.

use super::*;

#[test]
fn nothing_runs_that_was_not_approved_by_two() {
    let mut world = World::new();
    let release = world.publish("1.0.0", &["kv"]);
    assert_eq!(
        world.register.may_run(release).err(),
        Some(NotRunning::NotApproved)
    );
    assert!(matches!(
        world.refused("mona", general(release)),
        Refusal::Conflict(_)
    ));
    world.proposed("rita", approval(release));
    assert_eq!(
        world.register.may_run(release).err(),
        Some(NotRunning::NotApproved)
    );
    // Another content is another proposal, not agreement.
    let mut wider = grant();
    wider.binding.kv_bytes = Some(1);
    let other = ReviewAct::Approved {
        release,
        grants: vec![wider],
    };
    world.proposed("rolf", other);
    assert_eq!(
        world.register.may_run(release).err(),
        Some(NotRunning::NotApproved)
    );
    world.done(&person("rolf"), approval(release));
    assert!(world.register.may_run(release).is_ok());
    let late = ReviewAct::Rejected {
        release,
        reasons: vec![reason()],
    };
    assert!(matches!(world.refused("rita", late), Refusal::Conflict(_)));
}

#[test]
fn one_person_is_enough_where_nothing_grows_and_no_money_moves() {
    let mut world = World::new();
    let first = world.publish_as("1.0.0", &["kv"], ServiceKind::Inquiry);
    world.both("rita", "rolf", approval(first));
    world.done(&person("mona"), general(first));
    let same = world.publish_as("1.0.1", &["kv"], ServiceKind::Inquiry);
    world.done(&person("rita"), approval(same));
    world.done(&person("mona"), general(same));
    let fewer = world.publish_as("1.0.2", &[], ServiceKind::Inquiry);
    world.done(&person("rita"), approval(fewer));
    let wider = world.publish_as("1.1.0", &["kv", "data:identity.name"], ServiceKind::Inquiry);
    world.proposed("rita", approval(wider));
    let pays = world.publish_as("1.2.0", &["kv"], ServiceKind::BillPayment);
    world.proposed("rita", approval(pays));
}

#[test]
fn while_a_wider_release_waits_the_old_one_serves() {
    let mut world = World::new();
    let old = world.go_live("1.0.0", &["kv"]);
    let new = world.publish("1.1.0", &["kv", "data:identity.number"]);
    let package = "acme/water".parse().unwrap();
    world.proposed("rita", approval(new));
    assert_eq!(world.register.lineup(&package).unwrap().general, Some(old));
    world.done(&person("rolf"), approval(new));
    assert_eq!(world.register.lineup(&package).unwrap().general, Some(old));
    world.done(&person("mona"), general(new));
    let lineup = world.register.lineup(&package).unwrap();
    assert_eq!((lineup.general, lineup.previous), (Some(new), Some(old)));
}

#[test]
fn a_grant_is_narrowed_by_one_and_widened_by_two() {
    let mut world = World::new();
    let release = world.go_live("1.0.0", &["kv"]);
    let mut narrow = grant();
    narrow.binding.kv_bytes = Some(100);
    narrow.expires = Some(world.now.plus_ms(DAY_MS));
    let act = |grant: &GrantTerms| ReviewAct::Granted {
        release,
        grant: grant.clone(),
    };
    world.done(&person("rita"), act(&narrow));
    let code = ServiceCode::new("water-330100-9").unwrap();
    let given = |world: &World, at| {
        let grants = world.register.release(release).unwrap().grants.clone();
        super::super::grant(&grants, &code, at).cloned()
    };
    assert_eq!(given(&world, world.now), Ok(narrow.clone()));
    let after = narrow.expires.unwrap();
    assert_eq!(given(&world, after), Err(NotRunning::NotGranted));
    world.both("rita", "rolf", act(&grant()));
    // A service's own grant counts alone, also once it has ended.
    let mut own = narrow.clone();
    own.service = Some(code.clone());
    world.both("rita", "rolf", act(&own));
    assert_eq!(given(&world, after), Err(NotRunning::NotGranted));
    let mut shadow = narrow;
    shadow.effect = Effect::Shadow;
    world.done(&person("rita"), act(&shadow));
    assert_eq!(given(&world, world.now), Ok(own));
}

#[test]
fn versions_codes_and_quotas_are_kept() {
    let mut world = World::new();
    world.go_live("1.0.0", &["kv"]);
    let mut again = world.publication("1.0.0", &[], ServiceKind::BillPayment);
    if let PublicationAct::Published { release, .. } = &mut again {
        *release = sha256(b"other content");
    }
    assert!(matches!(world.refused("olga", again), Refusal::Conflict(_)));
    // Another package with the same service is published, but never approved.
    let mut thief = world.publication("2.0.0", &[], ServiceKind::BillPayment);
    if let PublicationAct::Published { package, .. } = &mut thief {
        *package = "acme/steals".parse().unwrap();
    }
    world.done(&person("olga"), thief);
    let stolen = approval(sha256(b"2.0.0"));
    assert!(matches!(
        world.refused("rita", stolen),
        Refusal::Conflict(_)
    ));
    for number in 0..18 {
        world.publish(&format!("1.0.{}", number + 1), &["kv"]);
    }
    let beyond = world.publication("3.0.0", &[], ServiceKind::BillPayment);
    assert!(matches!(
        world.refused("olga", beyond.clone()),
        Refusal::Quota(_)
    ));
    world.now = world.now.plus_ms(DAY_MS);
    world.done(&person("olga"), beyond);
}
