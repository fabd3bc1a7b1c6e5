//! Idle connections, kept for a short while and shared only within one target:
//! the same origin over the same network.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::connect::Connection;
use super::endpoint::Target;
use crate::settings::EgressSettings;

/// Idle connections of a node.
pub(crate) struct Pool {
    idle: Mutex<HashMap<Arc<Target>, VecDeque<Idle>>>,
    per_origin: usize,
    origins: usize,
    idle_time: Duration,
    life_time: Duration,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    pub(crate) fn new(settings: &EgressSettings) -> Self {
        Self {
            idle: Mutex::default(),
            per_origin: settings.idle_per_origin,
            origins: settings.idle_origins,
            idle_time: Duration::from_millis(settings.idle_ms.into()),
            life_time: Duration::from_millis(settings.life_ms.into()),
        }
    }

    /// A connection that is idle and seems alive; the most recently used first.
    pub(crate) fn take(&self, target: &Arc<Target>) -> Option<Connection> {
        let now = Instant::now();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = idle.get_mut(target)?;
        while let Some(candidate) = waiting.pop_back() {
            if self.is_fresh(&candidate, now) && candidate.connection.sender.is_ready() {
                return Some(candidate.connection);
            }
        }
        None
    }

    /// Keeps a connection whose exchange is complete.
    pub(crate) fn put(&self, target: &Arc<Target>, connection: Connection) {
        let now = Instant::now();
        let fresh = Idle {
            connection,
            since: now,
        };
        if fresh.connection.sender.is_closed() || !self.is_fresh(&fresh, now) {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= self.origins && !idle.contains_key(target) {
            idle.retain(|_, waiting| {
                waiting.retain(|other| self.is_fresh(other, now));
                !waiting.is_empty()
            });
            if idle.len() >= self.origins {
                return;
            }
        }
        let waiting = idle.entry(Arc::clone(target)).or_default();
        while waiting
            .front()
            .is_some_and(|other| !self.is_fresh(other, now))
        {
            waiting.pop_front();
        }
        if waiting.len() < self.per_origin {
            waiting.push_back(fresh);
        }
    }

    fn is_fresh(&self, idle: &Idle, now: Instant) -> bool {
        now.saturating_duration_since(idle.since) < self.idle_time
            && now.saturating_duration_since(idle.connection.born) < self.life_time
    }
}
