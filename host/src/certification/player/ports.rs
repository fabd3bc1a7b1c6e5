//! What a call reaches besides HTTP: state in memory, the scenario's attributes
//! of the subject, its clock, and randomness from its seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use guichet_registry::scenario::Scenario;
use guichet_registry::sign;
use guichet_sandbox::ports::memory::{FixedClock, MemoryKv, MemorySubjectData};
use guichet_sandbox::ports::system::SystemResolver;
use guichet_sandbox::ports::{Ports, Random};

/// Ports of one call.
pub(super) fn ports(scenario: &Scenario, kv: &Arc<MemoryKv>) -> Ports {
    let attributes = scenario
        .subject
        .iter()
        .map(|(scope, value)| (scope.to_string(), Some(value.clone())));
    let now_ms = u64::try_from(scenario.clock.micros() / 1_000).unwrap_or(0);
    Ports {
        kv: kv.clone(),
        subject_data: Arc::new(MemorySubjectData {
            attributes: attributes.collect(),
        }),
        clock: Arc::new(FixedClock {
            now_ms: AtomicU64::new(now_ms),
        }),
        random: Arc::new(Seeded {
            seed: scenario.seed,
            block: AtomicU64::new(0),
        }),
        // The stage has no names; recordings ask real ones.
        resolver: Arc::new(SystemResolver),
    }
}

/// Bytes that follow from a seed: the same in every call of a scenario.
struct Seeded {
    seed: u64,
    block: AtomicU64,
}

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) -> bool {
        for chunk in buffer.chunks_mut(32) {
            let block = self.block.fetch_add(1, Ordering::Relaxed);
            let text = format!("guichet scenario {} {block}", self.seed);
            let digest = sign::sha256(text.as_bytes());
            chunk.copy_from_slice(&digest.as_bytes()[..chunk.len()]);
        }
        true
    }
}
