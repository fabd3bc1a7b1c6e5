//! What cargo-mutants would change, as `cargo mutants --list --json` tells it.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// One small change to the sources.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Mutant {
    /// Place and change in words; no two have the same.
    pub name: String,
    /// From the workspace's folder.
    pub file: String,
    /// Which kind of change.
    pub genre: Genre,
    /// What stands there instead; nothing where something is taken away.
    pub replacement: String,
    /// What is changed.
    pub span: Span,
}

/// Kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
pub enum Genre {
    /// A function gives some value at once.
    FnValue,
    /// Another operator between two operands.
    BinaryOperator,
    /// No operator before an operand.
    UnaryOperator,
    /// A match arm's condition is always or never met.
    MatchArmGuard,
    /// A match arm is gone.
    MatchArm,
    /// A field comes from the base of a struct expression.
    StructField,
    /// Of a later version.
    #[serde(other)]
    Other,
}

/// From a place up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Span {
    /// The first character.
    pub start: Place,
    /// Behind the last one.
    pub end: Place,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl From<proc_macro2::LineColumn> for Place {
    fn from(place: proc_macro2::LineColumn) -> Self {
        Self {
            line: place.line,
            column: place.column + 1,
        }
    }
}

impl Mutant {
    /// The text with this change alone.
    pub fn apply(&self, text: &str) -> Option<String> {
        let (start, end) = (self.span.start.offset(text)?, self.span.end.offset(text)?);
        let (before, behind) = (text.get(..start)?, text.get(end..)?);
        Some(format!("{before}{}{behind}", self.replacement))
    }
}

impl Place {
    fn offset(self, text: &str) -> Option<usize> {
        let line = text.split_inclusive('\n').take(self.line.checked_sub(1)?);
        let begin: usize = line.map(str::len).sum();
        let rest = text.get(begin..)?.chars().take(self.column.checked_sub(1)?);
        Some(begin + rest.map(char::len_utf8).sum::<usize>())
    }
}

/// Reads a list.
pub fn read(path: &Path) -> Result<Vec<Mutant>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}
