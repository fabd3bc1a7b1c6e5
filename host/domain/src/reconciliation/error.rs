//! What is wrong with a day file, where, and how to mend it.

use std::borrow::Cow;

/// A day file that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}; {mend}")]
pub struct FileError {
    /// Counts from 1.
    pub line: u32,
    /// Of the character at which it begins, from 1.
    pub column: u32,
    /// What is wrong.
    pub problem: Cow<'static, str>,
    /// What to do about it.
    pub mend: Cow<'static, str>,
}

impl FileError {
    /// An error at a place.
    pub(super) fn at(
        (line, column): (u32, u32),
        problem: impl Into<Cow<'static, str>>,
        mend: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            line,
            column,
            problem: problem.into(),
            mend: mend.into(),
        }
    }
}
