//! What the ledger says about a payment, and the line that our own files have
//! about it.

use guichet_domain::Money;
use guichet_domain::payment::{LegState, State};
use guichet_domain::reconciliation::{AtBank, LedgerSide, Line, LineKind};

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

/// What the payer's bank has to show: every leg is ordered with the payer's fee.
/// Statements of one day need not show a leg that is under way, nor both the taking
/// and the giving back.
pub(super) fn at_bank(payment: &DayPayment) -> AtBank {
    let total = payment.total;
    let sum = total.minor_units().saturating_add(payment.payer_fee);
    let ours = Money::new(sum, total.currency());
    let is_taken = matches!(ledger_side(payment), LedgerSide::Taken(_));
    match (payment.snapshot.capture, payment.snapshot.refund) {
        (_, LegState::Asked | LegState::Unknown | LegState::Done)
        | (LegState::Asked | LegState::Unknown, LegState::None | LegState::Refused) => {
            AtBank::EitherWay(ours)
        }
        (LegState::None, LegState::None | LegState::Refused) if is_taken => AtBank::EitherWay(ours),
        (
            LegState::None | LegState::Done | LegState::Refused,
            LegState::None | LegState::Refused,
        ) => AtBank::Amount(ours),
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
