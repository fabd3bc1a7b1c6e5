//! The canonical form of JSON (RFC 8785), by which bodies are compared and
//! digests are made. Numbers are whole in this house; others keep the shortest
//! form that reads back the same.

use aws_lc_rs::digest::{SHA256, digest};
use guichet_domain::Digest;
use serde_json::Value;

/// The canonical text.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// SHA-256 of the canonical text.
#[must_use]
pub fn canonical_digest(value: &Value) -> Digest {
    sha256(&[canonical(value).as_bytes()])
}

/// SHA-256 over parts, each preceded by its length, so that no two lists of
/// parts read the same; a single part is hashed as it is.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let mut bytes = [0; 32];
    let hashed = match parts {
        [one] => digest(&SHA256, one),
        several => {
            let mut all: Vec<u8> = Vec::new();
            for part in several {
                all.extend((part.len() as u64).to_be_bytes());
                all.extend_from_slice(part);
            }
            digest(&SHA256, &all)
        }
    };
    bytes.copy_from_slice(hashed.as_ref());
    Digest::from_bytes(bytes)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            // serde_json escapes exactly what RFC 8785 asks for.
            text.push_str(&value.to_string());
        }
        Value::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            // The standard sorts by UTF-16 code units.
            names.sort_by(|left, right| left.encode_utf16().cmp(right.encode_utf16()));
            text.push('{');
            for (position, name) in names.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(name.clone()).to_string());
                text.push(':');
                write(&fields[name], text);
            }
            text.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_spaces_do_not_matter_and_content_does() {
        let one: Value =
            serde_json::from_str(r#"{"b": [1, {"d": 2, "c": "\u00e9\n"}], "a": null}"#).unwrap();
        let two: Value =
            serde_json::from_str(r#"{"a":null,"b":[1,{"c":"é\u000a","d":2}]}"#).unwrap();
        assert_eq!(
            canonical(&one),
            "{\"a\":null,\"b\":[1,{\"c\":\"é\\n\",\"d\":2}]}"
        );
        assert_eq!(canonical_digest(&one), canonical_digest(&two));
        let three: Value = serde_json::from_str(r#"{"a":null,"b":[{"c":"é\n","d":2},1]}"#).unwrap();
        assert_ne!(canonical_digest(&one), canonical_digest(&three));
    }

    #[test]
    fn names_are_sorted_by_utf16() {
        // U+1F600 begins with the unit D83D, below U+FB33.
        let value: Value = serde_json::from_str(r#"{"\ufb33":1,"\ud83d\ude00":2}"#).unwrap();
        assert_eq!(canonical(&value), "{\"\u{1f600}\":2,\"\u{fb33}\":1}");
    }
}
