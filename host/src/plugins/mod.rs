//! The only place where a registry release becomes a sandbox plugin: admits
//! bundles, keeps what serves in memory, finds the binding of a service, calls
//! it, and keeps the transcript. Decides nothing about money.

mod biller;
mod bound;
mod call;
mod context;
mod failure;
pub mod judgement;
pub(crate) mod operator;
mod reach;
pub(crate) mod release;
mod replay;
mod shelf;
mod terms;
mod transcripts;
pub mod translate;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use guichet_domain::Moment;
use guichet_domain::id::{DataScope, ServiceCode};
use guichet_registry::admit::AdmissionError;
use guichet_sandbox::Sandbox;
use guichet_sandbox::contract::types::Ticket;

pub use bound::Bound;
pub use call::Caller;
pub use context::Pseudonyms;
pub use failure::ServiceFailure;
pub use replay::ReplayError;
pub use shelf::{Entry, Shelf};
pub use terms::closing;
pub use transcripts::{Kept, TranscriptError, Transcripts};

use crate::language::Language;
use crate::ports::Ports;
use crate::store::{Store, StoreError};

/// How often a node looks whether the catalogue has changed.
const POLL: Duration = Duration::from_millis(500);
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
    folder: PathBuf,
    /// Randomness and resolver of the machine; the rest is made for each call.
    base: guichet_sandbox::ports::Ports,
    shelf: RwLock<Arc<Shelf>>,
    bound: Mutex<HashMap<ServiceCode, Bound>>,
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
    /// Where bundles lie.
    pub folder: PathBuf,
}

/// Why releases cannot be admitted or served.
#[derive(Debug, thiserror::Error)]
pub enum PluginsError {
    /// The bundle was refused, with everything that is wrong with it.
    #[error("{0}")]
    Refused(#[from] AdmissionError),
    /// The same version was published with other content.
    #[error("{0} is published already with another content: raise the version")]
    Published(String),
    /// A bundle that was admitted cannot be read any more.
    #[error("bundle {0}: {1}")]
    Bundle(String, std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A background task was lost.
    #[error("the check of bundles was interrupted")]
    Interrupted,
}

/// What a subject is asked to agree to.
#[derive(Debug, Clone)]
pub struct ConsentTerms {
    /// Attributes that are used.
    pub scopes: Vec<DataScope>,
    /// What for.
    pub purpose: String,
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
            folder,
        } = parts;
        std::fs::create_dir_all(&folder)
            .map_err(|error| PluginsError::Bundle(folder.display().to_string(), error))?;
        let plugins = Self(Arc::new(Inner {
            sandbox,
            store,
            ports,
            pseudonyms,
            transcripts,
            folder,
            base: guichet_sandbox::ports::Ports::in_memory(),
            shelf: RwLock::default(),
            bound: Mutex::default(),
            confirmed_us: AtomicI64::new(0),
        }));
        plugins.refresh().await?;
        tokio::spawn(follow(Arc::downgrade(&plugins.0)));
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

    /// What a subject would agree to; none where there is no such service.
    #[must_use]
    pub fn consent_terms(&self, code: &ServiceCode, language: Language) -> Option<ConsentTerms> {
        let entry = self.entry(code)?;
        let none = ConsentTerms {
            scopes: Vec::new(),
            purpose: String::new(),
        };
        Some(
            entry
                .service()
                .consent
                .as_ref()
                .map_or(none, |consent| ConsentTerms {
                    scopes: consent.scopes.iter().cloned().collect(),
                    purpose: consent.purpose.in_locale(language.tag()).to_owned(),
                }),
        )
    }

    /// The service ready to be called, where it is of this kind and open.
    pub fn bound(
        &self,
        code: &ServiceCode,
        kind: &'static str,
        now: Moment,
        language: Language,
    ) -> Result<Bound, ServiceFailure> {
        let entry = self.entry(code).ok_or(ServiceFailure::UnknownService)?;
        let actual = entry.service().kind.as_str();
        if actual != kind {
            let actual = actual.to_owned();
            return Err(ServiceFailure::WrongKind {
                expected: kind,
                actual,
            });
        }
        if let Some(message) = closing(entry.service(), now, language) {
            return Err(ServiceFailure::Closed {
                message,
                retry_after_seconds: None,
            });
        }
        self.bind(&entry)
    }

    /// The service's binding, made at first use and shared from then on.
    fn bind(&self, entry: &Entry) -> Result<Bound, ServiceFailure> {
        let release = entry.release().ok_or_else(|| ServiceFailure::Unavailable {
            message: String::new(),
            retry_after_seconds: None,
        })?;
        let code = &entry.service().code;
        let mut all = self.0.bound.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bound) = all
            .get(code)
            .filter(|bound| Arc::ptr_eq(&bound.release, release))
        {
            return Ok(bound.clone());
        }
        let binding = release.bind(entry.service());
        let binding = binding.map_err(|error| ServiceFailure::Misbehaved(error.to_string()))?;
        let bound = Bound {
            service: entry.service().clone(),
            release: release.clone(),
            binding: Arc::new(binding),
        };
        all.insert(code.clone(), bound.clone());
        Ok(bound)
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
        }
        by_package
    }

    /// Whether this node knows what may run.
    fn is_blind(&self, now: Moment) -> bool {
        let confirmed = Moment::from_micros(self.0.confirmed_us.load(Ordering::Relaxed));
        now.ms_since(confirmed) > BLIND_MS
    }
}

/// Looks for changes until the room is dropped.
async fn follow(room: std::sync::Weak<Inner>) {
    let mut ticks = tokio::time::interval(POLL);
    loop {
        ticks.tick().await;
        let Some(inner) = room.upgrade() else { return };
        let plugins = Plugins(inner);
        if let Err(error) = plugins.refresh().await
            && !plugins.store().is_closed()
        {
            tracing::warn!(%error, "the catalogue could not be refreshed");
        }
    }
}

/// Whether a ticket may be presented again: never more often than once a second.
#[must_use]
pub fn ticket_is_due(ticket: &Ticket, asked_at: Moment, now: Moment) -> bool {
    now.ms_since(asked_at) >= i64::from(ticket.ask_after_seconds.max(1)) * 1_000
}
