//! The publisher's tools as publishers use them: the built program, run in a
//! folder of its own, without a server. The guides stand in `road`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use guichet_tests::{Beside, program, target};
use serde_json::Value;

fn checkout() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    own.canonicalize().unwrap()
}

/// `guichet plugin …` in a folder, in English.
fn plugin(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program("guichet"))
        .arg("plugin")
        .args(arguments)
        .current_dir(folder)
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL")
        .output()
        .unwrap()
}

/// The same, which must end well; what it said.
fn good(folder: &Path, arguments: &[&str]) -> String {
    let output = plugin(folder, arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "guichet plugin {arguments:?}\n{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// The same, which must end with this code; all it said.
fn bad(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = plugin(folder, arguments);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{said}");
    said
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let all = [arguments, &["--json"]].concat();
    let output = plugin(folder, &all);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn declarative(folder: &Path, name: &str) {
    let options = ["--template", "declarative", "--publisher", "city-utilities"];
    good(folder, &[&["new", name][..], &options].concat());
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{} has no {from}", path.display());
    std::fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn from_nothing_to_a_certified_declarative_package_in_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let examples = checkout().join("examples/openapi");
    for (name, document) in [("water", "openapi.yaml"), ("water-gb18030", "openapi.json")] {
        let of = |file: &str| examples.join(name).join(file).display().to_string();
        let started = Instant::now();
        let (document, mapping) = (of(document), of("mapping.toml"));
        good(root, &["from-openapi", &document, &mapping, "--out", name]);
        good(root, &["check", name]);
        let played = good(root, &["test", name]);
        assert!(played.contains("✓ paid"), "{played}");
        let report = format!("{name}.json");
        let certified = good(root, &["certify", name, "--output", &report]);
        good(root, &["build", name]);
        let elapsed = started.elapsed();
        println!("{name}: from nothing to a certified bundle in {elapsed:?}\n{certified}");
        let report = std::fs::read(root.join(report)).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["verdict"], "passed");
        assert!(elapsed.as_secs() < 60, "{elapsed:?}: the aim is 10 s");
    }
}

#[test]
fn a_template_is_good_at_once_and_packed_the_same_twice() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    declarative(root, "water");
    good(root, &["check", "water"]);
    let first = json(root, &["build", "water", "--out", "first.guichet"]);
    good(root, &["key", "new", "publisher.key"]);
    let signed = [
        "build",
        "water",
        "--key",
        "publisher.key",
        "--out",
        "signed.guichet",
    ];
    let signed = json(root, &signed);
    std::fs::rename(root.join("water"), root.join("moved")).unwrap();
    let second = json(root, &["build", "moved", "--out", "second.guichet"]);
    assert_eq!(first["digest"], second["digest"]);
    assert_eq!(
        first["digest"], signed["digest"],
        "a signature is no part of it"
    );
    let bytes = |name: &str| std::fs::read(root.join(name)).unwrap();
    assert_eq!(bytes("first.guichet"), bytes("second.guichet"));
    assert_ne!(bytes("first.guichet"), bytes("signed.guichet"));
    // Nothing that is there is overwritten.
    let new = [
        "new",
        "moved",
        "--template",
        "declarative",
        "--publisher",
        "city-utilities",
    ];
    assert!(bad(root, &new, 2).contains("is there already"));
    assert!(bad(root, &["key", "new", "publisher.key"], 2).contains("is there already"));
}

#[test]
fn mistakes_are_told_with_file_line_and_mend() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    declarative(root, "water");
    let manifest = root.join("water/plugin.toml");
    replace(
        &manifest,
        "path_prefix = \"/api/bills\"",
        "path_prefix = \"api/bills\"",
    );
    replace(
        &root.join("water/services.jsonl"),
        "\"330100\"",
        "\"990000\"",
    );
    let said = bad(root, &["check", "water"], 1);
    for expected in [
        "plugin.toml:17: ",
        "write a plain path",
        "services.jsonl:1: ",
        "findings: 2",
    ] {
        assert!(said.contains(expected), "{expected} is missing:\n{said}");
    }
    assert!(
        !said.contains('\u{1b}'),
        "no colours where nobody looks:\n{said}"
    );
    let answer = json(root, &["check", "water"]);
    assert_eq!(answer["good"], false);
    assert_eq!(answer["findings"][0]["line"], 17, "{answer}");
    // A scenario that means nothing.
    declarative(root, "heat");
    replace(&root.join("heat/tests/water.json"), "\"clock\"", "\"clok\"");
    let said = bad(root, &["check", "heat"], 1);
    assert!(said.contains("tests/water.json:5: "), "{said}");
    // A component that nobody here has.
    declarative(root, "gas");
    replace(&root.join("gas/plugin.toml"), "sha256:", "sha256:00000000");
    let said = bad(root, &["check", "gas"], 1);
    assert!(said.contains("plugin.toml:"), "{said}");
    // No package at all.
    assert!(bad(root, &["check", "."], 2).contains("guichet plugin new"));
}

