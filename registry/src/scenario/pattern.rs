//! Texts with places that cannot be the same twice. `{{any}}` stands for
//! anything, `{{reference}}`, `{{reversal}}` and `{{sequence}}` for the
//! payment's own. Everything else is matched byte for byte.

use std::fmt;
use std::str::FromStr;

use guichet_domain::id::RecordId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Any,
    Reference,
    Reversal,
    Sequence,
}

/// A placeholder that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{{{{{0}}}}} means nothing here; there are {{{{any}}}}, {{{{reference}}}}, {{{{reversal}}}} and {{{{sequence}}}}"
)]
pub struct PatternError(String);

/// What placeholders stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// The payment's id.
    pub reference: RecordId,
    /// The reversal's id.
    pub reversal: RecordId,
    /// The payment as a number.
    pub sequence: u64,
}

impl Pattern {
    /// The text as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a part of it may be anything.
    #[must_use]
    pub fn has_any(&self) -> bool {
        self.pieces.contains(&Piece::Any)
    }

    /// A text without placeholders, whatever it looks like.
    #[must_use]
    pub(super) fn from_literal(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            pieces: (!text.is_empty())
                .then(|| Piece::Text(text.to_owned()))
                .into_iter()
                .collect(),
        }
    }

    /// Whether it has no placeholder.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.pieces
            .iter()
            .all(|piece| matches!(piece, Piece::Text(_)))
    }

    /// The text with its values put in; `{{any}}` becomes nothing.
    #[must_use]
    pub fn fill(&self, values: &Values) -> String {
        self.parts(values).concat()
    }

    /// The fixed parts between the places that may be anything.
    #[must_use]
    pub fn parts(&self, values: &Values) -> Vec<String> {
        let mut parts = vec![String::new()];
        for piece in &self.pieces {
            let text = match piece {
                Piece::Any => {
                    parts.push(String::new());
                    continue;
                }
                Piece::Text(text) => text.clone(),
                Piece::Reference => values.reference.to_string(),
                Piece::Reversal => values.reversal.to_string(),
                Piece::Sequence => values.sequence.to_string(),
            };
            if let Some(last) = parts.last_mut() {
                last.push_str(&text);
            }
        }
        parts
    }

    /// Whether a text is one that the pattern describes.
    #[must_use]
    pub fn matches(&self, text: &str, values: &Values) -> bool {
        let parts = self.parts(values);
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        parts_match(&parts, text.as_bytes())
    }
}

/// Whether bytes consist of the parts in their order, with anything between.
pub(super) fn parts_match(parts: &[&[u8]], bytes: &[u8]) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.first().is_some_and(|only| *only == bytes);
    };
    let Some(mut rest) = bytes.strip_prefix(*first) else {
        return false;
    };
    for part in middle {
        match find(rest, part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    bytes.windows(part.len()).position(|window| window == part)
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, after) = rest.split_at(start);
            literal.push_str(before);
            let Some(name) = placeholder(after) else {
                literal.push('{');
                rest = &after[1..];
                continue;
            };
            let piece = match name {
                "any" => Piece::Any,
                "reference" => Piece::Reference,
                "reversal" => Piece::Reversal,
                "sequence" => Piece::Sequence,
                other => return Err(PatternError(other.to_owned())),
            };
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            pieces.push(piece);
            rest = &after[name.len() + 4..];
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        let text = text.to_owned();
        Ok(Self { text, pieces })
    }
}

/// The name in `{{name}}` at the text's beginning. JSON that happens to nest
/// two braces has no such name in it.
fn placeholder(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("{{")?;
    let (name, _) = inner.split_once("}}")?;
    let lawful =
        !name.is_empty() && name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase());
    lawful.then_some(name)
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
