//! Whether an act fits what was decided before. Who may do it stands in
//! `authority`.

use guichet_domain::id::{BillerId, PublisherName};
use guichet_domain::{Digest, Moment};

use super::act::{Act, BillerTerms, Mode, Reach, Stage, Target};
use super::grant::GrantTerms;
use super::people::{Actor, Side};
use super::state::{BillerStanding, KeyStanding, Release, Standing};
use super::summary::Summary;
use super::{Refusal, Register};
use crate::names::{PackageName, Version};
use crate::sign::PublicKey;

/// Bounds on what stays in memory for ever.
const ADVISORIES: usize = 16;
const GRANTS: usize = 20_000;
const REASONS: usize = 50;
const BILLERS: usize = 1_000;
const LABEL: usize = 80;

type Lawful = Result<(), Refusal>;

impl Register {
    /// Whether the act may take effect now.
    #[expect(clippy::too_many_lines, reason = "one arm for each act: the compiler sees that none is missing")]
    pub(super) fn check_lawful(&self, act: &Act, by: &Actor, at: Moment) -> Lawful {
        if !matches!(act, Act::Founded { .. }) {
            ensure(self.founding.is_some(), || {
                "the log is not founded yet".to_owned()
            })?;
        }
        match act {
            Act::Founded { .. } => {
                ensure(self.size == 0, || "the log is founded already".to_owned())
            }
            Act::PersonSet { person, side, .. } => self.person_fits(person, side),
            Act::PersonRemoved { person } => present(self.people.get(person), || {
                format!("nobody is called {person}")
            })
            .map(drop),
            Act::PublisherEnrolled { publisher, .. } => {
                ensure(!self.publishers.contains_key(publisher), || {
                    format!("{publisher} is enrolled already")
                })
            }
            Act::QuotaSet { publisher, .. } => self.publisher_known(publisher),
            Act::KeyEnrolled { .. } | Act::KeyRevoked { .. } => self.key_fits(act),
            Act::BillersAdmitted { billers } => {
                bounded((1..=BILLERS).contains(&billers.len()), || {
                    format!("1 to {BILLERS} billers are admitted at once")
                })?;
                billers.iter().try_for_each(|terms| self.biller_fits(terms))
            }
            Act::BillerSuspended { biller, .. } => self.biller_is(biller, BillerStanding::Admitted),
            Act::BillerResumed { biller, .. } => self.biller_is(biller, BillerStanding::Suspended),
            Act::BillerExited { biller, .. } => self
                .biller_is(biller, BillerStanding::Admitted)
                .or_else(|_| self.biller_is(biller, BillerStanding::Suspended)),
            Act::Published {
                package,
                version,
                release,
                signer,
                summary,
            } => self.publication_fits((package, version, *release), signer, summary, (by, at)),
            Act::Withdrawn { release } => self.waiting(*release).map(drop),
            Act::Approved { release, grants } => {
                let known = self.waiting(*release)?;
                self.signer_counts(known)?;
                self.codes_are_free(known)?;
                ensure(grants.len() <= GRANTS, || {
                    format!("more than {GRANTS} grants")
                })?;
                grants
                    .iter()
                    .try_for_each(|grant| grant_fits(known, grant, at))?;
                let repeated = grants.iter().enumerate().any(|(index, grant)| {
                    grants[..index].iter().any(|before| before.replaces(grant))
                });
                ensure(!repeated, || {
                    "two grants speak of the same service".to_owned()
                })
            }
            Act::Rejected { release, reasons } => {
                ensure((1..=REASONS).contains(&reasons.len()), || {
                    format!("a rejection has 1 to {REASONS} reasons")
                })?;
                self.waiting(*release).map(drop)
            }
            Act::Granted { release, grant } => {
                let known = self.approved(*release)?;
                grant_fits(known, grant, at)
            }
            Act::RolledOut { release, stage } => {
                let known = self.approved(*release)?;
                self.signer_counts(known)?;
                self.codes_are_free(known)?;
                stage_fits(stage)
            }
            Act::Halted { release, .. } => ensure(self.serves(*release), || {
                "the release serves nobody: there is nothing to halt".to_owned()
            }),
            Act::Yanked { release, .. } => {
                let known = self.release(*release)?;
                ensure(known.yanked.is_none(), || "it is yanked already".to_owned())
            }
            Act::Advised { release, .. } => {
                let known = self.release(*release)?;
                bounded(known.advisories.len() < ADVISORIES, || {
                    format!("a release has at most {ADVISORIES} advisories")
                })
            }
            Act::SwitchThrown { target, .. } => {
                self.target_known(target)?;
                ensure(!self.switches.contains_key(target), || {
                    "it is thrown already".to_owned()
                })
            }
            Act::SwitchLifted { target, .. } => ensure(self.switches.contains_key(target), || {
                "no such switch is thrown".to_owned()
            }),
            Act::MaintenanceAnnounced { from, until, .. } => {
                ensure(from < until && *until > at, || {
                    "maintenance ends after it begins, and not in the past".to_owned()
                })
            }
            Act::MaintenanceCancelled { announcement } => {
                let known = self.maintenance.get(announcement);
                present(known, || {
                    format!("no maintenance {announcement} is announced")
                })
                .map(drop)
            }
            Act::ZoneSet { zone, publisher } => {
                if let Some(publisher) = publisher {
                    self.publisher_known(publisher)?;
                }
                let owner = self.zones.get(&zone.code);
                ensure(
                    owner.is_none_or(|known| known.publisher == *publisher),
                    || format!("the zone {} belongs to somebody else", zone.code),
                )
            }
            Act::ZoneRemoved { zone } => {
                present(self.zones.get(zone), || format!("there is no zone {zone}")).map(drop)
            }
            Act::RegistryKeyReplaced { .. }
            | Act::SecretSet { .. }
            | Act::ReadingAllowed { .. } => Ok(()),
            Act::Proposed { .. } | Act::Agreed { .. } | Act::Declined { .. } => Err(
                Refusal::Conflict("a proposal is not itself proposed".to_owned()),
            ),
        }
    }

