//! Plugins in other languages: the samples in C and Python and the Python template
//! are built with one command, import the contract alone, pass certification, serve
//! at a running counter, replay bit for bit, and are stopped by the same limits.

#![expect(
    clippy::print_stdout,
    reason = "figures, and what was skipped, belong to a test's output"
)]

mod counter;
mod limits;
mod stage;
mod tools;

use std::path::Path;

use serde_json::Value;
use tools::{componentize_py, copy_of, good, guichet};

fn build(folder: &Path, path: &str) -> Value {
    let output = guichet(path)
        .args(["plugin", "build", "--json"])
        .arg(folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Checked and certified as a publisher does it; what came out.
fn certified(folder: &Path) -> Value {
    good(guichet("").args(["plugin", "check"]).arg(folder));
    let report = folder.join("report.json");
    let certify = ["plugin", "certify", "--output"];
    good(guichet("").args(certify).arg(&report).arg(folder));
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(report["verdict"], "passed", "{report}");
    report
}

/// Answers that are made to end a call: too deep, too long, no characters.
fn wicked() -> Vec<String> {
    vec![
        "[".repeat(100_000),
        "{\"a\":".repeat(50_000),
        "[]".repeat(130_000),
        "\"".repeat(260_000),
        "\"\\".repeat(130_000),
        "\u{0}".repeat(1_000),
        "=\n".repeat(100_000),
        format!("\"{}", "a".repeat(900_000)),
        "{\"code\":\"1\",\"message\":\"\\ud800\"}".to_owned(),
        format!("{{\"code\":\"1\",\"message\":{}}}", "9".repeat(5_000)),
    ]
}

/// Whatever the biller answers to a query, the plugin answers that nothing is known.
fn survives_whatever_comes(folder: &Path) {
    let tests = folder.join("tests");
    let recorded = std::fs::read_dir(&tests).unwrap().next().unwrap();
    let recorded = recorded.unwrap().path();
    let recorded: Value = serde_json::from_slice(&std::fs::read(recorded).unwrap()).unwrap();
    std::fs::remove_dir_all(&tests).unwrap();
    std::fs::create_dir(&tests).unwrap();
    for (number, answer) in wicked().into_iter().enumerate() {
        let mut scenario = recorded.clone();
        let mut query = recorded["exchanges"][0].clone();
        query["response"]["body"]["text"] = answer.into();
        scenario["exchanges"] = [query].into_iter().collect();
        scenario["expect"] = serde_json::json!({"query": {"failure": "unavailable"}});
        scenario.as_object_mut().unwrap().remove("payment");
        let file = tests.join(format!("wicked-{number}.json"));
        std::fs::write(file, scenario.to_string()).unwrap();
    }
    good(guichet("").args(["plugin", "test"]).arg(folder));
}

/// Names that a built component imports.
fn imports(folder: &Path) -> Vec<String> {
    let component = std::fs::read(folder.join("component.wasm")).unwrap();
    let names = guichet_registry::inspect::read_names(&component).unwrap();
    let mut imports = names.imports;
    imports.sort();
    imports
}

#[test]
fn c_is_built_certified_and_the_same_wherever_it_lies() {
    let (one, other) = (copy_of("c"), copy_of("c"));
    let first = build(one.path(), "");
    assert_eq!(first["digest"], build(other.path(), "")["digest"]);
    assert_eq!(first["digest"], build(one.path(), "")["digest"]);
    assert_eq!(
        imports(one.path()),
        ["guichet:host/http@0.1.0", "guichet:service/types@0.1.0"]
    );
    let size = first["size_bytes"].as_u64().unwrap();
    println!("C: a bundle of {size} B");
    certified(one.path());
    survives_whatever_comes(one.path());
}

#[test]
fn the_python_template_is_certified_as_it_stands() {
    let Some(path) = componentize_py() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("city-water");
    let new = ["plugin", "new", "city-water", "--template", "python"];
    good(
        guichet(&path)
            .args(new)
            .args(["--publisher", "city-utilities"])
            .current_dir(folder.path()),
    );
    let built = build(&package, &path);
    println!("Python: a bundle of {} B", built["size_bytes"]);
    assert_eq!(built["digest"], build(&package, &path)["digest"]);
    assert_eq!(
        imports(&package),
        ["guichet:host/http@0.1.0", "guichet:service/types@0.1.0"]
    );
    certified(&package);
    survives_whatever_comes(&package);
}
