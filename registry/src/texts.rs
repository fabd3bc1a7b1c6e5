//! Texts for people in several languages. Choosing one for a caller happens
//! here; drawing it does not.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Languages in which every text must stand.
pub const REQUIRED_LANGUAGES: [&str; 2] = ["zh-CN", "en"];
/// The longest text, in bytes.
const TEXT_LIMIT_BYTES: usize = 4_000;
/// The most languages of one text.
const LANGUAGE_LIMIT: usize = 32;

/// One text by BCP 47 language tag, sorted by tag; `zh-CN` and `en` are always
/// there. A catalogue holds very many of them, so they take little space.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Texts(Box<[Pair]>);

/// Tag and text.
type Pair = (Box<str>, Box<str>);

/// Why texts were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextsError {
    /// A required language is missing.
    #[error("the text in {0} is missing: every text stands at least in zh-CN and en")]
    Missing(&'static str),
    /// A text without a visible character, or with control characters.
    #[error("the text in {0} is empty, or holds control characters: write plain text")]
    Unreadable(String),
    /// A text beyond the limit.
    #[error("the text in {0} is longer than 4,000 bytes: shorten it")]
    TooLong(String),
    /// Something that is not a language tag.
    #[error("{0:?} is no language tag: write one such as zh-CN, en or ug-Arab")]
    Tag(String),
    /// More languages than any text needs.
    #[error("a text has more than 32 languages")]
    TooMany,
}

impl Texts {
    /// Takes the texts where the required languages are there.
    pub fn new(texts: BTreeMap<Box<str>, Box<str>>) -> Result<Self, TextsError> {
        if texts.len() > LANGUAGE_LIMIT {
            return Err(TextsError::TooMany);
        }
        for (tag, text) in &texts {
            check_text(tag, text)?;
        }
        let missing = |tag: &&&str| !texts.contains_key(**tag);
        match REQUIRED_LANGUAGES.iter().find(missing) {
            Some(tag) => Err(TextsError::Missing(tag)),
            None => Ok(Self(texts.into_iter().collect())),
        }
    }

    /// The usual pair.
    pub fn of(chinese: &str, english: &str) -> Result<Self, TextsError> {
        Self::new(
            [
                ("zh-CN".into(), chinese.into()),
                ("en".into(), english.into()),
            ]
            .into(),
        )
    }

    /// The text that suits `locale` best: the same tag, else the same language,
    /// else English, which every text has.
    #[must_use]
    pub fn in_locale(&self, locale: &str) -> &str {
        let language = |tag: &str| {
            tag.split('-')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let wanted = language(locale);
        self.get(locale)
            .or_else(|| {
                self.iter()
                    .find(|(tag, _)| language(tag) == wanted)
                    .map(|(_, text)| text)
            })
            .unwrap_or_else(|| self.english())
    }

    /// The text in simplified Chinese.
    #[must_use]
    pub fn chinese(&self) -> &str {
        self.required("zh-CN")
    }

    /// The text in English.
    #[must_use]
    pub fn english(&self) -> &str {
        self.required("en")
    }

    /// All pairs of tag and text, sorted by tag.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, text)| (&**tag, &**text))
    }

    fn required(&self, tag: &str) -> &str {
        self.get(tag)
            .expect("texts are made with their required languages")
    }

    fn get(&self, tag: &str) -> Option<&str> {
        self.iter()
            .find(|(name, _)| *name == tag)
            .map(|(_, text)| text)
    }
}

fn check_text(tag: &str, text: &str) -> Result<(), TextsError> {
    if !is_language_tag(tag) {
        return Err(TextsError::Tag(tag.to_owned()));
    }
    if text.len() > TEXT_LIMIT_BYTES {
        return Err(TextsError::TooLong(tag.to_owned()));
    }
    let control = |character: char| character.is_control() && character != '\n';
    if text.trim().is_empty() || text.chars().any(control) {
        return Err(TextsError::Unreadable(tag.to_owned()));
    }
    Ok(())
}

fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && tag.len() <= 35
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer)
            .and_then(|texts| Self::new(texts).map_err(serde::de::Error::custom))
    }
}

#[cfg(test)]
mod tests;
