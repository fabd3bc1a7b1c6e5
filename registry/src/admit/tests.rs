//! A good package is admitted; everything else is refused with file, line and
//! mend.

mod neighbours;

use serde_json::json;

use super::*;
use crate::bundle::BundleFile;
use crate::samples::{
    COMPONENT, MANIFEST, SERVICE_LINE, bundle, component, file, package, service, wat,
};
use crate::sign::SigningKey;

fn enter(bytes: &[u8]) -> Result<Admission, AdmissionError> {
    admit(bytes, &AdmissionPolicy::development(), &Shelf::default())
}

fn refusal(files: Vec<BundleFile>) -> String {
    enter(&bundle(files)).unwrap_err().to_string()
}

/// The refusal of the sample with one part of its manifest replaced.
fn manifest(from: &str, to: &str) -> String {
    assert!(MANIFEST.contains(from), "{from:?} stands in the sample");
    refusal(package(&MANIFEST.replacen(from, to, 1), SERVICE_LINE))
}

/// The refusal of the sample with a second, edited service.
fn services(edit: impl FnOnce(&mut serde_json::Value)) -> String {
    let other = service(|value| {
        value["code"] = json!("water-330100-2");
        edit(value);
    });
    refusal(package(MANIFEST, &format!("{SERVICE_LINE}\n{other}\n")))
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} in\n{text}");
    }
}

fn with_file(path: &str, bytes: &[u8]) -> Vec<BundleFile> {
    let mut files = package(MANIFEST, SERVICE_LINE);
    files.retain(|known| known.path.as_str() != path);
    files.push(file(path, bytes));
    files
}

