//! The review queue, and what a reviewer sees of one release.

use guichet_domain::{Digest, Moment};
use guichet_registry::Manifest;
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::register::{Act, Actor, Persons, Release, ReviewAct, Standing};
use guichet_registry::review::{self, Comparison, Contents};

use super::{Governance, GovernanceError};
use crate::objects::Kind;

/// A release that waits for review.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Which.
    pub digest: Digest,
    /// What the register knows of it.
    pub release: Release,
    /// Whether it takes two persons.
    pub persons: Persons,
    /// The first approval, where there is one: its position in the log, who and
    /// when.
    pub first: Option<(u64, Actor, Moment)>,
}

/// A release as a reviewer sees it.
#[derive(Debug, Clone)]
pub struct Reviewed {
    /// Where it stands in the queue; none once it was decided.
    pub waiting: Option<Waiting>,
    /// What the register knows of it.
    pub release: Release,
    /// What it says of itself.
    pub manifest: Manifest,
    /// How it differs from what serves.
    pub comparison: Comparison,
    /// The certification report, as it was stored.
    pub report: Option<bytes::Bytes>,
}

impl Governance {
    /// Releases that wait for review, oldest first.
    #[must_use]
    pub fn queue(&self) -> Vec<Waiting> {
        let digests: Vec<Digest> = self.read(|register| {
            let all = register
                .packages()
                .flat_map(|(_, package)| &package.releases);
            let waits = |digest: &&Digest| {
                let release = register.release(**digest);
                release.is_ok_and(|one| one.standing == Standing::Waiting && one.yanked.is_none())
            };
            all.filter(waits).copied().collect()
        });
        let mut queue: Vec<Waiting> = digests
            .into_iter()
            .filter_map(|digest| self.waiting(digest))
            .collect();
        queue.sort_by_key(|one| one.release.published);
        queue
    }

    fn waiting(&self, digest: Digest) -> Option<Waiting> {
        let now = self.ports.now();
        self.read(|register| {
            let release = register.release(digest).ok()?;
            if release.standing != Standing::Waiting {
                return None;
            }
            let first = register.open_proposals(now).find_map(|(position, open)| {
                let of_this =
                    matches!(&open.wanted, Act::Review(ReviewAct::Approved { release, .. }) if *release == digest);
                of_this.then(|| (position, open.by.clone(), open.at))
            });
            Some(Waiting {
                digest,
                release: release.clone(),
                persons: register.persons_for_approval(digest).ok()?,
                first,
            })
        })
    }

    /// What a reviewer sees of a release.
    pub async fn review(&self, digest: Digest) -> Result<Reviewed, GovernanceError> {
        let (release, serving) = self.read(|register| {
            let release = register.release(digest)?.clone();
            let general = register
                .lineup(&release.package)
                .and_then(|lineup| lineup.general);
            let serving = general.filter(|general| *general != digest);
            let serving =
                serving.and_then(|digest| Some((digest, register.release(digest).ok()?.clone())));
            Ok::<_, GovernanceError>((release, serving))
        })?;
        let contents = self.contents(digest).await?;
        let before = match serving {
            Some((digest, release)) => Some((self.contents(digest).await?, release)),
            None => None,
        };
        let before = before
            .as_ref()
            .map(|(contents, release)| (contents, &release.summary));
        let comparison = review::compare((&contents, &release.summary), before);
        let report = match release.summary.report {
            Some(report) => Some(self.objects.get(Kind::Report, report).await?),
            None => None,
        };
        Ok(Reviewed {
            waiting: self.waiting(digest),
            release,
            manifest: contents.manifest,
            comparison,
            report,
        })
    }

    pub(super) async fn contents(&self, digest: Digest) -> Result<Contents, GovernanceError> {
        let bytes = self.objects.get(Kind::Bundle, digest).await?;
        let altered = || GovernanceError::Altered(digest.to_string());
        let bundle = Bundle::read(&bytes, BundleLimits::default()).map_err(|_| altered())?;
        if bundle.digest() != digest {
            return Err(altered());
        }
        Contents::of(&bundle).ok_or_else(altered)
    }
}
