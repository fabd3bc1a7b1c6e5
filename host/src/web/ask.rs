//! Documents and credentials on a page.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use guichet_domain::id::{RecordId, ServiceCode};
use guichet_sandbox::contract::credential::{Code, Symbology};
use guichet_sandbox::contract::inquiry::{Content, Document};
use qrcode::QrCode;
use qrcode::render::svg;

use super::form::Field;
use super::page::{Page, Visit, draw, percent};
use super::service::{self, Filled, Place, Step, Submitted};
use super::statement::{Fact, field, value};
use super::texts::fill;
use super::{Web, format};
use crate::credentials::Credential;
use crate::inquiries::{InquiriesError, Inquiry, InquiryAnswer};
use crate::plugins::Entry;

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    page: Page,
    title: String,
    issuer: String,
    pending: Option<String>,
    notice: Option<String>,
    sections: Vec<SectionView>,
    attachments: Vec<AttachmentView>,
}

#[derive(Default)]
struct SectionView {
    title: String,
    facts: Vec<Fact>,
    columns: Vec<Column>,
    rows: Vec<Vec<(&'static str, String)>>,
    text: Option<String>,
}

struct Column {
    class: &'static str,
    label: String,
}

struct AttachmentView {
    name: String,
    href: String,
    code: Option<String>,
}

#[derive(Template)]
#[template(path = "credential.html")]
struct CredentialPage {
    page: Page,
    title: String,
    code: String,
    handoff: Option<HandoffView>,
    code_svg: String,
    caption: String,
    expires: String,
    kept: Vec<(String, String)>,
}

struct HandoffView {
    title: String,
    url: String,
}

/// A document, or that it is still awaited.
pub(super) async fn show(
    visit: Visit,
    Path(id): Path<String>,
    Query(place): Query<Place>,
    State(web): State<Web>,
) -> Response {
    let inquiry = match read(&visit, &web, &id).await {
        Ok(inquiry) => inquiry,
        Err(answer) => return answer,
    };
    let page = visit.page();
    match &inquiry.answer {
        InquiryAnswer::Ready(document) => draw(&ready(page, &inquiry, document)),
        InquiryAnswer::Pending(ticket) => draw(&DocumentPage {
            title: title(&visit, &web, &inquiry.service).unwrap_or_default(),
            issuer: String::new(),
            pending: Some(ticket.message.clone()),
            notice: None,
            sections: Vec::new(),
            attachments: Vec::new(),
            page,
        }),
        InquiryAnswer::AskMore(step) => {
            let Some(entry) = web.rooms().catalogue.service(&inquiry.service) else {
                return visit.not_found();
            };
            let (token, field) = (step.token.clone(), Field::of_step(step));
            let step = Step {
                token,
                kept: place.value(&entry).into_iter().collect(),
                field,
            };
            service::drawn(
                &visit,
                &web,
                &entry,
                Filled {
                    step: Some(step),
                    ..Filled::default()
                },
            )
        }
    }
}

/// What was asked for, while there is no document with a title of its own.
fn title(visit: &Visit, web: &Web, service: &ServiceCode) -> Option<String> {
    let entry = web.rooms().catalogue.service(service)?;
    let titles = &entry.service().titles;
    Some(titles.in_locale(visit.language().tag()).to_owned())
}

async fn read(visit: &Visit, web: &Web, id: &str) -> Result<Inquiry, Response> {
    let citizen = visit.citizen(web)?;
    let id = RecordId::new(id).map_err(|_| visit.not_found())?;
    match web.rooms().inquiries.get(citizen.client, &id).await {
        Ok(inquiry) if inquiry.subject == *citizen.subject => Ok(inquiry),
        Ok(_) | Err(InquiriesError::Unknown) => Err(visit.not_found()),
        Err(error) => Err(visit.failed(web, &error)),
    }
}

fn ready(page: Page, inquiry: &Inquiry, document: &Document) -> DocumentPage {
    let t = page.t;
    let mut head = vec![Fact::new(
        &t.issued_at,
        format::contract_moment(&document.issued_at),
    )];
    head.extend(
        document
            .number
            .iter()
            .map(|number| Fact::new(&t.document_number, number)),
    );
    let until = document.valid_until.iter();
    head.extend(until.map(|until| Fact::new(&t.valid_until, format::contract_moment(until))));
    let first = SectionView {
        facts: head,
        ..Default::default()
    };
    let sections = document.sections.iter().map(|section| {
        let mut view = SectionView {
            title: section.title.clone(),
            ..Default::default()
        };
        match &section.content {
            Content::Fields(fields) => view.facts = fields.iter().map(field).collect(),
            Content::Table(table) => {
                view.columns = table
                    .columns
                    .iter()
                    .map(|column| Column {
                        class: class(&column.format),
                        label: column.label.clone(),
                    })
                    .collect();
                let row = |row: &Vec<String>| {
                    let cells = row.iter().zip(&table.columns);
                    cells
                        .map(|(cell, column)| (class(&column.format), value(cell, &column.format)))
                        .collect()
                };
                view.rows = table.rows.iter().map(row).collect();
            }
            Content::Text(text) => view.text = Some(text.clone()),
            Content::Other(_) => {}
        }
        view
    });
    let attachments = document
        .attachments
        .iter()
        .enumerate()
        .map(|(number, attachment)| AttachmentView {
            name: attachment.name.clone(),
            href: format!("/inquiries/{}/attachments/{number}", inquiry.id),
            code: attachment.verification_code.clone(),
        });
    DocumentPage {
        title: document.title.clone(),
        issuer: document.issuer.clone(),
        pending: None,
        notice: document.notice.clone(),
        sections: std::iter::once(first).chain(sections).collect(),
        attachments: attachments.collect(),
        page,
    }
}

/// Amounts and shares stand under each other at their last digit.
fn class(format_name: &str) -> &'static str {
    if format_name.starts_with("money:") || matches!(format_name, "number" | "percent") {
        "number end"
    } else {
        ""
    }
}