#[test]
fn a_package_that_does_not_do_what_its_scenario_says_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    declarative(root, "water");
    good(root, &["test", "water"]);
    // The amount is read from the wrong member.
    replace(
        &root.join("water/mapping.json"),
        "{$.owed|from_yuan}",
        "{$.number}",
    );
    let said = bad(root, &["test", "water"], 1);
    assert!(said.contains("✗ water"), "{said}");
    // Without scenarios nothing is certified, and the mend is told.
    std::fs::remove_file(root.join("water/tests/water.json")).unwrap();
    let said = bad(root, &["certify", "water"], 1);
    assert!(said.contains("no scenario represents"), "{said}");
}

#[test]
fn a_document_or_mapping_with_a_mistake_is_told_with_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let examples = checkout().join("examples/openapi/water");
    let mapping = root.join("mapping.toml");
    let document = examples.join("openapi.yaml").display().to_string();
    let cases = [
        ("\"findBills\"", "\"findBill\"", "did you mean findBills?"),
        ("\"data.bills\"", "\"data.bill\"", "did you mean bills?"),
        (
            "account = \"customerNo\"",
            "account = \"customerNr\"",
            "did you mean customerNo?",
        ),
        (
            "total = \"total\"",
            "total = \"totl\"",
            "did you mean total?",
        ),
        ("total = \"total\", ", "", "nothing says what it is"),
        (
            "channel = \"channel\"",
            "chanel = \"channel\"",
            "did you mean channel?",
        ),
        (
            "W2002 = \"pending\" }",
            "W2002 = \"pendig\" }",
            "did you mean pending?",
        ),
        (
            "serial = \"data.flowNo\"\nat",
            "at",
            "nothing says where the answer's serial stands",
        ),
        ("unit = \"yuan\"", "unit = \"jiao\"", "mapping.toml:6"),
    ];
    for (from, to, expected) in cases {
        std::fs::copy(examples.join("mapping.toml"), &mapping).unwrap();
        replace(&mapping, from, to);
        let arguments = ["from-openapi", &document, "mapping.toml", "--out", "made"];
        let said = bad(root, &arguments, 1);
        assert!(
            said.contains(expected),
            "{to}: {expected} is missing:\n{said}"
        );
        assert!(!root.join("made").exists(), "nothing half made is left");
    }
}

#[test]
fn the_rust_templates_build_and_play_their_scenarios() {
    // A place that stays, so that what is compiled once is found again.
    let root = target().join("publisher");
    let _fresh = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(&root).unwrap();
    let sdk = checkout().join("sdk").display().to_string();
    for template in ["rust-bill-payment", "rust-inquiry"] {
        let options = ["--publisher", "city-utilities", "--sdk", &sdk];
        good(
            &root,
            &[&["new", template, "--template", template][..], &options].concat(),
        );
        // The versions that this checkout's own plugins are built with.
        let lock = checkout().join("plugins/Cargo.lock");
        std::fs::copy(lock, root.join(template).join("Cargo.lock")).unwrap();
        let build = || {
            let output = Command::new(program("guichet"))
                .args(["plugin", "build", template, "--json"])
                .current_dir(&root)
                .env("CARGO_TARGET_DIR", target())
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{told}");
            serde_json::from_slice::<Value>(&output.stdout).unwrap()
        };
        let (first, second) = (build(), build());
        assert_eq!(first["digest"], second["digest"]);
        good(&root, &["check", template]);
        good(&root, &["test", template]);
        let report = good(&root, &["certify", template]);
        println!("{template}: {} B\n{report}", first["size_bytes"]);
    }
}

#[test]
fn a_scenario_is_recorded_from_a_test_system_and_certifies() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("city.log");
    let city = Beside::start("guichet-city", &["--listen", "127.0.0.1:0"], &log).unwrap();
    let root = folder.path();
    let examples = checkout().join("examples/openapi/water");
    let of = |file: &str| examples.join(file).display().to_string();
    let (document, mapping) = (of("openapi.yaml"), of("mapping.toml"));
    good(
        root,
        &["from-openapi", &document, &mapping, "--out", "water"],
    );
    // The draft says who asks, what is paid, and how the bank is known there.
    let path = root.join("water/tests/paid.json");
    let mut draft: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    draft["exchanges"] = serde_json::json!([]);
    draft["expect"] = serde_json::json!({});
    draft["credentials"]["biller"][0]["value"] = "yunxi-partner-key".into();
    draft["payment"]["items"][0]["amount"] = 8_392.into();
    std::fs::write(&path, draft.to_string()).unwrap();
    let endpoint = format!("biller={}", city.url);
    let record = ["record", "water/tests/paid.json", "--folder", "water"];
    let record = [&record[..], &["--endpoint", &endpoint]].concat();
    let answer = json(root, &record);
    assert_eq!(answer["exchanges"], 7, "{answer}");
    let recorded: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(recorded["expect"]["query"]["bills"][0]["payable"], 8_392);
    let played = good(root, &["test", "water"]);
    assert!(played.contains("reverse-payment → reversed"), "{played}");
    let certified = good(root, &["certify", "water"]);
    assert!(certified.contains("gone wrong: 0"), "{certified}");
    // The wrong amount is refused by the test system, and nothing is written.
    draft["payment"]["items"][0]["amount"] = 1.into();
    std::fs::write(&path, draft.to_string()).unwrap();
    let refused = plugin(root, &record);
    assert!(!refused.status.success());
    assert_eq!(std::fs::read(&path).unwrap(), draft.to_string().as_bytes());
}
