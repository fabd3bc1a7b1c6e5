//! How billers behave: what they can do, when they are closed and how slow they
//! are, by a fixed hash of the service's code. Shares are small enough that an
//! ordinary service is the rule, and large enough that every kind exists.

use super::assemble::is_pinned;
use super::hash::percent;
use super::line::Line;
use super::service::{Dialect, Flow};
use super::traits::{Answering, Daily, Reversal, StatusQuery, Traits};

/// Reversals end at 22:00, before most billers close their day.
const REVERSAL_UNTIL: Reversal = Reversal::SameDay {
    until_minute: 22 * 60,
};
/// The simulated country answers slow questions after two seconds.
const LATER: Answering = Answering::Later { after_seconds: 2 };

/// The traits of a service.
pub(super) fn traits(line: &Line, code: &str, dialect: Dialect, flow: Flow) -> Traits {
    let usual = Traits {
        status: StatusQuery::Authoritative { after_seconds: 5 },
        deduplicates: true,
        reversal: REVERSAL_UNTIL,
        maintenance: None,
        season: line.season,
        selection: line.selection,
        amounts: line.amounts.clone(),
        answering: Answering::Immediate,
        applying: Answering::Immediate,
        delay_ms: 0,
    };
    if !dialect.is_declarative() {
        let answering = if dialect == Dialect::CreditReport {
            LATER
        } else {
            Answering::Immediate
        };
        return Traits {
            reversal: Reversal::None,
            answering,
            ..usual
        };
    }
    if is_pinned(code) {
        return usual;
    }
    let (status, deduplicates) = evidence(code);
    let slow_query = flow == Flow::Query && percent("answering", code) < 4;
    Traits {
        status,
        deduplicates,
        reversal: if percent("reversal", code) < 60 {
            REVERSAL_UNTIL
        } else {
            Reversal::None
        },
        maintenance: maintenance(code),
        answering: if slow_query {
            LATER
        } else {
            Answering::Immediate
        },
        applying: if status != StatusQuery::None && percent("applying", code) < 4 {
            LATER
        } else {
            Answering::Immediate
        },
        delay_ms: if percent("delay", code) < 3 { 1_200 } else { 0 },
        ..usual
    }
}

/// How an unknown payment can be settled: nearly always by asking, sometimes
/// only by sending it again, rarely by the day file alone.
fn evidence(code: &str) -> (StatusQuery, bool) {
    match percent("evidence", code) {
        0..72 => (StatusQuery::Authoritative { after_seconds: 5 }, true),
        72..85 => (StatusQuery::Authoritative { after_seconds: 30 }, true),
        85..91 => (StatusQuery::Authoritative { after_seconds: 5 }, false),
        91..95 => (StatusQuery::Advisory, true),
        95..98 => (StatusQuery::None, true),
        98 => (StatusQuery::Advisory, false),
        _ => (StatusQuery::None, false),
    }
}

fn maintenance(code: &str) -> Option<Daily> {
    match percent("maintenance", code) {
        0..3 => Some(Daily {
            from_minute: 120,
            to_minute: 150,
        }),
        3 => Some(Daily {
            from_minute: 23 * 60 + 45,
            to_minute: 15,
        }),
        _ => None,
    }
}
