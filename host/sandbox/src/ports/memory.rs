//! Ports that live in memory, for tests, benches and certification.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::system::{SystemClock, SystemRandom, SystemResolver};
use super::{
    BoxFuture, Clock, Entry, Kv, KvError, KvPlace, Ports, Random, ResolveError, Resolver,
    SubjectData, SubjectDataError,
};
use crate::contract::types::Context;

impl Ports {
    /// State in memory, no subject data, the system's clock, randomness and
    /// resolver.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            kv: Arc::new(MemoryKv::default()),
            subject_data: Arc::new(MemorySubjectData::default()),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            resolver: Arc::new(SystemResolver),
        }
    }
}

type Place = (String, Option<String>, String);
/// Version and value of every entry that ever was.
type Entries = BTreeMap<Place, (u64, Option<Vec<u8>>)>;

/// State in memory. A deleted entry leaves its version behind.
#[derive(Debug, Default)]
pub struct MemoryKv {
    entries: Mutex<Entries>,
}

impl Clone for MemoryKv {
    /// The entries as they stand now, apart from the original from then on.
    fn clone(&self) -> Self {
        Self {
            entries: Mutex::new(self.with(|entries| entries.clone())),
        }
    }
}

impl MemoryKv {
    fn with<T>(&self, act: impl FnOnce(&mut Entries) -> T) -> T {
        act(&mut self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn owned(place: KvPlace<'_>) -> Place {
    (
        place.space.to_owned(),
        place.subject.map(str::to_owned),
        place.key.to_owned(),
    )
}

fn write(
    entries: &mut Entries,
    place: Place,
    value: &[u8],
    quota_bytes: u64,
) -> Result<u64, KvError> {
    let others: usize = entries
        .iter()
        .filter(|(key, _)| key.0 == place.0 && **key != place)
        .filter_map(|(key, (_, value))| value.as_ref().map(|value| key.2.len() + value.len()))
        .sum();
    if (others + place.2.len() + value.len()) as u64 > quota_bytes {
        return Err(KvError::Quota(format!("{quota_bytes} bytes")));
    }
    let entry = entries.entry(place).or_insert((0, None));
    *entry = (entry.0 + 1, Some(value.to_vec()));
    Ok(entry.0)
}

impl Kv for MemoryKv {
    fn get<'a>(&'a self, place: KvPlace<'a>) -> BoxFuture<'a, Result<Option<Entry>, KvError>> {
        let found = self.with(|entries| entries.get(&owned(place)).cloned());
        let entry = found.and_then(|(version, value)| {
            Some(Entry {
                value: value?,
                version,
            })
        });
        Box::pin(async move { Ok(entry) })
    }

    fn put<'a>(
        &'a self,
        place: KvPlace<'a>,
        value: &'a [u8],
        quota_bytes: u64,
    ) -> BoxFuture<'a, Result<u64, KvError>> {
        let written = self.with(|entries| write(entries, owned(place), value, quota_bytes));
        Box::pin(async move { written })
    }

    fn compare_and_swap<'a>(
        &'a self,
        place: KvPlace<'a>,
        expected: Option<u64>,
        value: &'a [u8],
        quota_bytes: u64,
    ) -> BoxFuture<'a, Result<Option<u64>, KvError>> {
        let written = self.with(|entries| {
            let place = owned(place);
            let live = entries.get(&place).filter(|(_, value)| value.is_some());
            if live.map(|(version, _)| *version) != expected {
                return Ok(None);
            }
            write(entries, place, value, quota_bytes).map(Some)
        });
        Box::pin(async move { written })
    }

    fn delete<'a>(&'a self, place: KvPlace<'a>) -> BoxFuture<'a, Result<bool, KvError>> {
        let removed = self.with(|entries| {
            entries
                .get_mut(&owned(place))
                .and_then(|(_, value)| value.take())
                .is_some()
        });
        Box::pin(async move { Ok(removed) })
    }
}

/// Subject data in memory: scope to value; other scopes have no consent.
#[derive(Debug, Default)]
pub struct MemorySubjectData {
    /// Attributes with consent, by scope.
    pub attributes: BTreeMap<String, Option<String>>,
}

impl SubjectData for MemorySubjectData {
    fn get<'a>(
        &'a self,
        _context: &'a Context,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, SubjectDataError>> {
        let found = self.attributes.get(scope).cloned();
        let answer = found.ok_or_else(|| SubjectDataError::NoConsent(scope.to_owned()));
        Box::pin(async move { answer })
    }
}

/// A clock that stands still until it is set.
#[derive(Debug, Default)]
pub struct FixedClock {
    /// Milliseconds since 1970.
    pub now_ms: AtomicU64,
}

impl Clock for FixedClock {
    fn now_ms(&self) -> u64 {
        self.now_ms.load(Ordering::Relaxed)
    }
}

/// Bytes that count upwards: for tests only.
#[derive(Debug, Default)]
pub struct CountingRandom {
    next: AtomicU64,
}

impl Random for CountingRandom {
    fn fill(&self, buffer: &mut [u8]) -> bool {
        for byte in buffer {
            *byte = self.next.fetch_add(1, Ordering::Relaxed).to_le_bytes()[0];
        }
        true
    }
}

/// A resolver with a fixed list; the n-th question for a name is answered by
/// the n-th list of addresses, the last one from then on.
#[derive(Debug, Default)]
pub struct ScriptedResolver {
    answers: Mutex<BTreeMap<String, Vec<Vec<IpAddr>>>>,
}

impl ScriptedResolver {
    /// Answers for names.
    #[must_use]
    pub fn new(answers: BTreeMap<String, Vec<Vec<IpAddr>>>) -> Self {
        Self {
            answers: Mutex::new(answers),
        }
    }
}

impl Resolver for ScriptedResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let found = answers.get_mut(host).and_then(|lists| {
            if lists.len() > 1 {
                Some(lists.remove(0))
            } else {
                lists.first().cloned()
            }
        });
        Box::pin(async move { found.ok_or_else(|| ResolveError("no such name".to_owned())) })
    }
}
