//! JSON as billers write it. Billers add fields, send numbers as text and text
//! as numbers: a plugin looks up what it needs and says what is missing.

use crate::{Error, money};

pub use serde_json::{Value, json};

/// Reads JSON; half a body or anything else is an unreadable answer.
pub fn parse(bytes: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(bytes).map_err(|error| {
        Error::Answer(format!(
            "no JSON at line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}

/// Looking into a JSON value by the names of its members.
pub trait Lookup {
    /// The member; none where it is missing or null, or this is no object.
    fn member(&self, name: &str) -> Option<&Value>;

    /// A text that must be there; numbers are taken as their text.
    fn text(&self, name: &str) -> Result<String, Error>;

    /// A text that may be missing; an empty one counts as missing.
    fn text_or_none(&self, name: &str) -> Option<String>;

    /// A whole number that must be there, perhaps written as text.
    fn whole(&self, name: &str) -> Result<i64, Error>;

    /// An amount in the minor unit that must be there and not negative.
    fn minor(&self, name: &str) -> Result<i64, Error>;

    /// An amount as yuan text (`"86.50"`) that must be there, in fen.
    fn yuan(&self, name: &str) -> Result<i64, Error>;

    /// The elements of a list; none where it is missing.
    fn list(&self, name: &str) -> &[Value];
}

impl Lookup for Value {
    fn member(&self, name: &str) -> Option<&Value> {
        self.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<String, Error> {
        match self.member(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(missing(name, "text")),
        }
    }

    fn text_or_none(&self, name: &str) -> Option<String> {
        self.text(name).ok().filter(|text| !text.trim().is_empty())
    }

    fn whole(&self, name: &str) -> Result<i64, Error> {
        let value = self
            .member(name)
            .ok_or_else(|| missing(name, "whole number"))?;
        let number = value
            .as_i64()
            .or_else(|| value.as_str()?.trim().parse().ok());
        number.ok_or_else(|| missing(name, "whole number"))
    }

    fn minor(&self, name: &str) -> Result<i64, Error> {
        let amount = self.whole(name)?;
        if amount < 0 {
            Err(missing(name, "amount"))
        } else {
            Ok(amount)
        }
    }

    fn yuan(&self, name: &str) -> Result<i64, Error> {
        money::parse_yuan(&self.text(name)?).ok_or_else(|| missing(name, "amount in yuan"))
    }

    fn list(&self, name: &str) -> &[Value] {
        self.member(name)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

fn missing(name: &str, kind: &str) -> Error {
    Error::Answer(format!("`{name}` is no {kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_leniently_and_missed_strictly() {
        let value =
            json!({"a": 12, "b": "34", "c": null, "d": "8.5", "e": "", "f": [1], "g": 86.5});
        assert_eq!(value.whole("a"), Ok(12));
        assert_eq!(value.whole("b"), Ok(34));
        assert!(value.whole("c").is_err());
        assert!(value.whole("d").is_err());
        assert_eq!(value.text("a").unwrap(), "12");
        assert_eq!(value.yuan("d"), Ok(850));
        assert_eq!(value.yuan("g"), Ok(8650));
        assert_eq!(value.text_or_none("e"), None);
        assert_eq!(value.list("f").len(), 1);
        assert!(value.list("z").is_empty());
        assert!(json!("x").text("a").is_err());
        assert!(json!({"a": -1}).minor("a").is_err());
    }

    #[test]
    fn half_a_body_is_an_unreadable_answer() {
        assert!(matches!(parse(br#"{"code":"00"#), Err(Error::Answer(_))));
    }
}
