//! Form encoding (WHATWG URL, section 5) and percent encoding of path segments.
//! It works on bytes, because a parameter may be in any character set; turning
//! text into bytes and back is the caller's.

use crate::error::Fault;

/// Parameters of one answer; more is no answer of a biller.
const PARAMETER_LIMIT: usize = 4_096;

/// Appends a name or a value, everything but letters, digits and `-._*` escaped.
pub fn escape(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                out.push(char::from(*byte));
            }
            b' ' => out.push('+'),
            other => escape_byte(*other, out),
        }
    }
}

fn escape_byte(byte: u8, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// Appends a value as one path segment. What could leave its segment is refused
/// rather than escaped: the host refuses such escapes too, since servers differ.
pub fn escape_segment(value: &str, out: &mut String) -> Result<(), Fault> {
    if value
        .chars()
        .any(|character| character.is_control() || matches!(character, '/' | '\\' | '%'))
    {
        return Err(Fault::value(
            "has a character that a path segment cannot hold (/ \\ % or a control character)",
        ));
    }
    if matches!(value, "" | "." | "..") {
        return Err(Fault::value(
            "cannot stand as a path segment: empty, . or ..",
        ));
    }
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            other => escape_byte(other, out),
        }
    }
    Ok(())
}

/// A name and a value, decoded but in whatever character set they came.
pub type Parameter = (Vec<u8>, Vec<u8>);

/// Splits an encoded text into names and values as bytes, in their order.
pub fn parse(bytes: &[u8]) -> Result<Vec<Parameter>, Fault> {
    let mut parameters = Vec::new();
    for part in bytes.trim_ascii().split(|byte| *byte == b'&') {
        if part.is_empty() {
            continue;
        }
        if parameters.len() >= PARAMETER_LIMIT {
            return Err(Fault::value("has too many parameters"));
        }
        let split = part.iter().position(|byte| *byte == b'=');
        let Some(split) = split else {
            return Err(Fault::value("is no form: a parameter without ="));
        };
        parameters.push((unescape(&part[..split])?, unescape(&part[split + 1..])?));
    }
    Ok(parameters)
}

fn unescape(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = match tail {
                    [high, low, ..] => hex_digit(*high).zip(hex_digit(*low)),
                    _ => None,
                };
                let Some((high, low)) = digits else {
                    return Err(Fault::value("is no form: % without two digits"));
                };
                out.push(high << 4 | low);
                rest = &tail[2..];
            }
            other => out.push(*other),
        }
    }
    Ok(out)
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_comes_back() {
        let mut out = String::new();
        escape("a&b=c %+水".as_bytes(), &mut out);
        assert_eq!(out, "a%26b%3Dc+%25%2B%E6%B0%B4");
        let parsed = parse(format!("x={out}&y=").as_bytes()).expect("a form");
        assert_eq!(parsed[0], (b"x".to_vec(), "a&b=c %+水".as_bytes().to_vec()));
        assert_eq!(parsed[1], (b"y".to_vec(), Vec::new()));
    }

    #[test]
    fn broken_forms_are_refused() {
        for text in ["a", "a=%", "a=%4", "a=%zz", "%=1"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_segment_stays_one_segment() {
        for value in ["", ".", "..", "a/b", "a\\b", "a%2fb", "a\nb"] {
            assert!(
                escape_segment(value, &mut String::new()).is_err(),
                "{value:?}"
            );
        }
        let mut out = String::new();
        escape_segment("浙A;?#1", &mut out).expect("fits");
        assert_eq!(out, "%E6%B5%99A%3B%3F%231");
    }
}
