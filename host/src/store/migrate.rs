//! One ordered list of migrations for both databases. Each runs in a
//! transaction of its own and is remembered by its digest, so that a changed
//! file is refused instead of half applied.

use std::sync::Arc;

use super::StoreError;
use super::database::{Connection, Text};
use super::dialect;
use super::value::Value;

/// Order is history: append, never change.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "0001_people",
        include_str!("../../migrations/0001_people.sql"),
    ),
    (
        "0002_books",
        include_str!("../../migrations/0002_books.sql"),
    ),
    (
        "0003_payments",
        include_str!("../../migrations/0003_payments.sql"),
    ),
    (
        "0004_services",
        include_str!("../../migrations/0004_services.sql"),
    ),
    (
        "0005_nodes",
        include_str!("../../migrations/0005_nodes.sql"),
    ),
    (
        "0006_registry",
        include_str!("../../migrations/0006_registry.sql"),
    ),
    (
        "0007_day_end",
        include_str!("../../migrations/0007_day_end.sql"),
    ),
    (
        "0008_accounts",
        include_str!("../../migrations/0008_accounts.sql"),
    ),
    (
        "0009_audit",
        include_str!("../../migrations/0009_audit.sql"),
    ),
];

const TABLE: &str = "create table if not exists migrations \
    (name text primary key, digest bytea not null)";

/// Brings the schema up to this program's.
pub(super) async fn run(connection: &mut Connection) -> Result<(), StoreError> {
    connection.script(dialect::begin(connection)).await?;
    dialect::lock_migrations(connection).await?;
    connection.execute(TABLE, &[]).await?;
    let applied = connection
        .fetch("select name, digest from migrations order by name", &[])
        .await?;
    if applied.len() > MIGRATIONS.len() {
        return Err(StoreError::Unfit(
            "the database was made by a newer guichet: start that version".to_owned(),
        ));
    }
    for (position, (name, script)) in MIGRATIONS.iter().enumerate() {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, script.as_bytes());
        if let Some(row) = applied.get(position) {
            if row.text(0)? != *name || row.bytes(1)? != digest.as_ref() {
                return Err(StoreError::Unfit(format!(
                    "migration {} of the database is not this program's {name}",
                    row.text(0)?
                )));
            }
            continue;
        }
        let script: Arc<str> = dialect::schema(connection, script).into();
        connection.script(Text::Built(script)).await?;
        let values = [Value::from(*name), Value::from(digest.as_ref().to_vec())];
        connection
            .execute(
                "insert into migrations (name, digest) values ($1, $2)",
                &values,
            )
            .await?;
    }
    connection.script("commit").await
}
