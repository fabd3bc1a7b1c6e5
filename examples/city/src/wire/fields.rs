//! Reading fields of a JSON object, and amounts in fen or yuan.

use serde_json::{Map, Value};

use crate::code::Code;

/// Longest text in a field.
const TEXT_LIMIT_BYTES: usize = 4_096;

/// A JSON object whose fields are asked for by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Code> {
        serde_json::from_slice(body)
            .map(Self)
            .map_err(|_| Code::BadRequest)
    }

    /// A text, or none where it is missing, null or empty.
    pub(crate) fn find(&self, name: &str) -> Option<String> {
        let text = self.0.get(name)?.as_str()?;
        (!text.is_empty() && text.len() <= TEXT_LIMIT_BYTES).then(|| text.to_owned())
    }

    /// A text that must be there.
    pub(crate) fn text(&self, name: &str) -> Result<String, Code> {
        self.find(name).ok_or(Code::BadRequest)
    }

    /// An amount in fen that must be there.
    pub(crate) fn fen(&self, name: &str) -> Result<i64, Code> {
        self.0
            .get(name)
            .and_then(Value::as_i64)
            .ok_or(Code::BadRequest)
    }

    /// A whole number, or none.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    /// The objects of a list that must be there.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<Self>, Code> {
        let list = self
            .0
            .get(name)
            .and_then(Value::as_array)
            .ok_or(Code::BadRequest)?;
        list.iter()
            .map(|one| one.as_object().cloned().map(Self).ok_or(Code::BadRequest))
            .collect()
    }

    /// An object within, which must be there.
    pub(crate) fn object(&self, name: &str) -> Result<Self, Code> {
        let object = self.0.get(name).and_then(Value::as_object).cloned();
        object.map(Self).ok_or(Code::BadRequest)
    }
}

/// `86.50` for 8650 fen.
pub(crate) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// Reads `86.50` as 8650 fen: two decimals, no sign.
pub(crate) fn fen(yuan: &str) -> Option<i64> {
    let (whole, cents) = yuan.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(cents) || cents.len() != 2 {
        return None;
    }
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(cents.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_and_read_back() {
        for (amount, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (8_650, "86.50"),
            (1_000_000, "10000.00"),
        ] {
            assert_eq!(yuan(amount), text);
            assert_eq!(fen(text), Some(amount));
        }
        assert_eq!(yuan(-305), "-3.05");
        for text in [
            "",
            "1",
            "1.5",
            ".50",
            "-1.00",
            "1.000",
            "99999999999999999999.00",
            "1.5a",
        ] {
            assert_eq!(fen(text), None, "{text}");
        }
    }
}
