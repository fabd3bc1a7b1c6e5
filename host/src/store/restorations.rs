//! That a database was put back from a backup: from then on its nodes begin new
//! logs, and treat what was open as if it had gone on without them.

use guichet_domain::Moment;

use super::database::{Connection, Pool};
use super::value::Value;
use super::{Location, StoreError, dialect};

/// A database that was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restoration {
    /// When.
    pub at: Moment,
    /// The moment that it shows.
    pub backup_of: Moment,
    /// Logs that nodes may have begun after the backup; their slots stay unused.
    pub lost_slots: Vec<u8>,
}

/// The newest moment that anything in the database happened at.
const NEWEST: &str = "select max(at) from events";

/// When the database was last put back.
pub(super) async fn last(connection: &mut Connection) -> Result<Option<Moment>, StoreError> {
    let rows = connection
        .fetch("select max(at) from restorations", &[])
        .await?;
    rows.first().map_or(Ok(None), |row| row.moment_or_none(0))
}

impl Restoration {
    /// Writes it into a database that no node has open, before any node starts.
    pub async fn write(&self, location: &Location) -> Result<Moment, StoreError> {
        let pool = Pool::writer(location).await?;
        let mut connection = pool.acquire().await?;
        connection.execute(dialect::begin(&connection), &[]).await?;
        let written = self.write_in(&mut connection).await;
        if written.is_ok() {
            connection.execute("commit", &[]).await?;
            drop(connection);
        } else {
            connection.discard();
        }
        pool.close().await;
        written
    }

    async fn write_in(&self, connection: &mut Connection) -> Result<Moment, StoreError> {
        let rows = connection.fetch(NEWEST, &[]).await?;
        let newest = rows.first().map_or(Ok(None), |row| row.moment_or_none(0))?;
        // A clock that is slow must not make a payment younger than this.
        let at = newest.map_or(self.at, |newest| newest.max(self.at));
        let values = [Value::from(at), Value::from(self.backup_of)];
        connection
            .execute(
                "insert into restorations (at, backup_of) values ($1, $2)",
                &values,
            )
            .await?;
        // A node goes on in a log of its own: the old one was perhaps continued
        // after the backup, and a log has no two ends.
        let name = Value::from(format!(" until {at}"));
        connection
            .execute("update nodes set node = node || $1", &[name])
            .await?;
        for slot in &self.lost_slots {
            let values = [
                Value::from(u32::from(*slot)),
                Value::from(format!("lost {slot} until {at}")),
            ];
            connection
                .execute(
                    "insert into nodes (slot, node) values ($1, $2) on conflict do nothing",
                    &values,
                )
                .await?;
        }
        // What was queried before may be paid since, under keys that are lost.
        connection
            .execute(
                "update bill_queries set expires_at = $1 where expires_at > $1",
                &[at.into()],
            )
            .await?;
        connection
            .execute("update outbox set lease_node = null, lease_until = 0", &[])
            .await?;
        Ok(at)
    }
}
