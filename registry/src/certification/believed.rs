//! What the host may believe of a biller: what is declared, as far as it was
//! shown. Pure, so that every place that asks decides alike.

use guichet_domain::id::ServiceCode;
use guichet_domain::payment::StatusAnswer;

use super::{Capability, Coverage, Depth, Evidence, Report, Verdict};
use crate::service::{Capabilities, Reversal};

/// The declared capabilities of one service, cut down to what the report shows
/// for services like it. A report that does not pass, or went no further than
/// the baseline, shows nothing.
#[must_use]
pub fn believed(declared: &Capabilities, service: &ServiceCode, report: &Report) -> Capabilities {
    let counts = report.verdict == Verdict::Passed && report.depth == Depth::Drill;
    let coverage = report
        .coverage
        .iter()
        .find(|coverage| counts && coverage.services.contains(service));
    let shown = |capability| coverage.is_some_and(|coverage| is_shown(coverage, capability));
    Capabilities {
        deduplicates: declared.deduplicates && shown(Capability::Deduplicates),
        status: match declared.status {
            StatusAnswer::None => StatusAnswer::None,
            _ if !shown(Capability::Status) => StatusAnswer::None,
            StatusAnswer::Authoritative { .. } if !shown(Capability::NotFound) => {
                StatusAnswer::Advisory
            }
            status @ (StatusAnswer::Advisory | StatusAnswer::Authoritative { .. }) => status,
        },
        reversal: if shown(Capability::Reversal) {
            declared.reversal
        } else {
            Reversal::None
        },
        day_file: declared.day_file,
    }
}

fn is_shown(coverage: &Coverage, capability: Capability) -> bool {
    matches!(
        coverage.shown.get(&capability),
        Some(Evidence::Shown { .. })
    )
}
