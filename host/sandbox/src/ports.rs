//! What a call needs of the outside world besides HTTP: state, attributes of
//! the subject, time, randomness and names of hosts. The host brings its own;
//! `system` and `memory` stand in for tests and benches. Permissions are checked
//! before a port is asked.

pub mod memory;
pub mod system;

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

pub use crate::contract::host::kv::Entry;

/// A boxed future, so that ports are object-safe.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Everything a call needs of the outside world. Cheap to clone; the host may
/// make one for each call, for example with the subject's own `SubjectData`.
#[derive(Clone)]
pub struct Ports {
    /// Small state of plugins.
    pub kv: Arc<dyn Kv>,
    /// Attributes of the call's subject.
    pub subject_data: Arc<dyn SubjectData>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for guests.
    pub random: Arc<dyn Random>,
    /// Names of hosts.
    pub resolver: Arc<dyn Resolver>,
}

/// Where an entry of state stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KvPlace<'a> {
    /// The package and service, as `BindingSettings::state` names them.
    pub space: &'a str,
    /// The call's subject (the context's pseudonym) for entries of scope
    /// `subject`; none for entries of the service.
    pub subject: Option<&'a str>,
    /// At most 256 bytes.
    pub key: &'a str,
}

/// Why state was not read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KvError {
    /// The quota would be exceeded; nothing was written.
    #[error("the state's quota is used up: {0}")]
    Quota(String),
    /// Nothing was written; safe to try again.
    #[error("state cannot be reached: {0}")]
    Unavailable(String),
    /// Whether it was written is not known: the call is stopped.
    #[error("state may have been written: {0}")]
    Uncertain(String),
}

/// Small state of plugins. Versions grow at every write of a key and never
/// restart, deleting included.
pub trait Kv: Send + Sync {
    /// Reads an entry.
    fn get<'a>(&'a self, place: KvPlace<'a>) -> BoxFuture<'a, Result<Option<Entry>, KvError>>;

    /// Writes whatever stands there; gives the new version. `quota_bytes` bounds
    /// the sum over keys and values of the space.
    fn put<'a>(
        &'a self,
        place: KvPlace<'a>,
        value: &'a [u8],
        quota_bytes: u64,
    ) -> BoxFuture<'a, Result<u64, KvError>>;

    /// Writes only where the version is still `expected` (none: no entry).
    fn compare_and_swap<'a>(
        &'a self,
        place: KvPlace<'a>,
        expected: Option<u64>,
        value: &'a [u8],
        quota_bytes: u64,
    ) -> BoxFuture<'a, Result<Option<u64>, KvError>>;

    /// Removes the entry; true where there was one.
    fn delete<'a>(&'a self, place: KvPlace<'a>) -> BoxFuture<'a, Result<bool, KvError>>;
}

/// Why an attribute of the subject is not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectDataError {
    /// The subject has not consented to this scope for this purpose.
    #[error("no live consent: {0}")]
    NoConsent(String),
    /// The attribute cannot be read now.
    #[error("subject data cannot be reached: {0}")]
    Unavailable(String),
}

/// Attributes of the call's subject. The release's grant is checked before;
/// the live consent for scope and purpose is checked by the port.
pub trait SubjectData: Send + Sync {
    /// The attribute as text; none where the subject has none.
    fn get<'a>(
        &'a self,
        context: &'a crate::contract::types::Context,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, SubjectDataError>>;
}

/// The time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> u64;
}

/// Randomness for guests.
pub trait Random: Send + Sync {
    /// Fills the buffer from a cryptographically secure source; false where
    /// that fails, which stops the call.
    fn fill(&self, buffer: &mut [u8]) -> bool;
}

/// A name that could not be resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the name could not be resolved: {0}")]
pub struct ResolveError(pub String);

/// Names of hosts. Its answers are checked address by address before use, so a
/// hostile name server gains nothing.
pub trait Resolver: Send + Sync {
    /// All addresses of the name.
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>>;
}
