//! A certificate of insurance: the agency is asked with the citizen's identity
//! number, which the host gives only under a live consent.

use guichet_sdk::document::{Column, Document, InquiryOutcome, Section};
use guichet_sdk::http::Request;
use guichet_sdk::json::Value;
use guichet_sdk::{
    AssuranceLevel, Context, Error, Failure, Field, Inputs, Inquiry, date::Moment, locale,
    subject_data,
};

/// The plugin.
pub struct Certificate;

impl Inquiry for Certificate {
    fn ask(_context: &Context, inputs: &Inputs) -> Result<InquiryOutcome, Failure> {
        let year = inputs.require("year")?;
        let number = subject_data::get("identity.number")?
            .ok_or(Failure::NeedsAssurance(AssuranceLevel::Substantial))?;
        let body = Value::object([("year", year.into()), ("id_number", (&number).into())]);
        let request = Request::post("agency", "/api/contributions").json(&body);
        let answer = request.send()?.success()?.json()?;
        match answer.text("code")?.as_str() {
            "0" if answer.text("year")? == year => Ok(InquiryOutcome::Ready(document(&answer)?)),
            "1" => Err(Failure::NotFound(answer.text("message")?)),
            _ => Err(Error::answer("a code that nobody listed").into()),
        }
    }
}

fn document(answer: &Value) -> Result<Document, Error> {
    let issued_at = Moment::parse(&answer.text("issued_at")?)
        .ok_or_else(|| Error::answer("`issued_at` is no moment"))?;
    let title = locale::pick("参保证明", "Certificate of insurance");
    let mut document = Document::new(title, &answer.text("issuer")?, issued_at.to_string());
    document.number = answer.text_or_none("number");
    let holder = Field::text("holder", locale::pick("姓名", "Name"), &answer.text("holder")?);
    let person = locale::pick("参保人", "Insured person");
    document.sections.push(Section::fields(person, vec![holder]));
    let columns = vec![
        Column::new("month", locale::pick("月份", "Month"), "text"),
        Column::new("amount", locale::pick("缴费金额", "Paid"), "money:CNY"),
    ];
    let mut rows = Vec::new();
    for row in answer.list("months") {
        rows.push(vec![row.text("month")?, row.yuan("amount")?.to_string()]);
    }
    let paid = locale::pick("缴费明细", "Contributions");
    document.sections.push(Section::table(paid, columns, rows));
    Ok(document)
}

guichet_sdk::export!(Certificate with inquiry);
