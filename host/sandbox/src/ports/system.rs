//! Ports that ask the operating system.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{BoxFuture, Clock, Random, ResolveError, Resolver};

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| {
                u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
            })
    }
}

/// The cryptographic library's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) -> bool {
        aws_lc_rs::rand::fill(buffer).is_ok()
    }
}

/// The system's resolver (`/etc/hosts` and name servers).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>> {
        Box::pin(async move {
            // The port is a formality of the system's interface.
            let found = tokio::net::lookup_host((host, 0))
                .await
                .map_err(|error| ResolveError(error.to_string()))?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
