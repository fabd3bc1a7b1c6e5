//! The embedded database: one file and its connections. A statement runs where
//! it is asked for, without a thread in between: an indexed read takes less time
//! than handing it over would, and the simulation sees no other thread. What
//! reads for long is given a thread of its own by whoever asks for it. Knows no
//! statement beyond the settings.

use std::borrow::Borrow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::StoreError;
use super::log_copier::{self, Copier};
use super::value::{Row, Value};

/// Statements kept prepared by one connection.
const STATEMENTS: usize = 300;
/// How long a statement waits for another process' write to end.
const BUSY: Duration = Duration::from_secs(5);

/// Every acknowledged commit is on the disk. A commit copies the log itself only
/// where that has grown to 128 megabytes: because another program writes, or
/// nobody else keeps up.
const SETTINGS: &str = "pragma journal_mode = wal; pragma synchronous = full; \
    pragma foreign_keys = on; pragma cache_size = -65536; pragma wal_autocheckpoint = 32000; \
    pragma temp_store = memory";

/// So many connections to one file.
#[derive(Debug, Clone)]
pub(super) struct Pool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    file: PathBuf,
    idle: Mutex<Vec<rusqlite::Connection>>,
    places: Arc<Semaphore>,
    closed: AtomicBool,
    copier: Mutex<Option<Copier>>,
}

/// One connection, given back to its pool when it is let go.
#[derive(Debug)]
pub(super) struct Connection {
    inner: Option<rusqlite::Connection>,
    pool: Arc<Shared>,
    _place: OwnedSemaphorePermit,
}

impl Pool {
    /// Opens the file, making it where it is missing.
    pub(super) fn open(file: &Path, connections: u32) -> Result<Self, StoreError> {
        let shared = Shared {
            file: file.to_owned(),
            idle: Mutex::new(vec![connect(file)?]),
            places: Arc::new(Semaphore::new(connections as usize)),
            closed: AtomicBool::new(false),
            copier: Mutex::default(),
        };
        Ok(Self(Arc::new(shared)))
    }

    /// From now on the log is copied on a thread of its own.
    pub(super) fn copy_log_aside(&self) -> Result<(), StoreError> {
        let started = Copier::start(connect(&self.0.file)?)?;
        *self.0.copier() = Some(started);
        Ok(())
    }

    /// A connection, as soon as one is free.
    pub(super) async fn acquire(&self) -> Result<Connection, StoreError> {
        let place = Arc::clone(&self.0.places).acquire_owned().await;
        let place = place.map_err(|_| StoreError::Closed)?;
        let idle = self.0.idle.lock().ok().and_then(|mut idle| idle.pop());
        let inner = match idle {
            Some(inner) => inner,
            None => connect(&self.0.file)?,
        };
        Ok(Connection {
            inner: Some(inner),
            pool: Arc::clone(&self.0),
            _place: place,
        })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Relaxed)
    }

    /// Lets nobody in any more; connections in use end when they are given back.
    pub(super) fn close(&self) {
        self.0.closed.store(true, Ordering::Relaxed);
        self.0.places.close();
        if let Ok(mut idle) = self.0.idle.lock() {
            idle.clear();
        }
        if let Some(copier) = self.0.copier().take() {
            copier.end();
        }
    }
}

impl Shared {
    fn copier(&self) -> MutexGuard<'_, Option<Copier>> {
        self.copier.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(file: &Path) -> Result<rusqlite::Connection, StoreError> {
    let connection = rusqlite::Connection::open(file)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // One plan for each statement. Else many are planned anew for each value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(SETTINGS)?;
    Ok(connection)
}

impl Connection {
    fn inner(&self) -> &rusqlite::Connection {
        self.inner
            .as_ref()
            .expect("a connection is only taken out when it is let go")
    }

    /// Runs one statement and gives all its rows.
    pub(super) fn fetch<V: Borrow<Value>>(
        &self,
        text: &str,
        values: &[V],
    ) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.inner().prepare_cached(text)?;
        bind(&mut statement, values)?;
        let columns = statement.column_count();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let mut cells = Vec::with_capacity(columns);
            for position in 0..columns {
                cells.push(cell(row.get_ref(position)?, position)?);
            }
            found.push(Row::of(cells));
        }
        Ok(found)
    }

    /// Runs one statement and counts the rows it touched.
    pub(super) fn execute(&self, text: &str, values: &[Value]) -> Result<u64, StoreError> {
        let mut statement = self.inner().prepare_cached(text)?;
        bind(&mut statement, values)?;
        Ok(statement.raw_execute()? as u64)
    }

    /// Runs several statements without values.
    pub(super) fn script(&self, script: &str) -> Result<(), StoreError> {
        Ok(self.inner().execute_batch(script)?)
    }

    /// Sees to the log after a commit.
    pub(super) fn tidy_log(&self) -> Result<(), StoreError> {
        log_copier::after_commit(self.inner(), self.pool.copier().as_ref())
    }

    /// Takes back what a failed commit has left in the log.
    pub(super) fn cut_back_log(&self) -> Result<(), StoreError> {
        super::log_file::cut_back(self.inner())
    }

    /// Puts the connection away for good, its open transaction with it.
    pub(super) fn discard(mut self) {
        drop(self.inner.take());
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else {
            return;
        };
        // One that was let go in the middle of a transaction is closed, which
        // rolls it back.
        if inner.is_autocommit()
            && !self.pool.closed.load(Ordering::Relaxed)
            && let Ok(mut idle) = self.pool.idle.lock()
        {
            idle.push(inner);
        }
    }
}

/// SQLite takes `$7` for a name and counts names as they come, so that the
/// number is read from it; nameless places take the values in their order.
fn bind<V: Borrow<Value>>(
    statement: &mut rusqlite::Statement<'_>,
    values: &[V],
) -> Result<(), StoreError> {
    for place in 1..=statement.parameter_count() {
        let number = match statement.parameter_name(place) {
            Some(name) => name[1..].parse().map_err(|_| StoreError::Shape(place))?,
            None => place,
        };
        let value = values.get(number - 1).ok_or(StoreError::Shape(number))?;
        match value.borrow() {
            Value::Text(text) => statement.raw_bind_parameter(place, text),
            Value::Int(number) => statement.raw_bind_parameter(place, number),
            Value::Bytes(bytes) => statement.raw_bind_parameter(place, bytes),
        }?;
    }
    Ok(())
}

fn cell(value: ValueRef<'_>, position: usize) -> Result<Value, StoreError> {
    Ok(match value {
        ValueRef::Null => Value::Int(None),
        ValueRef::Integer(number) => Value::Int(Some(number)),
        ValueRef::Blob(bytes) => Value::Bytes(Some(bytes.to_vec())),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| StoreError::Shape(position))?;
            Value::Text(Some(text.to_owned()))
        }
        // No column holds one.
        ValueRef::Real(_) => return Err(StoreError::Shape(position)),
    })
}
