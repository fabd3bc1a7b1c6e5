//! A plain SQLite database with the settings of ours: the peers' database.

use std::path::Path;

use anyhow::Result;
use rusqlite::Connection;

/// Opens the file, durable as ours is.
pub(crate) fn open(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536; \
         pragma wal_autocheckpoint = 4000",
    )?;
    Ok(connection)
}