/// An attachment, to be kept and never to be shown inside a page.
pub(super) async fn attachment(
    visit: Visit,
    Path((id, number)): Path<(String, usize)>,
    State(web): State<Web>,
) -> Response {
    let inquiry = match read(&visit, &web, &id).await {
        Ok(inquiry) => inquiry,
        Err(answer) => return answer,
    };
    let InquiryAnswer::Ready(document) = &inquiry.answer else {
        return visit.not_found();
    };
    let Some(attachment) = document.attachments.get(number) else {
        return visit.not_found();
    };
    let disposition = format!("attachment; filename*=UTF-8''{}", percent(&attachment.name));
    let headers = [
        (header::CONTENT_TYPE, attachment.media_type.clone()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, attachment.bytes.clone()).into_response()
}

/// Issues a credential and shows it at once: it is never kept.
pub(super) async fn credential(
    visit: &Visit,
    web: &Web,
    entry: &Entry,
    submitted: Submitted,
) -> Response {
    let kept = submitted.kept();
    let new = match service::request(visit, web, entry, submitted).await {
        Ok(new) => new,
        Err(answer) => return answer,
    };
    let issued = match web.rooms().credentials.issue(new).await {
        Ok(issued) => issued,
        Err(failure) => return service::again(visit, web, entry, &kept, failure),
    };
    let page = visit.page();
    let t = page.t;
    let mut view = CredentialPage {
        title: entry
            .service()
            .titles
            .in_locale(visit.language().tag())
            .to_owned(),
        code: entry.service().code.to_string(),
        handoff: None,
        code_svg: String::new(),
        caption: String::new(),
        expires: String::new(),
        kept: kept.values,
        page,
    };
    match issued {
        Credential::Code(code) => {
            view.expires = fill(
                &t.credential_expires,
                &[("seconds", &code.seconds_to_live.to_string())],
            );
            view.code_svg = picture(&code);
            view.caption = code.caption;
        }
        Credential::Handoff(handoff) => {
            view.handoff = Some(HandoffView {
                title: handoff.title,
                url: handoff.url,
            });
        }
        Credential::AskMore(step) => {
            let (token, field) = (step.token.clone(), Field::of_step(&step));
            let step = Step {
                token,
                kept: view.kept,
                field,
            };
            let filled = Filled {
                step: Some(step),
                ..Filled::default()
            };
            return service::drawn(visit, web, entry, filled);
        }
    }
    draw(&view)
}

/// The code as a picture; what is no QR code is shown as text.
fn picture(code: &Code) -> String {
    let is_qr = matches!(code.symbology, Symbology::Qr);
    match QrCode::new(&code.payload).ok().filter(|_| is_qr) {
        Some(qr) => qr
            .render::<svg::Color<'_>>()
            .min_dimensions(200, 200)
            .build(),
        None => {
            let text = String::from_utf8_lossy(&code.payload);
            // Escaped here because the template takes the picture as it is.
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
        }
    }
}
