//! What an act changes. It was found lawful before; nothing here refuses.

use guichet_domain::{Digest, Moment};

use super::act::{Act, Reach, Stage};
use super::grant::GrantTerms;
use super::people::{Actor, Person};
use super::state::{
    Advisory, BillerStanding, BillerState, Enrolled, Founding, KeyStanding, Maintenance, Package,
    Pilot, Publisher, Reading, Release, Standing, ZoneState,
};
use super::{BillerId, DAY_MS, Register};

/// The day of a moment, counted from 1970 in UTC.
pub(super) const fn day(at: Moment) -> i64 {
    at.micros().div_euclid(DAY_MS * 1_000)
}

impl Register {
    /// Carries the act out. `by` are the one or two persons behind it.
    #[expect(clippy::too_many_lines, reason = "one arm for each act: the compiler sees that none is missing")]
    pub(super) fn enact(&mut self, position: u64, at: Moment, by: &[Actor], act: Act) {
        match act {
            Act::Founded { origin, key, mode } => {
                let keys = vec![(0, key)];
                self.founding = Some(Founding { origin, mode, keys });
            }
            Act::RegistryKeyReplaced { key } => {
                if let Some(founding) = &mut self.founding {
                    founding.keys.push((position + 1, key));
                }
            }
            Act::PersonSet { person, name, side } => {
                self.people.insert(person, Person { name, side });
            }
            Act::PersonRemoved { person } => drop(self.people.remove(&person)),
            Act::PublisherEnrolled {
                publisher,
                names,
                credit_code,
                quota,
            } => {
                let today = (day(at), 0);
                let known = Publisher {
                    names,
                    credit_code,
                    quota,
                    today,
                };
                self.publishers.insert(publisher, known);
            }
            Act::QuotaSet { publisher, quota } => {
                if let Some(known) = self.publishers.get_mut(&publisher) {
                    known.quota = quota;
                }
            }
            Act::KeyEnrolled {
                publisher,
                key,
                label,
                replaces,
                ..
            } => {
                let since = at;
                let standing = KeyStanding::Active;
                self.keys.insert(
                    key,
                    Enrolled {
                        publisher,
                        label,
                        since,
                        standing,
                    },
                );
                if let Some(old) = replaces {
                    self.set_key(&old, KeyStanding::Revoked(Reach::Later));
                }
            }
            Act::KeyRevoked { key, reach, .. } => self.set_key(&key, KeyStanding::Revoked(reach)),
            Act::BillersAdmitted { billers } => {
                let standing = BillerStanding::Admitted;
                let admitted = billers
                    .into_iter()
                    .map(|terms| (terms.biller.clone(), BillerState { terms, standing }));
                self.billers.extend(admitted);
            }
            Act::BillerSuspended { biller, .. } => {
                self.set_biller(&biller, BillerStanding::Suspended);
            }
            Act::BillerResumed { biller, .. } => self.set_biller(&biller, BillerStanding::Admitted),
            Act::BillerExited { biller, .. } => self.set_biller(&biller, BillerStanding::Exited),
            Act::SecretSet {
                package,
                name,
                sealed,
            } => {
                self.secrets.insert((package, name), sealed);
            }
            Act::MaintenanceAnnounced {
                package,
                services,
                from,
                until,
                notice,
            } => {
                self.maintenance.retain(|_, one| one.until > at);
                let one = Maintenance {
                    package,
                    services,
                    from,
                    until,
                    notice,
                };
                self.maintenance.insert(position, one);
            }
            Act::MaintenanceCancelled { announcement } => {
                self.maintenance.remove(&announcement);
            }
            Act::ZoneSet { zone, publisher } => {
                self.zones
                    .insert(zone.code.clone(), ZoneState { zone, publisher });
            }
            Act::ZoneRemoved { zone } => drop(self.zones.remove(&zone)),
            Act::ReadingAllowed { call, reason } => {
                let persons = by.iter().filter_map(|actor| match actor {
                    Actor::Person(id) => Some(id.clone()),
                    Actor::Client(_) | Actor::Node(_) | Actor::Installation => None,
                });
                let persons = persons.collect();
                self.readings.insert(
                    call,
                    Reading {
                        persons,
                        at,
                        reason,
                    },
                );
            }
            Act::SwitchThrown { target, reason } => drop(self.switches.insert(target, reason)),
            Act::SwitchLifted { target, .. } => drop(self.switches.remove(&target)),
            Act::Proposed { .. } | Act::Agreed { .. } | Act::Declined { .. } => {}
            act => self.enact_release(at, by, act),
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each act: the compiler sees that none is missing")]
    fn enact_release(&mut self, at: Moment, by: &[Actor], act: Act) {
        match act {
            Act::Published {
                package,
                version,
                release,
                signer,
                summary,
            } => {
                if let Some(publisher) = self.publishers.get_mut(package.publisher()) {
                    let count = if publisher.today.0 == day(at) {
                        publisher.today.1
                    } else {
                        0
                    };
                    publisher.today = (day(at), count + 1);
                }
                self.packages
                    .entry(package.clone())
                    .or_default()
                    .releases
                    .push(release);
                let known = Release {
                    package,
                    version,
                    signer,
                    summary: *summary,
                    published: at,
                    by: by[0].clone(),
                    standing: Standing::Waiting,
                    grants: Vec::new(),
                    approved_by: Vec::new(),
                    halted: None,
                    yanked: None,
                    advisories: Vec::new(),
                };
                self.releases.insert(release, known);
            }
            Act::Withdrawn { release } => {
                self.change(release, |known| known.standing = Standing::Withdrawn);
            }
            Act::Approved { release, grants } => {
                self.change(release, |known| {
                    known.standing = Standing::Approved;
                    known.grants = grants;
                    known.approved_by = by.to_vec();
                });
                self.house(release);
            }
            Act::Rejected { release, reasons } => {
                self.change(release, |known| {
                    known.standing = Standing::Rejected(reasons);
                });
            }
            Act::Granted { release, grant } => {
                self.change(release, |known| set_grant(&mut known.grants, grant));
            }
            Act::RolledOut { release, stage } => {
                self.change(release, |known| known.halted = None);
                self.roll_out(release, stage, at);
            }
            Act::Halted { release, cause } => {
                self.change(release, |known| known.halted = Some(cause));
                self.fall_back(release, at);
            }
            Act::Yanked { release, reason } => {
                self.change(release, |known| known.yanked = Some(reason));
                self.fall_back(release, at);
            }
            Act::Advised {
                release,
                severity,
                text,
                link,
            } => self.change(release, |known| {
                known.advisories.push(Advisory {
                    severity,
                    text,
                    link,
                    at,
                });
            }),
            _ => {}
        }
    }

    /// Others may use an approved release's code.
    fn house(&mut self, release: Digest) {
        let summary = self.releases.get(&release).map(|known| &known.summary);
        if let Some(summary) = summary.filter(|summary| summary.own_code) {
            self.homes.entry(summary.component).or_insert(release);
        }
    }

    fn set_key(&mut self, key: &crate::sign::PublicKey, standing: KeyStanding) {
        if let Some(known) = self.keys.get_mut(key) {
            known.standing = standing;
        }
    }

    fn set_biller(&mut self, biller: &BillerId, standing: BillerStanding) {
        if let Some(known) = self.billers.get_mut(biller) {
            known.standing = standing;
        }
    }

    fn change(&mut self, digest: Digest, how: impl FnOnce(&mut Release)) {
        if let Some(known) = self.releases.get_mut(&digest) {
            how(known);
        }
    }

    fn roll_out(&mut self, release: Digest, stage: Stage, at: Moment) {
        let Some(name) = self
            .releases
            .get(&release)
            .map(|known| known.package.clone())
        else {
            return;
        };
        let mut package = self.packages.get(&name).cloned().unwrap_or_default();
        match stage {
            Stage::Pilot {
                share_permille,
                regions,
            } => {
                let since = at;
                package.pilot = Some(Pilot {
                    release,
                    share_permille,
                    regions,
                    since,
                });
            }
            Stage::General => {
                package.pilot = package.pilot.filter(|pilot| pilot.release != release);
                if package.general != Some(release) {
                    package.previous = package.general.replace(release);
                }
            }
        }
        self.put(name, package, at);
    }

    /// The release serves no more; what served before goes on where it may.
    fn fall_back(&mut self, release: Digest, at: Moment) {
        let Some(name) = self
            .releases
            .get(&release)
            .map(|known| known.package.clone())
        else {
            return;
        };
        let mut package = self.packages.get(&name).cloned().unwrap_or_default();
        package.pilot = package.pilot.filter(|pilot| pilot.release != release);
        let usable = |digest: &Digest| {
            let known = self.releases.get(digest);
            known.is_some_and(|known| known.yanked.is_none() && known.halted.is_none())
        };
        if package.previous == Some(release) {
            package.previous = None;
        }
        if package.general == Some(release) {
            package.general = package.previous.take().filter(usable);
        }
        self.put(name, package, at);
    }

    /// Keeps a package, and notes which services came and which went.
    fn put(&mut self, name: crate::names::PackageName, mut package: Package, at: Moment) {
        let codes = |register: &Self, package: &Package| {
            let serving = [
                package.general,
                package.pilot.as_ref().map(|pilot| pilot.release),
            ];
            let releases = serving.into_iter().flatten();
            let known = releases.filter_map(|digest| register.releases.get(&digest));
            known
                .flat_map(|known| known.summary.services.keys().cloned())
                .collect::<std::collections::BTreeSet<_>>()
        };
        package.changed = Some(at);
        let before = self.packages.get(&name).map(|package| codes(self, package));
        let now = codes(self, &package);
        for code in before.unwrap_or_default().difference(&now) {
            self.gone.insert(code.clone(), at);
        }
        for code in now {
            self.gone.remove(&code);
            self.owners.insert(code, name.clone());
        }
        self.packages.insert(name, package);
    }
}

fn set_grant(grants: &mut Vec<GrantTerms>, grant: GrantTerms) {
    match grants.iter_mut().find(|before| before.replaces(&grant)) {
        Some(before) => *before = grant,
        None => grants.push(grant),
    }
}
