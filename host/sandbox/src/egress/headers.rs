//! Header fields both ways: what a guest may send, and how an answer's fields are
//! shown to it.

use std::collections::BTreeSet;

use http::{HeaderMap, HeaderName, HeaderValue};

/// Header fields of one request.
const FIELDS: usize = 64;
/// Bytes of one field's value.
const VALUE_BYTES: usize = 8_192;

/// Fields that belong to the connection or to the host, whatever a grant says.
const RESERVED: [&str; 18] = [
    "accept-encoding",
    "connection",
    "content-length",
    "cookie2",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
];

/// Whether a field belongs to the connection or to the host.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || name.starts_with("proxy-") || name.starts_with(':')
}

/// The guest's fields where every one of them is granted and lawful.
pub(crate) fn granted(
    fields: &[(String, String)],
    granted: &BTreeSet<String>,
    injected: &[(HeaderName, HeaderValue)],
) -> Result<HeaderMap, String> {
    if fields.len() > FIELDS {
        return Err(format!("{} header fields, at most {FIELDS}", fields.len()));
    }
    let mut map = HeaderMap::with_capacity(fields.len() + injected.len() + 2);
    for (name, value) in fields {
        if is_reserved(name)
            || injected
                .iter()
                .any(|(injected, _)| injected.as_str() == name)
        {
            return Err(format!("the header {name:?} is put in by the host"));
        }
        if !granted.contains(name) {
            return Err(format!("the header {name:?} is not granted"));
        }
        let lawful = value.len() <= VALUE_BYTES
            && value
                .bytes()
                .all(|byte| (0x20..0x7f).contains(&byte) || byte == b'\t');
        let parsed = (
            HeaderName::from_lowercase(name.as_bytes()),
            HeaderValue::from_str(value),
        );
        let (Ok(name), Ok(value), true) = (parsed.0, parsed.1, lawful) else {
            return Err(format!("the header {name:?} is not lawful"));
        };
        if map.insert(name, value).is_some() {
            return Err("a header stands there twice".to_owned());
        }
    }
    Ok(map)
}

/// An answer's fields, values as Latin-1. Fields of the connection are left out.
pub(crate) fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| {
            !matches!(
                name.as_str(),
                "connection" | "keep-alive" | "transfer-encoding"
            )
        })
        .map(|(name, value)| {
            let value = value
                .as_bytes()
                .iter()
                .map(|byte| char::from(*byte))
                .collect();
            (name.as_str().to_owned(), value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str) -> bool {
        let allowed = [
            "accept",
            "x-a",
            "host",
            "authorization",
            "x-bad name",
            "X-Upper",
        ];
        let allowed = allowed.map(str::to_owned).into();
        let injected = [(
            HeaderName::from_static("authorization"),
            HeaderValue::from_static("secret"),
        )];
        granted(&[(name.to_owned(), value.to_owned())], &allowed, &injected).is_ok()
    }

    #[test]
    fn only_granted_lawful_fields_pass() {
        assert!(check("accept", "application/json"));
        assert!(check("x-a", "a\tb"));
        assert!(!check("x-b", "not granted"));
        assert!(!check("host", "granted by mistake"));
        assert!(!check("authorization", "put in by the host"));
        assert!(!check("x-bad name", "a"));
        assert!(!check("X-Upper", "a"));
        for bad in ["a\r\nx-evil: 1", "a\nb", "a\0b", "水", "\u{7f}"] {
            assert!(!check("x-a", bad), "{bad:?}");
        }
        assert!(!check("x-a", &"a".repeat(VALUE_BYTES + 1)));
    }

    #[test]
    fn a_field_stands_once() {
        let twice = [
            ("accept".to_owned(), "a".to_owned()),
            ("accept".to_owned(), "b".to_owned()),
        ];
        assert!(granted(&twice, &["accept".to_owned()].into(), &[]).is_err());
    }

    #[test]
    fn values_are_shown_as_latin_1() {
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_bytes(b"\xe9").unwrap());
        headers.insert("connection", HeaderValue::from_static("close"));
        assert_eq!(shown(&headers), [("x-a".to_owned(), "é".to_owned())]);
    }
}
