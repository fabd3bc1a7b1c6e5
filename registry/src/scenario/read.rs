//! Reads and writes scenario files. Every mistake is told with file, line or
//! path, and mend.

use super::names::ScenarioName;
use super::{SCENARIO_LIMIT_BYTES, SCENARIOS_FOLDER, SCENARIOS_LIMIT, Scenario, check};
use crate::bundle::Bundle;
use crate::finding::{Finding, Rule};
use crate::manifest::Manifest;
use crate::service::Service;
use crate::shared::Shared;

/// Reads a file's text, without looking at the package around it. The file is
/// named in findings.
pub fn read_text(file: &str, bytes: &[u8]) -> Result<Scenario, Finding> {
    let finding = |problem: String, mend: &str| Finding::new(Rule::Scenario, file, problem, mend);
    if bytes.len() > SCENARIO_LIMIT_BYTES {
        let problem = format!("it is larger than {SCENARIO_LIMIT_BYTES} bytes");
        return Err(finding(problem, "record less, or make it two scenarios"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let scenario: Result<Scenario, _> = serde_path_to_error::deserialize(&mut reader);
    let told = |path: &str, error: &serde_json::Error| {
        let text = error.to_string();
        let text = text
            .split_once(" at line ")
            .map_or(text.as_str(), |(problem, _)| problem);
        let place = if path == "." {
            String::new()
        } else {
            format!("{path}: ")
        };
        let line = Some(error.line()).filter(|line| *line > 0);
        finding(
            format!("{place}{text}"),
            "correct it, see docs/certification.md",
        )
        .at(line)
    };
    let scenario = scenario.map_err(|error| told(&error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| told(".", &error))?;
    Ok(scenario)
}

/// Reads one scenario of a package and checks it against the manifest and the
/// services.
pub fn read(
    file: &str,
    bytes: &[u8],
    manifest: &Manifest,
    services: &[Shared<Service>],
) -> Result<(ScenarioName, Scenario), Vec<Finding>> {
    let name = name_of(file).map_err(|finding| vec![finding])?;
    let scenario = read_text(file, bytes).map_err(|finding| vec![finding])?;
    let text = String::from_utf8_lossy(bytes);
    let findings = check::check(file, &text, &scenario, manifest, services);
    if findings.is_empty() {
        Ok((name, scenario))
    } else {
        Err(findings)
    }
}

/// Reads all scenarios of a bundle, in the order of their names.
pub fn read_all(
    bundle: &Bundle<'_>,
    manifest: &Manifest,
    services: &[Shared<Service>],
) -> (Vec<(ScenarioName, Scenario)>, Vec<Finding>) {
    let mut scenarios = Vec::new();
    let mut findings = Vec::new();
    let files = bundle
        .files()
        .filter(|(path, _)| path.as_str().starts_with(SCENARIOS_FOLDER));
    for (count, (path, bytes)) in files.enumerate() {
        if count == SCENARIOS_LIMIT {
            let problem = format!("there are more than {SCENARIOS_LIMIT} files in tests/");
            let mend = "keep the scenarios that differ in what they show";
            findings.push(Finding::new(Rule::Scenario, path.as_str(), problem, mend));
            break;
        }
        match read(path.as_str(), bytes, manifest, services) {
            Ok(scenario) => scenarios.push(scenario),
            Err(more) => findings.extend(more),
        }
    }
    (scenarios, findings)
}

/// The scenario as a file, the same bytes for the same scenario.
#[must_use]
pub fn write(scenario: &Scenario) -> Vec<u8> {
    let mut bytes =
        serde_json::to_vec_pretty(scenario).expect("a scenario has only lawful JSON in it");
    bytes.push(b'\n');
    bytes
}

fn name_of(file: &str) -> Result<ScenarioName, Finding> {
    let stem = file
        .strip_prefix(SCENARIOS_FOLDER)
        .and_then(|rest| rest.strip_suffix(".json"));
    let name = stem.and_then(|stem| stem.parse().ok());
    name.ok_or_else(|| {
        let problem = "it is no scenario's file";
        let mend = "name it tests/NAME.json, NAME of a-z, 0-9, - and _, or remove it";
        Finding::new(Rule::Scenario, file, problem, mend)
    })
}
