//! The slots of nodes: small numbers by which nodes of one database tell their
//! payment numbers apart.

use super::database::Connection;
use super::value::Value;
use super::{Store, StoreError, dialect};

impl Store {
    /// Every node that this database has known, by its slot.
    pub async fn node_names(&self) -> Result<Vec<(u8, String)>, StoreError> {
        let rows = self
            .fetch("select slot, node from nodes order by slot", &[])
            .await?;
        rows.iter()
            .map(|row| {
                let slot = u8::try_from(row.int(0)?).map_err(|_| StoreError::Shape(0))?;
                Ok((slot, row.text(1)?.to_owned()))
            })
            .collect()
    }
}

/// The node's slot, given at its first start. Runs in a transaction of its own,
/// before the writer starts.
pub(super) async fn slot(connection: &mut Connection, node: &str) -> Result<u8, StoreError> {
    connection.execute(dialect::begin(connection), &[]).await?;
    dialect::lock_migrations(connection).await?;
    let slot = find_or_take(connection, node).await?;
    connection.execute("commit", &[]).await?;
    Ok(slot)
}

async fn find_or_take(connection: &mut Connection, node: &str) -> Result<u8, StoreError> {
    let rows = connection
        .fetch("select slot, node from nodes order by slot", &[])
        .await?;
    let mut free: u8 = 0;
    for row in &rows {
        let slot = u8::try_from(row.int(0)?).map_err(|_| StoreError::Shape(0))?;
        if row.text(1)? == node {
            return Ok(slot);
        }
        if slot == free {
            free += 1;
        }
    }
    if free > 99 {
        return Err(StoreError::Unfit(
            "a database serves 100 node names: give this node a name that was used before"
                .to_owned(),
        ));
    }
    let values = [Value::from(u32::from(free)), Value::from(node)];
    connection
        .execute("insert into nodes (slot, node) values ($1, $2)", &values)
        .await?;
    Ok(free)
}
