//! What this node serves at one size of the log: made from the register and the
//! bundles themselves, and swapped as a whole, so that no call sees half of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use guichet_domain::id::ServiceCode;
use guichet_domain::{Digest, Moment};
use guichet_registry::admit::{self, Admission};
use guichet_registry::catalogue::{self, Catalogue, Tombstone, Zone};
use guichet_registry::certification::Report;
use guichet_registry::register::{GrantTerms, Lineup, Maintenance, NotRunning, Register};
use guichet_registry::shared::Shared;
use guichet_registry::sign::PublicKey;
use guichet_registry::taxonomy::Taxonomy;
use guichet_registry::{PackageName, Service};
use tokio::sync::watch;

use super::library::{Library, Wanted};
use super::line::{self, Line, Seeker};
use super::operator;
use super::release::Release;
use super::{Inner, Plugins, PluginsError};
use crate::store::PackageSecret;

/// How often a node looks whether the catalogue has changed.
const POLL: Duration = Duration::from_millis(500);
/// When what could not be brought to hand is tried again.
const RETRY_MS: i64 = 10_000;

/// Releases and services at one size of the log.
pub struct Shelf {
    size: u64,
    catalogue: Catalogue,
    library: Library,
    releases: HashMap<Digest, Arc<Release>>,
    maintenance: Vec<Maintenance>,
    /// Services whose release was stopped: they are not shown, but not unknown.
    stopped: BTreeSet<ServiceCode>,
    /// When something begins or ends by itself.
    next_change: Option<Moment>,
}

impl Default for Shelf {
    /// Nothing is served.
    fn default() -> Self {
        Self {
            size: 0,
            catalogue: Catalogue::build([], [], [], Taxonomy::embedded()),
            library: Library::default(),
            releases: HashMap::new(),
            maintenance: Vec::new(),
            stopped: BTreeSet::new(),
            next_change: None,
        }
    }
}

/// A service of the catalogue with the release that offers it.
#[derive(Clone)]
pub struct Entry {
    service: Shared<Service>,
    admission: Arc<Admission>,
}

impl Entry {
    /// The catalogue entry.
    #[must_use]
    pub const fn service(&self) -> &Shared<Service> {
        &self.service
    }

    /// The release as it was admitted.
    #[must_use]
    pub fn admission(&self) -> &Admission {
        &self.admission
    }
}

impl Shelf {
    /// The size of the log that it was made from.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// A service.
    #[must_use]
    pub fn entry(&self, code: &ServiceCode) -> Option<Entry> {
        let found = self.catalogue.get(code.as_str())?;
        Some(Entry {
            service: found.service.clone(),
            admission: self.library.admission(found.release)?.clone(),
        })
    }

    /// The release that serves this seeker, with the service as that release
    /// has it. The line is the register's of now: what was withdrawn a moment
    /// ago is not chosen from a shelf that still holds it.
    pub(super) fn choose(
        &self,
        entry: &Entry,
        line: &Line,
        seeker: &Seeker<'_>,
    ) -> Option<(Shared<Service>, Arc<Release>)> {
        let package = entry.admission.package();
        let code = &entry.service.code;
        line::choose(package, line, seeker)
            .into_iter()
            .find_map(|digest| {
                let services = &self.library.admission(digest)?.services;
                let found = services.binary_search_by(|service| service.code.cmp(code));
                let service = services[found.ok()?].clone();
                Some((service, self.releases.get(&digest)?.clone()))
            })
    }

    /// A service as a certain release offers it, with what that release has shown.
    pub(super) fn offered(&self, release: Digest, code: &ServiceCode) -> Option<Offered> {
        self.releases.get(&release)?;
        let services = &self.library.admission(release)?.services;
        let found = services.binary_search_by(|service| service.code.cmp(code));
        let service = services[found.ok()?].clone();
        Some((service, self.library.report(release).cloned()))
    }

    /// The same for the release that the catalogue shows.
    pub(super) fn offered_now(&self, entry: &Entry) -> Offered {
        let report = self.library.report(entry.admission.release);
        (entry.service.clone(), report.cloned())
    }

    /// What is announced for a service at a moment.
    pub(super) fn maintenance(&self, entry: &Entry, now: Moment) -> Option<&Maintenance> {
        let package = entry.admission.package();
        let code = &entry.service.code;
        self.maintenance.iter().find(|one| {
            one.package == *package
                && (one.services.is_empty() || one.services.contains(code))
                && one.from <= now
                && now < one.until
        })
    }

