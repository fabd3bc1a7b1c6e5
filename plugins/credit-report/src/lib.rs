//! A personal credit report (征信): ordered now under the citizen's consent, ready
//! hours later, delivered when the host asks again. The plugin keeps nothing:
//! what it needs to ask again travels in the ticket. How a report becomes a
//! document stands in [`report`].

mod report;

use agency_json::{Answer, Change, exchange};
use guichet_sdk::date::Moment;
use guichet_sdk::document::InquiryOutcome;
use guichet_sdk::json::Value;
use guichet_sdk::{
    AssuranceLevel, Context, Error, Failure, Inputs, Inquiry, Ticket, encoding, keys, locale,
    subject_data,
};

/// The longest that the host shall wait before it asks again.
const ASK_AFTER_LIMIT_SECONDS: i64 = 3_600;

/// The plugin.
pub struct CreditReport;

impl Inquiry for CreditReport {
    fn ask(context: &Context, _inputs: &Inputs) -> Result<InquiryOutcome, Failure> {
        let purpose = context
            .consent
            .as_ref()
            .map(|consent| consent.purpose.as_str());
        let body = Value::object([
            ("reference", reference(context)?.into()),
            ("name", attribute("identity.name")?.into()),
            ("id_number", attribute("identity.number")?.into()),
            ("purpose", purpose.into()),
        ]);
        let answer = exchange(context, "orders", &body, Change::Something)?;
        match answer.code.as_str() {
            "0000" | "0112" => Ok(InquiryOutcome::PollLater(ticket(&answer, None)?)),
            _ => Err(answer.failure("")),
        }
    }

    fn poll(context: &Context, token: &str, _inputs: &Inputs) -> Result<InquiryOutcome, Failure> {
        let body = Value::object([("order", token.into())]);
        let answer = exchange(context, "orders/report", &body, Change::Nothing)?;
        match answer.code.as_str() {
            "0000" => Ok(InquiryOutcome::Ready(report::document(
                &answer.body,
                token,
            )?)),
            "0112" => Ok(InquiryOutcome::PollLater(ticket(&answer, Some(token))?)),
            "0108" => Err(Failure::NotFound(
                locale::pick(
                    "征信中心没有这份报告的申请，请重新申请",
                    "The centre knows no such order; please order again",
                )
                .to_owned(),
            )),
            _ => Err(answer.failure("")),
        }
    }
}

/// The same errand orders the same report, however often it is asked.
fn reference(context: &Context) -> Result<String, Error> {
    let digest = keys::digest("sha-256", context.journey.as_bytes())?;
    let start = digest
        .get(..14)
        .ok_or_else(|| Error::answer("a digest of no length"))?;
    Ok(["rpt_", &encoding::hex(start)].concat())
}

fn attribute(scope: &str) -> Result<String, Failure> {
    let value = subject_data::get(scope)?;
    value.ok_or(Failure::NeedsAssurance(AssuranceLevel::High))
}

/// `order` is the one that was asked for, where there was one.
fn ticket(answer: &Answer, order: Option<&str>) -> Result<Ticket, Error> {
    let token = match order {
        Some(order) => order.to_owned(),
        None => answer.body.text("order")?,
    };
    let seconds = answer
        .body
        .whole("ask_after")?
        .clamp(1, ASK_AFTER_LIMIT_SECONDS);
    let message = locale::pick(
        "信用报告正在生成，完成后会通知您",
        "Your credit report is being made; you will be told when it is ready",
    );
    let mut ticket = Ticket::new(
        &token,
        seconds.unsigned_abs().try_into().unwrap_or(1),
        message,
    );
    ticket.expected_by = answer
        .body
        .text_or_none("expected_by")
        .and_then(|text| Moment::parse(&text))
        .map(|moment| moment.to_string());
    Ok(ticket)
}

guichet_sdk::export!(CreditReport with inquiry);

#[cfg(test)]
mod tests;
