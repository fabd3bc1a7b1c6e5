//! The two databases behind one small enum: the same static text and the same
//! values go to both. Knows connections and their settings, no statement.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, SqlSafeStr as _};

use super::value::{Row, Value, from_postgres, postgres_arguments, postgres_columns};
use super::{StoreError, embedded};

/// Where the books are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file, made where it is missing.
    Sqlite(PathBuf),
    /// A server, by URL.
    Postgres(String),
}

/// Connections for reading; on SQLite they never wait for the writer.
const READERS: u32 = 4;
/// The same on a server, where a read spends most of its time on the way.
const REMOTE_READERS: u32 = 16;
/// Statements kept prepared by one connection to a server.
const STATEMENTS: usize = 300;
/// The writer's statements find rows by key, few or thousands of them: one plan by
/// index serves all. Planned anew each time, on tables not yet counted, a lone
/// transfer would take eight times as long.
const PLANS: [(&str, &str); 2] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
];
/// How long a caller waits for a connection before it is told to come back.
const ACQUIRE: Duration = Duration::from_secs(5);

/// A pool of either database.
#[derive(Debug, Clone)]
pub(super) enum Pool {
    Sqlite(embedded::Pool),
    Postgres(PgPool),
}

/// A connection of either database.
#[derive(Debug)]
pub(super) enum Connection {
    Sqlite(embedded::Connection),
    Postgres(PoolConnection<Postgres>),
}

/// A statement's text: static, or put together once from static parts.
#[derive(Debug, Clone)]
pub(super) enum Text {
    Static(&'static str),
    Built(Arc<str>),
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::Static(text)
    }
}

impl Text {
    fn as_str(&self) -> &str {
        match self {
            Self::Static(text) => text,
            Self::Built(text) => text,
        }
    }

    fn sql(self) -> sqlx::SqlStr {
        match self {
            Self::Static(text) => text.into_sql_str(),
            // Built from static parts and numbered places for values only.
            Self::Built(text) => AssertSqlSafe(text).into_sql_str(),
        }
    }
}

impl Pool {
    /// The pool for the one writer.
    pub(super) async fn writer(location: &Location) -> Result<Self, StoreError> {
        Self::open(location, 1, &PLANS).await
    }

    /// From now on the log of an embedded database is copied on a thread of its own.
    pub(super) fn copy_log_aside(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(pool) => pool.copy_log_aside(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// The pool for readers.
    pub(super) async fn readers(location: &Location) -> Result<Self, StoreError> {
        let connections = match location {
            Location::Sqlite(_) => READERS,
            Location::Postgres(_) => REMOTE_READERS,
        };
        Self::open(location, connections, &[]).await
    }

    async fn open(
        location: &Location,
        connections: u32,
        settings: &[(&str, &str)],
    ) -> Result<Self, StoreError> {
        Ok(match location {
            Location::Sqlite(file) => Self::Sqlite(embedded::Pool::open(file, connections)?),
            Location::Postgres(url) => {
                let options: PgConnectOptions = url.parse()?;
                let options = options
                    .application_name("guichet")
                    .options(settings.iter().copied())
                    .statement_cache_capacity(STATEMENTS);
                Self::Postgres(
                    PgPoolOptions::new()
                        .max_connections(connections)
                        .acquire_timeout(ACQUIRE)
                        .connect_with(options)
                        .await?,
                )
            }
        })
    }

    pub(super) async fn acquire(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }

    pub(super) const fn is_embedded(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite(pool) => pool.is_closed(),
            Self::Postgres(pool) => pool.is_closed(),
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close(),
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Connection {
    /// Runs one statement and gives all its rows.
    pub(super) async fn fetch(
        &mut self,
        text: impl Into<Text>,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let text = text.into();
        match self {
            Self::Sqlite(connection) => connection.fetch(text.as_str(), values),
            Self::Postgres(connection) => {
                fetch_from(connection, text, postgres_arguments(values)?).await
            }
        }
    }

    /// Runs one statement and counts the rows it touched.
    pub(super) async fn execute(
        &mut self,
        text: impl Into<Text>,
        values: &[Value],
    ) -> Result<u64, StoreError> {
        let text = text.into();
        match self {
            Self::Sqlite(connection) => connection.execute(text.as_str(), values),
            Self::Postgres(connection) => {
                let query = sqlx::query_with(text.sql(), postgres_arguments(values)?);
                Ok(query.execute(&mut **connection).await?.rows_affected())
            }
        }
    }

    /// Runs a script of several statements without values.
    pub(super) async fn script(&mut self, script: impl Into<Text>) -> Result<(), StoreError> {
        let script = script.into();
        match self {
            Self::Sqlite(connection) => connection.script(script.as_str()),
            Self::Postgres(connection) => {
                let script = sqlx::raw_sql(script.sql());
                script.execute(&mut **connection).await?;
                Ok(())
            }
        }
    }

    /// Sees to the log after a commit. A server sees to its own.
    pub(super) fn tidy_log(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => connection.tidy_log(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Takes back what a failed commit has left on the disk. A server sees to its
    /// own.
    pub(super) fn cut_back_log(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => connection.cut_back_log(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Puts the connection away for good, its open transaction with it.
    pub(super) fn discard(self) {
        match self {
            Self::Sqlite(connection) => connection.discard(),
            // Not politely: the server may keep silent.
            Self::Postgres(connection) => drop(connection.detach()),
        }
    }

    pub(super) const fn is_postgres(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(_) => true,
        }
    }
}

/// Runs one statement of a server over one array for each column of `rows`.
pub(super) async fn fetch_columns(
    connection: &mut PgConnection,
    text: Text,
    rows: &[Vec<Value>],
) -> Result<Vec<Row>, StoreError> {
    fetch_from(connection, text, postgres_columns(rows)?).await
}

async fn fetch_from(
    connection: &mut PgConnection,
    text: Text,
    arguments: PgArguments,
) -> Result<Vec<Row>, StoreError> {
    let query = sqlx::query_with(text.sql(), arguments);
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(|row| Ok(from_postgres(row)?)).collect()
}
