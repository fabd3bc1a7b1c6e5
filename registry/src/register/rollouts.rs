//! How releases go live, for some or for all, and how they are taken away. What
//! served before goes on where it may.

use std::collections::BTreeSet;

use guichet_domain::id::{RegionCode, ServiceCode};
use guichet_domain::{Digest, Moment};
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal, bounded, ensure};
use super::releases::{Package, Pilot};
use super::roles::Role;
use super::rule::{Made, Rule};
use super::words::{Reason, Url};
use crate::names::PackageName;
use crate::texts::Texts;

/// Advisories of one release.
const ADVISORIES: usize = 16;
/// Regions of one pilot.
const REGIONS: usize = 400;

/// What is decided about releases that were approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum RolloutAct {
    /// A release serves, for some or for all.
    #[serde(rename = "rolled-out")]
    RolledOut {
        /// Which.
        release: Digest,
        /// For whom.
        stage: Stage,
    },
    /// A release serves nobody any more; the one before it goes on.
    #[serde(rename = "halted")]
    Halted {
        /// Which.
        release: Digest,
        /// Why.
        cause: Reason,
    },
    /// A release must not be used any more. It is never deleted.
    #[serde(rename = "yanked")]
    Yanked {
        /// Which.
        release: Digest,
        /// Why.
        reason: Reason,
    },
    /// What users of a release should know.
    #[serde(rename = "advised")]
    Advised {
        /// Which.
        release: Digest,
        /// How bad.
        severity: Severity,
        /// What, and what to do.
        text: Texts,
        /// Where more stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Url>,
    },
}

/// For whom a release serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// For some: subjects by a stable share, or everybody in some regions.
    Pilot {
        /// Of a thousand subjects.
        share_permille: u16,
        /// Regions in which it serves everybody.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        regions: BTreeSet<RegionCode>,
    },
    /// For all.
    General,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the usual steps, as everybody reads them")]
pub enum Severity {
    Low,
    Moderate,
    High,
    Critical,
}

/// What users of a release should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    /// How bad.
    pub severity: Severity,
    /// What, and what to do.
    pub text: Texts,
    /// Where more stands.
    pub link: Option<Url>,
    /// When.
    pub at: Moment,
}

impl Rule for RolloutAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        let staff = [Role::ReleaseManager, Role::SecurityOfficer];
        match self {
            Self::RolledOut { .. } => register.by_staff(by, &staff[..1], Persons::One),
            Self::Halted { .. } => register.by_staff(by, &staff, Persons::One),
            Self::Yanked { release, .. } | Self::Advised { release, .. } => {
                let publisher = register.release(*release)?.package.publisher();
                let member = register.by_member(by, publisher);
                member.or_else(|_| register.by_staff(by, &staff, Persons::One))
            }
        }
    }

    fn fits(&self, register: &Register, _: &Actor, _: Moment) -> Lawful {
        match self {
            Self::RolledOut { release, stage } => {
                register.may_go_on(register.approved(*release)?)?;
                stage_fits(stage)
            }
            Self::Halted { release, .. } => ensure(register.serves(*release), || {
                "the release serves nobody: there is nothing to halt".to_owned()
            }),
            Self::Yanked { release, .. } => {
                let known = register.release(*release)?;
                ensure(known.yanked.is_none(), || "it is yanked already".to_owned())
            }
            Self::Advised { release, .. } => {
                let known = register.release(*release)?;
                bounded(known.advisories.len() < ADVISORIES, || {
                    format!("a release has at most {ADVISORIES} advisories")
                })
            }
        }
    }

    fn carry_out(&self, register: &mut Register, made: &Made<'_>) {
        match self {
            Self::RolledOut { release, stage } => {
                register.change(*release, |known| known.halted = None);
                register.line_up(*release, made.at, |package| {
                    roll_out(package, *release, stage, made.at);
                });
            }
            Self::Halted { release, cause } => {
                register.change(*release, |known| known.halted = Some(cause.clone()));
                register.fall_back(*release, made.at);
            }
            Self::Yanked { release, reason } => {
                register.change(*release, |known| known.yanked = Some(reason.clone()));
                register.fall_back(*release, made.at);
            }
            Self::Advised {
                release,
                severity,
                text,
                link,
            } => {
                let advisory = Advisory {
                    severity: *severity,
                    text: text.clone(),
                    link: link.clone(),
                    at: made.at,
                };
                register.change(*release, |known| known.advisories.push(advisory));
            }
        }
    }
}

fn stage_fits(stage: &Stage) -> Lawful {
    let Stage::Pilot {
        share_permille,
        regions,
    } = stage
    else {
        return Ok(());
    };
    let some = *share_permille > 0 || !regions.is_empty();
    ensure(
        some && *share_permille <= 1_000 && regions.len() <= REGIONS,
        || format!("a pilot serves 1 to 1,000 of a thousand subjects, or up to {REGIONS} regions"),
    )
}

fn roll_out(package: &mut Package, release: Digest, stage: &Stage, at: Moment) {
    match stage {
        Stage::Pilot {
            share_permille,
            regions,
        } => {
            package.pilot = Some(Pilot {
                release,
                share_permille: *share_permille,
                regions: regions.clone(),
                since: at,
            });
        }
        Stage::General => {
            package.pilot.take_if(|pilot| pilot.release == release);
            if package.general != Some(release) {
                package.previous = package.general.replace(release);
            }
        }
    }
}

impl Register {
    fn serves(&self, digest: Digest) -> bool {
        let release = self.releases.get(&digest);
        let package = release.and_then(|release| self.packages.get(&release.package));
        package.is_some_and(|package| package.serving().any(|serving| serving == digest))
    }

    /// The release serves no more; what served before goes on where it may.
    fn fall_back(&mut self, release: Digest, at: Moment) {
        let usable = |digest: &Digest| {
            let known = self.releases.get(digest);
            known.is_some_and(|known| known.yanked.is_none() && known.halted.is_none())
        };
        let known = self.releases.get(&release);
        let package = known.and_then(|known| self.packages.get(&known.package));
        let previous = package.and_then(|package| package.previous).filter(usable);
        self.line_up(release, at, |package| {
            package.pilot.take_if(|pilot| pilot.release == release);
            package.previous.take_if(|previous| *previous == release);
            if package.general == Some(release) {
                package.previous = None;
                package.general = previous;
            }
        });
    }

    /// Changes what serves of the release's package, and notes which services
    /// came and which went.
    fn line_up(&mut self, release: Digest, at: Moment, how: impl FnOnce(&mut Package)) {
        let Some(known) = self.releases.get(&release) else {
            return;
        };
        let name = known.package.clone();
        let before = self.codes(&name);
        let Some(package) = self.packages.get_mut(&name) else {
            return;
        };
        how(package);
        package.changed = Some(at);
        let now = self.codes(&name);
        for code in before.difference(&now) {
            self.gone.insert(code.clone(), at);
        }
        for code in now {
            self.gone.remove(&code);
            self.owners.insert(code, name.clone());
        }
    }

    /// The services of whatever serves of the package.
    fn codes(&self, name: &PackageName) -> BTreeSet<ServiceCode> {
        let serving = self
            .packages
            .get(name)
            .into_iter()
            .flat_map(Package::serving);
        let known = serving.filter_map(|digest| self.releases.get(&digest));
        known
            .flat_map(|known| known.summary.services.keys().cloned())
            .collect()
    }
}

impl Package {
    fn serving(&self) -> impl Iterator<Item = Digest> {
        let pilot = self.pilot.as_ref().map(|pilot| pilot.release);
        self.general.into_iter().chain(pilot)
    }
}
