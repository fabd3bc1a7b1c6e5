//! Query strings and forms: `application/x-www-form-urlencoded` as browsers
//! write it (WHATWG URL, section 5).

use crate::Error;

/// Encodes parameters in the order given.
#[must_use]
pub fn encode(parameters: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in parameters {
        if !text.is_empty() {
            text.push('&');
        }
        push(&mut text, name, value);
    }
    text
}

pub(crate) fn push(text: &mut String, name: &str, value: &str) {
    push_escaped(text, name.as_bytes());
    text.push('=');
    push_escaped(text, value.as_bytes());
}

/// Percent-encodes everything but letters, digits and `-._*`. A space becomes
/// `%20`, which every reader takes, and not `+`.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::new();
    push_escaped(&mut escaped, text.as_bytes());
    escaped
}

fn push_escaped(text: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._*".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// Reads parameters in the order they came. A stray `%` and bytes that are no
/// UTF-8 are unreadable answers.
pub fn decode(text: &str) -> Result<Vec<(String, String)>, Error> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((unescape(name)?, unescape(value)?))
        })
        .collect()
}

fn unescape(text: &str) -> Result<String, Error> {
    let unreadable = || Error::answer("the form's escapes are wrong");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit(), digit());
                let (high, low) = high.zip(low).ok_or_else(unreadable)?;
                u8::try_from(high * 16 + low).map_err(|_| unreadable())?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_come_back_as_they_went() {
        let text = encode(&[("name", "张 三&=+%"), ("empty", "")]);
        assert_eq!(text, "name=%E5%BC%A0%20%E4%B8%89%26%3D%2B%25&empty=");
        let pairs = decode(&text).unwrap();
        assert_eq!(pairs[0], ("name".to_owned(), "张 三&=+%".to_owned()));
        assert_eq!(pairs[1], ("empty".to_owned(), String::new()));
        assert_eq!(decode("a=b+c&&d").unwrap().len(), 2);
    }

    #[test]
    fn wrong_escapes_are_refused() {
        for text in ["a=%", "a=%4", "a=%zz", "a=%FF"] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
