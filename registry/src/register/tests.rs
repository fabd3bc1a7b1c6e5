//! The register's rules, acted out.

mod approval;
mod attacks;
mod entries;
mod keys;
mod people;
mod properties;
mod rollout;

use guichet_domain::id::{BillerId, ServiceCode};
use guichet_domain::{Digest, Moment};

use super::*;
use crate::binding::OperatorBinding;
use crate::checkpoint::LogOrigin;
use crate::manifest::{DataClass, LimitsWish};
use crate::service::ServiceKind;
use crate::sign::{SignatureAlgorithm, SigningKey, sha256};
use crate::texts::Texts;

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

/// A production registry with staff, one publisher `acme`, and its key.
struct World {
    register: Register,
    now: Moment,
    key: SigningKey,
}

fn person(id: &str) -> Actor {
    Actor::Person(id.parse().unwrap())
}

fn reason() -> Reason {
    "for a test".parse().unwrap()
}

fn texts(text: &str) -> Texts {
    Texts::of(text, text).unwrap()
}

fn credit_code() -> CreditCode {
    "91350100M000100Y43".parse().unwrap()
}

fn staff(id: &str, roles: &[Role]) -> PersonAct {
    PersonAct::Set {
        person: id.parse().unwrap(),
        name: texts(id),
        side: Side::Operator(roles.iter().copied().collect()),
    }
}

impl World {
    fn new() -> Self {
        let key = SigningKey::generate(SignatureAlgorithm::Ed25519).unwrap();
        let mut world = Self {
            register: Register::default(),
            now: Moment::from_micros(20_000 * DAY_US),
            key,
        };
        let installation = Actor::Installation;
        let founded = LogAct::Founded {
            origin: "test/registry".parse::<LogOrigin>().unwrap(),
            key: SigningKey::development(&"registry".parse().unwrap()).public(),
            mode: Mode::Production,
        };
        world.done(&installation, founded);
        world.done(&installation, staff("anna", &[Role::Administrator]));
        world.done(&installation, staff("ben", &[Role::Administrator]));
        for (id, role) in [
            ("rita", Role::Reviewer),
            ("rolf", Role::Reviewer),
            ("mona", Role::ReleaseManager),
            ("sven", Role::SecurityOfficer),
            ("bela", Role::BillerManager),
            ("bert", Role::BillerManager),
        ] {
            world.both("anna", "ben", staff(id, &[role]));
        }
        let enrolled = PublisherAct::Enrolled {
            publisher: "acme".parse().unwrap(),
            names: texts("Acme"),
            credit_code: credit_code(),
            quota: Quota::default(),
        };
        world.done(&person("anna"), enrolled);
        let owner = PersonAct::Set {
            person: "olga".parse().unwrap(),
            name: texts("Olga"),
            side: Side::Publisher("acme".parse().unwrap(), MemberRole::Owner),
        };
        world.done(&person("anna"), owner);
        let enrol = world.enrolment();
        world.done(&person("olga"), enrol);
        world
    }

    fn enrolment(&self) -> KeyAct {
        let publisher = "acme".parse().unwrap();
        KeyAct::Enrolled {
            proof: Possession::prove(&publisher, &self.key),
            key: self.key.public(),
            publisher,
            label: "first".to_owned(),
            replaces: None,
        }
    }

    fn try_it(&mut self, by: &Actor, wish: impl Into<Act>) -> Result<Decision, Refusal> {
        self.attempt(by, wish.into())
    }

    fn attempt(&mut self, by: &Actor, wish: Act) -> Result<Decision, Refusal> {
        self.now = Moment::from_micros(self.now.micros() + 1);
        let decision = self.register.decide(by, wish, self.now)?;
        let (Decision::Enact(act) | Decision::Propose(act)) = decision.clone();
        let entry = Entry {
            at: self.now,
            by: by.clone(),
            act,
        };
        // Every entry is written down and read again before it counts.
        let text = serde_json::to_string(&entry).unwrap();
        self.register.enter(&serde_json::from_str(&text).unwrap())?;
        Ok(decision)
    }

    fn done(&mut self, by: &Actor, wish: impl Into<Act>) {
        let wish = wish.into();
        let decision = self.try_it(by, wish.clone());
        assert!(
            matches!(decision, Ok(Decision::Enact(_))),
            "{wish:?}: {decision:?}"
        );
    }

    fn proposed(&mut self, by: &str, wish: impl Into<Act>) {
        let wish = wish.into();
        let decision = self.try_it(&person(by), wish.clone());
        assert!(
            matches!(decision, Ok(Decision::Propose(_))),
            "{wish:?}: {decision:?}"
        );
    }

    fn both(&mut self, first: &str, second: &str, wish: impl Into<Act>) {
        let wish = wish.into();
        self.proposed(first, wish.clone());
        self.done(&person(second), wish);
    }

    fn refused(&mut self, by: &str, wish: impl Into<Act>) -> Refusal {
        let before = self.register.size();
        let refusal = self.try_it(&person(by), wish).unwrap_err();
        assert_eq!(self.register.size(), before);
        refusal
    }

    /// Publishes a release that pays bills and asks for `permissions`.
    fn publish(&mut self, version: &str, permissions: &[&str]) -> Digest {
        self.publish_as(version, permissions, ServiceKind::BillPayment)
    }

    fn publish_as(&mut self, version: &str, permissions: &[&str], kind: ServiceKind) -> Digest {
        let release = sha256(version.as_bytes());
        let act = self.publication(version, permissions, kind);
        self.done(&person("olga"), act);
        release
    }

    fn publication(
        &self,
        version: &str,
        permissions: &[&str],
        kind: ServiceKind,
    ) -> PublicationAct {
        PublicationAct::Published {
            package: "acme/water".parse().unwrap(),
            version: version.parse().unwrap(),
            release: sha256(version.as_bytes()),
            signer: self.key.public(),
            summary: Box::new(Summary {
                bundle_bytes: 1_000,
                component: sha256(version.as_bytes()),
                own_code: true,
                contract: "0.1.0".to_owned(),
                kinds: [kind].into(),
                services: [(
                    ServiceCode::new("water-330100-9").unwrap(),
                    BillerId::new("b-water").unwrap(),
                )]
                .into(),
                permissions: permissions
                    .iter()
                    .map(|name| ((*name).to_owned(), sha256(name.as_bytes())))
                    .collect(),
                imports: std::collections::BTreeSet::new(),
                limits: LimitsWish::default(),
                data_class: DataClass::Full,
                report: None,
            }),
        }
    }

    fn go_live(&mut self, version: &str, permissions: &[&str]) -> Digest {
        let release = self.publish(version, permissions);
        self.both("rita", "rolf", approval(release));
        self.done(&person("mona"), general(release));
        release
    }
}

fn grant() -> GrantTerms {
    GrantTerms {
        service: None,
        effect: Effect::Live,
        binding: OperatorBinding::default(),
        expires: None,
    }
}

fn approval(release: Digest) -> ReviewAct {
    ReviewAct::Approved {
        release,
        grants: vec![grant()],
    }
}

fn general(release: Digest) -> RolloutAct {
    RolloutAct::RolledOut {
        release,
        stage: Stage::General,
    }
}
