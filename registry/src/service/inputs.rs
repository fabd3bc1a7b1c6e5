//! What a citizen fills in: a subset of JSON Schema 2020-12 with drawing hints
//! under `x-guichet`, from which any front draws the form. Checking filled-in
//! values against it is the host's work.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use super::mask::MaskRule;
use crate::texts::Texts;

/// The form as an object schema. `additionalProperties` is always false.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSchema {
    /// Always `object`.
    #[serde(rename = "type")]
    pub object: ObjectType,
    /// The fields by name; they are drawn by `x-guichet.order`, then by name.
    pub properties: BTreeMap<InputName, Property>,
    /// Fields that must be filled in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub required: BTreeSet<InputName>,
    /// Always false.
    #[serde(rename = "additionalProperties", default)]
    pub additional: Closed,
}

/// The text `object`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectType {
    /// A JSON object.
    Object,
}

/// The value `false`: an unknown field is refused, not ignored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Closed;

impl Serialize for Closed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(false)
    }
}

impl<'de> Deserialize<'de> for Closed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match bool::deserialize(deserializer)? {
            false => Ok(Self),
            true => Err(serde::de::Error::custom(
                "additionalProperties is false or left out",
            )),
        }
    }
}

/// Name of an input.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct InputName(Box<str>);

impl InputName {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no input's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an input is named with 1 to 40 of a-z, 0-9, _ and -, beginning with a letter")]
pub struct InputNameError;

impl FromStr for InputName {
    type Err = InputNameError;

    fn from_str(text: &str) -> Result<Self, InputNameError> {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
        };
        let begins = text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        if begins && text.len() <= 40 && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(InputNameError)
        }
    }
}

impl std::borrow::Borrow<str> for InputName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for InputName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One field. Which keywords go with which type is checked on admission.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Property {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: PropertyType,
    /// Strings: a regular expression with `^` and `$`, of the common subset of
    /// ECMA 262 and RE2, without `\d`, `\w`, `\s` and `\b`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Box<str>>,
    /// Strings: at least so many characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// Strings: at most so many characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// Strings: a known shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<TextFormat>,
    /// Strings: one of these; `x-guichet.choices` says what they mean.
    #[serde(rename = "enum", default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Box<str>>,
    /// Integers: at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<i64>,
    /// Integers: at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
    /// How it is drawn.
    #[serde(rename = "x-guichet")]
    pub hints: Hints,
}

/// Types of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PropertyType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
}

/// Known shapes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextFormat {
    /// ISO 8601: `2026-11-21`.
    Date,
}

/// How a field is drawn and handled by any front.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hints {
    /// Its label.
    pub label: Texts,
    /// Where the citizen finds it, for example on the paper bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Texts>,
    /// An example inside the empty field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<Texts>,
    /// Which keys a screen keyboard shows.
    #[serde(default)]
    pub keyboard: Keyboard,
    /// How it is shown once it is filled in; none: as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<MaskRule>,
    /// Position; the smallest comes first.
    #[serde(default)]
    pub order: u16,
    /// What a camera can read instead of typing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Scan>,
    /// Whether a front may offer to keep it for the next time.
    #[serde(default)]
    pub remember: bool,
    /// What the values of `enum` are called.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<Box<str>, Texts>,
}

/// Screen keyboards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keyboard {
    /// Any text.
    #[default]
    Text,
    /// 0 to 9.
    Digits,
    /// Digits and a decimal point.
    Decimal,
    /// Telephone numbers.
    Telephone,
    /// Latin letters and digits.
    Latin,
    /// Vehicle plates: a province's character, then letters and digits.
    Plate,
    /// Digits and X.
    IdentityNumber,
    /// A calendar.
    Date,
    /// E-mail addresses.
    Email,
}

/// What a camera reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scan {
    /// A one-dimensional code on a paper bill.
    Barcode,
    /// A two-dimensional code.
    Qr,
    /// Printed characters.
    Text,
    /// An identity card.
    IdentityCard,
    /// A vehicle plate.
    Plate,
}
