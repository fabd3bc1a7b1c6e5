//! `guichet plugin check`, and how findings are told: `file:line: problem; mend`,
//! in colour where a person reads them.

use std::io::IsTerminal as _;

use guichet_registry::finding::Finding;
use serde_json::json;

use super::packages::FolderArguments;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Lines, Output};
use crate::workshop::{PackageFolder, check};

/// Checks a package and tells what is wrong with it.
pub(super) fn check(asked: &FolderArguments, output: Output) -> Result<Ending, Failure> {
    let folder = PackageFolder::open(&asked.folder)?;
    let known = super::components(asked.packages.packages.as_deref())?;
    let checked = check::check(&folder, &known)?;
    let services = checked
        .admission
        .as_ref()
        .map(|admission| admission.services.len());
    let answer = json!({
        "package": folder.name()?.to_string(),
        "version": folder.version()?.to_string(),
        "good": checked.findings.is_empty(),
        "services": services,
        "findings": checked.findings,
    });
    output.answer(&answer, |lines| {
        tell(&checked.findings, lines);
        if let Some(services) = services {
            lines.say(
                &format!("没有发现问题；{services} 项服务"),
                &format!("Nothing is wrong; services: {services}"),
            );
        }
    });
    Ok(ending(&checked.findings))
}

/// A package with findings is refused.
pub(super) fn ending(findings: &[Finding]) -> Ending {
    if findings.is_empty() {
        Ending::Done
    } else {
        Ending::Refused
    }
}

/// One line for each finding, and their number.
pub(super) fn tell(findings: &[Finding], lines: &mut Lines) {
    let ink = Ink::of_standard_output();
    for finding in findings {
        let line = finding.line.map(|line| format!(":{line}"));
        let place = format!("{}{}", finding.file, line.unwrap_or_default());
        lines.styled(&[
            (ink.place, &place),
            (ink.plain, ": "),
            (ink.problem, &finding.problem),
            (ink.plain, "; "),
            (ink.mend, &finding.mend),
        ]);
    }
    if !findings.is_empty() {
        let count = findings.len();
        lines.say(&format!("{count} 个问题"), &format!("findings: {count}"));
    }
}

/// The colours of a line's parts: none where no person reads it.
#[derive(Clone, Copy)]
struct Ink {
    place: &'static str,
    problem: &'static str,
    mend: &'static str,
    plain: &'static str,
}

impl Ink {
    fn of_standard_output() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        if wanted && std::io::stdout().is_terminal() {
            Self {
                place: "\u{1b}[1m",
                problem: "\u{1b}[31m",
                mend: "\u{1b}[32m",
                plain: "",
            }
        } else {
            Self {
                place: "",
                problem: "",
                mend: "",
                plain: "",
            }
        }
    }
}
