//! The receipt, on the screen and on paper.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use guichet_domain::payment::State as Standing;
use guichet_sandbox::contract::bill_payment::{Application, Delivery};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use super::{read, state, title};
use crate::payments::{PaymentError, Receipt};
use crate::receipts::{Document, Issued, ReceiptError, draw_pdf};
use crate::web::page::{Page, Visit, draw};
use crate::web::statement::{Fact, field};
use crate::web::texts::{Texts, fill};
use crate::web::{Web, format};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    page: Page,
    biller: String,
    service: String,
    total: String,
    state: String,
    is_applied: bool,
    tokens: Vec<String>,
    cards: Vec<String>,
    items: Vec<Fact>,
    lines: Vec<Fact>,
    digest: Vec<String>,
    id: String,
    /// Drawn by the library: markup, and nothing that came from elsewhere.
    picture: String,
    vouched: String,
    verify_help: String,
    key: Vec<String>,
}

/// The receipt.
pub(in crate::web) async fn receipt(
    visit: Visit,
    Path(id): Path<String>,
    State(web): State<Web>,
) -> Response {
    let payment = match read(&visit, &web, &id).await {
        Ok((payment, _)) => payment,
        Err(answer) => return answer,
    };
    let citizen = match visit.citizen(&web) {
        Ok(citizen) => citizen,
        Err(first) => return first,
    };
    let issued = web
        .rooms()
        .receipts
        .issue(citizen.client, &payment.id)
        .await;
    let Issued {
        receipt, document, ..
    } = match issued {
        Ok(issued) => issued,
        Err(ReceiptError::Payment(PaymentError::WrongState(_))) => return visit.not_found(),
        Err(error) => return visit.failed(&web, &error),
    };
    let page = visit.page();
    let t = page.t;
    let record: Option<Application> =
        serde_json::from_value(receipt.application.record.clone()).ok();
    let (tokens, cards) = deliveries(record.as_ref());
    let entry = web.rooms().catalogue.service(&payment.service);
    let locale = visit.language().tag();
    let biller = entry.map_or(receipt.facts.biller.to_string(), |entry| {
        entry.service().biller.names.in_locale(locale).to_owned()
    });
    draw(&ReceiptPage {
        biller,
        service: title(&visit, &web, &payment),
        total: format::money(payment.total),
        state: state(payment.state, t).to_owned(),
        is_applied: payment.state == Standing::Applied,
        tokens,
        cards,
        items: receipt_items(&receipt),
        lines: receipt_lines(&receipt, record.as_ref(), t),
        digest: groups_of_eight(&receipt.facts.digest().hex()),
        id: payment.id.to_string(),
        picture: picture(&document.code),
        vouched: vouched(&document, t).to_owned(),
        verify_help: fill(
            &t.receipt_verify_help,
            &[("installation", web.rooms().audit.installation().as_str())],
        ),
        key: groups_of_eight(&document.key.hex()),
        page,
    })
}

/// How far the receipt is proven by now.
fn vouched<'a>(document: &Document, t: &'a Texts) -> &'a str {
    if document.proofs.is_empty() {
        &t.receipt_not_in_log
    } else {
        &t.receipt_in_log
    }
}

/// The short signed form as a picture; nothing where it is too long for one.
fn picture(code: &str) -> String {
    let drawn = QrCode::with_error_correction_level(code, EcLevel::L);
    drawn.map_or_else(
        |_| String::new(),
        |code| {
            code.render::<svg::Color<'_>>()
                .min_dimensions(200, 200)
                .build()
        },
    )
}

/// The receipt as a file: PDF, or the signed JSON.
pub(in crate::web) async fn download(
    visit: Visit,
    Path((id, name)): Path<(String, String)>,
    State(web): State<Web>,
) -> Response {
    let citizen = match visit.citizen(&web) {
        Ok(citizen) => citizen,
        Err(first) => return first,
    };
    let payment = match read(&visit, &web, &id).await {
        Ok((payment, _)) => payment,
        Err(answer) => return answer,
    };
    let issued = web
        .rooms()
        .receipts
        .issue(citizen.client, &payment.id)
        .await;
    let issued = match issued {
        Ok(issued) => issued,
        Err(ReceiptError::Payment(PaymentError::WrongState(_))) => return visit.not_found(),
        Err(error) => return visit.failed(&web, &error),
    };
    let (media_type, bytes) = match name.as_str() {
        "receipt.pdf" => {
            let pdf = draw_pdf(&issued.statement, &issued.document, visit.language());
            ("application/pdf", pdf)
        }
        "receipt.json" => ("application/json", issued.document.text().into_bytes()),
        _ => return visit.not_found(),
    };
    let disposition = format!("attachment; filename=\"{}-{name}\"", payment.id);
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// Digits for the meter, and what to do with the card.
fn deliveries(record: Option<&Application>) -> (Vec<String>, Vec<String>) {
    let (mut tokens, mut cards) = (Vec::new(), Vec::new());
    for delivery in record.iter().flat_map(|record| &record.deliveries) {
        match delivery {
            Delivery::Token(token) => tokens.push(token.digits.clone()),
            Delivery::CardWrite(card) => cards.push(card.instruction.clone()),
            Delivery::Other(_) => {}
        }
    }
    (tokens, cards)
}

/// What was paid, one line for each bill.
fn receipt_items(receipt: &Receipt) -> Vec<Fact> {
    let items = receipt.facts.items.iter();
    items
        .map(|item| Fact::new(&item.title, format::money(item.amount)))
        .collect()
}

/// People compare a long number in short groups.
fn groups_of_eight(hex: &str) -> Vec<String> {
    let digits: Vec<char> = hex.chars().collect();
    digits
        .chunks(8)
        .map(|group| group.iter().collect())
        .collect()
}

fn receipt_lines(receipt: &Receipt, record: Option<&Application>, t: &Texts) -> Vec<Fact> {
    let payment = &receipt.payment;
    let mut lines = vec![Fact::new(&t.payment_number, payment.id.as_str())];
    lines.push(Fact::new(&t.receipt_serial, &receipt.application.serial));
    let at = format::contract_moment(&receipt.application.at);
    lines.push(Fact::new(&t.receipt_at, at));
    let date = payment.accounting_date.to_string();
    lines.push(Fact::new(&t.accounting_date, date));
    if let Some(record) = record {
        let mut add = |label: &str, value: &Option<String>| {
            lines.extend(value.iter().map(|value| Fact::new(label, value)));
        };
        add(&t.receipt_treasury, &record.treasury_code);
        add(&t.receipt_fiscal, &record.fiscal_receipt);
        let balance = record.balance.as_ref().map(format::contract_money);
        add(&t.balance, &balance);
        lines.extend(record.fields.iter().map(field));
    }
    lines
}
