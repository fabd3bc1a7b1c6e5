//! Sets up a development installation: everything at once, by the installation
//! itself. In production the register refuses all of it.

use guichet_domain::id::PublisherName;
use guichet_registry::PackageName;
use guichet_registry::admit::Admission;
use guichet_registry::register::{
    Act, Actor, Effect, GrantTerms, KeyAct, MemberRole, PersonAct, Possession, PublicationAct,
    PublisherAct, Quota, ReviewAct, Role, RolloutAct, Side, Stage, Summary,
};
use guichet_registry::sign::SigningKey;
use guichet_registry::{Texts, binding::OperatorBinding};

use super::{Governance, GovernanceError};

/// A bundle that the installation brings along.
#[derive(Debug)]
pub struct Installed<'a> {
    /// As it was admitted.
    pub admission: &'a Admission,
    /// Size of the bundle.
    pub bundle_bytes: u64,
    /// Where its endpoints lead; none for code that others use.
    pub binding: OperatorBinding,
}

impl Governance {
    /// Publishes, approves and rolls out what is not known yet, with the
    /// publishers' development keys.
    pub async fn install(&self, bundles: &[Installed<'_>]) -> Result<(), GovernanceError> {
        let mut acts = Vec::new();
        let mut enrolled: Vec<PublisherName> = Vec::new();
        for bundle in bundles {
            let admission = bundle.admission;
            let publisher = admission.package().publisher();
            let known = self.read(|register| register.publisher(publisher).is_some());
            if !known && !enrolled.contains(publisher) {
                enrolled.push(publisher.clone());
                acts.extend(enrolment(publisher, &admission.manifest.publisher));
            }
            acts.extend(going_live(bundle));
        }
        for some in acts.chunks(500) {
            self.log.enter(&Actor::Installation, some.to_vec()).await?;
        }
        Ok(())
    }

    /// Changes where a package's endpoints lead.
    pub async fn rebind(
        &self,
        package: &PackageName,
        binding: OperatorBinding,
    ) -> Result<(), GovernanceError> {
        let grant = whole(binding);
        let release = self.read(|register| {
            let digest = register.lineup(package)?.general?;
            let release = register.release(digest).ok()?;
            (!release.grants.contains(&grant)).then_some(digest)
        });
        if let Some(release) = release {
            let act = ReviewAct::Granted { release, grant };
            self.enter(&Actor::Installation, act).await?;
        }
        Ok(())
    }

    /// The staff and the publisher's owner with whom the guides are followed.
    pub async fn install_people(
        &self,
        staff: &[(&str, &[Role])],
        owner: (&str, &PublisherName),
    ) -> Result<(), GovernanceError> {
        let mut acts = Vec::new();
        let names = |name: &str| Texts::of(name, name).expect("a demo name is readable");
        let missing = |id: &str| {
            let id: guichet_domain::id::PersonId = id.parse().expect("a demo id is lawful");
            self.read(|register| register.known_person(&id).is_none())
                .then_some(id)
        };
        for (id, roles) in staff {
            if let Some(person) = missing(id) {
                let side = Side::Operator(roles.iter().copied().collect());
                let name = names(id);
                acts.push(PersonAct::Set { person, name, side }.into());
            }
        }
        let (id, publisher) = owner;
        if self.read(|register| register.publisher(publisher).is_none()) {
            acts.push(
                PublisherAct::Enrolled {
                    publisher: publisher.clone(),
                    names: names(publisher.as_str()),
                    credit_code: credit_code(publisher.as_str()),
                    quota: Quota::default(),
                }
                .into(),
            );
        }
        if let Some(person) = missing(id) {
            let side = Side::Publisher(publisher.clone(), MemberRole::Owner);
            let name = names(id);
            acts.push(PersonAct::Set { person, name, side }.into());
        }
        if !acts.is_empty() {
            self.log.enter(&Actor::Installation, acts).await?;
        }
        Ok(())
    }
}

fn enrolment(publisher: &PublisherName, names: &Texts) -> [Act; 2] {
    let key = SigningKey::development(publisher);
    [
        PublisherAct::Enrolled {
            publisher: publisher.clone(),
            names: names.clone(),
            credit_code: credit_code(publisher.as_str()),
            quota: Quota {
                packages: 1_000,
                releases_per_day: 10_000,
                services: 100_000,
                ..Quota::default()
            },
        }
        .into(),
        KeyAct::Enrolled {
            publisher: publisher.clone(),
            key: key.public(),
            label: "development".to_owned(),
            proof: Possession::prove(publisher, &key),
            replaces: None,
        }
        .into(),
    ]
}

fn going_live(bundle: &Installed<'_>) -> [Act; 3] {
    let admission = bundle.admission;
    let release = admission.release;
    let grants = if admission.services.is_empty() {
        Vec::new()
    } else {
        vec![whole(bundle.binding.clone())]
    };
    [
        PublicationAct::Published {
            package: admission.package().clone(),
            version: admission.version().clone(),
            release,
            signer: admission.signer,
            summary: Box::new(Summary::of(admission, bundle.bundle_bytes, None)),
        }
        .into(),
        ReviewAct::Approved { release, grants }.into(),
        RolloutAct::RolledOut {
            release,
            stage: Stage::General,
        }
        .into(),
    ]
}

const fn whole(binding: OperatorBinding) -> GrantTerms {
    GrantTerms {
        service: None,
        effect: Effect::Live,
        binding,
        expires: None,
    }
}

/// A code that checks itself, made up from a name: for demo firms only.
#[must_use]
pub fn credit_code(name: &str) -> guichet_registry::register::CreditCode {
    const DIGITS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let digest = guichet_registry::sign::sha256(name.as_bytes());
    let body: String = digest.as_bytes()[..17]
        .iter()
        .map(|byte| char::from(DIGITS[usize::from(*byte) % 31]))
        .collect();
    DIGITS
        .iter()
        .find_map(|check| format!("{body}{}", char::from(*check)).parse().ok())
        .expect("one of the digits is the check digit")
}
