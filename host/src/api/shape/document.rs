//! An inquiry and its document on the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet_sandbox::contract::inquiry as contract;
use serde::Serialize;
use utoipa::ToSchema;

use super::parts::{Details, Field, NextStep, Waiting, details, fields};
use super::statement::QueryState;
use crate::inquiries::InquiryAnswer;

/// An inquiry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inquiry {
    /// Begins with `inq_`.
    pub id: String,
    /// The service that was asked.
    #[schema(example = "provident-fund-330100")]
    pub service: String,
    /// `ready`, `pending` (read it again) or `ask_more` (see `next_step`).
    pub state: QueryState,
    /// Where the state is `ready`.
    pub document: Option<Document>,
    /// Where the state is `pending`.
    pub waiting: Option<Waiting>,
    /// Where the state is `ask_more`.
    pub next_step: Option<NextStep>,
    /// When it was asked, RFC 3339.
    pub created_at: String,
}

/// A document, drawable on any front.
#[derive(Debug, Serialize, ToSchema)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// The issuer's number.
    pub number: Option<String>,
    /// Who issued it.
    pub issuer: String,
    /// RFC 3339.
    pub issued_at: String,
    /// RFC 3339.
    pub valid_until: Option<String>,
    /// What stands in it.
    pub sections: Vec<Section>,
    /// Sealed files of the issuer's.
    pub attachments: Vec<Attachment>,
    /// A word of the issuer's.
    pub notice: Option<String>,
    /// Machine-readable extras.
    pub details: Details,
}

/// A part of a document: one of `fields`, `table` and `text` is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Labelled values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<Field>>,
    /// A table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
    /// Running text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A table; each row has a cell for every column.
#[derive(Debug, Serialize, ToSchema)]
pub struct Table {
    /// What the cells mean.
    pub columns: Vec<Column>,
    /// The cells as text.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct Column {
    /// Its name for machines.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// As a field's format.
    pub format: String,
}

/// A sealed file.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Media type.
    #[schema(example = "application/pdf")]
    pub media_type: String,
    /// The bytes in base64 (RFC 4648, section 4).
    pub content_base64: String,
    /// With it anybody can check the file at the agency.
    pub verification_code: Option<String>,
}

impl From<crate::inquiries::Inquiry> for Inquiry {
    fn from(inquiry: crate::inquiries::Inquiry) -> Self {
        let (state, document, waiting, next_step) = match inquiry.answer {
            InquiryAnswer::Ready(document) => (
                QueryState::Ready,
                Some(Document::from(document)),
                None,
                None,
            ),
            InquiryAnswer::Pending(ticket) => {
                (QueryState::Pending, None, Some(ticket.into()), None)
            }
            InquiryAnswer::AskMore(step) => (QueryState::AskMore, None, None, Some(step.into())),
        };
        Self {
            id: inquiry.id.into(),
            service: inquiry.service.into(),
            state,
            document,
            waiting,
            next_step,
            created_at: inquiry.created_at.to_string(),
        }
    }
}

impl From<contract::Document> for Document {
    fn from(document: contract::Document) -> Self {
        Self {
            title: document.title,
            number: document.number,
            issuer: document.issuer,
            issued_at: document.issued_at,
            valid_until: document.valid_until,
            sections: document.sections.into_iter().map(Section::from).collect(),
            attachments: document
                .attachments
                .into_iter()
                .map(Attachment::from)
                .collect(),
            notice: document.notice,
            details: details(document.details),
        }
    }
}

impl From<contract::Section> for Section {
    fn from(section: contract::Section) -> Self {
        let mut shape = Self {
            title: section.title,
            fields: None,
            table: None,
            text: None,
        };
        match section.content {
            contract::Content::Fields(list) => shape.fields = Some(fields(list)),
            contract::Content::Table(table) => shape.table = Some(table.into()),
            contract::Content::Text(text) | contract::Content::Other(text) => {
                shape.text = Some(text);
            }
        }
        shape
    }
}

impl From<contract::Table> for Table {
    fn from(table: contract::Table) -> Self {
        let column = |column: contract::Column| Column {
            name: column.name,
            label: column.label,
            format: column.format,
        };
        Self {
            columns: table.columns.into_iter().map(column).collect(),
            rows: table.rows,
        }
    }
}

impl From<contract::Attachment> for Attachment {
    fn from(attachment: contract::Attachment) -> Self {
        Self {
            name: attachment.name,
            media_type: attachment.media_type,
            content_base64: STANDARD.encode(attachment.bytes),
            verification_code: attachment.verification_code,
        }
    }
}
