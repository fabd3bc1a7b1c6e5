//! A sentence in both languages, for problems that are made before the
//! reader's language is known.

use crate::language::Language;

/// A text in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    chinese: String,
    english: String,
}

impl Text {
    /// Both versions.
    pub fn new(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Self {
            chinese: chinese.into(),
            english: english.into(),
        }
    }

    /// A text that is already in the reader's language, such as a biller's own.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            chinese: text.clone(),
            english: text,
        }
    }

    /// The version in `language`.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        language.pick(&self.chinese, &self.english)
    }
}
