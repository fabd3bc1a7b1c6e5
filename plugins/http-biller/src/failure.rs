//! What a call that changes nothing answers when it has no answer.

use guichet_sdk::{AssuranceLevel, Failure, Refusal, RefusalReason, Unavailability};

use crate::error::Kind;
use crate::exchange::Stop;
use crate::scope::Call;
use crate::verdict::{Reply, Verdict};

/// An exchange that did not come to its end.
pub(crate) fn of_stop(call: &Call<'_>, stop: &Stop) -> Failure {
    call.host.warn(&stop.told());
    match stop {
        Stop::Before(fault) if fault.kind() == Kind::Consent => {
            Failure::NeedsConsent(vec![fault.problem().to_owned()])
        }
        Stop::Before(fault) => Failure::Other(fault.to_string()),
        Stop::NotSent(_) | Stop::Unanswered(_) => unavailable(
            call.pick(
                "对方系统暂时没有应答，请稍后再试",
                "The other side did not answer; please try again later",
            ),
            None,
        ),
        Stop::Status(_) | Stop::Unreadable(_) => unavailable(
            call.pick(
                "对方系统暂时无法处理，请稍后再试",
                "The other side cannot serve this now; please try again later",
            ),
            None,
        ),
    }
}

/// An answer that is a no of some kind.
pub(crate) fn of_reply(call: &Call<'_>, reply: &Reply) -> Failure {
    let said = |otherwise: &str| {
        if reply.message.is_empty() {
            otherwise.to_owned()
        } else {
            reply.message.clone()
        }
    };
    match &reply.verdict {
        Verdict::NotFound => Failure::NotFound(said(call.pick(
            "没有找到，请核对所填内容",
            "Not found; please check what you filled in",
        ))),
        Verdict::Invalid(field) => {
            Failure::invalid(field, &said(call.pick("请核对此项", "Please check this")))
        }
        Verdict::Refused(reason) => Failure::Refused(refusal(reason, reply)),
        Verdict::Unavailable(seconds) => unavailable(
            &said(call.pick(
                "对方系统繁忙，请稍后再试",
                "The other side is busy; please try again later",
            )),
            *seconds,
        ),
        Verdict::NeedsAssurance(level) => Failure::NeedsAssurance(match level.as_str() {
            "low" => AssuranceLevel::Low,
            "substantial" => AssuranceLevel::Substantial,
            _ => AssuranceLevel::High,
        }),
        Verdict::Done
        | Verdict::Empty
        | Verdict::Choose
        | Verdict::Later
        | Verdict::Pending
        | Verdict::Reversed
        | Verdict::Unknown => Failure::Other(format!(
            "the biller answered with code \"{}\": {}",
            reply.code, reply.message
        )),
    }
}

/// A definitive no in the contract's shape.
pub(crate) fn refusal(reason: &str, reply: &Reply) -> Refusal {
    let reason = match reason {
        "already-paid" => RefusalReason::AlreadyPaid,
        "duplicate-reference" => RefusalReason::DuplicateReference,
        "amount-changed" => RefusalReason::AmountChanged,
        "closed" => RefusalReason::Closed,
        "limit" => RefusalReason::Limit,
        "not-allowed" => RefusalReason::NotAllowed,
        other => RefusalReason::Other(other.to_owned()),
    };
    Refusal {
        reason,
        code: reply.code.clone(),
        message: reply.message.clone(),
        details: Vec::new(),
    }
}

fn unavailable(message: &str, retry_after_seconds: Option<u32>) -> Failure {
    Failure::Unavailable(Unavailability {
        message: message.to_owned(),
        retry_after_seconds,
        details: Vec::new(),
    })
}
