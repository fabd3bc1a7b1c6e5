//! Finds an object's members without reading their values. A call needs one
//! operation of a mapping; the others are passed over for the price of a scan.
//! What is passed over is not checked here: the publisher's check reads it all.

use super::SyntaxError;

/// The members of the object that `text` holds, each with its value's text.
/// Names with escapes in them are given as written.
pub fn members(text: &str) -> Result<Vec<(&str, &str)>, SyntaxError> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = space(bytes, 0);
    at = expect(bytes, at, b'{')?;
    at = space(bytes, at);
    if bytes.get(at) == Some(&b'}') {
        return Ok(found);
    }
    loop {
        at = space(bytes, at);
        let name_end = value_end(bytes, expect(bytes, at, b'"')? - 1)?;
        let name = &text[at + 1..name_end - 1];
        at = expect(bytes, space(bytes, name_end), b':')?;
        at = space(bytes, at);
        let end = value_end(bytes, at)?;
        found.push((name, text[at..end].trim_end()));
        at = space(bytes, end);
        match bytes.get(at) {
            Some(b',') => at += 1,
            Some(b'}') => return Ok(found),
            _ => return Err(error(at, "an object goes on with , or ends with }")),
        }
    }
}

fn error(offset: usize, problem: &'static str) -> SyntaxError {
    SyntaxError { offset, problem }
}

fn space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

fn expect(bytes: &[u8], at: usize, byte: u8) -> Result<usize, SyntaxError> {
    match bytes.get(at) {
        Some(found) if *found == byte => Ok(at + 1),
        _ => Err(error(at, "an object is {\"name\": value, …}")),
    }
}

/// The offset after the value that begins at `at`: brackets are counted, texts
/// jumped over, anything else ends at a comma or closing bracket.
fn value_end(bytes: &[u8], mut at: usize) -> Result<usize, SyntaxError> {
    let start = at;
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = text_end(bytes, at)?;
                if depth == 0 {
                    return Ok(at);
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => break,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            b',' if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    if depth > 0 || at == start {
        return Err(error(at, "a value does not end"));
    }
    Ok(at)
}

fn text_end(bytes: &[u8], start: usize) -> Result<usize, SyntaxError> {
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return Err(error(start, "a text does not end")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_with_their_texts() {
        let found = members(r#" {"a" : {"b": "}\""}, "c":[1, {"d":2}] , "e": 7 , "f":"x,y"} "#);
        assert_eq!(
            found.expect("an object"),
            [
                ("a", r#"{"b": "}\""}"#),
                ("c", r#"[1, {"d":2}]"#),
                ("e", "7"),
                ("f", "\"x,y\"")
            ]
        );
        assert_eq!(members("{}").expect("an object"), []);
    }

    #[test]
    fn broken_objects_are_refused() {
        for text in [
            "",
            "[]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":\"x",
            "{\"a\\",
        ] {
            assert!(members(text).is_err(), "{text}");
        }
    }
}
