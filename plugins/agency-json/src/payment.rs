//! What the agencies' codes prove about a payment. Only codes that say "no"
//! with certainty refuse; what is not in the table stays in doubt.

use guichet_sdk::bill::{Application, Order, Pending, Status, Submission};
use guichet_sdk::date::{Date, Moment};
use guichet_sdk::{Doubt, Error, Money, Refusal, RefusalReason};

use crate::Answer;

/// What came of a submission; `complete` adds what only this agency says.
pub fn submission(
    answer: &Answer,
    order: &Order,
    complete: impl FnOnce(&Answer, &mut Application) -> Result<(), Error>,
) -> Result<Submission, Doubt> {
    match answer.code.as_str() {
        "0000" => Ok(Submission::Applied(application(answer, order, complete)?)),
        "0112" => Ok(Submission::Pending(pending(answer))),
        _ => match refusal(answer) {
            Some(refusal) => Ok(Submission::Refused(refusal)),
            None => Err(Doubt::now(&format!(
                "code {}: {}",
                answer.code, answer.message
            ))),
        },
    }
}

/// What a status answer says. A code that refuses the question refuses nothing
/// of the payment.
pub fn status(
    answer: &Answer,
    order: &Order,
    complete: impl FnOnce(&Answer, &mut Application) -> Result<(), Error>,
) -> Result<Status, Doubt> {
    match answer.code.as_str() {
        "0000" => Ok(Status::Applied(application(answer, order, complete)?)),
        "0112" => Ok(Status::Pending(pending(answer))),
        "0108" => Ok(Status::NotFound),
        code => Err(Doubt::now(&format!("code {code}: {}", answer.message))),
    }
}

/// The agency's evidence: of this order, and of its whole amount.
fn application(
    answer: &Answer,
    order: &Order,
    complete: impl FnOnce(&Answer, &mut Application) -> Result<(), Error>,
) -> Result<Application, Error> {
    let body = &answer.body;
    if body.text("state")? != "applied" {
        return Err(Error::answer("done, but not applied"));
    }
    if body.text("reference")? != order.reference {
        return Err(Error::answer("the answer is another order's"));
    }
    if body.minor("amount")? != order.total.minor_units {
        return Err(Error::answer("another amount was applied"));
    }
    let at = Moment::parse(&body.text("at")?).ok_or_else(|| Error::answer("`at` is no moment"))?;
    let amount = Money::new(order.total.minor_units, &order.total.currency);
    let mut application = Application::new(&body.text("serial")?, at.to_string(), amount);
    application.accounting_date = body
        .text_or_none("accounting_date")
        .and_then(|text| Date::parse(&text))
        .map(|date| date.to_string());
    complete(answer, &mut application)?;
    Ok(application)
}

fn pending(answer: &Answer) -> Pending {
    let wait = answer.body.whole("ask_after").ok();
    Pending {
        reference: answer.body.text_or_none("serial"),
        ask_after_seconds: wait.and_then(|seconds| u32::try_from(seconds).ok()),
        ..Pending::new(&answer.message)
    }
}

/// Codes with which the agency proves that nothing was applied, or nothing by
/// this order.
fn refusal(answer: &Answer) -> Option<Refusal> {
    let reason = match answer.code.as_str() {
        "0101" | "0103" | "0110" | "0113" => RefusalReason::NotAllowed,
        "0104" => RefusalReason::AlreadyPaid,
        "0105" => RefusalReason::DuplicateReference,
        "0106" => RefusalReason::AmountChanged,
        "0107" => RefusalReason::Closed,
        "0901" => RefusalReason::Other("signature".to_owned()),
        _ => return None,
    };
    Some(reason.with(&answer.code, &answer.message))
}
