//! The report for people, made from the report alone.

use std::fmt::Write as _;

use super::{Capability, Coverage, Depth, Evidence, Report, Verdict};

/// Services named in one line; the others are counted.
const SERVICES_SHOWN: usize = 3;

pub(super) fn text(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _infallible = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    let verdict = match (report.verdict, report.depth) {
        (Verdict::Passed, Depth::Drill) => "passes certification",
        (Verdict::Passed, Depth::Baseline) => "plays its scenarios as recorded",
        (Verdict::Failed, Depth::Drill) => "does not pass certification",
        (Verdict::Failed, Depth::Baseline) => "does not play its scenarios as recorded",
    };
    writeln!(out, "{} {} {verdict}", report.package, report.version)?;
    writeln!(out, "release   {}", report.release)?;
    writeln!(out, "component {}", report.component)?;
    writeln!(out)?;
    for (name, played) in &report.scenarios {
        let state = match played.findings {
            0 => "good".to_owned(),
            1 => "1 finding".to_owned(),
            many => format!("{many} findings"),
        };
        writeln!(
            out,
            "{name}: {} ({}) — {state}",
            played.title, played.service
        )?;
        for step in &played.steps {
            let exchanges = plural(step.exchanges, "exchange");
            writeln!(out, "  {:32} {:12} {exchanges}", step.call, step.answer)?;
        }
    }
    if report.depth == Depth::Drill {
        drill(report, out)?;
    }
    for coverage in &report.coverage {
        covered(coverage, out)?;
    }
    for finding in &report.findings {
        writeln!(out, "\n{finding}")?;
    }
    if report.findings_left_out > 0 {
        writeln!(out, "\nand {} more findings", report.findings_left_out)?;
    }
    Ok(())
}

fn drill(report: &Report, out: &mut String) -> std::fmt::Result {
    let all = report.runs();
    writeln!(
        out,
        "\nfaults struck: {}, gone wrong: {}",
        all.runs, all.failed
    )?;
    for (function, faults) in &report.drill {
        let runs: u32 = faults.values().map(|count| count.runs).sum();
        let wrong: Vec<String> = faults
            .iter()
            .filter(|(_, count)| count.failed > 0)
            .map(|(fault, count)| format!("{fault} {}", count.failed))
            .collect();
        let wrong = if wrong.is_empty() {
            "none wrong".to_owned()
        } else {
            format!("wrong: {}", wrong.join(", "))
        };
        writeln!(out, "  {:18} {runs:>4} runs, {wrong}", function.as_str())?;
    }
    Ok(())
}

fn covered(coverage: &Coverage, out: &mut String) -> std::fmt::Result {
    let shown: Vec<&str> = coverage
        .services
        .iter()
        .take(SERVICES_SHOWN)
        .map(guichet_domain::id::ServiceCode::as_str)
        .collect();
    let more = coverage.services.len().saturating_sub(SERVICES_SHOWN);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let scenarios: Vec<&str> = coverage
        .scenarios
        .iter()
        .map(crate::scenario::ScenarioName::as_str)
        .collect();
    let by = if scenarios.is_empty() {
        "no scenario".to_owned()
    } else {
        scenarios.join(", ")
    };
    let kind = coverage.variant.kind;
    writeln!(
        out,
        "\n{kind}: {}{more}: represented by {by}",
        shown.join(", ")
    )?;
    for (capability, evidence) in &coverage.shown {
        let name = words(*capability);
        match evidence {
            Evidence::Shown { .. } => writeln!(out, "  {name}: shown")?,
            Evidence::NotShown { why } => writeln!(out, "  {name}: not shown, {why}")?,
        }
    }
    Ok(())
}

const fn words(capability: Capability) -> &'static str {
    match capability {
        Capability::Deduplicates => "recognises a repeated payment",
        Capability::Status => "tells what became of a payment",
        Capability::NotFound => "its \"not found\" can be believed",
        Capability::Reversal => "undoes a payment",
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
