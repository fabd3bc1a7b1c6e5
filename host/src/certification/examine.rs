//! Examines a release scenario by scenario and puts the report together. The
//! order of everything in it follows from the bundle alone.

use std::collections::BTreeMap;

use guichet_registry::certification::{
    Capability, Count, Coverage, Depth, Evidence, Played, Report, Step as Reported, Verdict,
};
use guichet_registry::finding::{Finding, Rule};
use guichet_registry::scenario::{SCENARIOS_FOLDER, Scenario, ScenarioName};
use guichet_sandbox::{Limits, Plugin, Sandbox};

use super::drill::{Drill, Ways, acts_when_asking};
use super::errand::{Errand, Ground, declared};
use super::judge::{self, Facts};
use super::player::Player;
use super::shown::{self, Shown};
use super::{Candidate, CertificationError, expectation};

/// Findings that a report lists.
const FINDINGS_LIMIT: usize = 200;
/// Findings that one scenario may bring, so that others are heard as well.
const FINDINGS_OF_ONE: usize = 60;

/// Examines a release.
pub(super) async fn examine(
    sandbox: &Sandbox,
    plugin: &Plugin,
    candidate: &Candidate<'_>,
    depth: Depth,
) -> Result<Report, CertificationError> {
    let mut report = candidate.empty_report(depth);
    let mut shown: BTreeMap<ScenarioName, Shown> = BTreeMap::new();
    for (name, scenario) in &candidate.scenarios {
        let player = Player::new(sandbox, plugin, candidate.admission, scenario)?;
        if report.limits.is_empty() {
            report.limits = limits(player.limits()?);
        }
        let errand = Errand::run(&player, Ground::Stage).await?;
        shown.insert(name.clone(), shown::shown(&errand));
        let mut findings = faults(name, &errand, scenario);
        if depth == Depth::Drill && findings.is_empty() {
            findings.extend(drill(name, &player, &errand, &mut report).await?);
        }
        report
            .scenarios
            .insert(name.clone(), played(scenario, &errand, findings.len()));
        let left = findings.len().saturating_sub(FINDINGS_OF_ONE);
        findings.truncate(FINDINGS_OF_ONE);
        report.findings_left_out += left;
        report.findings.extend(findings);
    }
    for coverage in &mut report.coverage {
        coverage.shown = evidence(coverage, &shown);
    }
    let left = report.findings.len().saturating_sub(FINDINGS_LIMIT);
    report.findings.truncate(FINDINGS_LIMIT);
    report.findings_left_out += left;
    report.verdict = if report.findings.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Failed
    };
    Ok(report)
}

fn limits(limits: Limits) -> BTreeMap<String, u64> {
    let written = serde_json::to_value(limits).unwrap_or_default();
    let fields = written.as_object().cloned().unwrap_or_default();
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_u64()?)))
        .collect()
}

/// What is wrong with the scenario as it was recorded.
fn faults(name: &ScenarioName, errand: &Errand<'_>, scenario: &Scenario) -> Vec<Finding> {
    let mut faults = errand.faults.clone();
    if faults.is_empty() {
        faults.extend(expectation::check(errand, &scenario.expect));
        faults.extend(lies(errand));
    }
    faults
        .into_iter()
        .map(|fault| finding(name, fault))
        .collect()
}

/// Answers that are not true although nothing was broken.
fn lies(errand: &Errand<'_>) -> Vec<(String, String)> {
    let facts = Facts::of(errand);
    let lies = errand.steps.iter().filter_map(|step| {
        let before = errand.before(step);
        let said = (&step.result, step.effect);
        let lie = acts_when_asking(step.function(), &step.start.truth, &step.end)
            .or_else(|| judge::payment_lie(said, &before, &step.end, &facts))
            .or_else(|| judge::reversal_lie(said, &before, &step.end, &facts))?;
        let mend = "correct the plugin, or the scenario's states and effects";
        Some((format!("{}: {lie}", step.label()), mend.to_owned()))
    });
    lies.collect()
}

async fn drill(
    name: &ScenarioName,
    player: &Player<'_>,
    errand: &Errand<'_>,
    report: &mut Report,
) -> Result<Vec<Finding>, CertificationError> {
    let drill = Drill {
        player,
        errand,
        facts: Facts::of(errand),
        ways: Ways {
            status: declared(player).status,
            repeats: shown::repeats(errand),
        },
    };
    let mut findings = Vec::new();
    for ran in drill.run().await? {
        let counts = report.drill.entry(ran.function).or_default();
        let count: &mut Count = counts.entry(ran.fault).or_default();
        count.runs += 1;
        count.failed += u32::from(!ran.faults.is_empty());
        findings.extend(ran.faults.into_iter().map(|fault| finding(name, fault)));
    }
    Ok(findings)
}

fn finding(name: &ScenarioName, (problem, mend): (String, String)) -> Finding {
    Finding {
        rule: Rule::Certification,
        file: format!("{SCENARIOS_FOLDER}{name}.json"),
        line: None,
        problem,
        mend,
    }
}

fn played(scenario: &Scenario, errand: &Errand<'_>, findings: usize) -> Played {
    let steps = errand.steps.iter().map(|step| Reported {
        call: step.label(),
        answer: judge::word(&step.result),
        exchanges: step.exchanges.len(),
    });
    Played {
        title: scenario.title.clone(),
        service: scenario.service.clone(),
        steps: steps.collect(),
        findings,
    }
}

/// What the scenarios of some services show together: each capability that one
/// of them shows, else why the first does not.
fn evidence(
    coverage: &Coverage,
    shown: &BTreeMap<ScenarioName, Shown>,
) -> BTreeMap<Capability, Evidence> {
    let mut evidence = BTreeMap::new();
    if coverage.variant.flow.is_none() {
        return evidence;
    }
    for capability in [
        Capability::Deduplicates,
        Capability::Status,
        Capability::NotFound,
        Capability::Reversal,
    ] {
        let mut by = Vec::new();
        let mut why = None;
        for name in &coverage.scenarios {
            match shown.get(name).and_then(|shown| shown.get(&capability)) {
                Some(None) => by.push(name.clone()),
                Some(Some(reason)) => {
                    why.get_or_insert_with(|| reason.clone());
                }
                None => {}
            }
        }
        let why = why.unwrap_or_else(|| "no scenario represents the services".to_owned());
        let found = if by.is_empty() {
            Evidence::NotShown { why }
        } else {
            Evidence::Shown { by }
        };
        evidence.insert(capability, found);
    }
    evidence
}
