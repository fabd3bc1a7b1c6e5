//! The peer: the same texts in a plain table of the same database, with the same
//! settings.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::statistics::per_second;

/// Rows in a second with so many in one commit.
pub(crate) async fn append(file: &Path, texts: &[String], together: usize) -> Result<f64> {
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await?;
    sqlx::query("create table if not exists acts (position integer primary key, entry text)")
        .execute(&mut connection)
        .await?;
    let begun = Instant::now();
    for some in texts.chunks(together) {
        let mut transaction = connection.begin().await?;
        for text in some {
            sqlx::query("insert into acts (entry) values ($1)")
                .bind(text.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
    }
    let rate = per_second(texts.len(), begun.elapsed());
    connection.close().await?;
    Ok(rate)
}