    /// Whether the service would be here, had its release not been stopped.
    pub(super) fn is_stopped(&self, code: &ServiceCode) -> bool {
        self.stopped.contains(code)
    }

    /// The searchable index.
    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// All releases that are at hand.
    pub fn admissions(&self) -> impl Iterator<Item = &Arc<Admission>> {
        self.library.admissions()
    }

    /// What later bundles are compared with.
    #[must_use]
    pub const fn admitted(&self) -> &admit::Shelf {
        self.library.admitted()
    }

    pub(super) fn running(&self, release: Digest) -> Option<&Arc<Release>> {
        self.releases.get(&release)
    }

    pub(super) fn holds(&self, release: &Arc<Release>) -> bool {
        let held = self.releases.get(&release.digest);
        held.is_some_and(|held| Arc::ptr_eq(held, release))
    }

    pub(super) fn is_due(&self, size: u64, now: Moment) -> bool {
        size != self.size || self.next_change.is_some_and(|moment| moment <= now)
    }
}

/// A service, and the certification report of the release that offers it.
pub(super) type Offered = (Shared<Service>, Option<Arc<Report>>);

/// What the register says must be at hand.
struct Plan {
    size: u64,
    wanted: Vec<Wanted>,
    grants: HashMap<Digest, Vec<GrantTerms>>,
    lineups: BTreeMap<PackageName, Lineup>,
    changed: HashMap<PackageName, Moment>,
    registry: BTreeSet<PublicKey>,
    zones: Vec<Zone>,
    gone: Vec<Tombstone>,
    maintenance: Vec<Maintenance>,
    stopped: BTreeSet<ServiceCode>,
    next_change: Option<Moment>,
}

impl Plan {
    fn new(register: &Register, now: Moment) -> Self {
        let mut wanted: BTreeMap<Digest, Wanted> = BTreeMap::new();
        let mut grants = HashMap::new();
        let mut lineups = BTreeMap::new();
        let mut changed = HashMap::new();
        let mut stopped = BTreeSet::new();
        for (name, package) in register.packages() {
            let pilot = package.pilot.as_ref().map(|pilot| pilot.release);
            let lineup = [package.general, pilot, package.previous];
            for digest in lineup.into_iter().flatten() {
                let Ok(release) = register.may_run(digest) else {
                    let release = register.release(digest).ok();
                    let general = release.filter(|_| package.general == Some(digest));
                    let services = general.map(|release| release.summary.services.keys());
                    stopped.extend(services.into_iter().flatten().cloned());
                    continue;
                };
                grants.insert(digest, release.grants.clone());
                wanted.insert(digest, Wanted::of(digest, release));
                let home = register.home(release.summary.component);
                if let Some((home, release)) =
                    home.and_then(|home| Some((home, register.release(home).ok()?)))
                {
                    wanted
                        .entry(home)
                        .or_insert_with(|| Wanted::of(home, release));
                }
            }
            if let Some(lineup) = register.lineup(name) {
                lineups.insert(name.clone(), lineup);
            }
            if let Some(at) = package.changed {
                changed.insert(name.clone(), at);
            }
        }
        let tombstone = |(code, at): (&ServiceCode, Moment)| Tombstone {
            code: code.clone(),
            removed_us: at.micros(),
        };
        Self {
            size: register.size(),
            wanted: wanted.into_values().collect(),
            grants,
            lineups,
            changed,
            registry: register.registry_keys().copied().collect(),
            zones: register.zones().map(|state| state.zone.clone()).collect(),
            gone: register.gone().map(tombstone).collect(),
            maintenance: register.maintenance().map(|(_, one)| one.clone()).collect(),
            stopped,
            next_change: register.next_change(now),
        }
    }
}

impl Plugins {
    /// Reads the log, and makes the shelf anew where something has changed.
    pub async fn refresh(&self) -> Result<(), PluginsError> {
        let size = self.0.log.catch_up().await?;
        let now = self.0.ports.now();
        self.0.confirmed_us.store(now.micros(), Ordering::Relaxed);
        let _turn = self.0.turn.lock().await;
        let shelf = self.shelf();
        if shelf.is_due(size, now) {
            let next = self.make(&shelf, now).await?;
            *self.0.shelf.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
            self.forget_old_bindings();
        }
        Ok(())
    }

