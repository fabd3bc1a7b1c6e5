//! A page of a list, as rooms give it to the doors.

use serde::{Deserialize, Serialize};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Comes back for the next page; none at the end.
    pub next_cursor: Option<String>,
}
