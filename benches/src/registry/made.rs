//! Acts of a registry that never was: publishers with their packages, each with
//! three releases that are published, approved and rolled out.

use anyhow::Result;
use guichet::governance::credit_code;
use guichet_domain::id::{BillerId, PublisherName, ServiceCode};
use guichet_registry::binding::{EndpointBinding, OperatorBinding};
use guichet_registry::manifest::{DataClass, LimitsWish};
use guichet_registry::register::{
    Act, Effect, GrantTerms, KeyAct, Possession, PublicationAct, PublisherAct, Quota, ReviewAct,
    RolloutAct, Stage, Summary,
};
use guichet_registry::service::ServiceKind;
use guichet_registry::sign::{PublicKey, SigningKey, sha256};
use guichet_registry::{PackageName, Texts};

pub(crate) const PUBLISHERS: usize = 63;
pub(crate) const PACKAGES: usize = 100;
pub(crate) const RELEASES: usize = 3;

/// All acts of one publisher.
pub(crate) fn acts(number: usize) -> Result<Vec<Act>> {
    let publisher: PublisherName = format!("publisher-{number}").parse()?;
    let key = SigningKey::development(&publisher);
    let mut acts = vec![
        PublisherAct::Enrolled {
            publisher: publisher.clone(),
            names: Texts::of("模拟发布方", "Simulated publisher")?,
            credit_code: credit_code(publisher.as_str()),
            quota: Quota::default(),
        }
        .into(),
        KeyAct::Enrolled {
            proof: Possession::prove(&publisher, &key),
            key: key.public(),
            publisher: publisher.clone(),
            label: "bench".to_owned(),
            replaces: None,
        }
        .into(),
    ];
    for package in 0..PACKAGES {
        let name: PackageName = format!("{publisher}/package-{package}").parse()?;
        for release in 0..RELEASES {
            acts.extend(release_acts(&name, release, key.public())?);
        }
    }
    Ok(acts)
}

fn release_acts(package: &PackageName, number: usize, signer: PublicKey) -> Result<[Act; 3]> {
    let release = sha256(format!("{package} {number}").as_bytes());
    let published = PublicationAct::Published {
        package: package.clone(),
        version: format!("1.{number}.0").parse()?,
        release,
        signer,
        summary: Box::new(summary(package)?),
    };
    let bound = EndpointBinding {
        origin: "https://biller.example.test".parse()?,
        private: std::collections::BTreeSet::new(),
        credentials: Vec::new(),
    };
    let grant = GrantTerms {
        service: None,
        effect: Effect::Live,
        binding: OperatorBinding {
            endpoints: [("biller".parse()?, bound)].into(),
            ..OperatorBinding::default()
        },
        expires: None,
    };
    let grants = vec![grant];
    let stage = Stage::General;
    Ok([
        published.into(),
        ReviewAct::Approved { release, grants }.into(),
        RolloutAct::RolledOut { release, stage }.into(),
    ])
}

/// Two services, an endpoint and a key, as a usual package has.
fn summary(package: &PackageName) -> Result<Summary> {
    let stem = package.to_string().replace('/', "-");
    let service = |number: usize| -> Result<(ServiceCode, BillerId)> {
        let code = ServiceCode::new(format!("{stem}-{number}"))?;
        Ok((code, BillerId::new(format!("b-{stem}"))?))
    };
    let permissions = ["endpoint:biller", "key:mac"];
    Ok(Summary {
        bundle_bytes: 20_000,
        component: sha256(b"http-biller"),
        own_code: false,
        contract: "0.1.0".to_owned(),
        kinds: [ServiceKind::BillPayment].into(),
        services: [service(1)?, service(2)?].into(),
        permissions: permissions
            .map(|name| (name.to_owned(), sha256(name.as_bytes())))
            .into(),
        imports: std::collections::BTreeSet::new(),
        limits: LimitsWish::default(),
        data_class: DataClass::Full,
        report: Some(sha256(package.to_string().as_bytes())),
    })
}
