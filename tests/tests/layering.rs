//! The architecture's rules, read from the manifests and the sources. A broken
//! rule fails with the place and the rule.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Direct dependencies (not for tests) of every package of a workspace.
fn dependencies(manifest: &str) -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
            "--manifest-path",
        ])
        .arg(root().join(manifest))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let direct = |package: &serde_json::Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
            .collect()
    };
    packages
        .iter()
        .map(|package| {
            (
                package["name"].as_str().unwrap().to_owned(),
                direct(package),
            )
        })
        .collect()
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one table of what must not depend on what"
)]
fn dependencies_go_one_way() {
    let main = dependencies("Cargo.toml");
    let io = ["tokio", "sqlx", "axum", "hyper", "wasmtime", "reqwest"];
    let forbidden: [(&str, &[&str]); 6] = [
        (
            "guichet-domain",
            &[
                "guichet-registry",
                "guichet-sandbox",
                "guichet",
                "guichet-sdk",
            ],
        ),
        (
            "guichet-sandbox",
            &["guichet-registry", "guichet", "sqlx", "axum"],
        ),
        (
            "guichet-registry",
            &[
                "guichet-sandbox",
                "guichet",
                "sqlx",
                "axum",
                "wasmtime",
                "tokio",
                "hyper",
            ],
        ),
        (
            "guichet",
            &[
                "guichet-bank",
                "guichet-city",
                "guichet-sdk",
                "guichet-tests",
            ],
        ),
        (
            "guichet-build",
            &[
                "guichet-domain",
                "guichet-registry",
                "guichet-sandbox",
                "guichet",
            ],
        ),
        (
            "guichet-sdk",
            &[
                "guichet-domain",
                "guichet-registry",
                "guichet-sandbox",
                "guichet",
            ],
        ),
    ];
    for (package, never) in forbidden {
        let own = &main[package];
        for name in never {
            assert!(!own.contains(*name), "{package} must not depend on {name}");
        }
    }
    for name in io {
        assert!(
            !main["guichet-domain"].contains(name),
            "the domain has no I/O, so no {name}"
        );
    }
    for played in ["guichet-bank", "guichet-city", "guichet-stage"] {
        let own = &main[played];
        assert!(
            !own.contains("guichet") && !own.contains("guichet-sandbox"),
            "{played} is apart"
        );
    }
}

#[test]
fn plugins_depend_on_the_sdk_and_on_nothing_of_the_host() {
    for (package, own) in dependencies("plugins/Cargo.toml") {
        for name in [
            "guichet-domain",
            "guichet-registry",
            "guichet-sandbox",
            "guichet",
        ] {
            assert!(
                !own.contains(name),
                "plugin {package} must not depend on {name}"
            );
        }
        assert!(
            own.contains("guichet-sdk"),
            "plugin {package} is written against the SDK"
        );
    }
}

