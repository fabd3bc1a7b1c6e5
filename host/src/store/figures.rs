//! How releases fare, as each node counts it in slots of ten seconds.

use guichet_domain::{Digest, Moment};

use super::{Row, Statement, Store, StoreError};

/// Length of a slot.
const SLOT_US: i64 = 10_000_000;

/// One node's counts of one release since the last report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseFigures {
    /// Which release.
    pub release: Digest,
    /// Calls that ran.
    pub calls: i64,
    /// Those that ended by the plugin's own fault or at a limit.
    pub faults: i64,
    /// Time that they took together.
    pub busy_us: i64,
}

impl Store {
    /// Adds this node's counts.
    pub async fn add_release_figures(
        &self,
        figures: &[ReleaseFigures],
        now: Moment,
    ) -> Result<(), StoreError> {
        let node = self.node().to_owned();
        let slot = now.micros() / SLOT_US;
        let mut statements: Vec<Statement> = figures
            .iter()
            .map(|one| {
                Statement::new(
                    "insert into release_figures (release, node, slot, calls, faults, busy_us) \
                     values ($1, $2, $3, $4, $5, $6) \
                     on conflict (release, node, slot) do update set \
                     calls = release_figures.calls + excluded.calls, \
                     faults = release_figures.faults + excluded.faults, \
                     busy_us = release_figures.busy_us + excluded.busy_us",
                    vec![
                        one.release.to_string().into(),
                        node.as_str().into(),
                        slot.into(),
                        one.calls.into(),
                        one.faults.into(),
                        one.busy_us.into(),
                    ],
                )
            })
            .collect();
        statements.push(Statement::new(
            "delete from release_figures where node = $1 and slot < $2",
            vec![node.into(), (slot - 360).into()],
        ));
        self.write(statements).await.map(drop)
    }

    /// All nodes' counts of a release since a moment, added up.
    pub async fn release_figures(
        &self,
        release: Digest,
        since: Moment,
    ) -> Result<ReleaseFigures, StoreError> {
        let rows = self
            .fetch(
                "select cast(coalesce(sum(calls), 0) as bigint), \
                 cast(coalesce(sum(faults), 0) as bigint), \
                 cast(coalesce(sum(busy_us), 0) as bigint) \
                 from release_figures where release = $1 and slot >= $2",
                &[
                    release.to_string().into(),
                    (since.micros() / SLOT_US).into(),
                ],
            )
            .await?;
        let read = |row: &Row| {
            Ok(ReleaseFigures {
                release,
                calls: row.int(0)?,
                faults: row.int(1)?,
                busy_us: row.int(2)?,
            })
        };
        rows.first().map_or(Err(StoreError::Shape(0)), read)
    }
}
