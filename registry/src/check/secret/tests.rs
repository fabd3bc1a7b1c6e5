//! What people leave in files by mistake is found; what only looks like it is not.

use proptest::prelude::*;

use super::*;

fn found(path: &str, text: &str) -> Vec<(Option<usize>, String)> {
    let findings = check_text(path, text);
    let parts = findings
        .into_iter()
        .map(|finding| (finding.line, finding.problem));
    parts.collect()
}

#[test]
fn known_forms_are_found_in_any_file() {
    // Put together here, so that no scanner takes this file for a leak.
    let samples = [
        ["-----BEGIN RSA PRIV", "ATE KEY-----"].concat(),
        ["-----BEGIN PGP PRIV", "ATE KEY BLOCK-----"].concat(),
        ["AKIA", "IOSFODNN7RTAMPLE"].concat(),
        ["LTAI", "4FoobarBAZ12345678"].concat(),
        ["ghp_", "0123456789abcdefghijABCDEFGHIJ012345"].concat(),
        ["glpat-", "0123456789abcdefghij"].concat(),
        ["xoxb-", "0123456789-abcdef"].concat(),
        [
            "eyJhbGciOiJIUzI1NiJ9",
            ".eyJzdWIiOiIxMjM0NTY3ODkwIn0",
            ".dozjgNryP4J3jVmNHl0w5N_XgL0",
        ]
        .concat(),
        ["postgres://water:", "hunter2@db.internal/bills"].concat(),
    ];
    for sample in samples {
        for path in ["README.md", "tests/one.json", "mapping.json", "LICENSE"] {
            let text = format!("first\nsecond {sample}\n");
            let lines: Vec<_> = found(path, &text)
                .into_iter()
                .map(|(line, _)| line)
                .collect();
            assert_eq!(lines, [Some(2)], "{path}: {sample}");
        }
    }
}

#[test]
fn keys_without_their_lines_are_found_except_among_tests() {
    let samples = [
        ["MIIEvQIBADAN", "BgkqhkiG9w0BAQEFAASCBKcwggSj"].concat(),
        ["MIGHAgEAMBMG", "ByqGSM49AgEGCCqBHM9VAYItBG0w"].concat(),
        ["MC4CAQAwBQYD", "K2VwBCIEIArftHNpXNX6oQHC"].concat(),
        ["MIIEpAIBAAKC", "AQEA0Z3VS5JJcds3xfn"].concat(),
    ];
    for sample in samples {
        let text = format!("{{\"material\": \"{sample}\"}}");
        assert_eq!(found("mapping.json", &text).len(), 1, "{sample}");
        assert_eq!(found("tests/one.json", &text), [], "{sample}");
    }
}

#[test]
fn values_under_telling_names_are_found() {
    for text in [
        r#"{"password": "hunter2!x"}"#,
        r#"{"login": {"Password": "s3cr3tpass"}}"#,
        r#"{"clientSecret":"9fK2mQ7zLw4xVb1N"}"#,
        r#"{"client_secret": "0a1b2c3d4e5f60718293a4b5c6d7e8f9"}"#,
        r#"{"api-key": "A1b2C3d4E5f6G7h8"}"#,
        r#"{"appKey": "5f4dcc3b5aa765d61d8327deb882cf99"}"#,
        r#"{"密码": "shuifei2026"}"#,
        "password = \"hunter2!x\"",
        "  access_key: 9fK2mQ7zLw4xVb1N",
        "DB_PASSWORD=pg-2026-water",
        r#"{"code":"x","config":{"token":"9fK2mQ7zLw4xVb1N"}}"#,
    ] {
        assert_eq!(found("mapping.json", text).len(), 1, "{text}");
        assert_eq!(found("tests/a.json", text), [], "{text}");
    }
}

#[test]
fn what_only_looks_like_a_secret_is_left_alone() {
    for text in [
        r#"{"token": "{$.data.token}"}"#,
        r#"{"token": "{answer.data.ticket}"}"#,
        r#"{"key": "biller-mac"}"#,
        r#"{"secret": "biller-api-key-2"}"#,
        r#"{"password": "{config.password}"}"#,
        r#"{"password": "changeme-123"}"#,
        r#"{"passwordField": "j_password"}"#,
        r#"{"token": "/Transaction/Body/Ticket0123456789"}"#,
        r#"{"BAD_SIGNATURE": "refused:bad-signature"}"#,
        r#"{"keyboard": "identity-number"}"#,
        r#"{"token_url": "https://api.example.test/oauth2/token0123456789"}"#,
        "digest = \"sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9\"",
        r#"{"accountToken": "1234567890"}"#,
        "the password is kept by the operator",
        "see https://user@example.test/ and https://example.test:8443/a@b",
        r#"{"reason": "口令由银行保管 token 1234567890123456"}"#,
    ] {
        assert_eq!(found("mapping.json", text), [], "{text}");
    }
}

#[test]
fn findings_are_bounded_and_lines_are_right() {
    let line = r#"{"password": "hunter2!x", "client_secret": "9fK2mQ7zLw4xVb1N"}"#;
    let text = format!("\n{}", format!("{line}\n").repeat(100));
    let lines: Vec<_> = found("a.json", &text)
        .into_iter()
        .map(|(line, _)| line)
        .collect();
    let expected: Vec<_> = (2..2 + FINDINGS_LIMIT).map(Some).collect();
    assert!(
        expected.starts_with(&lines) && lines.len() >= FINDINGS_LIMIT / 2,
        "{lines:?}"
    );
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "\\PC{0,300}", path in "[a-z]{1,5}") {
        let _either = check_text(&path, &text);
    }
}
