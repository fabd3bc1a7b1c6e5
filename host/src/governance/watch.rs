//! Watches roll-outs: every node reports how the releases of packages with a
//! pilot fare; a pilot that does worse than what serves is halted by itself.

use std::time::Duration;

use guichet_domain::Digest;
use guichet_registry::register::{Actor, Reason, RolloutAct};

use super::{Governance, GovernanceError};
use crate::plugins::Plugins;
use crate::store::ReleaseFigures;

/// How often.
const EVERY: Duration = Duration::from_secs(1);
/// How far back figures count.
const WINDOW_MS: i64 = 60_000;
/// Fewer calls of the pilot say nothing.
const CALLS: i64 = 20;
/// Faults of the pilot, in a thousand calls, beyond those of what serves.
const EXCESS_PERMILLE: i64 = 50;
/// How many times longer the pilot's calls may take, and by how much at least.
const SLOWER: i64 = 3;
const SLOWER_US: i64 = 50_000;

/// Watches until the plugin room is dropped.
pub async fn watch(governance: Governance, plugins: Plugins) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if governance.store.is_closed() {
            return;
        }
        if let Err(error) = governance.look(&plugins).await {
            tracing::warn!(%error, "roll-outs cannot be watched");
        }
    }
}

impl Governance {
    async fn look(&self, plugins: &Plugins) -> Result<(), GovernanceError> {
        let pairs: Vec<(Digest, Option<Digest>)> = self.read(|register| {
            let piloting = register.packages().filter_map(|(_, package)| {
                Some((package.pilot.as_ref()?.release, package.general))
            });
            piloting.collect()
        });
        if pairs.is_empty() {
            return Ok(());
        }
        let now = self.ports.now();
        let watched: Vec<Digest> = pairs
            .iter()
            .flat_map(|(pilot, general)| [Some(*pilot), *general])
            .flatten()
            .collect();
        let figures = plugins.take_figures(&watched);
        if !figures.is_empty() {
            self.store.add_release_figures(&figures, now).await?;
        }
        if !self.log.has_key() {
            return Ok(());
        }
        let since = now.plus_ms(-WINDOW_MS);
        for (pilot, general) in pairs {
            let new = self.store.release_figures(pilot, since).await?;
            let old = match general {
                Some(general) => Some(self.store.release_figures(general, since).await?),
                None => None,
            };
            if let Some(cause) = worse(&new, old.as_ref()) {
                let node = Actor::Node(self.store.node().to_owned());
                let release = pilot;
                tracing::warn!(%release, %cause, "a pilot is halted");
                self.enter(&node, RolloutAct::Halted { release, cause })
                    .await?;
            }
        }
        Ok(())
    }
}

/// Why the new release is halted, if it is.
fn worse(new: &ReleaseFigures, old: Option<&ReleaseFigures>) -> Option<Reason> {
    if new.calls < CALLS {
        return None;
    }
    let permille = |one: &ReleaseFigures| one.faults * 1_000 / one.calls.max(1);
    let mean = |one: &ReleaseFigures| one.busy_us / one.calls.max(1);
    let (faults, before) = (permille(new), old.map_or(0, permille));
    if faults > before + EXCESS_PERMILLE {
        let why = format!(
            "{faults} of 1,000 calls failed ({} calls in the last minute), {before} with the \
             serving release",
            new.calls
        );
        return why.parse().ok();
    }
    let old = old.filter(|old| old.calls >= CALLS)?;
    let (took, before) = (mean(new), mean(old));
    (took > before * SLOWER && took > before + SLOWER_US).then(|| {
        let why = format!("calls take {took} µs on average, {before} µs with the serving release");
        why.parse().ok()
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(calls: i64, faults: i64, busy_us: i64) -> ReleaseFigures {
        ReleaseFigures {
            release: guichet_registry::sign::sha256(b"a release"),
            calls,
            faults,
            busy_us,
        }
    }

    #[test]
    fn a_pilot_is_compared_with_what_serves() {
        let good = figures(1_000, 10, 1_000 * 5_000);
        assert_eq!(worse(&figures(100, 3, 100 * 6_000), Some(&good)), None);
        assert!(worse(&figures(100, 30, 100 * 5_000), Some(&good)).is_some());
        assert!(worse(&figures(100, 0, 100 * 90_000), Some(&good)).is_some());
        // Too few calls, or a biller that fails for both, say nothing.
        assert_eq!(worse(&figures(19, 19, 0), Some(&good)), None);
        let down = figures(1_000, 900, 1_000 * 5_000);
        assert_eq!(worse(&figures(100, 92, 100 * 5_000), Some(&down)), None);
        assert!(worse(&figures(100, 60, 0), None).is_some());
    }
}
