//! Checks a request's path before it is appended to an origin. It is never
//! normalised: what could be read in two ways is refused.

/// Bytes of path and query.
const PATH_BYTES: usize = 8_192;

/// Refuses a path that is not plain ASCII by RFC 3986 or that another reader
/// could understand differently.
pub(crate) fn check(path_and_query: &str) -> Result<(), &'static str> {
    if path_and_query.len() > PATH_BYTES {
        return Err("the path is too long");
    }
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, query),
        None => (path_and_query, ""),
    };
    let Some(segments) = path.strip_prefix('/') else {
        return Err("the path does not begin with /");
    };
    check_characters(path, is_path_character)?;
    check_characters(query, |byte| is_path_character(byte) || byte == b'?')?;
    check_escapes(path)?;
    let last = segments.split('/').count() - 1;
    for (index, segment) in segments.split('/').enumerate() {
        // A path may end in `/`; nowhere else is a segment empty.
        let empty_in_the_middle = segment.is_empty() && index != last;
        if empty_in_the_middle || matches!(segment, "." | "..") {
            return Err("the path has an empty, . or .. segment");
        }
    }
    Ok(())
}

/// Whether the path (without its query) begins with a granted prefix, on the
/// border of a segment.
pub(crate) fn has_prefix(path_and_query: &str, prefix: &str) -> bool {
    let path = path_and_query.split('?').next().unwrap_or_default();
    match path.strip_prefix(prefix) {
        Some(rest) => rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/'),
        None => false,
    }
}

/// `pchar` and `/` of RFC 3986 without `;`, by which some servers cut segments.
fn is_path_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,=:@/".contains(&byte)
}

fn check_characters(text: &str, allowed: impl Fn(u8) -> bool) -> Result<(), &'static str> {
    if !text.bytes().all(allowed) {
        return Err("the path has a character that is not allowed there");
    }
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        if !after
            .as_bytes()
            .get(..2)
            .is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
        {
            return Err("the path has an incomplete escape");
        }
        rest = &after[2..];
    }
    Ok(())
}

/// Refuses escapes that a second decoding would turn into structure.
fn check_escapes(path: &str) -> Result<(), &'static str> {
    for (index, _) in path.match_indices('%') {
        let Ok(byte) = u8::from_str_radix(&path[index + 1..index + 3], 16) else {
            return Err("the path has an incomplete escape");
        };
        if byte < 0x20 || byte == 0x7f || b"%./\\;".contains(&byte) {
            return Err("the path has an escape that is not allowed there");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_pass() {
        for fine in [
            "/",
            "/b/water-330100-1/bills",
            "/a?x=1&y=%2F%2e",
            "/a/",
            "/%E6%B0%B4",
            "/a.b/~c",
            "/v1/x:y@z",
            "/a?b=../c?d",
        ] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
        for bad in [
            "",
            "a",
            "//a",
            "/a//b",
            "/a/../b",
            "/a/..",
            "/./a",
            "/a/%2e%2e/b",
            "/a/%2E/b",
            "/a%2fb",
            "/a%5cb",
            "/a\\b",
            "/a#b",
            "/a?b#c",
            "/a;b",
            "/a%3bb",
            "/a%00",
            "/a%0d%0a",
            "/a b",
            "/a\r\nb",
            "/水",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%252e",
            "http://other/",
            "/a?b=%0",
            "/a?b=c\nd",
            "/a\u{7f}",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        assert!(check(&format!("/{}", "a".repeat(PATH_BYTES))).is_err());
    }

    #[test]
    fn prefixes_end_on_segment_borders() {
        assert!(has_prefix("/bills", "/bills"));
        assert!(has_prefix("/bills/1?x=2", "/bills"));
        assert!(has_prefix("/bills/1", "/bills/"));
        assert!(has_prefix("/anything", "/"));
        assert!(!has_prefix("/billsecret", "/bills"));
        assert!(!has_prefix("/x?/bills", "/bills"));
        assert!(!has_prefix("/bills", "/bills/"));
        assert!(!has_prefix("/Bills", "/bills"));
    }
}
