//! Inquiries: an exchange that becomes a document of sections, tables and
//! attachments, a ticket, or a second step.

use guichet_sdk::Failure;
use guichet_sdk::document::{
    Attachment, Column, Content, Document, InquiryOutcome, Section, Table,
};

use crate::error::Fault;
use crate::exchange::exchange;
use crate::failure;
use crate::mapping::Mapping;
use crate::part::Part;
use crate::request::Intent;
use crate::scope::Call;
use crate::shapes::{bytes, details, fields, format, instant, next_step, ticket, token};
use crate::verdict::{Reply, Verdict};

/// Carries out an inquiry.
pub(crate) fn inquire(
    call: &Call<'_>,
    mapping: &Mapping<'_>,
    operation: &str,
) -> Result<InquiryOutcome, Failure> {
    let outcome = exchange(call, mapping, operation, Intent::Read, |part, reply| {
        outcome(call, part, reply)
    });
    outcome.unwrap_or_else(|stop| Err(failure::of_stop(call, &stop)))
}

fn outcome(
    call: &Call<'_>,
    part: &Part<'_>,
    reply: &Reply,
) -> Result<Result<InquiryOutcome, Failure>, Fault> {
    Ok(Ok(match &reply.verdict {
        Verdict::Done | Verdict::Empty => {
            InquiryOutcome::Ready(document(&part.required_part("document")?)?)
        }
        Verdict::Choose => InquiryOutcome::AskMore(next_step(&part.required_part("choose")?)?),
        Verdict::Later | Verdict::Pending => {
            InquiryOutcome::PollLater(ticket(&part.required_part("later")?, &reply.message)?)
        }
        _ => return Ok(Err(failure::of_reply(call, reply))),
    }))
}

/// The document that a section describes.
pub(crate) fn document(part: &Part<'_>) -> Result<Document, Fault> {
    part.keys(&[
        "title",
        "number",
        "issuer",
        "issued_at",
        "valid_until",
        "sections",
        "attachments",
        "notice",
        "next",
        "details",
    ])?;
    let sections = part.list("sections", section)?;
    Ok(Document {
        title: part.required_text("title")?,
        number: part.text("number")?,
        issuer: part.required_text("issuer")?,
        issued_at: part.required("issued_at", instant(part, "issued_at")?)?,
        valid_until: instant(part, "valid_until")?,
        sections,
        attachments: part.list("attachments", attachment)?,
        notice: part.text("notice")?,
        next: token(part, "next")?.map(|next| format!("page:{next}")),
        details: details(part)?,
    })
}

fn section(part: &Part<'_>) -> Result<Section, Fault> {
    part.keys(&["title", "fields", "table", "text"])?;
    let content = match (part.node("fields"), part.part("table"), part.node("text")) {
        (Some(_), None, None) => Content::Fields(fields(part)?),
        (None, Some(table), None) => Content::Table(self::table(&table)?),
        (None, None, Some(_)) => Content::Text(part.required_text("text")?),
        _ => return Err(part.mistake("", "has exactly one of fields, table and text")),
    };
    Ok(Section {
        title: part.required_text("title")?,
        content,
        details: Vec::new(),
    })
}

/// `rows` names the list; each column's `value` is a template over its row.
fn table(part: &Part<'_>) -> Result<Table, Fault> {
    part.keys(&["rows", "columns"])?;
    let columns = part.list("columns", |column| {
        column.keys(&["name", "label", "format", "value"])?;
        Ok(Column {
            name: column.required_text("name")?,
            label: column.required_text("label")?,
            format: format(column)?,
            details: Vec::new(),
        })
    })?;
    let rows = part.rows_of("rows", |row| {
        row.list("columns", |column| {
            Ok(column.text("value")?.unwrap_or_default())
        })
    })?;
    Ok(Table {
        columns,
        rows,
        details: Vec::new(),
    })
}

fn attachment(part: &Part<'_>) -> Result<Attachment, Fault> {
    part.keys(&["name", "media_type", "bytes", "verification_code"])?;
    Ok(Attachment {
        name: part.required_text("name")?,
        media_type: part.required_text("media_type")?,
        bytes: part.required(
            "bytes",
            bytes(part, "bytes")?.or_else(|| part.view.checking().then(Vec::new)),
        )?,
        verification_code: part.text("verification_code")?,
        details: Vec::new(),
    })
}
