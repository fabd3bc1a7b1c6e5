//! How entries are written: one of every act, as it stands in logs for ever.

use super::*;

const ENTRIES: &str = include_str!("entries.jsonl");

#[test]
fn entries_are_written_as_they_always_were() {
    for line in ENTRIES.lines() {
        let entry: Entry =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(serde_json::to_string(&entry).unwrap(), line);
    }
}

#[test]
fn every_act_is_written_down_here() {
    for name in Act::NAMES {
        assert!(ENTRIES.contains(&format!("{{\"act\":\"{name}\"")), "{name}");
    }
}

#[test]
fn an_entry_means_the_same_to_everybody() {
    let entry = |act: &str| {
        let text = format!(r#"{{"at":"2026-01-01T00:00:00Z","by":"person:ben","act":{act}}}"#);
        Entry::read(&text).map_err(|error| error.to_string())
    };
    entry(r#"{"act":"agreed","proposal":1}"#).unwrap();
    for (wrong, why) in [
        (r#"{"act":"agreed","proposal":1,"proposal":2}"#, "twice"),
        (r#"{"act":"agreed","act":"declined","proposal":1}"#, "twice"),
        (
            r#"{"act":"person-set","person":"a","name":{},"side":{"operator":[],"operator":[]}}"#,
            "twice",
        ),
        (
            r#"{"act":"agreed","proposal":1,"by":"me"}"#,
            "unknown field",
        ),
        (r#"{"act":"pays-out"}"#, "no act"),
        (r#"{"proposal":1}"#, "missing field"),
        ("7", "missing field"),
    ] {
        let error = entry(wrong).unwrap_err();
        assert!(error.contains(why), "{wrong}: {error}");
    }
    let long = format!(
        r#"{{"act":"biller-exited","biller":"{}"}}"#,
        "b".repeat(ENTRY_BYTES)
    );
    assert!(entry(&long).unwrap_err().contains("longer"));
}
