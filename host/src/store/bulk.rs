//! Set-based statements: one text over a list of rows. PostgreSQL gets the list
//! as one array for each column, whatever its length. SQLite has no arrays: there
//! lists are cut into powers of two, so that a few prepared statements serve every
//! length; places are nameless, since SQLite keeps names in a list that it searches
//! from the start at every binding.

use std::sync::{Arc, OnceLock};

use super::database::{Connection, Text, fetch_columns};
use super::value::{Row, Value};
use super::{StoreError, dialect, embedded};

/// The longest list of one statement on SQLite: 2^8 rows.
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
    postgres: OnceLock<Arc<str>>,
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
            postgres: OnceLock::new(),
        }
    }

    /// Runs the statement over all rows and gives what it returned.
    pub(super) async fn fetch(
        &self,
        connection: &mut Connection,
        rows: &[Vec<Value>],
    ) -> Result<Vec<Row>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        match connection {
            Connection::Sqlite(connection) => self.in_parts(connection, rows),
            Connection::Postgres(connection) => {
                let text = Text::Built(self.over_arrays());
                fetch_columns(connection, text, rows).await
            }
        }
    }

    fn in_parts(
        &self,
        connection: &embedded::Connection,
        rows: &[Vec<Value>],
    ) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        let mut rest = rows;
        while !rest.is_empty() {
            let power = usize::BITS - 1 - rest.len().leading_zeros();
            let power = (power as usize).min(SIZES - 1);
            let (part, later) = rest.split_at(1 << power);
            let values: Vec<&Value> = part.iter().flatten().collect();
            debug_assert_eq!(values.len(), part.len() * self.columns);
            found.append(&mut connection.fetch(&self.over_values(power), &values)?);
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

    fn over_values(&self, power: usize) -> Arc<str> {
        let made = self.sqlite[power].get_or_init(|| {
            let row = format!("({})", vec!["?"; self.columns].join(", "));
            let rows = vec![row; 1 << power].join(", ");
            format!("{} values {rows}{}", self.before, self.after).into()
        });
        Arc::clone(made)
    }

    fn over_arrays(&self) -> Arc<str> {
        let made = self.postgres.get_or_init(|| {
            let arrays: Vec<String> = (1..=self.columns)
                .map(|place| format!("${place}"))
                .collect();
            let lock = match self.lock {
                Lock::None => "",
                Lock::Rows => dialect::FOR_UPDATE,
            };
            format!(
                "{} select * from unnest({}){}{lock}",
                self.before,
                arrays.join(", "),
                self.after
            )
            .into()
        });
        Arc::clone(made)
    }
}
