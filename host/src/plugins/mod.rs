//! The only place where a registry release becomes a sandbox plugin: keeps what
//! serves in memory, finds the release and binding of a service, calls it, and
//! keeps the transcript. Decides nothing about money, nor what may serve.

mod accesses;
mod biller;
mod bound;
mod call;
mod callbacks;
mod context;
mod failure;
mod figures;
mod forms;
pub mod judgement;
mod library;
mod line;
pub mod operator;
mod reach;
pub(crate) mod release;
mod replay;
mod retention;
mod shadow;
mod shelf;
mod terms;
mod transcripts;
pub mod translate;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use guichet_domain::Digest;
use guichet_domain::Moment;
use guichet_domain::id::ServiceCode;
use guichet_sandbox::Sandbox;
use guichet_sandbox::contract::types::Ticket;

pub use accesses::{Access, ReadingError};
pub use bound::Bound;
pub use call::Caller;
pub use context::Pseudonyms;
pub use failure::ServiceFailure;
pub use guichet_sandbox::StoredTranscript;
pub use line::Seeker;
pub use replay::ReplayError;
pub use retention::retain;
pub use shelf::{Entry, Shelf};
pub use terms::closing;
pub use transcripts::{TranscriptError, Transcripts};

use crate::language::Language;
use crate::log::{Log, LogError};
use crate::objects::Objects;
use crate::ports::Ports;
use crate::store::{ReleaseFigures, Store, StoreError};

/// A node that could not look for so long calls no plugin: what it serves may
/// have been withdrawn.
const BLIND_MS: i64 = 5_000;

/// Releases, bindings and calls of this node. Cheap to clone.
#[derive(Clone)]
pub struct Plugins(Arc<Inner>);

struct Inner {
    sandbox: Sandbox,
    store: Store,
    ports: Ports,
    pseudonyms: Pseudonyms,
    transcripts: Transcripts,
    log: Log,
    objects: Objects,
    /// Randomness and resolver of the machine; the rest is made for each call.
    base: guichet_sandbox::ports::Ports,
    shelf: RwLock<Arc<Shelf>>,
    /// One shelf is made at a time.
    turn: tokio::sync::Mutex<()>,
    bound: Mutex<HashMap<(ServiceCode, Digest), Bound>>,
    forms: forms::Forms,
    confirmed_us: AtomicI64,
}

/// How many calls of a package ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calls {
    /// With an answer.
    pub answered: u64,
    /// Not run: busy, circuit open.
    pub refused: u64,
    /// Stopped by the host: deadline, shutdown.
    pub interrupted: u64,
    /// By the plugin's own fault: trap, limits, contract.
    pub faulty: u64,
    /// With an answer, which a grant on trial would have refused in part.
    pub against_trial: u64,
}

/// What the room is made of.
pub struct Parts {
    /// Runs plugins.
    pub sandbox: Sandbox,
    /// Keeps releases and what the operator gave them.
    pub store: Store,
    /// Clock and randomness.
    pub ports: Ports,
    /// Hides subjects from publishers.
    pub pseudonyms: Pseudonyms,
    /// Keeps what calls did.
    pub transcripts: Transcripts,
    /// What is decided.
    pub log: Log,
    /// Where bundles lie.
    pub objects: Objects,
}

/// Why nothing new can be served.
#[derive(Debug, thiserror::Error)]
pub enum PluginsError {
    /// The log cannot be followed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Plugins {
    /// Reads what is admitted and keeps following it.
    pub async fn start(parts: Parts) -> Result<Self, PluginsError> {
        let Parts {
            sandbox,
            store,
            ports,
            pseudonyms,
            transcripts,
            log,
            objects,
        } = parts;
        let plugins = Self(Arc::new(Inner {
            sandbox,
            store,
            ports,
            pseudonyms,
            transcripts,
            log,
            objects,
            base: guichet_sandbox::ports::Ports::in_memory(),
            shelf: RwLock::default(),
            turn: tokio::sync::Mutex::default(),
            bound: Mutex::default(),
            forms: forms::Forms::default(),
            confirmed_us: AtomicI64::new(0),
        }));
        plugins.refresh().await?;
        let growth = plugins.0.log.growth();
        tokio::spawn(shelf::follow(Arc::downgrade(&plugins.0), growth));
        Ok(plugins)
    }

