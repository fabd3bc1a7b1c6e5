//! The few statements that differ between SQLite and PostgreSQL, and the checks
//! that either database is fit to keep books.

use super::StoreError;
use super::database::Connection;

/// The oldest SQLite without the damage to write-ahead logs.
const SQLITE_MINIMUM: (u32, u32, u32) = (3, 51, 3);

/// SQLite takes its write lock at once, so that two writers never deadlock.
pub(super) const fn begin(connection: &Connection) -> &'static str {
    if connection.is_postgres() {
        "begin"
    } else {
        "begin immediate"
    }
}

/// All reads of the transaction see one moment.
pub(super) const fn begin_snapshot(connection: &Connection) -> &'static str {
    if connection.is_postgres() {
        "begin isolation level repeatable read read only"
    } else {
        "begin"
    }
}

/// Rows of the table called `t` are locked in the order they are read; SQLite
/// locks the whole file.
pub(super) const fn for_update(connection: &Connection) -> &'static str {
    if connection.is_postgres() {
        " for update of t"
    } else {
        ""
    }
}

/// Takes the leases of due rows. Rows that another node is claiming at this
/// moment are left to it; on SQLite there is no other node.
pub(super) const fn claim(connection: &Connection) -> &'static str {
    if connection.is_postgres() {
        "with due as (select payment from outbox \
         where due_at <= $1 and (lease_node is null or lease_until < $1) \
         order by due_at, payment limit $2 for update skip locked) \
         update outbox set lease_node = $3, lease_until = $4 from due \
         where outbox.payment = due.payment returning outbox.payment, outbox.service, outbox.tries"
    } else {
        "with due as (select payment from outbox \
         where due_at <= $1 and (lease_node is null or lease_until < $1) \
         order by due_at, payment limit $2) \
         update outbox set lease_node = $3, lease_until = $4 from due \
         where outbox.payment = due.payment returning outbox.payment, outbox.service, outbox.tries"
    }
}

/// Two nodes that start at once migrate one after the other.
pub(super) async fn lock_migrations(connection: &mut Connection) -> Result<(), StoreError> {
    if connection.is_postgres() {
        connection
            .script("select pg_advisory_xact_lock(7141)")
            .await?;
    }
    Ok(())
}

/// Refuses a database that could lose what was acknowledged.
pub(super) async fn assert_fit(connection: &mut Connection) -> Result<(), StoreError> {
    if connection.is_postgres() {
        let rows = connection
            .fetch("select current_setting('synchronous_commit')", &[])
            .await?;
        let setting = first_text(&rows)?;
        if matches!(setting.as_str(), "off" | "local") {
            return Err(StoreError::Unfit(format!(
                "PostgreSQL runs with synchronous_commit={setting}, which loses acknowledged \
                 payments: set it to on"
            )));
        }
        return Ok(());
    }
    let rows = connection.fetch("select sqlite_version()", &[]).await?;
    let version = first_text(&rows)?;
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    if (next(), next(), next()) < SQLITE_MINIMUM {
        return Err(StoreError::Unfit(format!(
            "SQLite {version} can damage its log: 3.51.3 or newer is needed"
        )));
    }
    let rows = connection
        .fetch("select journal_mode from pragma_journal_mode", &[])
        .await?;
    let mode = first_text(&rows)?;
    let rows = connection
        .fetch("select synchronous from pragma_synchronous", &[])
        .await?;
    let level = rows.first().map_or(Ok(0), |row| row.int(0))?;
    if mode != "wal" || level < 2 {
        return Err(StoreError::Unfit(
            "SQLite must run in WAL mode with synchronous=FULL".to_owned(),
        ));
    }
    Ok(())
}

fn first_text(rows: &[super::Row]) -> Result<String, StoreError> {
    rows.first()
        .map_or(Ok(String::new()), |row| row.text(0).map(str::to_owned))
}
