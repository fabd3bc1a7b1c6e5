//! The centre's report as a document, with the sealed original attached.

use guichet_sdk::date::{Date, Moment};
use guichet_sdk::document::{Attachment, Column, Document, Section};
use guichet_sdk::json::Value;
use guichet_sdk::{Error, Field, encoding, locale};

/// The whole report of the order that was asked for.
pub(crate) fn document(body: &Value, order: &str) -> Result<Document, Error> {
    if body.text("state")? != "ready" || body.text("order")? != order {
        return Err(Error::answer("the report is another order's, or not ready"));
    }
    let title = locale::pick("个人信用报告", "Personal credit report");
    let issuer = locale::pick("征信中心", "Credit reference centre");
    let mut document = Document::new(title, issuer, moment(body, "issued_at")?);
    document.number = Some(body.text("number")?);
    document.valid_until = Some(moment(body, "valid_until")?);
    document.sections = vec![
        Section::fields(locale::pick("概要", "Summary"), summary(body)?),
        Section::table(
            locale::pick("信贷记录", "Loans"),
            loan_columns(),
            loans(body)?,
        ),
        Section::table(
            locale::pick("查询记录", "Inquiries"),
            inquiry_columns(),
            inquiries(body)?,
        ),
    ];
    document.attachments.push(attachment(body)?);
    document.notice = Some(
        locale::pick(
            "仅供本人使用，请妥善保管",
            "For your own use only; keep it safe",
        )
        .to_owned(),
    );
    Ok(document)
}

fn moment(body: &Value, name: &str) -> Result<String, Error> {
    let moment = Moment::parse(&body.text(name)?);
    Ok(moment
        .ok_or_else(|| Error::answer("a moment that is none"))?
        .to_string())
}

fn date(from: &Value, name: &str) -> Result<String, Error> {
    let date = Date::parse(&from.text(name)?);
    Ok(date
        .ok_or_else(|| Error::answer("a date that is none"))?
        .to_string())
}

fn summary(body: &Value) -> Result<Vec<Field>, Error> {
    let summary = body
        .member("summary")
        .ok_or_else(|| Error::answer("`summary` is missing"))?;
    let text = |name: &str, label: &str, from: &Value| {
        Ok::<Field, Error>(Field::text(name, label, &from.text(name)?))
    };
    let accounts = locale::pick("信贷账户数", "Accounts");
    let overdue = locale::pick("逾期账户数", "Overdue accounts");
    let inquiries = locale::pick("近两年查询次数", "Inquiries in two years");
    Ok(vec![
        text("holder", locale::pick("姓名", "Name"), body)?,
        text(
            "id_number",
            locale::pick("证件号码", "Identity number"),
            body,
        )?,
        text("accounts", accounts, summary)?,
        text("overdue_accounts", overdue, summary)?,
        text("inquiries_last_two_years", inquiries, summary)?,
    ])
}

fn loan_columns() -> Vec<Column> {
    vec![
        Column::new("lender", locale::pick("机构", "Lender"), "text"),
        Column::new("kind", locale::pick("种类", "Kind"), "text"),
        Column::new("opened_on", locale::pick("开立日期", "Opened on"), "date"),
        Column::new("amount", locale::pick("金额", "Amount"), "money:CNY"),
        Column::new("balance", locale::pick("余额", "Balance"), "money:CNY"),
        Column::new("status", locale::pick("状态", "State"), "text"),
    ]
}

fn loans(body: &Value) -> Result<Vec<Vec<String>>, Error> {
    let cells = |loan: &Value| {
        Ok(vec![
            loan.text("lender")?,
            loan.text("kind")?,
            date(loan, "opened_on")?,
            loan.minor("amount")?.to_string(),
            loan.minor("balance")?.to_string(),
            loan.text("status")?,
        ])
    };
    body.list("loans").iter().map(cells).collect()
}

fn inquiry_columns() -> Vec<Column> {
    vec![
        Column::new("date", locale::pick("日期", "Date"), "date"),
        Column::new("by", locale::pick("机构", "By"), "text"),
        Column::new("reason", locale::pick("原因", "Reason"), "text"),
    ]
}

fn inquiries(body: &Value) -> Result<Vec<Vec<String>>, Error> {
    let cells = |inquiry: &Value| {
        Ok(vec![
            date(inquiry, "date")?,
            inquiry.text("by")?,
            inquiry.text("reason")?,
        ])
    };
    body.list("inquiries").iter().map(cells).collect()
}

fn attachment(body: &Value) -> Result<Attachment, Error> {
    let sealed = body
        .member("attachment")
        .ok_or_else(|| Error::answer("`attachment` is missing"))?;
    let bytes = encoding::parse_base64(&sealed.text("bytes_base64")?)?;
    if bytes.is_empty() {
        return Err(Error::answer("the sealed report is empty"));
    }
    let mut attachment = Attachment::new(&sealed.text("name")?, &sealed.text("media_type")?, bytes);
    attachment.verification_code = Some(sealed.text("verification_code")?);
    Ok(attachment)
}
