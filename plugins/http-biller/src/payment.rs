//! Payments: submitted once, asked about, reversed. Only a code that the mapping
//! lists as a refusal refuses; a silence, a status, an unreadable answer or a
//! code that nobody listed leaves the outcome unknown.

use guichet_sdk::bill::{Pending, Reversal, Status, Submission};
use guichet_sdk::{Refusal, RefusalReason};

use crate::application::{application, reversed};
use crate::error::Fault;
use crate::exchange::{Stop, exchange};
use crate::failure::refusal;
use crate::mapping::Mapping;
use crate::part::Part;
use crate::request::Intent;
use crate::scope::Call;
use crate::shapes::token;
use crate::verdict::{Reply, Verdict};

/// Asks the biller to write the order off.
pub(crate) fn submit(call: &Call<'_>, mapping: &Mapping<'_>, operation: &str) -> Submission {
    let outcome = exchange(call, mapping, operation, Intent::Effect, |part, reply| {
        Ok(match &reply.verdict {
            Verdict::Done => Submission::Applied(application(&part.required_part("applied")?)?),
            Verdict::Pending | Verdict::Later => Submission::Pending(pending(part, reply)?),
            Verdict::Refused(reason) => Submission::Refused(refusal(reason, reply)),
            _ => Submission::Unknown(uncertain(reply)),
        })
    });
    outcome.unwrap_or_else(|stop| {
        call.host.warn(&stop.told());
        match stop {
            Stop::Before(_) | Stop::NotSent(_) => Submission::NotSent(stop.told()),
            Stop::Unanswered(_) | Stop::Status(_) | Stop::Unreadable(_) => {
                Submission::Unknown(stop.told())
            }
        }
    })
}

/// Asks what became of the order.
pub(crate) fn status(call: &Call<'_>, mapping: &Mapping<'_>, operation: &str) -> Status {
    if !mapping.operations().any(|name| name == operation) {
        return Status::Unknown("this biller answers no status query".to_owned());
    }
    let outcome = exchange(call, mapping, operation, Intent::Read, |part, reply| {
        Ok(match &reply.verdict {
            Verdict::Done => Status::Applied(application(&part.required_part("applied")?)?),
            Verdict::Reversed => Status::Reversed(reversed(&part.required_part("reversed")?)?),
            Verdict::Pending | Verdict::Later => Status::Pending(pending(part, reply)?),
            Verdict::Refused(reason) => Status::Refused(refusal(reason, reply)),
            Verdict::NotFound => Status::NotFound,
            _ => Status::Unknown(uncertain(reply)),
        })
    });
    outcome.unwrap_or_else(|stop| {
        call.host.warn(&stop.told());
        Status::Unknown(stop.told())
    })
}

/// Which question about a reversal is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// To reverse.
    Reversing,
    /// What became of it.
    Asking,
}

/// Reverses, or asks what became of a reversal.
pub(crate) fn reverse(
    call: &Call<'_>,
    mapping: &Mapping<'_>,
    operation: &str,
    about: About,
) -> Reversal {
    if !mapping.operations().any(|name| name == operation) {
        return not_offered(call, about);
    }
    let intent = if about == About::Reversing {
        Intent::Effect
    } else {
        Intent::Read
    };
    let outcome = exchange(call, mapping, operation, intent, |part, reply| {
        Ok(match &reply.verdict {
            Verdict::Done | Verdict::Reversed => {
                Reversal::Reversed(reversed(&part.required_part("reversed")?)?)
            }
            Verdict::Pending | Verdict::Later => Reversal::Pending(pending(part, reply)?),
            Verdict::Refused(reason) => Reversal::Refused(refusal(reason, reply)),
            Verdict::NotFound if about == About::Asking => Reversal::NotFound,
            _ => Reversal::Unknown(uncertain(reply)),
        })
    });
    outcome.unwrap_or_else(|stop| {
        call.host.warn(&stop.told());
        match (about, &stop) {
            (About::Reversing, Stop::Before(_) | Stop::NotSent(_)) => {
                Reversal::NotSent(stop.told())
            }
            _ => Reversal::Unknown(stop.told()),
        }
    })
}

fn not_offered(call: &Call<'_>, about: About) -> Reversal {
    match about {
        About::Reversing => Reversal::Refused(Refusal {
            reason: RefusalReason::NotAllowed,
            code: String::new(),
            message: call
                .pick("收费单位不支持冲正", "The biller takes nothing back")
                .to_owned(),
            details: Vec::new(),
        }),
        About::Asking => {
            Reversal::Unknown("this biller answers no status query for reversals".to_owned())
        }
    }
}

/// `pending` may be left out: then only the biller's message is known.
fn pending(part: &Part<'_>, reply: &Reply) -> Result<Pending, Fault> {
    match part.part("pending") {
        Some(section) => pending_section(&section, &reply.message),
        None => Ok(Pending::new(&reply.message)),
    }
}

/// The section `pending` of an operation.
pub(crate) fn pending_section(part: &Part<'_>, message: &str) -> Result<Pending, Fault> {
    part.keys(&["reference", "message", "ask_after", "token"])?;
    Ok(Pending {
        reference: part.text("reference")?,
        message: part.text("message")?.unwrap_or_else(|| message.to_owned()),
        ask_after_seconds: part.whole("ask_after")?,
        token: token(part, "token")?,
        details: Vec::new(),
    })
}

fn uncertain(reply: &Reply) -> String {
    format!(
        "the biller answered with code \"{}\", which proves nothing: {}",
        reply.code, reply.message
    )
}
