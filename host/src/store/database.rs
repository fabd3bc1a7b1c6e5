//! The two databases behind one small enum: the same static text and the same
//! values go to both. Knows connections and their settings, no statement.

use std::path::PathBuf;
use std::time::Duration;

use futures::TryStreamExt as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, PgPool, Postgres, SqlSafeStr as _, Sqlite, SqlitePool};

use super::StoreError;
use super::value::{Row, Value, from_postgres, from_sqlite, postgres_arguments, sqlite_arguments};

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
/// Statements kept prepared by one connection.
const STATEMENTS: usize = 300;
/// How long a caller waits for a connection before it is told to come back.
const ACQUIRE: Duration = Duration::from_secs(5);

/// A pool of either database.
#[derive(Debug, Clone)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A connection of either database.
#[derive(Debug)]
pub(super) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// A statement's text: static, or put together once from static parts.
#[derive(Debug, Clone)]
pub(super) enum Text {
    Static(&'static str),
    Built(std::sync::Arc<str>),
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::Static(text)
    }
}

impl Text {
    fn sql(self) -> sqlx::SqlStr {
        match self {
            Self::Static(text) => text.into_sql_str(),
            // Built from static parts and numbered places for values only.
            Self::Built(text) => AssertSqlSafe(text).into_sql_str(),
        }
    }
}

fn sqlite_options(file: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(STATEMENTS)
        .pragma("cache_size", "-65536")
        .pragma("wal_autocheckpoint", "4000")
}

impl Pool {
    /// The pool for the one writer.
    pub(super) async fn writer(location: &Location) -> Result<Self, StoreError> {
        Self::open(location, 1).await
    }

    /// The pool for readers.
    pub(super) async fn readers(location: &Location) -> Result<Self, StoreError> {
        Self::open(location, READERS).await
    }

    async fn open(location: &Location, connections: u32) -> Result<Self, StoreError> {
        Ok(match location {
            Location::Sqlite(file) => Self::Sqlite(
                SqlitePoolOptions::new()
                    .max_connections(connections)
                    .acquire_timeout(ACQUIRE)
                    // A file does not go away between two statements.
                    .test_before_acquire(false)
                    .connect_with(sqlite_options(file))
                    .await?,
            ),
            Location::Postgres(url) => {
                let options: PgConnectOptions = url.parse()?;
                let options = options
                    .application_name("guichet")
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

    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite(pool) => pool.is_closed(),
            Self::Postgres(pool) => pool.is_closed(),
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
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
        let sql = text.into().sql();
        match self {
            Self::Sqlite(connection) => {
                let query = sqlx::query_with(sql, sqlite_arguments(values)?);
                let mut rows = Vec::new();
                let mut stream = query.fetch(&mut **connection);
                while let Some(row) = stream.try_next().await? {
                    rows.push(from_sqlite(&row)?);
                }
                Ok(rows)
            }
            Self::Postgres(connection) => {
                let query = sqlx::query_with(sql, postgres_arguments(values)?);
                let rows = query.fetch_all(&mut **connection).await?;
                rows.iter().map(|row| Ok(from_postgres(row)?)).collect()
            }
        }
    }

    /// Runs one statement and counts the rows it touched.
    pub(super) async fn execute(
        &mut self,
        text: impl Into<Text>,
        values: &[Value],
    ) -> Result<u64, StoreError> {
        let sql = text.into().sql();
        Ok(match self {
            Self::Sqlite(connection) => {
                let query = sqlx::query_with(sql, sqlite_arguments(values)?);
                query.execute(&mut **connection).await?.rows_affected()
            }
            Self::Postgres(connection) => {
                let query = sqlx::query_with(sql, postgres_arguments(values)?);
                query.execute(&mut **connection).await?.rows_affected()
            }
        })
    }

    /// Runs a script of several statements without values.
    pub(super) async fn script(&mut self, script: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => {
                sqlx::raw_sql(script).execute(&mut **connection).await?;
            }
            Self::Postgres(connection) => {
                sqlx::raw_sql(script).execute(&mut **connection).await?;
            }
        }
        Ok(())
    }

    /// Puts the connection away for good, its open transaction with it.
    pub(super) async fn discard(self) {
        // An error here only says that the connection was dead already.
        let _closed = match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        };
    }

    pub(super) const fn is_postgres(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(_) => true,
        }
    }
}
