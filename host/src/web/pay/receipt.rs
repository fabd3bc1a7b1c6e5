//! The receipt, on the screen and on paper.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use guichet_domain::payment::State as Standing;
use guichet_sandbox::contract::bill_payment::{Application, Delivery};

use super::{read, state, title};
use crate::payments::{PaymentError, Receipt};
use crate::receipts::{Issued, ReceiptError};
use crate::web::page::{Page, Visit, draw};
use crate::web::statement::{Fact, field};
use crate::web::texts::Texts;
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
    let Issued { receipt, .. } = match issued {
        Ok(issued) => issued,
        Err(ReceiptError::Payment(PaymentError::WrongState(_))) => return visit.not_found(),
        Err(ReceiptError::Payment(error)) => return visit.failed(&web, &error),
        Err(ReceiptError::Audit(error)) => return visit.failed(&web, &error),
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
        page,
    })
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
