//! Form-encoded parameters: reading, writing, and the text that is signed.

use std::collections::BTreeMap;

use crate::code::Code;

/// Parameters that a request may have: 50 items of three and some more.
const COUNT_LIMIT: usize = 256;

/// Parameters sorted by name, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads a body; none where it is not form-encoded UTF-8, names a parameter
    /// twice, or has too many.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let mut map = BTreeMap::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=')?;
            let before = map.insert(decode(name)?, decode(value)?);
            if before.is_some() || map.len() > COUNT_LIMIT {
                return None;
            }
        }
        Some(Self(map))
    }

    /// A value, or none where it is missing or empty.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// A value that must be there.
    pub(super) fn text(&self, name: &str) -> Result<String, Code> {
        self.find(name).ok_or(Code::BadRequest)
    }

    /// Adds a value; empty ones are left out.
    pub(super) fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.0.insert(name.into(), value);
        }
    }

    /// `name=value` joined by `&`, without `sign` and empty values.
    pub(super) fn signed_text(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            if name == "sign" || value.is_empty() {
                continue;
            }
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(name);
            text.push('=');
            text.push_str(value);
        }
        text
    }

    /// The body.
    pub(super) fn encode(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            if !text.is_empty() {
                text.push('&');
            }
            encode_into(name, &mut text);
            text.push('=');
            encode_into(value, &mut text);
        }
        text
    }
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                (high * 16 + low) as u8
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn encode_into(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'.' | b'_' | b'*' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_back_as_written() {
        let mut parameters = Parameters::default();
        parameters.put("name", "张* & 李=四+1");
        parameters.put("empty", "");
        let read = Parameters::read(parameters.encode().as_bytes()).unwrap();
        assert_eq!(read.find("name").as_deref(), Some("张* & 李=四+1"));
        assert_eq!(read.find("empty"), None);
        assert_eq!(read.signed_text(), "name=张* & 李=四+1");
    }

    #[test]
    fn malformed_bodies_are_refused() {
        for body in [&b"a"[..], b"a=1&a=2", b"a=%", b"a=%zz", b"a=%ff", b"\xff=1"] {
            assert!(Parameters::read(body).is_none(), "{body:?}");
        }
    }
}