/// All Rust sources below a folder, without tests' own files.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    assert!(!found.is_empty(), "no sources in {folder}");
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The code without its unit tests and comments.
fn code(text: &str) -> String {
    let product = text.split("\n#[cfg(test)]").next().unwrap();
    let lines = product
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_test_file(name: &str) -> bool {
    name.ends_with("tests.rs") || name.contains("/tests/") || name.contains("_tests/")
}

fn refuse(folder: &str, words: &[&str], rule: &str, except: impl Fn(&str) -> bool) {
    for (name, text) in sources(folder) {
        if is_test_file(&name) || except(&name) {
            continue;
        }
        let code = code(&text);
        for word in words {
            assert!(!code.contains(word), "{name} contains `{word}`: {rule}");
        }
    }
}

#[test]
fn sql_stands_in_the_store_only() {
    let in_store = |name: &str| name.starts_with("host/src/store/");
    let statements = [
        "sqlx::",
        "\"select ",
        "\"insert into",
        "\"update ",
        "\"delete from",
    ];
    refuse(
        "host/src",
        &statements,
        "SQL stands in host/src/store only",
        in_store,
    );
}

#[test]
fn the_store_and_what_it_keeps_know_no_room_above() {
    let rooms = [
        "accounts",
        "audit",
        "bills",
        "certification",
        "consents",
        "credentials",
        "day_end",
        "exchange",
        "governance",
        "inquiries",
        "log",
        "payments",
        "plugins",
        "publishing",
        "receipts",
        "work_orders",
        "worker",
    ];
    let words = rooms.map(|room| format!("crate::{room}"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for folder in ["host/src/store", "host/src/terms"] {
        refuse(folder, &words, "rooms stand on it", |_| false);
    }
}

#[test]
fn rooms_know_nothing_of_http() {
    let rooms = [
        "bills",
        "payments",
        "inquiries",
        "credentials",
        "consents",
        "accounts",
        "bank",
    ];
    for room in rooms
        .into_iter()
        .chain(["audit", "receipts", "store", "terms"])
    {
        let words = [
            "axum",
            "StatusCode",
            "hyper",
            "crate::api",
            "crate::web",
            "crate::cli",
        ];
        let rule = "a use-case room knows nothing of HTTP";
        refuse(&format!("host/src/{room}"), &words, rule, speaks_to_banks);
    }
}

/// The connector to a bank's core, whose duty it is to speak HTTP.
fn speaks_to_banks(file: &str) -> bool {
    file.starts_with("host/src/bank/connector/")
}

#[test]
fn what_plugins_serve_knows_them_by_a_port_only() {
    for room in [
        "accounts",
        "audit",
        "bank",
        "consents",
        "day_end",
        "payments",
        "receipts",
        "work_orders",
    ] {
        let rule = "the room states what it needs, and plugins give it";
        let folder = format!("host/src/{room}");
        refuse(&folder, &["crate::plugins"], rule, |_| false);
    }
}

#[test]
fn registry_and_sandbox_meet_in_one_place() {
    // The contract's shapes are everybody's; running plugins is not.
    let both = |text: &str| {
        let own = text.replace("guichet_sandbox::contract", "");
        text.contains("guichet_registry") && own.contains("guichet_sandbox")
    };
    for (name, text) in sources("host/src") {
        // Certification is such a place too: it runs what is not admitted yet.
        let meeting_place =
            name.starts_with("host/src/plugins/") || name.starts_with("host/src/certification");
        let code = code(&text);
        assert!(
            meeting_place || !both(&code),
            "{name} knows registry and sandbox: only host/src/plugins may"
        );
        let runs = [
            "guichet_sandbox::Sandbox",
            "guichet_sandbox::Plugin",
            "guichet_sandbox::Binding",
        ];
        let starts = name == "host/src/app.rs" || name.starts_with("host/src/cli/");
        let running = runs.iter().any(|word| code.contains(word));
        assert!(
            meeting_place || starts || !running,
            "{name} runs plugins: only plugins may"
        );
    }
}

#[test]
fn the_core_is_deterministic() {
    let rule = "the simulation must be able to replay it";
    let words = [
        "tokio::time",
        "tokio::spawn",
        "rand::",
        "HashMap",
        "SystemTime::now",
    ];
    for room in [
        "host/src/payments",
        "host/src/terms",
        "host/src/bank",
        "host/src/audit",
        "host/domain/src",
    ] {
        refuse(room, &words, rule, speaks_to_banks);
    }
}

#[test]
fn every_file_says_its_duty_and_stays_readable() {
    let folders = [
        "host",
        "registry/src",
        "sdk/build/src",
        "sdk/src",
        "plugins",
        "examples/bank/src",
        "examples/city/src",
        "examples/stage/src",
        "tests",
        "xtask/src",
        "benches",
    ];
    for folder in folders {
        for (name, text) in sources(folder) {
            if name.contains("/target/") {
                continue;
            }
            assert!(text.starts_with("//!"), "{name} has no `//!` header");
            let lines = text.lines().count();
            let head: String = text.lines().take(12).collect::<Vec<_>>().join(" ");
            let has_reason = head.contains("longer than 400 lines");
            assert!(
                lines <= 400 || has_reason,
                "{name} has {lines} lines and gives no reason"
            );
        }
    }
}
