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
    let findings = Source::read(b"\xff").unwrap_err();
    assert!(findings[0].problem.contains("UTF-8"));
}

#[test]
fn everything_the_schema_refuses_is_found_at_once() {
    let text = MANIFEST
        .replace("licence = \"Apache-2.0\"", "licence = 5\ncolour = \"red\"")
        .replace("algorithm = \"hmac-sha256\"", "algorithm = \"rot13\"")
        .replace("quota_bytes = 65536", "quota_bytes = \"many\"")
        .replace(
            "component = { file = \"component.wasm\" }",
            "component = { file = \"a.txt\" }",
        )
        .replace("[endpoints.biller]", "[endpoints.Biller]");
    let findings = Manifest::read_all(&text).unwrap_err();
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let lines = lines.join("\n");
    for part in [
        "plugin.toml:4: ",
        "plugin.toml:5: unknown field `colour`",
        "plugin.toml:9: component: {\"file\":\"a.txt\"} does not have the right form; write it as docs/manifest.md says: The package's own code",
        "the name \"Biller\" is not lawful",
        "plugin.toml:21: keys.biller-mac.algorithm: \"rot13\" is not known here; write one of rsa-pkcs1-sha256, ",
        "plugin.toml:26: permissions.kv.quota_bytes: \"many\" is of the wrong type; write it as integer",
    ] {
        assert!(lines.contains(part), "{part:?} in\n{lines}");
    }
    assert!(findings.is_sorted_by_key(|finding| finding.line));
    assert!(Manifest::read_all(MANIFEST).is_ok());
}
