//! The entry door: a signed bundle is checked and certified, countersigned,
//! kept, and written down as published. It runs for nobody before it was
//! reviewed; that is `governance`'s.

use std::sync::Arc;

use bytes::Bytes;
use guichet_domain::Digest;
use guichet_domain::id::PublisherName;
use guichet_registry::admit::{self, Admission, AdmissionError, AdmissionPolicy, KeyPolicy};
use guichet_registry::bundle::{self, Bundle, BundleError, BundleLimits};
use guichet_registry::certification::Report;
use guichet_registry::manifest::MANIFEST_FILE;
use guichet_registry::register::{Actor, Entry, KeyStanding, PublicationAct, Refusal, Summary};
use guichet_registry::sign::sha256;
use guichet_registry::{Manifest, PackageName, Version};
use tokio::sync::Semaphore;

use crate::certification::{Candidate, Certifier};
use crate::governance::{Governance, GovernanceError, Installed};
use crate::log::LogError;
use crate::objects::{Kind, ObjectError, Objects};
use crate::plugins::Plugins;

/// Bundles that are looked at together on one node.
const TOGETHER: usize = 2;

/// The entry door. Cheap to clone.
#[derive(Clone)]
pub struct Publishing {
    governance: Governance,
    plugins: Plugins,
    objects: Objects,
    certifier: Arc<Certifier>,
    places: Arc<Semaphore>,
}

/// A bundle that came in.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The release's digest.
    pub digest: Digest,
    /// `publisher/name`.
    pub package: PackageName,
    /// Its version.
    pub version: Version,
    /// The certification report; none where the same bundle was published
    /// before.
    pub report: Option<Report>,
}

