//! The peer: the same texts in a plain table of the same database, with the same
//! settings.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::sqlite;
use crate::statistics::per_second;

/// Rows in a second with so many in one commit.
pub(crate) fn append(file: &Path, texts: &[String], together: usize) -> Result<f64> {
    let mut connection = sqlite::open(file)?;
    connection.execute_batch(
        "create table if not exists acts (position integer primary key, entry text)",
    )?;
    let begun = Instant::now();
    for some in texts.chunks(together) {
        let transaction = connection.transaction()?;
        for text in some {
            transaction
                .prepare_cached("insert into acts (entry) values (?1)")?
                .execute([text])?;
        }
        transaction.commit()?;
    }
    Ok(per_second(texts.len(), begun.elapsed()))
}
