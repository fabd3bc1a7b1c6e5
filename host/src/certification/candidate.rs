//! The release that is certified: its admission, its code and its scenarios.

use std::collections::BTreeMap;

use guichet_registry::admit::Admission;
use guichet_registry::bundle::Bundle;
use guichet_registry::certification::{Coverage, Depth, REPORT_VERSION, Report, Verdict, variants};
use guichet_registry::finding::{Finding, Rule};
use guichet_registry::scenario::{self, Scenario, ScenarioName};

/// A release with everything that certification looks at.
pub struct Candidate<'a> {
    /// The release as it was admitted.
    pub admission: &'a Admission,
    /// The bytes of its component, its own or another package's.
    pub component: &'a [u8],
    /// Its scenarios that read, in the order of their names.
    pub scenarios: Vec<(ScenarioName, Scenario)>,
    /// What is wrong with the others.
    pub findings: Vec<Finding>,
}

impl<'a> Candidate<'a> {
    /// Reads the scenarios of a bundle that was admitted.
    #[must_use]
    pub fn new(admission: &'a Admission, bundle: &Bundle<'_>, component: &'a [u8]) -> Self {
        let (scenarios, findings) =
            scenario::read_all(bundle, &admission.manifest, &admission.services);
        Self {
            admission,
            component,
            scenarios,
            findings,
        }
    }

    /// A report in which nothing was played yet.
    pub(super) fn empty_report(&self, depth: Depth) -> Report {
        let coverage: Vec<Coverage> = variants(self.admission)
            .into_iter()
            .map(|(variant, services)| Coverage {
                variant,
                scenarios: self
                    .scenarios
                    .iter()
                    .filter(|(_, scenario)| services.contains(&scenario.service))
                    .map(|(name, _)| name.clone())
                    .collect(),
                services,
                shown: BTreeMap::new(),
            })
            .collect();
        let mut findings = self.findings.clone();
        findings.extend(coverage.iter().filter_map(unrepresented));
        Report {
            guichet_certification: REPORT_VERSION,
            verdict: Verdict::Failed,
            depth,
            package: self.admission.package().clone(),
            version: self.admission.version().clone(),
            release: self.admission.release,
            component: self.admission.component.digest,
            contract: self.admission.manifest.contract.to_string(),
            limits: BTreeMap::new(),
            scenarios: BTreeMap::new(),
            coverage,
            drill: BTreeMap::new(),
            findings,
            findings_left_out: 0,
        }
    }
}

/// Services that no scenario represents.
fn unrepresented(coverage: &Coverage) -> Option<Finding> {
    let example = coverage.services.first()?;
    if !coverage.scenarios.is_empty() {
        return None;
    }
    let others = match coverage.services.len() - 1 {
        0 => String::new(),
        1 => " and one like it".to_owned(),
        more => format!(" and {more} like it"),
    };
    Some(Finding {
        rule: Rule::Certification,
        file: scenario::SCENARIOS_FOLDER.to_owned(),
        line: None,
        problem: format!("no scenario represents {example}{others}"),
        mend: format!("record one for {example}, see docs/certification.md"),
    })
}
