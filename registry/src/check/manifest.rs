//! Checks that a manifest makes sense in itself, and that the files it names are
//! there. What else a bundle holds is judged in `files`.

use guichet_domain::grant::Route;

use super::Fault;
use crate::bundle::Bundle;
use crate::finding::{Finding, Rule};
use crate::inspect::FROZEN_VERSIONS;
use crate::manifest::read::Source;
use crate::manifest::{
    Component, ConfigValue, Endpoint, Key, MANIFEST_FILE, Manifest, Permissions,
};

/// Endpoints, keys and the like of one package.
const PARTS_LIMIT: usize = 16;
const ROUTES_LIMIT: usize = 64;
const EFFECTS_LIMIT: u32 = 8;
const KV_LIMIT_BYTES: u64 = 16 << 20;
const CONFIG_FILE_LIMIT_BYTES: usize = 1 << 20;
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

pub(crate) fn check(source: &Source<'_>, bundle: &Bundle<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |path: &[&str], faults: Vec<Fault>| {
        findings.extend(faults.into_iter().map(|fault| {
            Finding::new(Rule::Manifest, MANIFEST_FILE, fault.problem, fault.mend)
                .at(source.line(path))
        }));
    };
    let manifest = &source.manifest;
    add(&["licence"], licence(manifest));
    add(&["component"], component(manifest, bundle));
    add(&["endpoints"], parts(manifest));
    for (name, endpoint) in &manifest.endpoints {
        add(&["endpoints", name.as_str()], endpoint_faults(endpoint));
        for (index, route) in endpoint.routes.iter().enumerate() {
            let index = index.to_string();
            add(
                &["endpoints", name.as_str(), "routes", &index],
                route_faults(route),
            );
        }
    }
    for (name, key) in &manifest.keys {
        add(
            &["keys", name.as_str()],
            key_faults(key, &manifest.permissions),
        );
    }
    add(&["permissions"], permission_faults(&manifest.permissions));
    add(&["limits"], limits(manifest));
    for (name, value) in &manifest.config {
        add(&["config", name.as_str()], config(value, bundle));
    }
    let contract = manifest.contract.to_string();
    if !FROZEN_VERSIONS.contains(&contract.as_str()) {
        let problem = format!("contract version {contract} is not served here");
        let mend = format!("build against {}", FROZEN_VERSIONS.join(" or "));
        let finding = Finding::new(Rule::Contract, MANIFEST_FILE, problem, mend);
        findings.push(finding.at(source.line(&["contract"])));
    }
    findings
}

fn licence(manifest: &Manifest) -> Vec<Fault> {
    let text = &manifest.licence;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b" .-+():".contains(&byte);
    let lawful = !text.trim().is_empty() && text.len() <= 100 && text.bytes().all(allowed);
    (!lawful)
        .then(|| {
            Fault::new(
                "the licence is no SPDX expression",
                "write one such as Apache-2.0 or LicenseRef-Proprietary",
            )
        })
        .into_iter()
        .collect()
}

fn component(manifest: &Manifest, bundle: &Bundle<'_>) -> Vec<Fault> {
    match &manifest.component {
        Component::File(name) if bundle.file(name).is_none() => vec![Fault::new(
            format!("the bundle has no file {name:?}"),
            "build the component before the bundle, or correct the name",
        )],
        Component::File(name) if !name.ends_with(".wasm") => {
            vec![Fault::new(
                format!("{name:?} does not end in .wasm"),
                "call it component.wasm",
            )]
        }
        Component::File(_) | Component::Digest(_) => Vec::new(),
    }
}

fn parts(manifest: &Manifest) -> Vec<Fault> {
    [
        ("endpoints", manifest.endpoints.len()),
        ("keys", manifest.keys.len()),
    ]
    .into_iter()
    .filter(|(_, count)| *count > PARTS_LIMIT)
    .map(|(what, _)| {
        Fault::new(
            format!("more than {PARTS_LIMIT} {what}"),
            "split the package",
        )
    })
    .collect()
}

fn endpoint_faults(endpoint: &Endpoint) -> Vec<Fault> {
    let mut faults = Vec::new();
    if endpoint.routes.is_empty() || endpoint.routes.len() > ROUTES_LIMIT {
        faults.push(Fault::new(
            format!("an endpoint has 1 to {ROUTES_LIMIT} routes"),
            "list what is asked of it: methods, path_prefix and intent",
        ));
    }
    if !(1..=EFFECTS_LIMIT).contains(&endpoint.effects_per_call) {
        faults.push(Fault::new(
            format!("effects_per_call is 1 to {EFFECTS_LIMIT}"),
            "leave it out unless one payment needs several requests with an effect",
        ));
    }
    faults
}

