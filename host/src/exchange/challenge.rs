//! What a registry asks for before it answers: the header `www-authenticate`
//! (RFC 9110, section 11.6.1) with the schemes Basic and Bearer. Reads text
//! only; asking for tokens is the client's work.

/// The longest header that is read.
const LIMIT_BYTES: usize = 4096;

/// What a registry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// User and password with every request.
    Basic,
    /// A token, which another service gives.
    Bearer {
        /// Where tokens are had.
        realm: String,
        /// For whom.
        service: Option<String>,
        /// For what.
        scope: Option<String>,
    },
}

/// Reads the header; none where it asks for nothing that is known here.
pub(super) fn read(header: &str) -> Option<Challenge> {
    if header.len() > LIMIT_BYTES {
        return None;
    }
    let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let (mut realm, mut service, mut scope) = (None, None, None);
    let mut rest = rest;
    while let Some((name, value, more)) = parameter(rest) {
        match name.to_ascii_lowercase().as_str() {
            "realm" => realm = Some(value),
            "service" => service = Some(value),
            "scope" => scope = Some(value),
            _ => {}
        }
        rest = more;
    }
    Some(Challenge::Bearer {
        realm: realm?,
        service,
        scope,
    })
}

/// `NAME="VALUE"` or `NAME=VALUE`, and what stands behind the comma. A scope has
/// commas inside its quotes.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let text = text.trim_start_matches([' ', ',']);
    let (name, value) = text.split_once('=')?;
    let Some(quoted) = value.strip_prefix('"') else {
        let end = value.find(',').unwrap_or(value.len());
        let (value, more) = value.split_at(end);
        return Some((name.trim(), value.trim().to_owned(), more));
    };
    let mut unquoted = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((name.trim(), unquoted, &quoted[at + 1..])),
            '\\' => unquoted.push(characters.next()?.1),
            other => unquoted.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_schemes_are_read_and_strange_ones_passed_over() {
        let header = r#"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push""#;
        assert_eq!(
            read(header),
            Some(Challenge::Bearer {
                realm: "https://auth.example/token".to_owned(),
                service: Some("registry.example".to_owned()),
                scope: Some("repository:a/b:pull,push".to_owned()),
            })
        );
        assert_eq!(read(r#"basic realm="x""#), Some(Challenge::Basic));
        assert_eq!(read("Basic"), Some(Challenge::Basic));
        let bare = read(r#"Bearer error=x, realm="a\"b""#);
        assert!(matches!(bare, Some(Challenge::Bearer { realm, .. }) if realm == "a\"b"));
        for nothing in [
            "",
            "Negotiate",
            "Bearer",
            "Bearer realm=\"x",
            "Bearer service=x",
            "Bearer realm=\"\\",
        ] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
        assert_eq!(
            read(&format!("Bearer realm=\"{}\"", "x".repeat(5000))),
            None
        );
    }
}
