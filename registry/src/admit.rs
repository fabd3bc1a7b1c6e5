//! The entry door: bytes of a bundle become a release that may run, or a list
//! of findings. Stores nothing and binds nothing.

mod policy;
mod services;
mod shelf;

use std::collections::BTreeMap;
use std::fmt;

use guichet_domain::Digest;

pub use policy::{AdmissionPolicy, KeyPolicy};
pub use shelf::Shelf;

use crate::bundle::{Bundle, BundleError};
use crate::check;
use crate::finding::{Finding, Rule};
use crate::inspect::{self, ComponentFacts};
use crate::manifest::read::Source;
use crate::manifest::{Component, ConfigValue, MANIFEST_FILE, Manifest};
use crate::names::{ConfigName, PackageName, Version};
use crate::scenario;
use crate::service::Service;
use crate::shared::Shared;
use crate::sign::PublicKey;

/// A release that was found good.
#[derive(Debug, Clone)]
pub struct Admission {
    /// The release's digest.
    pub release: Digest,
    /// Its manifest.
    pub manifest: Shared<Manifest>,
    /// Whose key signed it.
    pub signer: PublicKey,
    /// Facts about the code, own or another package's.
    pub component: ComponentFacts,
    /// The package's own code; none where it uses another package's.
    pub component_bytes: Option<Vec<u8>>,
    /// Its services, sorted by code.
    pub services: Vec<Shared<Service>>,
    /// The manifest's configuration with its files' texts.
    pub config: BTreeMap<ConfigName, String>,
}

impl Admission {
    /// `publisher/name`.
    #[must_use]
    pub fn package(&self) -> &PackageName {
        &self.manifest.package
    }

    /// The release's version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.manifest.version
    }

    /// A service's whole configuration: the package's, then its own over it.
    #[must_use]
    pub fn config_of(&self, service: &Service) -> BTreeMap<String, String> {
        let package = self
            .config
            .iter()
            .map(|(name, text)| (name.to_string(), text.clone()));
        let own = service
            .config
            .iter()
            .map(|(name, value)| (name.to_string(), as_text(value)));
        package.chain(own).collect()
    }
}

/// Why a bundle was not admitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct AdmissionError {
    /// At least one, in the order of the checks; cut where there are very many.
    pub findings: Vec<Finding>,
}

impl fmt::Display for AdmissionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.findings.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// The most findings of one bundle.
const FINDINGS_LIMIT: usize = 200;

/// Admits a bundle, or says everything that is wrong with it.
pub fn admit(
    bytes: &[u8],
    policy: &AdmissionPolicy,
    shelf: &Shelf,
) -> Result<Admission, AdmissionError> {
    let refuse = |findings: Vec<Finding>| AdmissionError { findings };
    let whole = |rule, problem: String, mend: &str| {
        refuse(vec![Finding::new(rule, "bundle", problem, mend)])
    };
    let refuse_bundle = |error: BundleError| refuse(vec![error.finding()]);
    let bundle = Bundle::read(bytes, policy.limits).map_err(refuse_bundle)?;
    let signer = bundle.verify().map_err(refuse_bundle)?.publisher;
    let manifest = bundle.file(MANIFEST_FILE).ok_or_else(|| {
        let problem = format!("it holds no {MANIFEST_FILE}");
        whole(
            Rule::Manifest,
            problem,
            "add the manifest, see docs/manifest.md",
        )
    })?;
    let source = Source::read(manifest).map_err(refuse)?;
    let mut findings = policy.check(&source.manifest, signer);
    findings.extend(check::manifest::check(&source, &bundle));
    source.add_schema(&mut findings);
    findings.extend(check::files::check(&source.manifest, &bundle));
    findings.extend(check::secret::check(&bundle));
    let code = read_component(&source, &bundle, shelf);
    let (component, component_bytes) = match code {
        Ok(code) => code,
        Err(finding) => {
            findings.push(finding);
            return Err(refuse(findings));
        }
    };
    let read = services::read(&source.manifest, &bundle, &component, shelf);
    findings.extend(check::permission::check(
        &source,
        &component,
        read.services.len(),
    ));
    findings.extend(read.findings);
    let (_, unreadable) = scenario::read_all(&bundle, &source.manifest, &read.services);
    findings.extend(unreadable);
    if !findings.is_empty() {
        findings.truncate(FINDINGS_LIMIT);
        return Err(refuse(findings));
    }
    let config = resolve_config(&source.manifest, &bundle);
    Ok(Admission {
        release: bundle.digest(),
        signer,
        component,
        component_bytes,
        services: read.services,
        config,
        manifest: source.manifest.into(),
    })
}

fn read_component(
    source: &Source<'_>,
    bundle: &Bundle<'_>,
    shelf: &Shelf,
) -> Result<(ComponentFacts, Option<Vec<u8>>), Finding> {
    match &source.manifest.component {
        Component::Digest(digest) => shelf.component(*digest).cloned().map_or_else(
            || {
                let problem = format!("no component {digest} was admitted before");
                let mend = "publish the package that holds it first, or correct the digest";
                let finding = Finding::new(Rule::ComponentUnknown, MANIFEST_FILE, problem, mend);
                Err(finding.at(source.line(&["component"])))
            },
            |facts| Ok((facts, None)),
        ),
        Component::File(name) => {
            let Some(bytes) = bundle.file(name) else {
                let finding = Finding::new(
                    Rule::Manifest,
                    MANIFEST_FILE,
                    "without its component nothing more can be checked",
                    "add the file",
                );
                return Err(finding.at(source.line(&["component"])));
            };
            let facts = inspect::inspect(bytes).map_err(|error| {
                let text = error.to_string();
                let (problem, mend) = text.split_once("; ").unwrap_or((&text, "build it again"));
                Finding::new(Rule::Component, name, problem, mend)
            })?;
            if facts.contract != source.manifest.contract.to_string() {
                let problem = format!(
                    "the component was built against contract {}, the manifest says {}",
                    facts.contract, source.manifest.contract
                );
                let finding =
                    Finding::new(Rule::Contract, MANIFEST_FILE, problem, "make them agree");
                return Err(finding.at(source.line(&["contract"])));
            }
            Ok((facts, Some(bytes.to_vec())))
        }
    }
}

fn resolve_config(manifest: &Manifest, bundle: &Bundle<'_>) -> BTreeMap<ConfigName, String> {
    let text = |value: &ConfigValue| match value {
        ConfigValue::Value(value) => as_text(value),
        ConfigValue::File(reference) => {
            let bytes = bundle.file(&reference.file).unwrap_or_default();
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    manifest
        .config
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

fn as_text(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
