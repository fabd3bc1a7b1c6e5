//! Remembers the last bill query in the data folder, so that the next command
//! can be pasted without an id. A convenience: nothing depends on it.

use std::path::Path;

use super::exit::Failure;

const NAME: &str = "last-bill-query";

/// Remembers a query; a folder that cannot be written to remembers nothing.
pub(super) fn remember(data: &Path, query: &str) {
    let _forgotten = std::fs::write(data.join(NAME), query);
}

/// The query that was remembered.
pub(super) fn recall(data: &Path) -> Result<String, Failure> {
    let found = std::fs::read_to_string(data.join(NAME)).unwrap_or_default();
    let id = found.trim();
    if id.is_empty() {
        return Err(Failure::Usage(
            "no bill query was made from here yet: `guichet bills query` makes one".to_owned(),
        ));
    }
    Ok(super::segment(id)?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_recalled() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(recall(folder.path()), Err(Failure::Usage(_))));
        remember(folder.path(), "bq_1");
        assert_eq!(recall(folder.path()).unwrap(), "bq_1");
        remember(&folder.path().join("missing"), "bq_2");
    }
}
