//! Checks what a bundle holds beside manifest, component and services: nothing
//! that is too large, that nobody refers to, or that is not what its name says.

use serde_json::Value;

use crate::bundle::Bundle;
use crate::finding::{Finding, Rule};
use crate::manifest::{Component, ConfigValue, MANIFEST_FILE, Manifest, SERVICES_FILE};

/// Files that a bundle may hold beside those that the manifest names.
const KNOWN_FILES: [&str; 5] = [
    LICENCE_FILE,
    README_FILE,
    SBOM_FILE,
    MANIFEST_FILE,
    SERVICES_FILE,
];
const LICENCE_FILE: &str = "LICENSE";
const README_FILE: &str = "README.md";
const SBOM_FILE: &str = "sbom.json";
/// Where recorded test exchanges stand.
const TESTS_FOLDER: &str = "tests/";

const MANIFEST_LIMIT_BYTES: usize = 256 << 10;
const FILE_LIMIT_BYTES: usize = 4 << 20;
/// Fields by which the two usual kinds of bill of materials are known.
const SBOM_MARKS: [&str; 2] = ["bomFormat", "spdxVersion"];

pub(crate) fn check(manifest: &Manifest, bundle: &Bundle<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, bytes) in bundle.files() {
        let path = path.as_str();
        findings.extend(size(manifest, path, bytes));
        findings.extend(stray(manifest, path));
    }
    findings.extend(bundle.file(SBOM_FILE).and_then(bill_of_materials));
    findings
}

fn finding(path: &str, problem: impl Into<String>, mend: &str) -> Finding {
    Finding::new(Rule::File, path, problem, mend)
}

fn size(manifest: &Manifest, path: &str, bytes: &[u8]) -> Option<Finding> {
    let limit = match path {
        MANIFEST_FILE => MANIFEST_LIMIT_BYTES,
        // Bounded by the bundle's own limits; services line by line as well.
        SERVICES_FILE => return None,
        _ if is_component(manifest, path) => return None,
        _ => FILE_LIMIT_BYTES,
    };
    (bytes.len() > limit).then(|| {
        let problem = format!("it is larger than {limit} bytes");
        finding(path, problem, "make it smaller")
    })
}

fn stray(manifest: &Manifest, path: &str) -> Option<Finding> {
    let by_config = manifest
        .config
        .values()
        .any(|value| matches!(value, ConfigValue::File(reference) if reference.file == path));
    let known = KNOWN_FILES.contains(&path)
        || path.starts_with(TESTS_FOLDER)
        || by_config
        || is_component(manifest, path);
    (!known).then(|| {
        let problem = "the bundle holds this file, which nothing refers to";
        finding(
            path,
            problem,
            "remove it, or refer to it under [config] in plugin.toml",
        )
    })
}

fn is_component(manifest: &Manifest, path: &str) -> bool {
    matches!(&manifest.component, Component::File(name) if name == path)
}

/// A bill of materials is CycloneDX or SPDX in JSON; what it lists is not judged.
fn bill_of_materials(bytes: &[u8]) -> Option<Finding> {
    let mend = "write CycloneDX or SPDX in JSON, or leave the file out";
    match serde_json::from_slice::<Value>(bytes) {
        Ok(value) if SBOM_MARKS.iter().any(|mark| value.get(mark).is_some()) => None,
        Ok(_) => {
            let problem = "it is neither CycloneDX nor SPDX";
            Some(finding(SBOM_FILE, problem, mend))
        }
        Err(error) => {
            let problem = format!("it is no JSON: column {}", error.column());
            Some(finding(SBOM_FILE, problem, mend).at(Some(error.line())))
        }
    }
}
