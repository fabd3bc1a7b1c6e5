//! Set-based statements: one text over a list of rows. Lists are cut into
//! powers of two, so that a few prepared statements serve every length.

use std::sync::{Arc, OnceLock};

use super::database::{Connection, Text};
use super::value::{Row, Value};
use super::{StoreError, dialect};

/// The longest list of one statement: 2^7 rows.
const SIZES: usize = 8;

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
    texts: [OnceLock<Arc<str>>; SIZES],
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
            texts: [const { OnceLock::new() }; SIZES],
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

    /// The text without a lock is the same for both databases and kept.
    fn text(&self, connection: &Connection, power: usize) -> Arc<str> {
        let build = || {
            let mut text = String::from(self.before);
            text.push_str(" values ");
            let mut number = 0;
            for row in 0..1_usize << power {
                text.push_str(if row == 0 { "(" } else { ", (" });
                for column in 0..self.columns {
                    number += 1;
                    if column > 0 {
                        text.push_str(", ");
                    }
                    text.push('$');
                    text.push_str(&number.to_string());
                }
                text.push(')');
            }
            text.push_str(self.after);
            Arc::from(text)
        };
        let text: &Arc<str> = self.texts[power].get_or_init(build);
        match (self.lock, dialect::for_update(connection)) {
            (Lock::None, _) | (Lock::Rows, "") => Arc::clone(text),
            (Lock::Rows, suffix) => Arc::from(format!("{text}{suffix}")),
        }
    }
}