/// Why a bundle did not come in.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The checks on entry found something.
    #[error("{0}")]
    Refused(#[from] AdmissionError),
    /// It came under another name than its own.
    #[error("the bundle says it is {0}: put it under that path")]
    OtherName(String),
    /// It did not pass certification.
    #[error("it did not pass certification")]
    NotCertified(Box<Report>),
    /// Certification itself failed.
    #[error("certification cannot be run now: {0}")]
    Certification(String),
    /// The register refused.
    #[error(transparent)]
    Governance(#[from] GovernanceError),
    /// The objects failed.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The bundle cannot be countersigned.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A background task was lost.
    #[error("the check of the bundle was interrupted: try again")]
    Interrupted,
}

impl From<LogError> for PublishError {
    fn from(error: LogError) -> Self {
        Self::Governance(error.into())
    }
}

impl Publishing {
    /// Over these.
    #[must_use]
    pub fn new(
        governance: Governance,
        plugins: Plugins,
        objects: Objects,
        certifier: Certifier,
    ) -> Self {
        Self {
            governance,
            plugins,
            objects,
            certifier: Arc::new(certifier),
            places: Arc::new(Semaphore::new(TOGETHER)),
        }
    }

    /// Takes a bundle in under this name.
    pub async fn publish(
        &self,
        by: &Actor,
        (package, version): (&PackageName, &Version),
        bytes: Bytes,
    ) -> Result<Publication, PublishError> {
        self.governance.log().signer()?;
        let _place = self.places.acquire().await;
        let quota = self.governance.read(|register| {
            register
                .publisher(package.publisher())
                .map(|known| known.quota)
        });
        let mut limits = BundleLimits::default();
        if let Some(quota) = quota {
            let most = usize::try_from(quota.bundle_bytes).unwrap_or(usize::MAX);
            limits.bundle_bytes = limits.bundle_bytes.min(most);
        }
        if let Some(own) =
            own_name(&bytes, limits).filter(|own| *own != (package.clone(), version.clone()))
        {
            return Err(PublishError::OtherName(format!("{} {}", own.0, own.1)));
        }
        let admission = self
            .admit(package.publisher(), bytes.clone(), limits)
            .await?;
        let publication = |report| Publication {
            digest: admission.release,
            package: admission.package().clone(),
            version: admission.version().clone(),
            report,
        };
        let known = self
            .governance
            .read(|register| register.release(admission.release).is_ok());
        if known {
            return Ok(publication(None));
        }
        self.precheck(by, &admission, bytes.len())?;
        let kept = self.countersigned(&bytes)?;
        let report = self.certify(&admission, &bytes).await?;
        let report_bytes = report.bytes();
        let report_digest = sha256(&report_bytes);
        self.objects
            .put(Kind::Report, report_digest, report_bytes.into())
            .await?;
        self.keep(&admission, kept).await?;
        let summary = Summary::of(&admission, bytes.len() as u64, Some(report_digest));
        self.governance
            .enter(by, published(&admission, summary))
            .await?;
        Ok(publication(Some(report)))
    }

    /// Brings bundles in for a development installation, uncertified: the
    /// operator's own word stands for them. The admissions of those that are new.
    pub async fn install(
        &self,
        bundles: Vec<Bytes>,
        binding: impl Fn(&PackageName) -> guichet_registry::binding::OperatorBinding,
    ) -> Result<Vec<Admission>, PublishError> {
        let mut shelf = self.plugins.shelf().admitted().clone();
        let bundles = Arc::new(bundles);
        let read = bundles.clone();
        let results = tokio::task::spawn_blocking(move || {
            shelf.admit_all(&read, &AdmissionPolicy::development())
        });
        let results = results.await.map_err(|_| PublishError::Interrupted)?;
        let mut admissions = Vec::with_capacity(results.len());
        for (result, bytes) in results.into_iter().zip(bundles.iter()) {
            let admission = result?;
            self.keep(&admission, self.countersigned(bytes)?).await?;
            admissions.push((admission, bytes.len() as u64));
        }
        let installed: Vec<Installed<'_>> = admissions
            .iter()
            .map(|(admission, bundle_bytes)| Installed {
                admission,
                bundle_bytes: *bundle_bytes,
                binding: binding(admission.package()),
            })
            .collect();
        self.governance.install(&installed).await?;
        Ok(admissions
            .into_iter()
            .map(|(admission, _)| admission)
            .collect())
    }

    async fn admit(
        &self,
        publisher: &PublisherName,
        bytes: Bytes,
        limits: BundleLimits,
    ) -> Result<Admission, PublishError> {
        let keys = self.governance.read(|register| {
            let own = register.keys().filter(|(_, key)| {
                key.publisher == *publisher && key.standing == KeyStanding::Active
            });
            own.map(|(key, _)| *key).collect()
        });
        let policy = AdmissionPolicy {
            keys: KeyPolicy::Enrolled([(publisher.clone(), keys)].into()),
            limits,
        };
        let shelf = self.plugins.shelf();
        let judged =
            tokio::task::spawn_blocking(move || admit::admit(&bytes, &policy, shelf.admitted()));
        Ok(judged.await.map_err(|_| PublishError::Interrupted)??)
    }

    /// Whether the register would take it, before the long work is done.
    fn precheck(&self, by: &Actor, admission: &Admission, size: usize) -> Result<(), PublishError> {
        let act = published(admission, Summary::of(admission, size as u64, None)).into();
        let by = by.clone();
        let now = self.governance.now();
        self.governance
            .read(|register| {
                let at = register.time_of_next(now);
                register.check(&Entry { at, by, act })
            })
            .map_err(|refusal: Refusal| PublishError::Governance(refusal.into()))
    }

    /// On a thread of its own: a drill is long work beside a serving node.
    async fn certify(&self, admission: &Admission, bytes: &Bytes) -> Result<Report, PublishError> {
        let failed = |why: String| PublishError::Certification(why);
        let component = match &admission.component_bytes {
            Some(own) => Bytes::from(own.clone()),
            None => {
                let digest = admission.component.digest;
                let found = self.plugins.component(digest).await;
                found.map_err(|error| failed(error.to_string()))?
            }
        };
        let (admission, bytes) = (admission.clone(), bytes.clone());
        let certifier = self.certifier.clone();
        let runtime = tokio::runtime::Handle::current();
        let drilled = tokio::task::spawn_blocking(move || {
            let bundle = Bundle::read(&bytes, BundleLimits::default())?;
            let candidate = Candidate::new(&admission, &bundle, &component);
            let report = runtime.block_on(certifier.certify(&candidate));
            let report = report.map_err(|error| failed(error.to_string()))?;
            if report.certifies(&admission.release) {
                Ok(report)
            } else {
                Err(PublishError::NotCertified(Box::new(report)))
            }
        });
        drilled.await.map_err(|_| PublishError::Interrupted)?
    }

    /// The bundle with this registry's countersignature. Those of other registries
    /// stay where they are and count for nothing; a bundle that this registry has
    /// signed before and whose entry was lost is taken as it is.
    fn countersigned(&self, bytes: &[u8]) -> Result<Bytes, PublishError> {
        let signer = self.governance.log().signer()?;
        // The quota is on what the publisher sends, and not on this line.
        match bundle::countersign(bytes, BundleLimits::default(), signer) {
            Ok(signed) => Ok(signed.into()),
            Err(BundleError::CountersignedAlready) => Ok(Bytes::copy_from_slice(bytes)),
            Err(error) => Err(error.into()),
        }
    }

    async fn keep(&self, admission: &Admission, bundle: Bytes) -> Result<(), PublishError> {
        let kept = self.objects.put(Kind::Bundle, admission.release, bundle);
        Ok(kept.await?)
    }
}

fn published(admission: &Admission, summary: Summary) -> PublicationAct {
    PublicationAct::Published {
        package: admission.package().clone(),
        version: admission.version().clone(),
        release: admission.release,
        signer: admission.signer,
        summary: Box::new(summary),
    }
}

/// The name in the bundle; none where it does not read, which is for the checks
/// to explain.
fn own_name(bytes: &[u8], limits: BundleLimits) -> Option<(PackageName, Version)> {
    let bundle = Bundle::read(bytes, limits).ok()?;
    let text = std::str::from_utf8(bundle.file(MANIFEST_FILE)?).ok()?;
    let manifest = Manifest::read(text).ok()?;
    Some((manifest.package, manifest.version))
}