#[test]
fn a_good_package_is_admitted() {
    let admission = enter(&bundle(package(MANIFEST, SERVICE_LINE))).unwrap();
    assert_eq!(admission.package().to_string(), "demo/water");
    assert_eq!(admission.services.len(), 1);
    assert_eq!(
        admission.component_bytes.as_deref(),
        Some(COMPONENT.as_slice())
    );
    let config = admission.config_of(&admission.services[0]);
    assert_eq!(config["mapping"], r#"{"a":1}"#);
    assert_eq!(config["retries"], "3");
    assert_eq!(config["company"], "one");
}

#[test]
fn code_can_come_from_another_package_in_any_order() {
    let digest = crate::sign::sha256(&COMPONENT);
    let borrowed = MANIFEST
        .replace(
            "file = \"component.wasm\"",
            &format!("digest = \"{digest}\""),
        )
        .replace("demo/water", "demo/borrower");
    let mut files = package(
        &borrowed,
        &service(|value| value["code"] = json!("water-330100-9")),
    );
    files.retain(|known| known.path.as_str() != "component.wasm");
    let borrower = bundle(files);
    let text = enter(&borrower).unwrap_err().to_string();
    has(
        &text,
        &[
            "plugin.toml:8: no component sha256:",
            "publish the package that holds it first",
        ],
    );
    let owner = bundle(package(MANIFEST, SERVICE_LINE));
    let results = Shelf::default().admit_all(&[borrower, owner], &AdmissionPolicy::development());
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}

#[test]
fn only_the_publishers_key_counts() {
    let files = package(MANIFEST, SERVICE_LINE);
    let other = SigningKey::development(&"else".parse().unwrap());
    let (bytes, _) = crate::bundle::write(files, &other).unwrap();
    let text = enter(&bytes).unwrap_err().to_string();
    has(
        &text,
        &[
            "not enrolled for demo",
            "sign it with the publisher's development key",
        ],
    );
    let mut policy = AdmissionPolicy::development();
    policy.keys = KeyPolicy::Enrolled(BTreeMap::new());
    let own = bundle(package(MANIFEST, SERVICE_LINE));
    assert!(
        admit(&own, &policy, &Shelf::default()).is_err(),
        "development keys do not count"
    );
    let enrolled = BTreeMap::from([("demo".parse().unwrap(), [other.public()].into())]);
    policy.keys = KeyPolicy::Enrolled(enrolled);
    assert!(admit(&bytes, &policy, &Shelf::default()).is_ok());
}

#[test]
fn altered_unsigned_and_foreign_bytes_are_refused() {
    let good = bundle(package(MANIFEST, SERVICE_LINE));
    let mut altered = good.clone();
    *altered.last_mut().unwrap() ^= 1;
    has(
        &enter(&altered).unwrap_err().to_string(),
        &["services.jsonl", "it was altered"],
    );
    let text = String::from_utf8_lossy(&good).into_owned();
    let sign = text.find("sign ").unwrap();
    let end = sign + text[sign..].find('\n').unwrap() + 1;
    let unsigned = [&good[..sign], &good[end..]].concat();
    has(
        &enter(&unsigned).unwrap_err().to_string(),
        &["it is not signed"],
    );
    has(
        &enter(b"PK").unwrap_err().to_string(),
        &["this is no bundle"],
    );
    let other = bundle(package(MANIFEST, ""));
    let foreign = String::from_utf8_lossy(&other).into_owned();
    let from = foreign.find("sign ").unwrap();
    let to = from + foreign[from..].find('\n').unwrap() + 1;
    let swapped = [&good[..sign], &other[from..to], &good[end..]].concat();
    has(
        &enter(&swapped).unwrap_err().to_string(),
        &["does not belong to this release"],
    );
}

#[test]
fn every_fault_of_the_manifest_is_named_with_its_line() {
    has(
        &manifest("0.1.0\"", "0.2.0\""),
        &["plugin.toml:3: ", "against contract 0.1.0"],
    );
    has(
        &manifest("Apache-2.0", "©"),
        &["plugin.toml:4: the licence is no SPDX expression"],
    );
    has(
        &manifest("\"POST\"", "\"post\""),
        &["plugin.toml:16: ", "name one or more of GET"],
    );
    has(
        &manifest("\"/b/\"", "\"/b/../\""),
        &["plugin.toml:16: ", "is no path prefix"],
    );
    has(
        &manifest("\"x-signature\"", "\"host\""),
        &["plugin.toml:13", "only the host sets"],
    );
    has(
        &manifest("[\"mac\"]", "[\"sign\"]"),
        &["plugin.toml:19", "HMAC takes mac"],
    );
    has(
        &manifest("hmac-sha256", "3des-cbc"),
        &["plugin.toml:19", "legacy_crypto"],
    );
    has(
        &manifest("65536", "0"),
        &["plugin.toml:24", "kv.quota_bytes"],
    );
    has(
        &manifest("mapping.json", "other.json"),
        &["plugin.toml:32", "no file \"other.json\""],
    );
    has(
        &manifest("retries = 3", "retries = 3\n[limits]\ndeadline_ms = 1"),
        &["deadline_ms is not"],
    );
    let routes = "routes = [\n    { methods = [\"POST\"], path_prefix = \"/b/\", intent = \"declared\" },\n]";
    has(
        &manifest(routes, "routes = []"),
        &["plugin.toml:11", "1 to 64 routes"],
    );
    has(
        &manifest("https://water", "water"),
        &["plugin.toml:14", "an origin is scheme"],
    );
    has(
        &manifest("routes = [", "effects_per_call = 9\nroutes = ["),
        &["effects_per_call is 1 to 8"],
    );
    let handoff = "[config]";
    let reason = "reason = { zh-CN = \"一\", en = \"a\" }";
    let origins = format!("[permissions.handoff]\norigins = [\"http://a\"]\n{reason}\n[config]");
    has(
        &manifest(handoff, &origins),
        &["https only", "only a credential hands over"],
    );
}

#[test]
fn permissions_must_agree_with_real_imports() {
    let keys = MANIFEST.split("[keys.biller-mac]").nth(1).unwrap();
    let keys = keys.split("[permissions.kv]").next().unwrap();
    let without = manifest(&format!("[keys.biller-mac]{keys}"), "");
    has(
        &without,
        &[
            "imports guichet:host/keys, which the manifest does not ask for",
            "add [keys.NAME]",
        ],
    );
    // A component that imports nothing but clock and configuration.
    let lean = component("bill-payment-plugin", |text| {
        text.replace(
            "include guichet:host/imports@0.1.0;",
            "import guichet:host/clock@0.1.0;",
        )
    });
    let text = refusal(with_file("component.wasm", &lean));
    has(
        &text,
        &[
            "plugin.toml:11: the manifest asks for guichet:host/http",
            "remove [endpoints.NAME]",
        ],
    );
    has(
        &text,
        &[
            "guichet:host/keys",
            "guichet:host/kv",
            "guichet:host/subject-data",
        ],
    );
    let wasi = wat(r#"(component (import "wasi:io/poll@0.2.0" (instance)))"#);
    has(
        &refusal(with_file("component.wasm", &wasi)),
        &["component.wasm: it imports wasi:io/poll"],
    );
}

#[test]
fn stray_files_and_private_keys_are_refused() {
    has(
        &refusal(with_file("notes.txt", b"x")),
        &["notes.txt: the bundle holds this file, which nothing refers to"],
    );
    let key = b"a\n-----BEGIN PRIVATE KEY-----\n";
    has(
        &refusal(with_file("mapping.json", key)),
        &["mapping.json:2: it holds a private key"],
    );
    let password = br#"{"login": {"password": "hunter2!x"}}"#;
    has(
        &refusal(with_file("mapping.json", password)),
        &["mapping.json:1: \"password\" holds what looks like a secret"],
    );
    has(
        &refusal(with_file("sbom.json", b"{\n}")),
        &["sbom.json: it is neither CycloneDX nor SPDX"],
    );
    let long = vec![b' '; (4 << 20) + 1];
    has(
        &refusal(with_file("README.md", &long)),
        &["README.md: it is larger than 4194304 bytes"],
    );
    let missing = package(MANIFEST, SERVICE_LINE)
        .into_iter()
        .filter(|known| known.path.as_str() != "component.wasm")
        .collect();
    has(&refusal(missing), &["no file \"component.wasm\""]);
    has(&refusal(vec![file("a", b"")]), &["it holds no plugin.toml"]);
}

#[test]
fn faults_of_services_are_named_with_their_line() {
    has(
        &services(|value| value["colour"] = json!(1)),
        &["services.jsonl:2: ", "column "],
    );
    has(
        &services(|value| value["category"] = json!("wine")),
        &["services.jsonl:2: ", "category"],
    );
    has(
        &services(|value| value["regions"] = json!(["999999"])),
        &["the region 999999 is unknown"],
    );
    has(
        &services(|value| value["regions"] = json!([])),
        &["1 to 400 regions"],
    );
    has(
        &services(|value| value["regions"] = json!(["000000", "330100"])),
        &["stands alone"],
    );
    has(
        &services(|value| value["coverage"] = json!(["310000"])),
        &["lies in none of the regions"],
    );
    has(
        &services(|value| value["kind"] = json!("inquiry")),
        &["does not export inquiry"],
    );
    has(
        &services(|value| drop(value["payment"].take())),
        &["has no payment terms"],
    );
    has(
        &services(|value| value["code"] = json!("water-330100-1")),
        &["stands in line 1 already"],
    );
    has(
        &services(|value| value["biller"]["names"]["en"] = json!("B")),
        &["has another name"],
    );
    has(
        &services(|value| value["audiences"] = json!([])),
        &["nobody may use it"],
    );
    has(
        &services(|value| value["keywords"] = json!([""])),
        &["keywords are at most"],
    );
}

#[test]
fn faults_within_a_services_parts_are_named() {
    let empty = json!({"hours": [{"from": "08:00", "to": "08:00"}]});
    has(
        &services(|value| value["schedule"] = empty),
        &["end where they begin"],
    );
    let consent = json!({"scopes": [], "purpose": {"zh-CN": "一", "en": "a"}});
    has(
        &services(|value| value["consent"] = consent),
        &["at least one scope"],
    );
    let pattern = "/inputs/properties/account/pattern";
    let bad = |value: &mut serde_json::Value| *value.pointer_mut(pattern).unwrap() = json!("x");
    has(&services(bad), &["input account: ", "between ^ and $"]);
    let direct = json!({"flow": "direct"});
    has(
        &services(|value| value["payment"] = direct),
        &["an open bill owes nothing"],
    );
    let large = json!({"a": "x".repeat(70_000)});
    has(
        &services(|value| value["config"] = large),
        &["configuration is larger"],
    );
}

#[test]
fn findings_are_bounded() {
    let lines = "{}\n".repeat(1_000);
    let error = enter(&bundle(package(MANIFEST, &lines))).unwrap_err();
    assert_eq!(error.findings.len(), FINDINGS_LIMIT);
}

#[test]
fn scenarios_are_read_with_everything_else() {
    let mut files = with_file("tests/paid.json", b"{}");
    files.push(file("stray.bin", b"x"));
    has(&refusal(files), &["tests/paid.json", "stray.bin"]);
}
