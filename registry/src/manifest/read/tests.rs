//! Errors name line and mend.

use super::*;
use crate::samples::MANIFEST;

fn refusal(from: &str, to: &str) -> Finding {
    assert!(MANIFEST.contains(from), "{from:?} stands in the sample");
    Manifest::read(&MANIFEST.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn a_sample_is_read_and_its_parts_have_lines() {
    let source = Source::read(MANIFEST.as_bytes()).unwrap();
    let line = source
        .line(&["endpoints", "biller", "routes", "0"])
        .unwrap();
    assert!(
        MANIFEST
            .lines()
            .nth(line - 1)
            .unwrap()
            .contains("path_prefix"),
        "{line}"
    );
    let near = source.line(&["endpoints", "biller", "nothing"]);
    assert_eq!(near, source.line(&["endpoints", "biller"]));
}

#[test]
fn errors_name_line_and_mend() {
    let error = refusal("licence = ", "license = ");
    assert_eq!(
        (error.line, error.mend.as_str()),
        (Some(4), "correct the name or remove it")
    );
    let error = refusal("package = \"demo/water\"", "package = \"water\"");
    assert!(error.to_string().starts_with("plugin.toml:1: "), "{error}");
    assert!(error.problem.contains("publisher/name"));
    let error = refusal("intent = \"declared\"", "intent = \"maybe\"");
    assert!(
        error.problem.contains("unknown variant") && error.line.is_some(),
        "{error}"
    );
    let error = refusal("version = \"1.0.0\"\n", "");
    assert!(
        error.problem.contains("version") && error.mend == "add it",
        "{error}"
    );
    let error = refusal("version = \"1.0.0\"", "version = ");
    assert_eq!(error.line, Some(2));
    assert!(Source::read(b"\xff").unwrap_err().problem.contains("UTF-8"));
}
