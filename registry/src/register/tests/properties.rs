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

/// Acts about people, publishers, keys and billers.
fn act_about_whom(world: &World, (kind, a, b, _): Seed) -> Act {
    let publisher: PublisherName = ["acme", "rival"][usize::from(a % 2)].parse().unwrap();
    let who: PersonId = PEOPLE[usize::from(a) % 9].parse().unwrap();
    let biller = BillerId::new("b-water").unwrap();
    match kind {
        0 => PersonAct::Set {
            person: who.clone(),
            name: texts("x"),
            side: side(b),
        }
        .into(),
        1 => PersonAct::Removed { person: who }.into(),
        2 => PublisherAct::Enrolled {
            publisher,
            names: texts("x"),
            credit_code: credit_code(),
            quota: Quota::default(),
        }
        .into(),
        3 => {
            let key = SigningKey::development(&publisher);
            KeyAct::Enrolled {
                proof: Possession::prove(&publisher, &key),
                key: key.public(),
                publisher,
                label: "x".to_owned(),
                replaces: (b % 2 == 0).then(|| world.key.public()),
            }
            .into()
        }
        4 => {
            let reach = if b % 2 == 0 {
                Reach::Later
            } else {
                Reach::Emergency
            };
            KeyAct::Revoked {
                publisher,
                key: world.key.public(),
                reach,
                reason: reason(),
            }
            .into()
        }
        5 => BillerAct::Admitted {
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
        6 => BillerAct::Suspended {
            biller,
            reason: reason(),
        }
        .into(),
        7 => BillerAct::Resumed {
            biller,
            reason: reason(),
        }
        .into(),
        8 => BillerAct::Exited {
            biller,
            reason: reason(),
        }
        .into(),
        _ => LogAct::KeyReplaced {
            key: world.key.public(),
        }
        .into(),
    }
}

/// Acts about releases and what is around them.
fn act_about_what(world: &World, (kind, a, b, c): Seed) -> Act {
    let version = format!("1.{}.0", a % 4);
    let release = sha256(version.as_bytes());
    let kind_of_service = [ServiceKind::Inquiry, ServiceKind::BillPayment][usize::from(b % 2)];
    let zone = crate::catalogue::Zone {
        code: "hangzhou".parse().unwrap(),
        names: texts("x"),
        regions: Vec::new(),
        categories: std::collections::BTreeSet::new(),
        hidden: std::collections::BTreeSet::new(),
    };
    let mut given = grant();
    given.binding.kv_bytes = (b % 3 > 0).then_some(u64::from(b % 3));
    let pilot = Stage::Pilot {
        share_permille: u16::from(b) * 5,
        regions: std::collections::BTreeSet::new(),
    };
    let target = match b % 3 {
        0 => Target::Release(release),
        1 => Target::Package("acme/water".parse().unwrap()),
        _ => Target::Publisher("acme".parse().unwrap()),
    };
    match kind {
        10..=12 => world
            .publication(&version, &["kv"][..usize::from(c % 2)], kind_of_service)
            .into(),
        13 => PublicationAct::Withdrawn { release }.into(),
        14..=16 => ReviewAct::Approved {
            release,
            grants: vec![given],
        }
        .into(),
        17 => ReviewAct::Rejected {
            release,
            reasons: vec![reason()],
        }
        .into(),
        18 => ReviewAct::Granted {
            release,
            grant: given,
        }
        .into(),
        19 | 20 => general(release).into(),
        21 => RolloutAct::RolledOut {
            release,
            stage: pilot,
        }
        .into(),
        22 => RolloutAct::Halted {
            release,
            cause: reason(),
        }
        .into(),
        23 => RolloutAct::Yanked {
            release,
            reason: reason(),
        }
        .into(),
        24 => SwitchAct::Thrown {
            target,
            reason: reason(),
        }
        .into(),
        25 => SwitchAct::Lifted {
            target,
            reason: reason(),
        }
        .into(),
        26 => MaintenanceAct::Cancelled {
            announcement: u64::from(c),
        }
        .into(),
        27 => ZoneAct::Set {
            zone,
            publisher: (b % 2 == 0).then(|| "acme".parse().unwrap()),
        }
        .into(),
        28 => ZoneAct::Removed { zone: zone.code }.into(),
        29..=33 => {
            let open = world
                .register
                .open_proposals(world.now)
                .nth(usize::from(a % 3));
            let proposal = open.map_or(u64::from(c), |(position, _)| position);
            ProposalAct::Agreed { proposal }.into()
        }
        _ => ProposalAct::Declined {
            proposal: u64::from(c),
            reason: reason(),
        }
        .into(),
    }
}

fn act(world: &World, seed: Seed) -> Act {
    let seed = (seed.0 % 35, seed.1, seed.2, seed.3);
    match seed.0 {
        0..=9 => act_about_whom(world, seed),
        _ => act_about_what(world, seed),
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
