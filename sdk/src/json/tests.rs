//! JSON over `http`: what is sent, and what is read of the answers.

use super::*;

fn read(text: &str) -> Value {
    parse(text.as_bytes()).unwrap()
}

#[test]
fn members_are_read_leniently_and_missed_strictly() {
    let value = read(r#"{"a":12,"b":"34","c":null,"d":"8.5","e":"","f":[1],"g":86.50}"#);
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
    assert!(read("\"x\"").text("a").is_err());
    assert!(read(r#"{"a":-1}"#).minor("a").is_err());
    assert_eq!(read(r#"{"a":1,"a":2}"#).whole("a"), Ok(2));
}

/// The established reader must say the same of every text.
#[test]
fn texts_are_taken_and_refused_as_elsewhere() {
    let texts = [
        "null",
        "true",
        "[]",
        "{}",
        " [ 1 , -2.5e+3 , \"a\" ] ",
        "[1,]",
        "{\"a\"}",
        "{a:1}",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "tru",
        "nul",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\t\"",
        "[1 2]",
        "{\"a\":1,}",
        "{\"a\":1 \"b\":2}",
        "[",
        "{\"a\":",
        "1 1",
        "",
        "  ",
        "\"水费\\n\\/\"",
        "-0",
        "0.10",
        "[[[]]]",
        "[\"\\u0000\"]",
        "{\"\":{}}",
    ];
    for text in texts {
        let ours = parse(text.as_bytes()).ok().map(|value| value.to_text());
        let theirs: Option<serde_json::Value> = serde_json::from_str(text).ok();
        assert_eq!(ours.is_some(), theirs.is_some(), "{text}");
        let reread = ours.map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap());
        assert_eq!(reread, theirs, "{text}");
    }
}

#[test]
fn every_prefix_of_a_body_is_unreadable() {
    let body = r#"{"code":"0000","items":[{"amount":86.5,"title":"水\u8d39"},null,true]}"#;
    assert!(parse(body.as_bytes()).is_ok());
    for end in 0..body.len() {
        assert!(parse(&body.as_bytes()[..end]).is_err(), "{end}");
    }
    assert!(parse(b"\xff").is_err());
    assert!(parse(b"\xef\xbb\xbf{}").is_ok());
}

#[test]
fn deep_nesting_is_refused() {
    let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    assert!(parse(nested(64).as_bytes()).is_ok());
    assert!(parse(nested(65).as_bytes()).is_err());
    assert!(parse("[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn objects_are_written_in_order() {
    let mut value = Value::object([
        ("b", "a\"\\\n水".into()),
        ("a", 5_i64.into()),
        ("c", Value::Null),
    ]);
    value.set("b", true.into());
    value.set("d", vec![Value::from(1_u64), None::<i64>.into()].into());
    assert_eq!(value.to_text(), r#"{"a":5,"c":null,"b":true,"d":[1,null]}"#);
    assert_eq!(Value::from("a\"\\\n水").to_text(), r#""a\"\\\u000a水""#);
}
