//! Any acts by anybody, in any order: nothing panics, an entry is taken exactly
//! where it was found lawful, and the same log always gives the same register.

use proptest::prelude::*;

use super::*;

/// What an act is made of: its kind, and choices among few names.
type Seed = (u8, u8, u8, u8);

const PEOPLE: [&str; 9] = [
    "anna", "ben", "rita", "rolf", "mona", "sven", "bela", "bert", "olga",
];

fn actor(choice: u8) -> Actor {
    match choice % 12 {
        0 => Actor::Installation,
        1 => Actor::Node("node-1".to_owned()),
        2 => Actor::Client("ci".parse().unwrap()),
        some => person(PEOPLE[usize::from(some - 3)]),
    }
}

fn side(choice: u8) -> Side {
    match choice % 4 {
        0 => Side::Operator(Role::ALL.into()),
        1 => Side::Operator([Role::Reviewer].into()),
        2 => Side::Publisher("acme".parse().unwrap(), MemberRole::Owner),
        _ => Side::Publisher("rival".parse().unwrap(), MemberRole::Developer),
    }
}

/// Acts about people, publishers and keys.
fn act_about_people(world: &World, (kind, a, b, _): Seed) -> Act {
    let publisher: PublisherName = ["acme", "rival"][usize::from(a % 2)].parse().unwrap();
    let person: PersonId = PEOPLE[usize::from(a) % 9].parse().unwrap();
    let (name, key) = (texts("x"), world.key.public());
    match kind {
        0 => PersonAct::Set {
            person,
            name,
            side: side(b),
        }
        .into(),
        1 => PersonAct::Removed { person }.into(),
        2 => PublisherAct::Enrolled {
            publisher,
            names: name,
            credit_code: credit_code(),
            quota: Quota::default(),
        }
        .into(),
        3 => {
            let new = SigningKey::development(&publisher);
            KeyAct::Enrolled {
                proof: Possession::prove(&publisher, &new),
                key: new.public(),
                publisher,
                label: "x".to_owned(),
                replaces: (b % 2 == 0).then_some(key),
            }
            .into()
        }
        4 => KeyAct::Revoked {
            publisher,
            key,
            reach: [Reach::Later, Reach::Emergency][usize::from(b % 2)],
            reason: reason(),
        }
        .into(),
        _ => LogAct::KeyReplaced { key }.into(),
    }
}

fn act_about_billers(world: &World, (kind, ..): Seed) -> Act {
    let biller = BillerId::new("b-water").unwrap();
    let reason = reason();
    match kind {
        6 => BillerAct::Admitted {
            billers: vec![BillerTerms {
                biller,
                names: texts("x"),
                credit_code: credit_code(),
                record: sha256(b"record"),
                packages: ["acme/water".parse().unwrap()].into(),
                from: world.now,
                until: world.now.plus_ms(DAY_MS),
            }],
        }
        .into(),
        7 => BillerAct::Suspended { biller, reason }.into(),
        8 => BillerAct::Resumed { biller, reason }.into(),
        _ => BillerAct::Exited { biller, reason }.into(),
    }
}

fn act_about_releases(world: &World, (kind, a, b, c): Seed) -> Act {
    let version = format!("1.{}.0", a % 4);
    let release = sha256(version.as_bytes());
    let offered = [ServiceKind::Inquiry, ServiceKind::BillPayment][usize::from(b % 2)];
    let reason = reason();
    let mut grant = grant();
    grant.binding.kv_bytes = (b % 3 > 0).then_some(u64::from(b % 3));
    let grants = vec![grant.clone()];
    let stage = Stage::Pilot {
        share_permille: u16::from(b) * 5,
        regions: std::collections::BTreeSet::new(),
    };
    match kind {
        10..=12 => {
            let permissions = &["kv"][..usize::from(c % 2)];
            world.publication(&version, permissions, offered).into()
        }
        13 => PublicationAct::Withdrawn { release }.into(),
        14..=16 => ReviewAct::Approved { release, grants }.into(),
        17 => {
            let reasons = vec![reason];
            ReviewAct::Rejected { release, reasons }.into()
        }
        18 => ReviewAct::Granted { release, grant }.into(),
        19 | 20 => general(release).into(),
        21 => RolloutAct::RolledOut { release, stage }.into(),
        22 => {
            let cause = reason;
            RolloutAct::Halted { release, cause }.into()
        }
        _ => RolloutAct::Yanked { release, reason }.into(),
    }
}

