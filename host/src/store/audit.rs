//! Audit leaves: one digest for every state change, without an order until the
//! sequencer gives it one.

use super::{Row, Store, StoreError, Value};

/// A leaf that has no position yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Record and number: `pay_…:3`.
    pub id: String,
    /// What was hashed.
    pub digest: Vec<u8>,
}

impl Store {
    /// Leaves that wait for the sequencer, oldest first.
    pub async fn unsequenced_leaves(&self, limit: u32) -> Result<Vec<Leaf>, StoreError> {
        let rows = self
            .fetch(
                "select id, digest from audit_leaves where position is null \
                 order by created_at, id limit $1",
                &[Value::from(limit)],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// The leaves of one record, in the order of its events.
    pub async fn leaves_of(&self, record: &str) -> Result<Vec<Leaf>, StoreError> {
        let rows = self
            .fetch(
                "select id, digest from audit_leaves where record = $1 order by id",
                &[record.into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<Leaf, StoreError> {
    Ok(Leaf {
        id: row.text(0)?.to_owned(),
        digest: row.bytes(1)?.to_vec(),
    })
}
