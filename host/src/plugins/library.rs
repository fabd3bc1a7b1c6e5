//! The releases that this node has at hand: read from the objects, compared
//! with what the register says of them, and ready to run. A bundle in which one
//! byte was altered, or that the registry has not countersigned, never runs.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use guichet_domain::Digest;
use guichet_registry::admit::{self, Admission, AdmissionPolicy, KeyPolicy};
use guichet_registry::bundle::{self, BundleLimits};
use guichet_registry::certification::Report;
use guichet_registry::register;
use guichet_registry::sign::{PublicKey, sha256};
use guichet_registry::{PackageName, Version};
use guichet_sandbox::{Plugin, Sandbox};

use crate::objects::{Kind, Objects};

/// Bundles that are read together.
const TOGETHER: usize = 32;

/// A release that shall be at hand, as the register knows it.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) digest: Digest,
    pub(super) package: PackageName,
    pub(super) version: Version,
    pub(super) signer: PublicKey,
    pub(super) component: Digest,
    /// The certification report, where it was certified.
    pub(super) report: Option<Digest>,
    /// Whether the bundle brings the code; such bundles are read first.
    pub(super) own_code: bool,
}

impl Wanted {
    pub(super) fn of(digest: Digest, release: &register::Release) -> Self {
        Self {
            digest,
            package: release.package.clone(),
            version: release.version.clone(),
            signer: release.signer,
            component: release.summary.component,
            report: release.summary.report,
            own_code: release.summary.own_code,
        }
    }
}

/// Admitted releases and their code.
#[derive(Clone, Default)]
pub(super) struct Library {
    admissions: BTreeMap<Digest, Arc<Admission>>,
    reports: BTreeMap<Digest, Arc<Report>>,
    admitted: admit::Shelf,
    code: HashMap<Digest, Plugin>,
}

impl Library {
    pub(super) fn admission(&self, release: Digest) -> Option<&Arc<Admission>> {
        self.admissions.get(&release)
    }

    pub(super) fn admissions(&self) -> impl Iterator<Item = &Arc<Admission>> {
        self.admissions.values()
    }

    /// What a release has shown in certification.
    pub(super) fn report(&self, release: Digest) -> Option<&Arc<Report>> {
        self.reports.get(&release)
    }

    pub(super) fn code(&self, component: Digest) -> Option<&Plugin> {
        self.code.get(&component)
    }

    /// Whether a release or its code is not at hand.
    pub(super) fn lacks(&self, one: &Wanted) -> bool {
        !self.admissions.contains_key(&one.digest) || !self.code.contains_key(&one.component)
    }

    /// What later bundles are compared with.
    pub(super) const fn admitted(&self) -> &admit::Shelf {
        &self.admitted
    }

    /// Brings in what is wanted and missing, and lets go of the rest.
    pub(super) async fn complete(
        &mut self,
        wanted: &[Wanted],
        (objects, sandbox): (&Objects, &Sandbox),
        registry: &BTreeSet<PublicKey>,
    ) {
        let keep: BTreeSet<Digest> = wanted.iter().map(|one| one.digest).collect();
        self.admissions.retain(|digest, _| keep.contains(digest));
        self.reports.retain(|digest, _| keep.contains(digest));
        let code: BTreeSet<Digest> = wanted.iter().map(|one| one.component).collect();
        self.code.retain(|digest, _| code.contains(digest));
        let mut missing: Vec<&Wanted> = wanted
            .iter()
            .filter(|one| !self.admissions.contains_key(&one.digest))
            .collect();
        missing.sort_by_key(|one| !one.own_code);
        for some in missing.chunks(TOGETHER) {
            self.read(some, objects, registry).await;
            self.load(sandbox).await;
        }
        // What could not be loaded before.
        self.load(sandbox).await;
    }

