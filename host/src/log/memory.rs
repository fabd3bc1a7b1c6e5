//! What this node remembers of the log beside the database: the last tree head
//! it has seen. A log that was cut back, or begun anew, does not lead to it.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::PoisonError;

use guichet_registry::checkpoint::SignedCheckpoint;

use super::{Log, LogError};

impl Log {
    /// Whether the log leads to the tree head that was seen last.
    pub(super) fn compare_with_memory(&self) -> Result<(), LogError> {
        let Some(text) = read_note(&self.0.memory)? else {
            return Ok(());
        };
        let state = self.state();
        let size = state.tree.size();
        let altered = |problem: &str| LogError::Altered {
            position: size,
            problem: format!(
                "{problem}; if the database was restored on purpose, compare it with the backup \
                 and remove {}",
                self.0.memory.display()
            ),
        };
        let seen = SignedCheckpoint::parse(&text)
            .map_err(|_| altered("the tree head that was seen last does not read"))?;
        let seen = seen.unverified();
        match state.tree.root_at(seen.size()) {
            Some(root) if root == seen.root() => Ok(()),
            Some(_) => Err(altered("it is not the log that this node has seen before")),
            None => Err(altered("entries that this node has seen are missing")),
        }
    }

    /// Remembers the tree head of now. One task writes at a time, and never an
    /// older head over a newer one.
    pub(super) fn remember(&self) -> Result<(), LogError> {
        let memory = &self.0.memory;
        let mut remembered = self
            .0
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (size, text) = {
            let state = self.state();
            (state.tree.size(), state.checkpoint.clone())
        };
        if size == *remembered {
            return Ok(());
        }
        write_note(memory, &text)?;
        *remembered = size;
        Ok(())
    }
}

/// A file that remembers a tree head cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the file {0}: {1}")]
pub struct NoteError(String, std::io::Error);

/// The tree head that a file remembers; none where there is no file.
pub(crate) fn read_note(path: &Path) -> Result<Option<String>, NoteError> {
    match std::fs::read_to_string(path) {
        // A loss of power may leave the name and nothing under it: it is not worth
        // a forced write for every entry. That is as if there were no file.
        Ok(text) if text.trim_matches('\0').trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(NoteError(path.display().to_string(), error)),
    }
}

/// Remembers a tree head: the file holds the old one or the new one, never half.
pub(crate) fn write_note(path: &Path, text: &str) -> Result<(), NoteError> {
    let half = path.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&half, text)
        .and_then(|()| std::fs::rename(&half, path))
        .map_err(|error| NoteError(path.display().to_string(), error))
}
