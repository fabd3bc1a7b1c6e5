//! The centre's answer as a document: the account, its balance, the last
//! months, and the certificate as the centre sealed it.

use guichet_sdk::date::{Date, Moment};
use guichet_sdk::document::{Attachment, Column, Document, Section};
use guichet_sdk::json::Value;
use guichet_sdk::{Error, Field, encoding, locale};

/// Money in the contract's form.
const MONEY: &str = "money:CNY";

/// The whole answer.
pub(crate) fn document(answer: &Value) -> Result<Document, Error> {
    let account = part(answer, "account")?;
    let issued_at = Moment::parse_shanghai_compact(&answer.text("issuedAt")?)
        .ok_or_else(|| Error::answer("`issuedAt` is no moment"))?;
    let title = locale::pick("住房公积金个人账户", "Housing provident fund account");
    let mut document = Document::new(title, &answer.text("issuer")?, issued_at.to_string());
    document.number = Some(answer.text("certNo")?);
    document.sections = vec![
        Section::fields(locale::pick("账户", "Account"), account_fields(account)?),
        Section::fields(
            locale::pick("余额与缴存", "Balance and deposits"),
            balance_fields(account)?,
        ),
        months(answer.list("detail"))?,
    ];
    if let Some(loan) = answer.member("loan") {
        document.sections.push(loan_section(loan)?);
    }
    document
        .attachments
        .push(certificate(part(answer, "certificate")?)?);
    Ok(document)
}

fn part<'a>(answer: &'a Value, name: &str) -> Result<&'a Value, Error> {
    answer
        .member(name)
        .ok_or_else(|| Error::Answer(["`", name, "` is missing"].concat()))
}

fn text(name: &str, label: &str, from: &Value) -> Result<Field, Error> {
    Ok(Field::text(name, label, &from.text(name)?))
}

fn money(name: &str, label: &str, from: &Value) -> Result<Field, Error> {
    Ok(Field::formatted(
        name,
        label,
        &from.yuan(name)?.to_string(),
        MONEY,
    ))
}

fn date(text: &str) -> Result<String, Error> {
    let date = Date::parse_compact(text).ok_or_else(|| Error::answer("a date that is none"))?;
    Ok(date.to_string())
}

fn account_fields(account: &Value) -> Result<Vec<Field>, Error> {
    let opened = date(&account.text("openDate")?)?;
    Ok(vec![
        text("accNo", locale::pick("个人账号", "Account"), account)?,
        text("name", locale::pick("姓名", "Name"), account)?,
        text(
            "idNumber",
            locale::pick("证件号码", "Identity number"),
            account,
        )?,
        text("unit", locale::pick("缴存单位", "Employer"), account)?,
        text("status", locale::pick("账户状态", "State"), account)?,
        Field::formatted(
            "openDate",
            locale::pick("开户日期", "Opened on"),
            &opened,
            "date",
        ),
    ])
}

fn balance_fields(account: &Value) -> Result<Vec<Field>, Error> {
    let percent = |name: &str, label: &str| {
        Ok::<Field, Error>(Field::formatted(
            name,
            label,
            &account.text(name)?,
            "percent",
        ))
    };
    Ok(vec![
        money("balance", locale::pick("账户余额", "Balance"), account)?,
        money("base", locale::pick("缴存基数", "Base"), account)?,
        percent("unitRate", locale::pick("单位缴存比例", "Employer's rate"))?,
        percent("personRate", locale::pick("个人缴存比例", "Own rate"))?,
        money(
            "monthly",
            locale::pick("月缴存额", "Monthly deposit"),
            account,
        )?,
    ])
}

fn months(rows: &[Value]) -> Result<Section, Error> {
    let columns = vec![
        Column::new("month", locale::pick("月份", "Month"), "text"),
        Column::new("type", locale::pick("摘要", "Kind"), "text"),
        Column::new("amount", locale::pick("发生额", "Amount"), MONEY),
        Column::new("balance", locale::pick("余额", "Balance"), MONEY),
        Column::new("date", locale::pick("入账日期", "Booked on"), "date"),
    ];
    let mut cells = Vec::new();
    for row in rows {
        let month = row.text("month")?;
        let (year, month_of_year) = month
            .split_at_checked(4)
            .filter(|_| month.len() == 6)
            .ok_or_else(|| Error::answer("a month that is none"))?;
        cells.push(vec![
            [year, "-", month_of_year].concat(),
            row.text("type")?,
            row.yuan("amt")?.to_string(),
            row.yuan("balance")?.to_string(),
            date(&row.text("date")?)?,
        ]);
    }
    Ok(Section::table(
        locale::pick("最近十二个月明细", "Last twelve months"),
        columns,
        cells,
    ))
}

fn loan_section(loan: &Value) -> Result<Section, Error> {
    let fields = vec![
        text("status", locale::pick("贷款状态", "State"), loan)?,
        money("balance", locale::pick("贷款余额", "Balance owed"), loan)?,
    ];
    Ok(Section::fields(
        locale::pick("公积金贷款", "Provident fund loan"),
        fields,
    ))
}

fn certificate(certificate: &Value) -> Result<Attachment, Error> {
    let bytes = encoding::parse_base64(&certificate.text("content")?)?;
    if bytes.is_empty() {
        return Err(Error::answer("the certificate is empty"));
    }
    let name = certificate.text("fileName")?;
    let media_type = certificate.text("mediaType")?;
    let mut attachment = Attachment::new(&name, &media_type, bytes);
    attachment.verification_code = Some(certificate.text("verifyCode")?);
    Ok(attachment)
}
