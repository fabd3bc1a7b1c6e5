//! Cursors: where a page ended, by rank and code, so that a changed catalogue
//! neither repeats nor skips what has not moved.

use guichet_domain::id::ServiceCode;

/// The place of an item in a result: higher scores first, then codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) score: u32,
    pub(super) code: ServiceCode,
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this list gave: begin without one")]
pub struct CursorError;

impl Cursor {
    pub(super) fn read(text: &str) -> Result<Self, CursorError> {
        let (score, code) = text.split_once('.').ok_or(CursorError)?;
        let lawful = !score.starts_with('+');
        Ok(Self {
            score: score.parse().ok().filter(|_| lawful).ok_or(CursorError)?,
            code: code.parse().map_err(|_| CursorError)?,
        })
    }

    pub(super) fn write(&self) -> String {
        format!("{}.{}", self.score, self.code)
    }

    /// Whether an item comes after it.
    pub(super) fn is_before(&self, score: u32, code: &str) -> bool {
        score < self.score || (score == self.score && code > self.code.as_str())
    }
}