fn route_faults(route: &Route) -> Vec<Fault> {
    let mut faults = Vec::new();
    let unknown = |method: &&String| !METHODS.contains(&method.as_str());
    if route.methods.is_empty() || route.methods.iter().any(|method| unknown(&method)) {
        let mend = format!("name one or more of {}", METHODS.join(", "));
        faults.push(Fault::new(
            "the methods of a route are missing or unknown",
            mend,
        ));
    }
    let prefix = &route.path_prefix;
    let visible = prefix
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\\%?#;".contains(&byte));
    let tricky = prefix.contains("//") || prefix.split('/').any(|part| part == "." || part == "..");
    if !prefix.starts_with('/') || prefix.len() > 200 || !visible || tricky {
        faults.push(Fault::new(
            format!("{prefix:?} is no path prefix"),
            "write a plain path from the root, such as /api/v1/, without escapes, dots, query or fragment",
        ));
    }
    faults
}

fn key_faults(key: &Key, permissions: &Permissions) -> Vec<Fault> {
    let mut faults = Vec::new();
    if key.uses.is_empty() || key.uses.iter().any(|usage| !key.algorithm.serves(*usage)) {
        faults.push(Fault::new(
            "the uses of a key are missing, or its algorithm does not serve them",
            "signature schemes take sign and verify, HMAC takes mac, ciphers take encrypt and decrypt",
        ));
    }
    if key.algorithm.is_legacy() && permissions.legacy_crypto.is_none() {
        faults.push(Fault::new(
            "the key's algorithm is broken and only kept for old systems",
            "use another one, or add [permissions.legacy_crypto] with the reason",
        ));
    }
    faults
}

fn permission_faults(permissions: &Permissions) -> Vec<Fault> {
    let mut faults = Vec::new();
    if permissions
        .kv
        .as_ref()
        .is_some_and(|kv| !(1..=KV_LIMIT_BYTES).contains(&kv.quota_bytes))
    {
        faults.push(Fault::new(
            "kv.quota_bytes is not 1 to 16,777,216",
            "ask for what is needed",
        ));
    }
    if let Some(handoff) = &permissions.handoff {
        let plain = handoff.origins.iter().any(|origin| origin.is_plain());
        if handoff.origins.is_empty() || handoff.origins.len() > PARTS_LIMIT || plain {
            faults.push(Fault::new(
                format!("handoff has 1 to {PARTS_LIMIT} origins, https only"),
                "list the issuer's origins, such as https://issuer.example.test",
            ));
        }
    }
    faults
}

fn limits(manifest: &Manifest) -> Vec<Fault> {
    let wish = &manifest.limits;
    let bounds = [
        ("memory_bytes", wish.memory_bytes, 1 << 20, 256 << 20),
        ("deadline_ms", wish.deadline_ms.map(u64::from), 10, 60_000),
        ("exchange_ms", wish.exchange_ms.map(u64::from), 10, 60_000),
        ("response_bytes", wish.response_bytes, 1, 16 << 20),
        (
            "concurrent_calls",
            wish.concurrent_calls.map(u64::from),
            1,
            1_024,
        ),
    ];
    bounds
        .into_iter()
        .filter(|(_, wished, least, most)| {
            wished.is_some_and(|value| !(*least..=*most).contains(&value))
        })
        .map(|(name, _, least, most)| {
            Fault::new(
                format!("{name} is not {least} to {most}"),
                "wish for less, or leave it out",
            )
        })
        .collect()
}

fn config(value: &ConfigValue, bundle: &Bundle<'_>) -> Vec<Fault> {
    let ConfigValue::File(reference) = value else {
        return Vec::new();
    };
    let problem = match bundle.file(&reference.file) {
        None => format!("the bundle has no file {:?}", reference.file),
        Some(bytes) if bytes.len() > CONFIG_FILE_LIMIT_BYTES => {
            format!(
                "{:?} is larger than {CONFIG_FILE_LIMIT_BYTES} bytes",
                reference.file
            )
        }
        Some(bytes) if std::str::from_utf8(bytes).is_err() => {
            format!("{:?} is not UTF-8 text", reference.file)
        }
        Some(_) => return Vec::new(),
    };
    vec![Fault::new(problem, "correct the file or its name")]
}
