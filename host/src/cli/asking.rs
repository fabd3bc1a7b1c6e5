//! `guichet inquire`, `inquiries` and `credential`: documents and codes.

use std::path::Path;

use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::inputs;
use super::last::{self, Noun};
use super::output::{Lines, Output, list, text};
use super::requests::{CredentialArguments, InquireArguments, InquiriesCommand};

pub(super) async fn inquire(
    arguments: &InquireArguments,
    data: &Path,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let mut body = json!({
        "service": arguments.service,
        "subject": connection.subject()?,
        "inputs": inputs::read(&arguments.inputs, &arguments.service, connection).await?,
    });
    inputs::continue_step(&arguments.inputs, &mut body);
    if let Some(consent) = &arguments.consent {
        body["consent"] = last::resolve(data, Noun::Consent, consent)?.into();
    }
    let key = super::new_key();
    let answer = connection
        .post("/v1/inquiries", &[("idempotency-key", &key)], &body)
        .await?;
    last::remember(data, Noun::Inquiry, text(&answer, "id"));
    output.answer(&answer, |lines| draw_inquiry(lines, &answer));
    Ok(super::ending_of_state(&answer))
}

pub(super) async fn inquiries(
    command: &InquiriesCommand,
    data: &Path,
    connect: impl Fn(&super::requests::Connection) -> Result<Connection, Failure>,
    output: Output,
) -> Result<Ending, Failure> {
    let InquiriesCommand::Show {
        inquiry,
        connection,
    } = command;
    let path = format!(
        "/v1/inquiries/{}",
        last::resolve(data, Noun::Inquiry, inquiry)?
    );
    let answer = connect(connection)?.get(&path).await?;
    output.answer(&answer, |lines| draw_inquiry(lines, &answer));
    Ok(super::ending_of_state(&answer))
}

pub(super) async fn credential(
    arguments: &CredentialArguments,
    data: &Path,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let mut body = json!({
        "service": arguments.service,
        "subject": connection.subject()?,
        "inputs": inputs::read(&arguments.inputs, &arguments.service, connection).await?,
    });
    inputs::continue_step(&arguments.inputs, &mut body);
    if let Some(consent) = &arguments.consent {
        body["consent"] = last::resolve(data, Noun::Consent, consent)?.into();
    }
    let answer = connection.post("/v1/credentials", &[], &body).await?;
    output.answer(&answer, |lines| draw_credential(lines, &answer));
    Ok(super::ending_of_state(&answer))
}

/// Says what is still awaited, of a query or inquiry that is not ready.
pub(super) fn draw_open_state(lines: &mut Lines, answer: &Value, again: &str) {
    let (waiting, step) = (&answer["waiting"], &answer["next_step"]);
    if waiting.is_object() {
        lines.pair("状态", "State", text(waiting, "message"));
        lines.pair("预计时间", "Expected by", text(waiting, "expected_by"));
        let seconds = waiting["ask_after_seconds"].as_u64().unwrap_or_default();
        lines.line(&format!("{again} {}   (≥ {seconds} s)", text(answer, "id")));
    }
    if step.is_object() {
        draw_step(lines, step);
    }
}

fn draw_step(lines: &mut Lines, step: &Value) {
    lines.line(text(step, "title"));
    let rows: Vec<Vec<String>> = list(step, "choices")
        .iter()
        .map(|choice| {
            vec![
                text(choice, "value").to_owned(),
                text(choice, "title").to_owned(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        lines.table(&[("答案", "Answer"), ("含义", "Meaning")], &rows);
    }
    let (field, token) = (text(step, "field"), text(step, "token"));
    lines.say(
        "请带上同样的填写项，再加：",
        "Send the same inputs again, and add:",
    );
    lines.line(&format!("  --input {field}=… --continuing '{token}'"));
}

fn draw_inquiry(lines: &mut Lines, inquiry: &Value) {
    lines.pair("查询编号", "Inquiry", text(inquiry, "id"));
    draw_open_state(lines, inquiry, "guichet inquiries show");
    let document = &inquiry["document"];
    if !document.is_object() {
        return;
    }
    lines.line("");
    lines.line(text(document, "title"));
    lines.pair("编号", "Number", text(document, "number"));
    lines.pair("出具单位", "Issuer", text(document, "issuer"));
    lines.pair("出具时间", "Issued at", text(document, "issued_at"));
    lines.pair("有效期至", "Valid until", text(document, "valid_until"));
    for section in list(document, "sections") {
        lines.line("");
        lines.line(&format!("── {}", text(section, "title")));
        draw_section(lines, section);
    }
    for attachment in list(document, "attachments") {
        lines.pair("附件", "Attachment", text(attachment, "name"));
        lines.pair(
            "验证码",
            "Verification",
            text(attachment, "verification_code"),
        );
    }
    lines.pair("提示", "Notice", text(document, "notice"));
}

fn draw_section(lines: &mut Lines, section: &Value) {
    draw_fields(lines, section);
    if !text(section, "text").is_empty() {
        lines.line(text(section, "text"));
    }
    let table = &section["table"];
    let columns: Vec<(&str, &str)> = list(table, "columns")
        .iter()
        .map(|column| (text(column, "label"), text(column, "label")))
        .collect();
    if columns.is_empty() {
        return;
    }
    let formats: Vec<&str> = list(table, "columns")
        .iter()
        .map(|column| text(column, "format"))
        .collect();
    let row = |row: &Value| {
        let cells = row.as_array().into_iter().flatten();
        cells
            .zip(&formats)
            .map(|(cell, format)| formatted(cell.as_str().unwrap_or_default(), format))
            .collect()
    };
    let rows: Vec<Vec<String>> = list(table, "rows").iter().map(row).collect();
    lines.table(&columns, &rows);
}

/// Labelled values of any resource.
pub(super) fn draw_fields(lines: &mut Lines, holder: &Value) {
    for field in list(holder, "fields") {
        let label = text(field, "label");
        let value = formatted(text(field, "value"), text(field, "format"));
        lines.pair(label, label, &value);
    }
}

/// A value as people read it: money comes in minor units, with its currency in
/// the format.
fn formatted(value: &str, format: &str) -> String {
    let currency = format.strip_prefix("money:");
    match currency.zip(value.parse::<i64>().ok()) {
        Some((currency, minor)) => {
            super::output::amount(&json!({"amount": minor, "currency": currency}))
        }
        None => value.to_owned(),
    }
}

fn draw_credential(lines: &mut Lines, credential: &Value) {
    let (code, handoff) = (&credential["code"], &credential["handoff"]);
    if code.is_object() {
        lines.line(text(code, "caption"));
        lines.pair("码内容", "Payload", text(code, "payload"));
        lines.pair("码制", "Symbology", text(code, "symbology"));
        let seconds = code["seconds_to_live"].as_u64().unwrap_or_default();
        lines.pair("有效秒数", "Seconds to live", &seconds.to_string());
        draw_fields(lines, code);
    }
    if handoff.is_object() {
        lines.pair("请前往", "Go to", text(handoff, "url"));
        lines.line(text(handoff, "title"));
    }
    draw_open_state(lines, credential, "guichet credential");
}
