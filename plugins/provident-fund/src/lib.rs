//! The housing provident fund (公积金): account, balance and the last months of
//! a citizen who has consented to it, with the centre's sealed certificate. The
//! centre's signed envelope stands in [`envelope`].

mod envelope;
mod statement;

use guichet_sdk::document::InquiryOutcome;
use guichet_sdk::json::Value;
use guichet_sdk::{
    AssuranceLevel, Context, Failure, Inputs, Inquiry, RefusalReason, locale, subject_data,
};

/// The plugin.
pub struct ProvidentFund;

impl Inquiry for ProvidentFund {
    fn ask(context: &Context, _inputs: &Inputs) -> Result<InquiryOutcome, Failure> {
        let name = attribute("identity.name")?;
        let number = attribute("identity.number")?;
        let body = Value::object([("name", name.into()), ("idNumber", number.into())]);
        let answer = envelope::exchange(context, "fund/account", &body)?;
        match answer.text("resultCode")?.as_str() {
            "SUCCESS" => Ok(InquiryOutcome::Ready(statement::document(&answer)?)),
            code => Err(failure(
                code,
                answer.text_or_none("resultMsg").unwrap_or_default(),
            )),
        }
    }
}

/// An attribute that the subject has consented to. Where the bank does not know
/// it, the subject must be known better first.
fn attribute(scope: &str) -> Result<String, Failure> {
    let value = subject_data::get(scope)?;
    value.ok_or(Failure::NeedsAssurance(AssuranceLevel::Substantial))
}

fn failure(code: &str, message: String) -> Failure {
    match code {
        "ACCOUNT_NOT_FOUND" => Failure::NotFound(message),
        "MAINTENANCE" => Failure::Refused(RefusalReason::Closed.with(code, &message)),
        "SYSTEM_BUSY" => Failure::unavailable(locale::pick(
            "公积金中心系统繁忙，请稍后再试",
            "The provident fund centre is busy; please try again later",
        )),
        // Neither the citizen nor time can mend it.
        _ => Failure::Other(["the centre answered ", code, ": ", &message].concat()),
    }
}

guichet_sdk::export!(ProvidentFund with inquiry);

#[cfg(test)]
mod tests;
