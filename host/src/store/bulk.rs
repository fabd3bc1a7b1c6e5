//! Set-based statements: one text over a list of rows. Lists are cut into
//! powers of two, so that a few prepared statements serve every length.
//!
//! The places of values are numbered for PostgreSQL and nameless for SQLite, which
//! keeps names in a list that it searches from the start at every binding.

use std::sync::{Arc, OnceLock};

use super::database::{Connection, Text};
use super::value::{Row, Value};
use super::{StoreError, dialect};

/// The longest list of one statement: 2^8 rows.
const SIZES: usize = 9;

/// What a statement does to the rows it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// Nothing.
    None,
    /// They stay locked until the commit, where the database locks rows.
    Rows,
}

/// A statement around a list of rows: `before values (…), (…) after`.
#[derive(Debug)]
pub(super) struct Bulk {
    before: &'static str,
    columns: usize,
    after: &'static str,
    lock: Lock,
    sqlite: [OnceLock<Arc<str>>; SIZES],
    postgres: [OnceLock<Arc<str>>; SIZES],
}

impl Bulk {
    /// A statement of `columns` values in each row.
    pub(super) const fn new(before: &'static str, columns: usize, after: &'static str) -> Self {
        Self::made(before, columns, after, Lock::None)
    }

    /// The same, which also locks the rows it reads.
    pub(super) const fn locking(before: &'static str, columns: usize, after: &'static str) -> Self {
        Self::made(before, columns, after, Lock::Rows)
    }

    const fn made(before: &'static str, columns: usize, after: &'static str, lock: Lock) -> Self {
        Self {
            before,
            columns,
            after,
            lock,
            sqlite: [const { OnceLock::new() }; SIZES],
            postgres: [const { OnceLock::new() }; SIZES],
        }
    }

    /// Runs the statement over all rows and gives what it returned.
    pub(super) async fn fetch(
        &self,
        connection: &mut Connection,
        rows: &[Vec<Value>],
    ) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        let mut rest = rows;
        while !rest.is_empty() {
            let power = usize::BITS - 1 - rest.len().leading_zeros();
            let power = (power as usize).min(SIZES - 1);
            let (part, later) = rest.split_at(1 << power);
            let values: Vec<Value> = part.iter().flatten().cloned().collect();
            debug_assert_eq!(values.len(), part.len() * self.columns);
            let text = Text::Built(self.text(connection, power));
            found.append(&mut connection.fetch(text, &values).await?);
            rest = later;
        }
        Ok(found)
    }

    /// Runs the statement over all rows for its effect.
    pub(super) async fn execute(
        &self,
        connection: &mut Connection,
        rows: &[Vec<Value>],
    ) -> Result<(), StoreError> {
        self.fetch(connection, rows).await.map(drop)
    }

    fn text(&self, connection: &Connection, power: usize) -> Arc<str> {
        let is_postgres = connection.is_postgres();
        let texts = if is_postgres {
            &self.postgres
        } else {
            &self.sqlite
        };
        let made = texts[power].get_or_init(|| {
            let place = |number: usize| {
                if is_postgres {
                    format!("${number}")
                } else {
                    "?".to_owned()
                }
            };
            let rows = (0..1_usize << power).map(|row| {
                let first = row * self.columns + 1;
                let places: Vec<String> = (first..first + self.columns).map(place).collect();
                format!("({})", places.join(", "))
            });
            let rows: Vec<String> = rows.collect();
            let lock = match self.lock {
                Lock::None => "",
                Lock::Rows => dialect::for_update(connection),
            };
            format!(
                "{} values {}{}{lock}",
                self.before,
                rows.join(", "),
                self.after
            )
            .into()
        });
        Arc::clone(made)
    }
}