/// Switches, maintenance, zones and proposals.
fn act_about_the_rest(world: &World, (kind, a, b, c): Seed) -> Act {
    let reason = reason();
    let zone = crate::catalogue::Zone {
        code: "hangzhou".parse().unwrap(),
        names: texts("x"),
        regions: Vec::new(),
        categories: std::collections::BTreeSet::new(),
        hidden: std::collections::BTreeSet::new(),
    };
    let publisher = (b % 2 == 0).then(|| "acme".parse().unwrap());
    let target = match b % 3 {
        0 => Target::Release(sha256(b"1.1.0")),
        1 => Target::Package("acme/water".parse().unwrap()),
        _ => Target::Publisher("acme".parse().unwrap()),
    };
    let mut open = world.register.open_proposals(world.now);
    let open = open.nth(usize::from(a % 3)).map(|(position, _)| position);
    let proposal = open.unwrap_or_else(|| u64::from(c));
    let announcement = u64::from(c);
    match kind {
        24 => SwitchAct::Thrown { target, reason }.into(),
        25 => SwitchAct::Lifted { target, reason }.into(),
        26 => MaintenanceAct::Cancelled { announcement }.into(),
        27 => ZoneAct::Set { zone, publisher }.into(),
        28 => ZoneAct::Removed { zone: zone.code }.into(),
        29..=33 => ProposalAct::Agreed { proposal }.into(),
        _ => ProposalAct::Declined { proposal, reason }.into(),
    }
}

fn act(world: &World, seed: Seed) -> Act {
    let seed = (seed.0 % 35, seed.1, seed.2, seed.3);
    match seed.0 {
        0..=5 => act_about_people(world, seed),
        6..=9 => act_about_billers(world, seed),
        10..=23 => act_about_releases(world, seed),
        _ => act_about_the_rest(world, seed),
    }
}

fn step() -> impl Strategy<Value = (u8, Seed, i64)> {
    (any::<u8>(), any::<Seed>(), -10..DAY_MS * 300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_log_is_folded_by_its_rules(steps in proptest::collection::vec(step(), 1..120)) {
        let mut world = World::new();
        let first = world.register.clone();
        let mut log = Vec::new();
        for (by, seed, micros) in steps {
            let by = actor(by);
            let wish = act(&world, seed);
            let at = Moment::from_micros(world.now.micros() + micros * i64::from(seed.3 % 2));
            // As it is, and as the register would have it written down.
            let decided = match world.register.decide(&by, wish.clone(), at) {
                Ok(Decision::Enact(act) | Decision::Propose(act)) => act,
                Err(_) => wish.clone(),
            };
            for act in [wish, decided] {
                let entry = Entry { at, by: by.clone(), act };
                let before = world.register.clone();
                let lawful = world.register.check(&entry);
                prop_assert_eq!(&lawful, &world.register.enter(&entry));
                if lawful.is_ok() {
                    prop_assert_eq!(world.register.size(), before.size() + 1);
                    world.now = at;
                    log.push(entry.text().unwrap());
                    break;
                }
                prop_assert_eq!(&before, &world.register);
            }
            let _either = world.register.next_change(at);
        }
        let mut again = first;
        for text in &log {
            again.enter(&Entry::read(text).unwrap()).unwrap();
        }
        prop_assert_eq!(&again, &world.register);
        prop_assert!(world.register.administrators().count() >= 2);
    }
}