    /// Nobody changes sides: a reviewer must never have been made one by the
    /// publisher under review, nor lose the role by its doing.
    fn person_fits(&self, id: &guichet_domain::id::PersonId, side: &Side) -> Lawful {
        if let Side::Publisher(publisher, _) = side {
            self.publisher_known(publisher)?;
        }
        let same = match (self.people.get(id).map(|person| &person.side), side) {
            (None, _) | (Some(Side::Operator(_)), Side::Operator(_)) => true,
            (Some(Side::Publisher(own, _)), Side::Publisher(publisher, _)) => own == publisher,
            (Some(_), _) => false,
        };
        ensure(same, || {
            format!("{id} stands on another side: choose another id")
        })
    }

    fn key_fits(&self, act: &Act) -> Lawful {
        match act {
            Act::KeyEnrolled {
                publisher,
                key,
                label,
                proof,
                replaces,
            } => {
                self.publisher_known(publisher)?;
                ensure(!self.keys.contains_key(key), || {
                    "the key is enrolled or revoked already: make a new one".to_owned()
                })?;
                let readable = !label.is_empty()
                    && label.chars().count() <= LABEL
                    && !label.chars().any(char::is_control);
                ensure(readable, || {
                    format!("a key's label has 1 to {LABEL} characters")
                })?;
                proof.verify(publisher, key).map_err(|error| {
                    Refusal::Forbidden(format!("the proof of possession is wrong: {error}"))
                })?;
                replaces
                    .as_ref()
                    .map_or(Ok(()), |old| self.active_key(publisher, old))
            }
            Act::KeyRevoked {
                publisher,
                key,
                reach,
                ..
            } => {
                let known = self
                    .keys
                    .get(key)
                    .filter(|known| known.publisher == *publisher);
                let known = present(known, || format!("{publisher} has no such key"))?;
                let further = match known.standing {
                    KeyStanding::Active => true,
                    KeyStanding::Revoked(before) => {
                        before == Reach::Later && *reach == Reach::Emergency
                    }
                };
                ensure(further, || "the key is revoked already".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn active_key(&self, publisher: &PublisherName, key: &PublicKey) -> Lawful {
        let active = self.keys.get(key).is_some_and(|known| {
            known.publisher == *publisher && known.standing == KeyStanding::Active
        });
        ensure(active, || {
            format!("the key is not enrolled for {publisher}, or revoked")
        })
    }

    fn signer_counts(&self, release: &Release) -> Lawful {
        let emergency = KeyStanding::Revoked(Reach::Emergency);
        let stopped = self
            .keys
            .get(&release.signer)
            .is_none_or(|key| key.standing == emergency);
        ensure(!stopped, || {
            "its key was revoked: publish it again under another one".to_owned()
        })
    }

    fn biller_fits(&self, terms: &BillerTerms) -> Lawful {
        ensure(terms.from < terms.until, || {
            "an agreement ends after it begins".to_owned()
        })?;
        bounded(terms.packages.len() <= 100, || {
            "a biller has at most 100 packages".to_owned()
        })?;
        let known = self.billers.get(&terms.biller);
        ensure(
            known.is_none_or(|known| known.terms.credit_code == terms.credit_code),
            || format!("{} is admitted under another credit code", terms.biller),
        )
    }

    fn biller_is(&self, biller: &BillerId, standing: BillerStanding) -> Lawful {
        let known = present(self.billers.get(biller), || format!("no biller {biller}"))?;
        ensure(known.standing == standing, || {
            format!("the biller {biller} is {:?} now", known.standing).to_lowercase()
        })
    }

    fn publication_fits(
        &self,
        (package, version, release): (&PackageName, &Version, Digest),
        signer: &PublicKey,
        summary: &Summary,
        (by, at): (&Actor, Moment),
    ) -> Lawful {
        let publisher = package.publisher();
        self.publisher_known(publisher)?;
        self.active_key(publisher, signer)?;
        ensure(!self.releases.contains_key(&release), || {
            "it is published already".to_owned()
        })?;
        let known = self.packages.get(package);
        let same = known
            .into_iter()
            .flat_map(|known| &known.releases)
            .any(|digest| {
                self.releases
                    .get(digest)
                    .is_some_and(|known| known.version == *version)
            });
        ensure(!same, || {
            format!("{package} {version} is published with other content: raise the version")
        })?;
        if *by == Actor::Installation && self.mode() == Some(Mode::Development) {
            return Ok(());
        }
        self.quota_left(package, summary, at)
    }

    fn quota_left(&self, package: &PackageName, summary: &Summary, at: Moment) -> Lawful {
        let publisher = package.publisher();
        let Some(known) = self.publishers.get(publisher) else {
            return Ok(());
        };
        let quota = known.quota;
        let own = || {
            self.packages
                .iter()
                .filter(|(name, _)| name.publisher() == publisher)
        };
        let packages = own().filter(|(name, _)| *name != package).count() + 1;
        let services = own()
            .filter(|(name, _)| *name != package)
            .filter_map(|(_, package)| self.releases.get(package.releases.last()?))
            .map(|release| release.summary.services.len())
            .sum::<usize>()
            + summary.services.len();
        let today = match known.today {
            (day, count) if day == super::effect::day(at) => count,
            _ => 0,
        };
        let used = [
            ("packages", packages as u64, u64::from(quota.packages)),
            ("services", services as u64, u64::from(quota.services)),
            (
                "releases today",
                u64::from(today) + 1,
                u64::from(quota.releases_per_day),
            ),
            (
                "bytes of one bundle",
                summary.bundle_bytes,
                quota.bundle_bytes,
            ),
        ];
        used.into_iter().try_for_each(|(what, used, most)| {
            bounded(used <= most, || {
                format!("{publisher} would have {used} {what}, its quota is {most}: ask the operator for more")
            })
        })
    }

    /// A service code belongs to the package that brought it in first.
    fn codes_are_free(&self, release: &Release) -> Lawful {
        let taken = release.summary.services.keys().find_map(|code| {
            let owner = self.owners.get(code)?;
            (*owner != release.package).then_some((code, owner))
        });
        match taken {
            None => Ok(()),
            Some((code, owner)) => Err(Refusal::Conflict(format!(
                "the service code {code} belongs to {owner}: choose another one"
            ))),
        }
    }

    fn target_known(&self, target: &Target) -> Lawful {
        match target {
            Target::Release(digest) => self.release(*digest).map(drop),
            Target::Package(package) => present(self.packages.get(package), || {
                format!("no package {package}")
            })
            .map(drop),
            Target::Publisher(publisher) => self.publisher_known(publisher),
        }
    }

    fn publisher_known(&self, publisher: &PublisherName) -> Lawful {
        let known = self.publishers.get(publisher);
        present(known, || format!("no publisher {publisher} is enrolled")).map(drop)
    }

    fn waiting(&self, digest: Digest) -> Result<&Release, Refusal> {
        let release = self.release(digest)?;
        ensure(release.standing == Standing::Waiting, || {
            format!(
                "{} {} is not waiting for review",
                release.package, release.version
            )
        })?;
        ensure(release.yanked.is_none(), || "it was yanked".to_owned())?;
        Ok(release)
    }

    fn approved(&self, digest: Digest) -> Result<&Release, Refusal> {
        let release = self.release(digest)?;
        ensure(release.standing == Standing::Approved, || {
            format!("{} {} is not approved", release.package, release.version)
        })?;
        ensure(release.yanked.is_none(), || "it was yanked".to_owned())?;
        Ok(release)
    }

    fn serves(&self, digest: Digest) -> bool {
        let release = self.releases.get(&digest);
        let package = release.and_then(|release| self.packages.get(&release.package));
        package.is_some_and(|package| {
            package.general == Some(digest)
                || package
                    .pilot
                    .as_ref()
                    .is_some_and(|pilot| pilot.release == digest)
        })
    }
}

fn grant_fits(release: &Release, grant: &GrantTerms, at: Moment) -> Lawful {
    let known = |code| release.summary.services.contains_key(code);
    ensure(grant.service.as_ref().is_none_or(known), || {
        "the grant names a service that the release does not have".to_owned()
    })?;
    ensure(!grant.has_ended(at), || {
        "the grant ends in the past".to_owned()
    })
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
        some && *share_permille <= 1_000 && regions.len() <= 400,
        || "a pilot serves 1 to 1,000 of a thousand subjects, or up to 400 regions".to_owned(),
    )
}

fn ensure(holds: bool, why_not: impl FnOnce() -> String) -> Lawful {
    if holds {
        Ok(())
    } else {
        Err(Refusal::Conflict(why_not()))
    }
}

fn bounded(holds: bool, why_not: impl FnOnce() -> String) -> Lawful {
    if holds {
        Ok(())
    } else {
        Err(Refusal::Quota(why_not()))
    }
}

fn present<T>(found: Option<&T>, why_not: impl FnOnce() -> String) -> Result<&T, Refusal> {
    found.ok_or_else(|| Refusal::NotFound(why_not()))
}
