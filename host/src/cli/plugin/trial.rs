//! `guichet plugin test`, `certify` and `record`: what came out, for people and
//! for programs.

use std::path::{Path, PathBuf};

use clap::Args;
use guichet_registry::certification::{Depth, Report, Verdict};
use serde_json::json;

use super::findings::{ending, tell};
use super::packages::{FolderArguments, PackagesArguments};
use crate::cli::exit::{Ending, Failure};
use crate::cli::node::many_threads;
use crate::cli::output::{Lines, Output};
use crate::workshop::trial::{Prepared, Trial, origin, prepare};
use crate::workshop::{PackageFolder, WorkshopError};

/// `guichet plugin certify`
#[derive(Debug, Args)]
pub struct CertifyArguments {
    /// The package.
    #[command(flatten)]
    pub folder: FolderArguments,
    /// Where the report goes, as JSON.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `guichet plugin record`
#[derive(Debug, Args)]
pub struct RecordArguments {
    /// The scenario to fill: its service, inputs, keys and what is paid.
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// The test system of an endpoint, NAME=ORIGIN, once for each.
    #[arg(long, value_name = "NAME=ORIGIN", required = true)]
    pub endpoint: Vec<String>,
    /// The package's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Where other packages' components are found.
    #[command(flatten)]
    pub packages: PackagesArguments,
}

/// Plays the scenarios as they were recorded.
pub(super) fn test(asked: &FolderArguments, output: Output) -> Result<Ending, Failure> {
    let trial = match ready(&asked.folder, asked.packages.packages.as_deref(), output)? {
        Ok(trial) => trial,
        Err(ending) => return Ok(ending),
    };
    let report = play(&trial, Depth::Baseline)?;
    output.answer(&json!(report), |lines| scenarios(&report, lines));
    Ok(ending(&report.findings))
}

/// Plays them with every fault and keeps the report.
pub(super) fn certify(asked: &CertifyArguments, output: Output) -> Result<Ending, Failure> {
    let folder = &asked.folder;
    let trial = match ready(&folder.folder, folder.packages.packages.as_deref(), output)? {
        Ok(trial) => trial,
        Err(ending) => return Ok(ending),
    };
    let report = play(&trial, Depth::Drill)?;
    if let Some(path) = &asked.output {
        std::fs::write(path, report.bytes()).map_err(|error| WorkshopError::File {
            path: path.clone(),
            error,
        })?;
    }
    output.answer(&json!(report), |lines| {
        for line in report.text().lines() {
            lines.line(line);
        }
    });
    Ok(match report.verdict {
        Verdict::Passed => Ending::Done,
        Verdict::Failed => Ending::Refused,
    })
}

/// Records a scenario from a test system.
pub(super) fn record(asked: &RecordArguments, output: Output) -> Result<Ending, Failure> {
    let origins = asked.endpoint.iter().map(|written| origin(written));
    let origins = origins.collect::<Result<_, _>>()?;
    let trial = match ready(&asked.folder, asked.packages.packages.as_deref(), output)? {
        Ok(trial) => trial,
        Err(ending) => return Ok(ending),
    };
    let exchanges = many_threads()?.block_on(trial.record(&asked.scenario, &origins))?;
    let answer = json!({"scenario": asked.scenario, "exchanges": exchanges});
    output.answer(&answer, |lines| {
        lines.line(&format!("{}: {exchanges}", asked.scenario.display()));
    });
    Ok(Ending::Done)
}

pub(super) fn play(trial: &Trial, depth: Depth) -> Result<Report, Failure> {
    Ok(many_threads()?.block_on(trial.play(depth))?)
}

/// The package ready to be tried; one that would not be admitted is told and
/// refused.
pub(super) fn ready(
    folder: &Path,
    packages: Option<&Path>,
    output: Output,
) -> Result<Result<Box<Trial>, Ending>, Failure> {
    let folder = PackageFolder::open(folder)?;
    let known = super::components(packages)?;
    Ok(match prepare(&folder, &known)? {
        Prepared::Ready(trial) => Ok(trial),
        Prepared::Refused(findings) => {
            output.answer(&json!({"good": false, "findings": findings}), |lines| {
                tell(&findings, lines);
            });
            Err(ending(&findings))
        }
    })
}

/// Each scenario with its calls, then what is wrong.
fn scenarios(report: &Report, lines: &mut Lines) {
    for (name, played) in &report.scenarios {
        let mark = if played.findings == 0 { "✓" } else { "✗" };
        lines.line(&format!("{mark} {name}: {}", played.title));
        for step in &played.steps {
            lines.line(&format!("    {} → {}", step.call, step.answer));
        }
    }
    tell(&report.findings, lines);
    if report.findings.is_empty() {
        let count = report.scenarios.len();
        lines.say(
            &format!("{count} 个场景全部通过"),
            &format!("All scenarios as recorded: {count}"),
        );
    }
}
