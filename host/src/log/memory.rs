//! What this node remembers of the log beside the database: the last tree head
//! it has seen. A log that was cut back, or begun anew, does not lead to it.

use std::io::ErrorKind;

use guichet_registry::checkpoint::SignedCheckpoint;

use super::{Log, LogError};

impl Log {
    /// Whether the log leads to the tree head that was seen last.
    pub(super) fn compare_with_memory(&self) -> Result<(), LogError> {
        let text = match std::fs::read_to_string(&self.0.memory) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.memory_failed(error)),
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

    /// Remembers the tree head of now.
    pub(super) fn remember(&self) -> Result<(), LogError> {
        let text = self.state().checkpoint.clone();
        if text.is_empty() {
            return Ok(());
        }
        let half = self
            .0
            .memory
            .with_extension(format!("{}.part", std::process::id()));
        std::fs::write(&half, text)
            .and_then(|()| std::fs::rename(&half, &self.0.memory))
            .map_err(|error| self.memory_failed(error))
    }

    fn memory_failed(&self, error: std::io::Error) -> LogError {
        LogError::Memory(self.0.memory.display().to_string(), error)
    }
}
