//! Runs a recorded call again and compares.

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The first difference; none where everything was the same.
    pub difference: Option<String>,
    /// Whether the recorded call was cut by the host, so that only its
    /// exchanges could be compared.
    pub interrupted: bool,
}

impl Replay {
    /// Whether everything was the same.
    #[must_use]
    pub const fn same(&self) -> bool {
        self.difference.is_none()
    }
}
