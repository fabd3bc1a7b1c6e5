//! The registry's log: entries are appended and read, never changed. What they
//! mean, and whether their checkpoints are right, is for others to see.

use super::{Statement, Store, StoreError};

/// Entries read at a time.
const PAGE: i64 = 2_000;

/// One entry as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Counts from 0.
    pub position: u64,
    /// The entry as it was hashed.
    pub entry: String,
    /// The signed tree head over the entries up to this one.
    pub checkpoint: String,
}

/// Whether entries were appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// All of them.
    Yes,
    /// None: others were appended meanwhile.
    Overtaken,
}

/// Each entry goes in only behind the very one it was signed behind; so of
/// several, none does where the first does not.
const APPEND: &str = "insert into registry_log (position, entry, checkpoint) \
    select $1, $2, $3 where $1 = 0 or exists \
    (select 1 from registry_log where position = $1 - 1 and checkpoint = $4) \
    on conflict (position) do nothing returning position";

impl Store {
    /// Appends entries behind the one with the checkpoint `after`; empty for the
    /// first entries of all.
    pub async fn append_to_log(
        &self,
        rows: &[LogRow],
        after: &str,
    ) -> Result<Appended, StoreError> {
        let mut statements = Vec::with_capacity(rows.len());
        let mut before = after;
        for row in rows {
            let position = i64::try_from(row.position).map_err(|_| StoreError::Shape(0))?;
            statements.push(Statement::new(
                APPEND,
                vec![
                    position.into(),
                    row.entry.as_str().into(),
                    row.checkpoint.as_str().into(),
                    before.into(),
                ],
            ));
            before = &row.checkpoint;
        }
        let written = self.write(statements).await?;
        let all = written.iter().all(|rows| rows.len() == 1);
        Ok(if all {
            Appended::Yes
        } else {
            Appended::Overtaken
        })
    }

    /// Entries from a position on, a page of them.
    pub async fn log_from(&self, position: u64) -> Result<Vec<LogRow>, StoreError> {
        let position = i64::try_from(position).map_err(|_| StoreError::Shape(0))?;
        let rows = self
            .fetch(
                "select position, entry, checkpoint from registry_log where position >= $1 \
                 order by position limit $2",
                &[position.into(), PAGE.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(LogRow {
                    position: u64::try_from(row.int(0)?).map_err(|_| StoreError::Shape(0))?,
                    entry: row.text(1)?.to_owned(),
                    checkpoint: row.text(2)?.to_owned(),
                })
            })
            .collect()
    }
}
