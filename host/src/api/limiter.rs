//! A token bucket for each client: bursts are fine, floods are not. Kept in
//! memory on each node; it protects the node and is no quota by contract.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use guichet_domain::id::ClientId;

/// Clients that are remembered; beyond it, full buckets are forgotten first.
const CLIENT_LIMIT: usize = 10_000;

/// How much one client may ask of a node.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Requests a second over time.
    pub per_second: u32,
    /// Requests at once.
    pub burst: u32,
}

impl Default for Rate {
    /// Far above what a bank app needs of one node, far below a flood.
    fn default() -> Self {
        Self {
            per_second: 20_000,
            burst: 40_000,
        }
    }
}

/// The buckets of all clients.
#[derive(Debug)]
pub struct Limiter {
    rate: Rate,
    buckets: Mutex<HashMap<ClientId, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Millionths of a request that may still be made.
    credit: u64,
    seen: Instant,
}

impl Limiter {
    /// Full buckets of this rate.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            buckets: Mutex::default(),
        }
    }

    /// Takes one request out of the client's bucket; else says after how many
    /// seconds there will be one.
    pub fn take(&self, client: &ClientId, now: Instant) -> Result<(), u32> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= CLIENT_LIMIT && !buckets.contains_key(client) {
            buckets.retain(|_, bucket| self.refilled(*bucket, now) < self.full());
            if buckets.len() >= CLIENT_LIMIT {
                return Err(1);
            }
        }
        let full = Bucket {
            credit: self.full(),
            seen: now,
        };
        // Looked up first, so that the name is copied once in a client's life.
        if !buckets.contains_key(client) {
            buckets.insert(client.clone(), full);
        }
        let bucket = buckets
            .get_mut(client)
            .expect("the bucket was put there just now");
        bucket.credit = self.refilled(*bucket, now);
        bucket.seen = now;
        if let Some(rest) = bucket.credit.checked_sub(1_000_000) {
            bucket.credit = rest;
            return Ok(());
        }
        let missing = 1_000_000 - bucket.credit;
        let wait = missing.div_ceil(u64::from(self.rate.per_second.max(1)) * 1_000_000);
        Err(u32::try_from(wait).unwrap_or(u32::MAX))
    }

    fn full(&self) -> u64 {
        u64::from(self.rate.burst) * 1_000_000
    }

    fn refilled(&self, bucket: Bucket, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(bucket.seen).as_micros();
        let elapsed_us = u64::try_from(elapsed).unwrap_or(u64::MAX);
        let credit = elapsed_us.saturating_mul(u64::from(self.rate.per_second));
        bucket.credit.saturating_add(credit).min(self.full())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_flood_is_stopped_and_the_neighbour_is_not() {
        let limiter = Limiter::new(Rate {
            per_second: 2,
            burst: 3,
        });
        let (flood, calm) = (
            ClientId::new("flood").unwrap(),
            ClientId::new("calm").unwrap(),
        );
        let start = Instant::now();
        for _ in 0..3 {
            limiter.take(&flood, start).unwrap();
        }
        assert_eq!(limiter.take(&flood, start), Err(1));
        limiter.take(&calm, start).unwrap();
        limiter
            .take(&flood, start + Duration::from_millis(500))
            .unwrap();
        assert!(
            limiter
                .take(&flood, start + Duration::from_millis(500))
                .is_err()
        );
        for _ in 0..3 {
            limiter
                .take(&flood, start + Duration::from_secs(60))
                .unwrap();
        }
        assert!(
            limiter
                .take(&flood, start + Duration::from_secs(60))
                .is_err()
        );
    }
}