    async fn make(&self, old: &Shelf, now: Moment) -> Result<Shelf, PluginsError> {
        let plan = self.0.log.read(|register| Plan::new(register, now));
        let mut library = old.library.clone();
        let tools = (&self.0.objects, &self.0.sandbox);
        library.complete(&plan.wanted, tools, &plan.registry).await;
        let mut releases = HashMap::new();
        for (digest, grants) in &plan.grants {
            let Some(admission) = library.admission(*digest) else {
                continue;
            };
            // Code for others is never called itself.
            if admission.services.is_empty() {
                continue;
            }
            match self.release(admission, grants, &library, old).await? {
                Ok(release) => drop(releases.insert(*digest, release)),
                Err(why) => {
                    let package = admission.package();
                    tracing::warn!(%package, why, "a release cannot be bound and serves nobody");
                }
            }
        }
        let entries = self.entries(&plan, &library, now);
        // A store that failed for a moment must not keep a release away for longer.
        let missing = plan.wanted.iter().any(|one| library.lacks(one));
        let again = missing.then(|| now.plus_ms(RETRY_MS));
        Ok(Shelf {
            size: plan.size,
            catalogue: Catalogue::build(entries, plan.gone, plan.zones, Taxonomy::embedded()),
            library,
            releases,
            maintenance: plan.maintenance,
            stopped: plan.stopped,
            next_change: plan.next_change.into_iter().chain(again).min(),
        })
    }

    /// The catalogue shows what serves everybody, and before there is such a
    /// release what serves some; and only services of admitted billers.
    fn entries(&self, plan: &Plan, library: &Library, now: Moment) -> Vec<catalogue::Entry> {
        let mut entries = Vec::new();
        for (name, lineup) in &plan.lineups {
            let pilot = lineup.pilot.as_ref().map(|pilot| pilot.release);
            let shown = lineup.general.or(pilot);
            let Some(admission) = shown.and_then(|digest| library.admission(digest)) else {
                continue;
            };
            let updated = plan.changed.get(name).map_or(0, |at| at.micros());
            let live = self.0.log.read(|register| {
                let lives = |entry: &catalogue::Entry| {
                    let biller = &entry.service.biller.id;
                    let collects = register.may_collect(biller, name, now);
                    matches!(collects, Ok(()) | Err(NotRunning::BillerSuspended))
                };
                catalogue::Entry::of(admission, updated)
                    .filter(lives)
                    .collect::<Vec<_>>()
            });
            entries.extend(live);
        }
        entries
    }

    /// The release as it runs; the old one where nothing about it has changed,
    /// so that bindings keep their figures and breakers.
    async fn release(
        &self,
        admission: &Admission,
        grants: &[GrantTerms],
        library: &Library,
        old: &Shelf,
    ) -> Result<Result<Arc<Release>, String>, PluginsError> {
        let package = admission.package();
        // A database that does not answer is no reason to serve less: the old
        // shelf stays until it does.
        let secrets = self.secrets(package).await?;
        if let Some(same) = old.releases.get(&admission.release)
            && same.is_given(grants, &secrets)
        {
            return Ok(Ok(same.clone()));
        }
        let keys = match operator::keys(&admission.manifest, &secrets) {
            Ok(keys) => keys,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let Some(plugin) = library.code(admission.component.digest) else {
            return Ok(Err("its code is not here".to_owned()));
        };
        let given = (grants.to_vec(), keys, secrets);
        Ok(Ok(Arc::new(Release::new(admission, plugin.clone(), given))))
    }

    /// The secrets that the log names. Others in the database were not set by the
    /// registry, or are not any more.
    pub(super) async fn secrets(
        &self,
        package: &PackageName,
    ) -> Result<Vec<PackageSecret>, PluginsError> {
        let wanted = self.0.log.read(|register| register.secrets_of(package));
        let counts =
            |kind, name: &str, digest| wanted.get(&operator::log_name(kind, name)) == Some(&digest);
        let name = package.to_string();
        let found = self.0.store.package_secrets(&name, counts).await?;
        if found.len() != wanted.len() {
            tracing::error!(%package, "a secret or key that was set is missing, or altered");
        }
        Ok(found)
    }
}

/// Looks for changes until the room is dropped: at once for what this node has
/// entered itself, twice a second for the rest.
pub(super) async fn follow(room: Weak<Inner>, mut growth: watch::Receiver<u64>) {
    let mut ticks = tokio::time::interval(POLL);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            grown = growth.changed() => if grown.is_err() { return },
        }
        let Some(inner) = room.upgrade() else { return };
        let plugins = Plugins(inner);
        if let Err(error) = plugins.refresh().await
            && !plugins.store().is_closed()
        {
            tracing::warn!(%error, "the catalogue could not be refreshed");
        }
    }
}
