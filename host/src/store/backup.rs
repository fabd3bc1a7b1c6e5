//! A backup file: a copy of the embedded database at one moment, with the objects
//! beside it in tables of its own. Everything personal in it is sealed; no key is in it.

use std::path::Path;
use std::time::Duration;

use super::StoreError;

/// How long the copying waits for another process.
const BUSY: Duration = Duration::from_secs(30);

const TABLES: &str = "create table backup_notes (name text primary key, value text not null); \
    create table backup_objects (name text primary key, content blob not null)";

const NO_TABLES: &str = "drop table backup_notes; drop table backup_objects";

/// See the module.
#[derive(Debug)]
pub struct BackupFile(rusqlite::Connection);

impl BackupFile {
    /// Copies a database that a node may be writing to meanwhile: the copy shows one
    /// moment, and nobody waits for it.
    pub fn copy(source: &Path, target: &Path) -> Result<Self, StoreError> {
        let database = rusqlite::Connection::open(source)?;
        database.busy_timeout(BUSY)?;
        let target_name = target.to_string_lossy();
        database.execute("vacuum into $1", [target_name.as_ref()])?;
        let copy = Self::open(target)?;
        copy.0.execute_batch(TABLES)?;
        Ok(copy)
    }

    /// Opens one that was made before.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let connection = rusqlite::Connection::open(file)?;
        connection.busy_timeout(BUSY)?;
        Ok(Self(connection))
    }

    /// What is wrong with the file itself; none where it is sound.
    pub fn damage(&self) -> Result<Option<String>, StoreError> {
        let found: String = self
            .0
            .query_row("pragma integrity_check(1)", [], |row| row.get(0))?;
        Ok(Some(found).filter(|found| found != "ok"))
    }

    /// Keeps a note about the backup.
    pub fn put_note(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.0.execute(
            "insert into backup_notes (name, value) values ($1, $2)",
            [name, value],
        )?;
        Ok(())
    }

    /// A note about the backup.
    pub fn note(&self, name: &str) -> Result<String, StoreError> {
        let text = "select value from backup_notes where name = $1";
        Ok(self.0.query_row(text, [name], |row| row.get(0))?)
    }

    /// Keeps an object.
    pub fn put_object(&self, name: &str, content: &[u8]) -> Result<(), StoreError> {
        self.0.execute(
            "insert into backup_objects (name, content) values ($1, $2)",
            rusqlite::params![name, content],
        )?;
        Ok(())
    }

    /// The names of the objects.
    pub fn objects(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .0
            .prepare("select name from backup_objects order by name")?;
        let names = statement.query_map([], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// An object.
    pub fn object(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let text = "select content from backup_objects where name = $1";
        Ok(self.0.query_row(text, [name], |row| row.get(0))?)
    }

    /// The names of the nodes, as they stood.
    pub fn nodes(&self) -> Result<Vec<(u8, String)>, StoreError> {
        let mut statement = self
            .0
            .prepare("select slot, node from nodes order by slot")?;
        let nodes = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(nodes.collect::<Result<_, _>>()?)
    }

    /// Makes it an ordinary database again.
    pub fn strip(self) -> Result<(), StoreError> {
        self.0.execute_batch(NO_TABLES)?;
        Ok(())
    }
}
