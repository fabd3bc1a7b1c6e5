//! A service's own share of the sandbox: permissions, configuration, limits,
//! places, circuit breaker and figures. Thousands of bindings share one
//! component and nothing else; an idle one is a few hundred bytes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use guichet_domain::Digest;
use guichet_domain::id::ServiceCode;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::breaker::{Breaker, BreakerSettings};
use crate::call::CallError;
use crate::figures::Figures;
use crate::limits::Limits;
use crate::permissions::Permissions;

/// Names a binding: release and service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BindingId {
    /// The release's digest.
    pub release: Digest,
    /// The catalogue entry.
    pub service: ServiceCode,
}

/// Configuration values in two layers; the service's own win.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Values that all services of the package share.
    pub package: Arc<BTreeMap<String, String>>,
    /// The service's own values.
    pub service: Arc<BTreeMap<String, String>>,
}

impl Config {
    /// The value of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.service
            .get(name)
            .or_else(|| self.package.get(name))
            .map(String::as_str)
    }
}

/// What a binding is made of.
#[derive(Debug, Clone)]
pub struct BindingSettings {
    /// Release and service.
    pub id: BindingId,
    /// Where its `kv` state stands: package and service, so that state outlives
    /// a release.
    pub state: String,
    /// What it may do.
    pub permissions: Arc<Permissions>,
    /// Bounds of its calls.
    pub limits: Limits,
    /// Its configuration.
    pub config: Config,
    /// When it is switched off.
    pub breaker: BreakerSettings,
}

/// A service bound to a release: hold it in an `Arc`.
#[derive(Debug)]
pub struct Binding {
    pub(crate) settings: BindingSettings,
    pub(crate) breaker: Breaker,
    pub(crate) figures: Figures,
    places: Semaphore,
    waiting: AtomicU32,
}

impl Binding {
    /// Makes a binding.
    #[must_use]
    pub fn new(settings: BindingSettings) -> Self {
        Self {
            places: Semaphore::new(settings.limits.concurrency as usize),
            breaker: Breaker::new(settings.breaker),
            figures: Figures::default(),
            waiting: AtomicU32::new(0),
            settings,
        }
    }

    /// What it was made of.
    #[must_use]
    pub fn settings(&self) -> &BindingSettings {
        &self.settings
    }

    /// Counts of its calls.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Its circuit breaker.
    #[must_use]
    pub fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    /// Waits for a place: not longer than the limit, and not behind more calls
    /// than the limit.
    pub(crate) async fn place(&self) -> Result<SemaphorePermit<'_>, CallError> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let _waiting = Waiting::join(&self.waiting, self.settings.limits.waiting)?;
        let wait = Duration::from_millis(self.settings.limits.wait_ms.into());
        match tokio::time::timeout(wait, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(CallError::Busy),
        }
    }
}

/// One waiting call; leaves the count when dropped, cancelled calls included.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn join(count: &'a AtomicU32, most: u32) -> Result<Self, CallError> {
        let waiting = Self(count);
        if count.fetch_add(1, Ordering::Relaxed) >= most {
            return Err(CallError::Busy);
        }
        Ok(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
