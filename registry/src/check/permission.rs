//! Compares what a component really imports with what its manifest asks for.

use std::collections::BTreeSet;

use crate::finding::{Finding, Rule};
use crate::inspect::{ComponentFacts, HostInterface};
use crate::manifest::read::Source;
use crate::manifest::{Component, MANIFEST_FILE};
use crate::service::ServiceKind;

/// The parts of a manifest that ask for a host interface.
const GUARDED: [(HostInterface, &str, &[&str]); 4] = [
    (HostInterface::Http, "[endpoints.NAME]", &["endpoints"]),
    (HostInterface::Keys, "[keys.NAME]", &["keys"]),
    (
        HostInterface::Kv,
        "[permissions.kv]",
        &["permissions", "kv"],
    ),
    (
        HostInterface::SubjectData,
        "[permissions.data.\"SCOPE\"]",
        &["permissions", "data"],
    ),
];

/// A component of another package may import more than this package asks for:
/// it is denied when it is called. A package without services is never called.
pub(crate) fn check(source: &Source<'_>, facts: &ComponentFacts, services: usize) -> Vec<Finding> {
    let asked = asked_for(source);
    let own = matches!(source.manifest.component, Component::File(_)) && services > 0;
    let finding = |problem: String, mend: String, path: &[&str]| {
        Finding::new(Rule::Permission, MANIFEST_FILE, problem, mend).at(source.line(path))
    };
    let mut findings = Vec::new();
    for (interface, section, path) in GUARDED {
        let name = interface.as_str();
        match (
            facts.imports.contains(&interface),
            asked.contains(&interface),
        ) {
            (true, false) if own => findings.push(finding(
                format!(
                    "the component imports guichet:host/{name}, which the manifest does not ask for"
                ),
                format!("add {section} with its reason, or remove what uses it from the code"),
                &["component"],
            )),
            (false, true) => findings.push(finding(
                format!(
                    "the manifest asks for guichet:host/{name}, which the component never imports"
                ),
                format!("remove {section}"),
                path,
            )),
            _ => {}
        }
    }
    let permissions = &source.manifest.permissions;
    if permissions.legacy_crypto.is_some() && !facts.imports.contains(&HostInterface::Keys) {
        findings.push(finding(
            "legacy-crypto is asked for, but the component never imports guichet:host/keys".into(),
            "remove [permissions.legacy_crypto]".into(),
            &["permissions", "legacy_crypto"],
        ));
    }
    if permissions.handoff.is_some() && !facts.kinds.contains(&ServiceKind::Credential) {
        findings.push(finding(
            "only a credential hands over to another page, and the component exports none".into(),
            "remove [permissions.handoff]".into(),
            &["permissions", "handoff"],
        ));
    }
    findings
}

fn asked_for(source: &Source<'_>) -> BTreeSet<HostInterface> {
    let manifest = &source.manifest;
    let legacy = manifest.permissions.legacy_crypto.is_some();
    [
        (HostInterface::Http, !manifest.endpoints.is_empty()),
        (HostInterface::Keys, !manifest.keys.is_empty() || legacy),
        (HostInterface::Kv, manifest.permissions.kv.is_some()),
        (
            HostInterface::SubjectData,
            !manifest.permissions.data.is_empty(),
        ),
    ]
    .into_iter()
    .filter_map(|(interface, asked)| asked.then_some(interface))
    .collect()
}
