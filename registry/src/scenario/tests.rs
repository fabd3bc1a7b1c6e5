//! Scenarios are read strictly, match as they say, and are written as they are read.

use guichet_domain::Moment;

use super::{Body, Came, Charset, Exchange, Pattern, Scenario, read_text, write};

const WHOLE: &str = r#"{
  "guichet_scenario": 1, "title": "A bill is paid", "service": "water-1",
  "clock": "2026-11-21T08:30:00Z",
  "exchanges": [{
    "name": "pay", "endpoint": "biller", "when": "unpaid",
    "request": {"method": "POST", "path": "/pay", "headers": {"x-signature": "{{any}}"},
      "body": {"text": "{\"ref\":\"{{reference}}\",\"a\":{\"b\":{}}}"}},
    "response": {"status": 200, "body": {"text": "水", "charset": "gb18030"}},
    "then": "paid", "effect": "payment"
  }]
}"#;

fn scenario() -> Scenario {
    read_text("tests/a.json", WHOLE.as_bytes()).unwrap()
}

fn came<'a>(
    headers: &'a std::collections::BTreeMap<String, String>,
    path: &'a str,
    body: &'a str,
) -> Came<'a> {
    Came {
        endpoint: "biller",
        method: "POST",
        path,
        headers,
        body: body.as_bytes(),
    }
}

#[test]
fn a_file_reads_and_writes_the_same() {
    let scenario = scenario();
    let bytes = write(&scenario);
    assert_eq!(read_text("tests/a.json", &bytes).unwrap(), scenario);
    assert_eq!(write(&scenario), bytes);
    assert_eq!(
        scenario.clock,
        "2026-11-21T08:30:00Z".parse::<Moment>().unwrap()
    );
}

#[test]
fn mistakes_are_told_with_place_line_and_mend() {
    let wrong = WHOLE.replace("\"then\"", "\"than\"");
    let finding = read_text("tests/a.json", wrong.as_bytes()).unwrap_err();
    assert_eq!(finding.line, Some(9), "{finding}");
    assert!(finding.problem.contains("exchanges[0]"), "{finding}");
    let wrong = WHOLE.replace("{{any}}", "{{anything}}");
    let finding = read_text("tests/a.json", wrong.as_bytes()).unwrap_err();
    assert!(finding.problem.contains("{{any}}"), "{finding}");
    assert!(read_text("tests/a.json", b"{}").is_err());
    assert!(read_text("tests/a.json", b"[1").is_err());
}

#[test]
fn requests_match_byte_for_byte_but_for_placeholders() {
    let scenario = scenario();
    let exchange: &Exchange = &scenario.exchanges[0];
    let values = scenario.values();
    let headers = [("x-signature".to_owned(), "f00d".to_owned())].into();
    let body = format!("{{\"ref\":\"{}\",\"a\":{{\"b\":{{}}}}}}", values.reference);
    assert_eq!(
        exchange.difference(came(&headers, "/pay", &body), &values),
        None
    );
    let other = body.replace("ref", "rev");
    let (near, text) = exchange
        .difference(came(&headers, "/pay", &other), &values)
        .unwrap();
    assert!(text.contains("character 5"), "{text}");
    let (far, _) = exchange
        .difference(came(&headers, "/payments", &body), &values)
        .unwrap();
    assert!(far < near);
    let none = std::collections::BTreeMap::new();
    let (_, text) = exchange
        .difference(came(&none, "/pay", &body), &values)
        .unwrap();
    assert!(text.contains("x-signature is missing"), "{text}");
}

#[test]
fn wildcards_stand_for_anything_between_fixed_parts() {
    let values = scenario().values();
    let matches =
        |pattern: &str, text: &str| pattern.parse::<Pattern>().unwrap().matches(text, &values);
    assert!(matches("a{{any}}b", "ab"));
    assert!(matches("a{{any}}b", "axxb"));
    assert!(matches("{{any}}", ""));
    assert!(matches("{{any}}x{{any}}y", "1x2y"));
    assert!(!matches("a{{any}}b", "axxbc"));
    assert!(!matches("ab{{any}}ba", "aba"));
    assert!(matches("{{sequence}}", "1"));
    assert!(matches("{{{any}}", "{x"));
}

#[test]
fn bodies_are_recorded_as_text_where_they_come_back_the_same() {
    let values = scenario().values();
    for (bytes, charset) in [
        ("水费".as_bytes().to_vec(), Charset::Utf8),
        (vec![0xcb, 0xae], Charset::Gb18030),
        (vec![0xff, 0xff, 0x00], Charset::Gb18030),
        (b"{{any}} {{odd}}".to_vec(), Charset::Utf8),
    ] {
        let body = Body::recorded(&bytes, charset);
        assert_eq!(body.bytes(&values).unwrap(), bytes);
        assert!(body.matches(&bytes, &values));
    }
    let scenario = scenario();
    let answer = scenario.exchanges[0].response.body.bytes(&values).unwrap();
    assert_eq!(answer, [0xcb, 0xae]);
}