    async fn read(&mut self, some: &[&Wanted], objects: &Objects, registry: &BTreeSet<PublicKey>) {
        let mut found = Vec::with_capacity(some.len());
        for one in some {
            match fetch(one, objects).await {
                Ok((bytes, report)) => {
                    if let Some(report) = report {
                        self.reports.insert(one.digest, Arc::new(report));
                    }
                    found.push(((*one).clone(), bytes));
                }
                Err(why) => refused(one, &why),
            }
        }
        let registry = registry.clone();
        let mut admitted = std::mem::take(&mut self.admitted);
        let judged = tokio::task::spawn_blocking(move || {
            let results: Vec<_> = found
                .into_iter()
                .map(|(one, bytes)| {
                    let judged = judge(&one, &bytes, &registry, &admitted);
                    if let Ok(admission) = &judged {
                        admitted.add(admission);
                    }
                    (one, judged)
                })
                .collect();
            (admitted, results)
        });
        let Ok((admitted, results)) = judged.await else {
            return;
        };
        self.admitted = admitted;
        for (one, judged) in results {
            match judged {
                Ok(admission) => drop(self.admissions.insert(one.digest, Arc::new(admission))),
                Err(why) => refused(&one, &why),
            }
        }
    }

    /// Makes code ready, and lets go of the bytes it was made from.
    async fn load(&mut self, sandbox: &Sandbox) {
        for admission in self.admissions.values_mut() {
            let Some(bytes) = &admission.component_bytes else {
                continue;
            };
            let digest = admission.component.digest;
            if let Entry::Vacant(place) = self.code.entry(digest) {
                match sandbox.load(digest, bytes).await {
                    Ok(plugin) => drop(place.insert(plugin)),
                    Err(error) => {
                        let package = admission.package();
                        tracing::error!(%package, %error, "a component cannot be loaded");
                        continue;
                    }
                }
            }
            let mut light = (**admission).clone();
            light.component_bytes = None;
            *admission = Arc::new(light);
        }
    }
}

/// A release's bundle and report; the report is compared with its digest here,
/// the bundle by `judge`.
async fn fetch(one: &Wanted, objects: &Objects) -> Result<(Bytes, Option<Report>), String> {
    let bundle = objects.get(Kind::Bundle, one.digest).await;
    let bundle = bundle.map_err(|error| error.to_string())?;
    let Some(digest) = one.report else {
        return Ok((bundle, None));
    };
    let bytes = objects.get(Kind::Report, digest).await;
    let bytes = bytes.map_err(|error| error.to_string())?;
    if sha256(&bytes) != digest {
        return Err("its certification report was altered".to_owned());
    }
    let report = Report::read(&bytes).map_err(|error| error.to_string())?;
    if report.certifies(&one.digest) {
        Ok((bundle, Some(report)))
    } else {
        Err("its certification report is of another release".to_owned())
    }
}

fn refused(one: &Wanted, why: &str) {
    let (package, version) = (&one.package, &one.version);
    tracing::error!(%package, %version, why, "a release is not as it was published: it serves nobody");
}

fn judge(
    wanted: &Wanted,
    bytes: &Bytes,
    registry: &BTreeSet<PublicKey>,
    admitted: &admit::Shelf,
) -> Result<Admission, String> {
    let verified = bundle::verify(bytes, BundleLimits::default()).map_err(|e| e.to_string())?;
    if verified.digest != wanted.digest {
        return Err("its digest is another one".to_owned());
    }
    if verified.publisher != wanted.signer {
        return Err("another key has signed it".to_owned());
    }
    if !verified.registries.iter().any(|key| registry.contains(key)) {
        return Err("the registry has not countersigned it".to_owned());
    }
    let publisher = wanted.package.publisher().clone();
    let policy = AdmissionPolicy {
        keys: KeyPolicy::Enrolled([(publisher, [wanted.signer].into())].into()),
        limits: BundleLimits::default(),
    };
    let admission = admit::admit(bytes, &policy, admitted).map_err(|error| error.to_string())?;
    if *admission.package() != wanted.package || *admission.version() != wanted.version {
        return Err("it says another name of itself".to_owned());
    }
    if admission.component.digest != wanted.component {
        return Err("its code is another one".to_owned());
    }
    Ok(admission)
}
