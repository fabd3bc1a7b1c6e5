//! JSON (RFC 8259) as billers write it. Billers add fields, send numbers as text
//! and text as numbers: a plugin looks up what it needs and says what is missing.
//! Numbers stay the text they were, so that no amount goes through a float.

mod read;
#[cfg(test)]
mod tests;
mod write;

use crate::{Error, money};

/// Anything JSON can say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it stands in the text.
    Number(String),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Names and values in order.
    Object(Vec<(String, Value)>),
}

/// Reads JSON; half a body or anything else is an unreadable answer.
pub fn parse(bytes: &[u8]) -> Result<Value, Error> {
    read::document(bytes).ok_or_else(|| Error::answer("the body is no JSON"))
}

impl Value {
    /// An object.
    #[must_use]
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::collect(&mut members.into_iter())
    }

    /// One function for objects of every size keeps components small.
    fn collect(members: &mut dyn Iterator<Item = (&str, Self)>) -> Self {
        Self::Object(
            members
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// Sets a member of an object; of anything else, nothing.
    pub fn set(&mut self, name: &str, value: Self) {
        if let Self::Object(members) = self {
            members.retain(|(present, _)| present != name);
            members.push((name.to_owned(), value));
        }
    }

    /// The shortest text that says it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        write::push(&mut text, self);
        text
    }

    /// The member; none where it is missing or null, or this is no object. Of
    /// members with the same name the last one counts.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let (_, value) = members.iter().rev().find(|(present, _)| present == name)?;
        (*value != Self::Null).then_some(value)
    }

    /// A text that must be there; numbers are taken as their text.
    pub fn text(&self, name: &str) -> Result<String, Error> {
        let text = self.member(name).and_then(Self::as_text);
        text.map(str::to_owned).ok_or_else(|| missing(name))
    }

    /// A text that may be missing; an empty one counts as missing.
    #[must_use]
    pub fn text_or_none(&self, name: &str) -> Option<String> {
        self.text(name).ok().filter(|text| !text.trim().is_empty())
    }

    /// A whole number that must be there, perhaps written as text.
    pub fn whole(&self, name: &str) -> Result<i64, Error> {
        self.member(name)
            .and_then(Self::as_whole)
            .ok_or_else(|| missing(name))
    }

    /// An amount in the minor unit that must be there and not negative.
    pub fn minor(&self, name: &str) -> Result<i64, Error> {
        let amount = self.whole(name)?;
        if amount < 0 {
            Err(missing(name))
        } else {
            Ok(amount)
        }
    }

    /// An amount in yuan (`"86.50"`) that must be there, in fen.
    pub fn yuan(&self, name: &str) -> Result<i64, Error> {
        money::parse_yuan(&self.text(name)?).ok_or_else(|| missing(name))
    }

    /// The elements of a member that is a list; none where there is no such one.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Self] {
        self.member(name).map(Self::elements).unwrap_or_default()
    }

    /// The elements of this list; none where it is anything else.
    #[must_use]
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            _ => &[],
        }
    }

    /// This text, or this number as text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// This whole number, perhaps written as text.
    #[must_use]
    pub fn as_whole(&self) -> Option<i64> {
        self.as_text()?.trim().parse().ok()
    }
}

fn missing(name: &str) -> Error {
    Error::Answer(["`", name, "` is missing or wrong"].concat())
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<Vec<Self>> for Value {
    fn from(elements: Vec<Self>) -> Self {
        Self::List(elements)
    }
}