    /// What is served now.
    #[must_use]
    pub fn shelf(&self) -> Arc<Shelf> {
        self.0
            .shelf
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A service of the catalogue.
    #[must_use]
    pub fn entry(&self, code: &ServiceCode) -> Option<Entry> {
        self.shelf().entry(code)
    }

    /// Transcripts of calls.
    #[must_use]
    pub fn transcripts(&self) -> &Transcripts {
        &self.0.transcripts
    }

    /// The store, for the room's own parts.
    fn store(&self) -> &Store {
        &self.0.store
    }

    /// The sandbox, for replays and for stopping.
    #[must_use]
    pub fn sandbox(&self) -> &Sandbox {
        &self.0.sandbox
    }

    /// The service ready to be called for a new errand, or to go on with one
    /// that asks nothing new of the biller, where it is of this kind and open.
    pub fn bound(
        &self,
        code: &ServiceCode,
        kind: &'static str,
        seeker: &Seeker<'_>,
        (now, language): (Moment, Language),
    ) -> Result<Bound, ServiceFailure> {
        let shelf = self.shelf();
        let entry = shelf.entry(code).ok_or_else(|| {
            if shelf.is_stopped(code) {
                ServiceFailure::stopped()
            } else {
                ServiceFailure::UnknownService
            }
        })?;
        let actual = entry.service().kind.as_str();
        if actual != kind {
            let actual = actual.to_owned();
            return Err(ServiceFailure::WrongKind {
                expected: kind,
                actual,
            });
        }
        if let Some(message) = self.closed(&shelf, &entry, now, language) {
            return Err(ServiceFailure::Closed {
                message,
                retry_after_seconds: None,
            });
        }
        self.bind(&shelf, &entry, seeker, now)
    }

    /// What the citizen reads where nothing new is taken: announced maintenance,
    /// the service's own hours, a biller that takes nothing for a while.
    fn closed(
        &self,
        shelf: &Shelf,
        entry: &Entry,
        now: Moment,
        language: Language,
    ) -> Option<String> {
        let announced = shelf.maintenance(entry, now);
        let announced = announced.map(|one| one.notice.in_locale(language.tag()).to_owned());
        let closed = announced.or_else(|| closing(entry.service(), now, language));
        let biller = &entry.service().biller.id;
        let package = entry.admission().package();
        let suspended = || {
            let log = &self.0.log;
            let collects = log.read(|register| register.may_collect(biller, package, now));
            let told = language.pick(
                "该收费单位暂停收费",
                "This biller takes no payments at present",
            );
            collects.is_err().then(|| told.to_owned())
        };
        closed.or_else(suspended)
    }

    /// The binding of the release that serves this seeker, made at first use and
    /// shared from then on.
    fn bind(
        &self,
        shelf: &Shelf,
        entry: &Entry,
        seeker: &Seeker<'_>,
        now: Moment,
    ) -> Result<Bound, ServiceFailure> {
        let package = entry.admission().package();
        // What serves, and whether that may run, in one state of the log.
        let chosen = self.0.log.read(|register| {
            let line = line::Line::of(register, package)?;
            let (service, release) = shelf.choose(entry, &line, seeker)?;
            Some((service, register.may_run(release.digest).err(), release))
        });
        let (service, stopped, release) = chosen.ok_or_else(ServiceFailure::stopped)?;
        if let Some(why) = stopped {
            tracing::info!(service = %service.code, %why, "a release was not bound");
            return Err(ServiceFailure::stopped());
        }
        if self.is_blind(now) {
            return Err(ServiceFailure::blind());
        }
        let key = (service.code.clone(), release.digest);
        let mut all = self.0.bound.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&key).filter(|bound| {
            Arc::ptr_eq(&bound.release, &release)
                && bound.expires.is_none_or(|expires| now < expires)
        });
        if let Some(bound) = known {
            return Ok(bound.clone());
        }
        let misbehaved = |why: String| ServiceFailure::Misbehaved(why);
        let form = self.0.forms.of(&service.inputs);
        let form = form.map_err(|error| misbehaved(error.to_string()))?;
        let trial = release.trial(&service, now).map(Arc::new);
        let binding = release.bind(&service, now);
        let (binding, expires) = match binding {
            Ok(bound) => bound,
            Err(operator::BindingError::NotGranted(_)) => return Err(ServiceFailure::stopped()),
            Err(error) => return Err(misbehaved(error.to_string())),
        };
        let bound = Bound {
            service,
            release,
            form,
            binding: Arc::new(binding),
            expires,
            trial,
            against_trial: Arc::default(),
        };
        all.insert(key, bound.clone());
        Ok(bound)
    }

    /// Bindings of releases that serve no more are let go; calls that still run
    /// keep theirs.
    fn forget_old_bindings(&self) {
        let shelf = self.shelf();
        let mut all = self.0.bound.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, bound| shelf.holds(&bound.release));
    }

    /// Counts of this node's calls by package, over all its services.
    #[must_use]
    pub fn figures(&self) -> BTreeMap<String, Calls> {
        let all = self.0.bound.lock().unwrap_or_else(PoisonError::into_inner);
        let mut by_package: BTreeMap<String, Calls> = BTreeMap::new();
        for bound in all.values() {
            let package = bound.release.manifest.package.to_string();
            let counted = bound.binding.figures().read();
            let calls = by_package.entry(package).or_default();
            calls.answered += counted.answered;
            calls.refused += counted.refused;
            calls.interrupted += counted.interrupted;
            calls.faulty += counted.faulty;
            calls.against_trial += bound.against_trial.load(Ordering::Relaxed);
        }
        by_package
    }

    /// How releases have fared on this node since this was asked last.
    #[must_use]
    pub fn take_figures(&self, releases: &[Digest]) -> Vec<ReleaseFigures> {
        let shelf = self.shelf();
        let taken = releases.iter().filter_map(|digest| {
            let (calls, faults, busy_us) = shelf.running(*digest)?.figures.take();
            let release = *digest;
            (calls > 0).then_some(ReleaseFigures {
                release,
                calls,
                faults,
                busy_us,
            })
        });
        taken.collect()
    }

    /// Whether this node knows what may run.
    fn is_blind(&self, now: Moment) -> bool {
        let confirmed = Moment::from_micros(self.0.confirmed_us.load(Ordering::Relaxed));
        now.ms_since(confirmed) > BLIND_MS
    }
}

/// Whether a ticket may be presented again: never more often than once a second.
#[must_use]
pub fn ticket_is_due(ticket: &Ticket, asked_at: Moment, now: Moment) -> bool {
    now.ms_since(asked_at) >= i64::from(ticket.ask_after_seconds.max(1)) * 1_000
}
