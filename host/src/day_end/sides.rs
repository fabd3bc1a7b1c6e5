//! What the ledger says about a payment, and the line that our own files have
//! about it.

use guichet_domain::payment::State;
use guichet_domain::reconciliation::{LedgerSide, Line, LineKind};

use crate::store::DayPayment;

/// As the comparison sees it. What was given back on a later day stays taken for
/// the day on which it was applied.
pub(super) fn ledger_side(payment: &DayPayment) -> LedgerSide {
    let total = payment.total;
    match payment.snapshot.state {
        State::Applied | State::Reversing | State::Refunding | State::Refunded => {
            LedgerSide::Taken(total)
        }
        State::Submitted | State::Pending | State::Unknown => LedgerSide::Open(total),
        State::Requested
        | State::RequiresAction
        | State::Held
        | State::Declined
        | State::Cancelled
        | State::Expired
        | State::Refused
        | State::Released
        | State::Reversed => LedgerSide::NotTaken(total),
    }
}

/// The lines of our own files: applications, and beside them their reversals.
pub(super) fn lines(payment: &DayPayment) -> Vec<Line> {
    let line = |kind| Line {
        reference: payment.id.to_string(),
        kind,
        service: payment.service.to_string(),
        amount: payment.total,
        fee: payment.biller_fee(),
        serial: payment.sequence.to_string(),
        at: payment.created_at,
        note: String::new(),
    };
    match payment.snapshot.state {
        State::Reversed => vec![line(LineKind::Payment), line(LineKind::Reversal)],
        _ => match ledger_side(payment) {
            LedgerSide::Taken(_) => vec![line(LineKind::Payment)],
            LedgerSide::Open(_) | LedgerSide::NotTaken(_) | LedgerSide::Absent => Vec::new(),
        },
    }
}
