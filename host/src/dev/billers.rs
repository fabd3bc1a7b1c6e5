//! Admits the simulated city's billers with made-up records: codes that check
//! themselves, accounts that no bank has.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use guichet_domain::Moment;
use guichet_domain::id::BillerId;
use guichet_registry::admit::Admission;
use guichet_registry::register::Actor;
use guichet_registry::sign::sha256;
use guichet_registry::{PackageName, Texts};

use crate::governance::{Application, Authorisation, Governance, Settlement, credit_code};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// As many as the register takes at once.
const TOGETHER: usize = 1_000;

/// A biller's made-up application.
pub(crate) fn made_up(
    biller: BillerId,
    names: Texts,
    packages: BTreeSet<PackageName>,
    now: Moment,
) -> Application {
    let legal_name = names.chinese().to_owned();
    let digits = u64::from_be_bytes(
        sha256(biller.as_str().as_bytes()).as_bytes()[..8]
            .try_into()
            .expect("a digest has more than 8 bytes"),
    );
    Application {
        names,
        credit_code: credit_code(biller.as_str()),
        settlement: Settlement {
            holder: legal_name.clone(),
            bank_code: "000000000000".to_owned(),
            account: format!("9999{:012}", digits % 1_000_000_000_000),
        },
        legal_name,
        authorisation: Authorisation {
            contract: format!("DEMO-{biller}"),
            certification_accepted: "the simulated city".to_owned(),
        },
        packages,
        from: now.plus_ms(-DAY_MS),
        until: now.plus_ms(3_650 * DAY_MS),
        biller,
    }
}

/// Admits every biller of these releases.
pub(super) async fn admit(governance: &Governance, admissions: &[Admission]) -> Result<()> {
    let mut billers: BTreeMap<BillerId, (Texts, BTreeSet<PackageName>)> = BTreeMap::new();
    for admission in admissions {
        for service in &admission.services {
            let biller = &service.biller;
            let known = billers
                .entry(biller.id.clone())
                .or_insert_with(|| (biller.names.clone(), BTreeSet::new()));
            known.1.insert(admission.package().clone());
        }
    }
    let now = governance.now();
    let applications: Vec<Application> = billers
        .into_iter()
        .map(|(biller, (names, mut packages))| {
            let known = governance.read(|register| {
                let known = register.biller(&biller);
                known.map(|known| known.terms.packages.clone())
            });
            packages.extend(known.unwrap_or_default());
            made_up(biller, names, packages, now)
        })
        .collect();
    for some in applications.chunks(TOGETHER) {
        governance.admit_billers(&Actor::Installation, some).await?;
    }
    Ok(())
}
