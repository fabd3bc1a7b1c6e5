//! Paying, live progress, receipt, and a citizen's payments.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use guichet_domain::Money;
use guichet_domain::bill::Item;
use guichet_domain::id::RecordId;
use guichet_domain::payment::State as Standing;
use guichet_sandbox::contract::bill_payment::{Application, Delivery};
use serde_json::json;

use super::page::{Page, Visit, draw};
use super::statement::{Fact, field};
use super::texts::Texts;
use super::{Web, format};
use crate::payments::{Create, EventView, PaymentError, PaymentView, Receipt};

/// Payments on the list.
const LISTED: u32 = 50;

#[derive(Template)]
#[template(path = "payment.html")]
struct PaymentPage {
    page: Page,
    id: String,
    state: String,
    service: String,
    amount: String,
    warning: Option<String>,
    explanation: Option<String>,
    steps: Vec<StepView>,
    ended: bool,
    receipt: bool,
}

struct StepView {
    class: &'static str,
    label: String,
    at: Option<String>,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    page: Page,
    biller: String,
    total: String,
    tokens: Vec<String>,
    cards: Vec<String>,
    lines: Vec<Fact>,
}

#[derive(Template)]
#[template(path = "payments.html")]
struct PaymentsPage {
    page: Page,
    payments: Vec<Line>,
}

struct Line {
    id: String,
    service: String,
    at: String,
    amount: String,
    state: String,
    class: &'static str,
}

/// Pays what was confirmed. The form's key makes a second click harmless.
pub(super) async fn create(
    visit: Visit,
    State(web): State<Web>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let first = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let citizen = match visit.guarded(&web, &first("guard")) {
        Ok(citizen) => citizen,
        Err(first) => return first,
    };
    let query = first("bill_query");
    let items: Option<Vec<Item>> = fields
        .iter()
        .filter(|(name, _)| name == "item")
        .map(|(_, value)| item(value))
        .collect();
    let (Ok(bill_query), Some(items)) = (RecordId::new(query.as_str()), items) else {
        return visit.not_found();
    };
    let request = Create {
        client: citizen.client.clone(),
        idempotency_key: first("key"),
        body: json!({"bill_query": query, "items": items, "payer_account": citizen.account}),
        subject: citizen.subject.clone(),
        bill_query,
        items,
        payer_account: citizen.account.clone(),
        client_reference: None,
        traceparent: None,
    };
    match web.rooms().payments.create(&request).await {
        Ok(made) => Redirect::to(&format!("/payments/{}", made.payment)).into_response(),
        Err(PaymentError::BillInPayment {
            payment: Some(payment),
        }) => Redirect::to(&format!("/payments/{payment}")).into_response(),
        // The bill page says what has become of the bill.
        Err(PaymentError::QueryExpired | PaymentError::Items(_)) => {
            Redirect::to(&format!("/bills/{query}")).into_response()
        }
        Err(error) => visit.failed(&web, &error),
    }
}

/// `MINOR-UNITS|NUMBER|CURRENCY`, as the page to confirm on wrote it. A changed
/// value gains nothing: the payment room checks every amount.
fn item(text: &str) -> Option<Item> {
    let (minor_units, rest) = text.split_once('|')?;
    let (bill, currency) = rest.rsplit_once('|')?;
    let amount = Money::new(minor_units.parse().ok()?, currency.parse().ok()?);
    Some(Item {
        bill: bill.to_owned(),
        amount,
    })
}

/// Live progress.
pub(super) async fn show(visit: Visit, Path(id): Path<String>, State(web): State<Web>) -> Response {
    let (payment, events) = match read(&visit, &web, &id).await {
        Ok(read) => read,
        Err(answer) => return answer,
    };
    let page = visit.page();
    let t = page.t;
    let warning = matches!(payment.state, Standing::Unknown | Standing::Pending);
    let explanation = match payment.state {
        Standing::Released => Some(t.released_lead.clone()),
        Standing::Declined => Some(t.state_declined.clone()),
        _ => None,
    };
    let reason = payment.reason.clone().filter(|_| explanation.is_some());
    draw(&PaymentPage {
        id: payment.id.to_string(),
        state: state(payment.state, t).to_owned(),
        service: title(&visit, &web, &payment),
        amount: format::money(payment.total),
        warning: warning.then(|| t.unknown_warning.clone()),
        explanation: explanation.map(|text| match reason {
            Some(reason) => format!("{text} ({reason})"),
            None => text,
        }),
        steps: steps(&payment, &events, t),
        ended: payment.has_ended(),
        receipt: payment.application.is_some(),
        page,
    })
}

async fn read(
    visit: &Visit,
    web: &Web,
    id: &str,
) -> Result<(PaymentView, Vec<EventView>), Response> {
    let citizen = visit.citizen(web)?;
    let id = RecordId::new(id).map_err(|_| visit.not_found())?;
    let room = &web.rooms().payments;
    let payment = match room.get(citizen.client, &id).await {
        Ok(payment) if payment.subject == *citizen.subject => payment,
        Ok(_) | Err(PaymentError::NotFound) => return Err(visit.not_found()),
        Err(error) => return Err(visit.failed(web, &error)),
    };
    let events = room.events(citizen.client, &id).await;
    Ok((payment, events.map_err(|error| visit.failed(web, &error))?))
}

fn title(visit: &Visit, web: &Web, payment: &PaymentView) -> String {
    let entry = web.rooms().catalogue.service(&payment.service);
    let locale = visit.language().tag();
    entry.map_or_else(String::new, |entry| {
        entry.service().titles.in_locale(locale).to_owned()
    })
}

/// What happened, and what a payment still waits for.
fn steps(payment: &PaymentView, events: &[EventView], t: &Texts) -> Vec<StepView> {
    let mut steps: Vec<StepView> = Vec::new();
    let mut last = None;
    for event in events
        .iter()
        .filter(|event| last.replace(event.state) != Some(event.state))
    {
        steps.push(StepView {
            class: "done",
            label: state(event.state, t).to_owned(),
            at: Some(format::moment(event.at)),
        });
    }
    if !payment.has_ended() {
        if let Some(current) = steps.last_mut() {
            current.class = "now";
        }
        steps.push(StepView {
            class: "",
            label: t.state_applied.clone(),
            at: None,
        });
    }
    steps
}

fn state(state: Standing, t: &Texts) -> &str {
    match state {
        Standing::Requested => &t.state_requested,
        Standing::RequiresAction => &t.state_requires_action,
        Standing::Held => &t.state_held,
        Standing::Submitted => &t.state_submitted,
        Standing::Applied => &t.state_applied,
        Standing::Pending => &t.state_pending,
        Standing::Unknown => &t.state_unknown,
        Standing::Refused => &t.state_refused,
        Standing::Released => &t.state_released,
        Standing::Declined => &t.state_declined,
        Standing::Cancelled => &t.state_cancelled,
        Standing::Expired => &t.state_expired,
        Standing::Reversing => &t.state_reversing,
        Standing::Reversed => &t.state_reversed,
        Standing::Refunding => &t.state_refunding,
        Standing::Refunded => &t.state_refunded,
    }
}

/// The receipt.
pub(super) async fn receipt(
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
    let receipt = match web
        .rooms()
        .payments
        .receipt(citizen.client, &payment.id)
        .await
    {
        Ok(receipt) => receipt,
        Err(PaymentError::WrongState(_)) => return visit.not_found(),
        Err(error) => return visit.failed(&web, &error),
    };
    let page = visit.page();
    let t = page.t;
    let record: Option<Application> =
        serde_json::from_value(receipt.application.record.clone()).ok();
    let (tokens, cards) = deliveries(record.as_ref());
    let entry = web.rooms().catalogue.service(&payment.service);
    let locale = visit.language().tag();
    let biller = entry.map_or(receipt.biller.clone(), |entry| {
        entry.service().biller.names.in_locale(locale).to_owned()
    });
    let lines = receipt_lines(&receipt, record.as_ref(), t);
    let total = format::money(payment.total);
    draw(&ReceiptPage {
        page,
        biller,
        total,
        tokens,
        cards,
        lines,
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

fn receipt_lines(receipt: &Receipt, record: Option<&Application>, t: &Texts) -> Vec<Fact> {
    let payment = &receipt.payment;
    let mut lines = vec![Fact::new(&t.payment_number, payment.id.as_str())];
    let items = receipt.titles.iter().zip(&payment.items);
    lines.extend(items.map(|(title, item)| Fact::new(title, format::money(item.amount))));
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
    lines.push(Fact::new(&t.receipt_digest, receipt.digest.hex()));
    lines
}

/// The citizen's payments, newest first.
pub(super) async fn list(visit: Visit, State(web): State<Web>) -> Response {
    let citizen = match visit.citizen(&web) {
        Ok(citizen) => citizen,
        Err(first) => return first,
    };
    let listed = web
        .rooms()
        .payments
        .list(citizen.client, citizen.subject, None, LISTED)
        .await;
    let payments = match listed {
        Ok(listed) => listed.items,
        Err(error) => return visit.failed(&web, &error),
    };
    let page = visit.page();
    let lines = payments.iter().map(|payment| Line {
        id: payment.id.to_string(),
        service: title(&visit, &web, payment),
        at: format::moment(payment.created_at),
        amount: format::money(payment.total),
        state: state(payment.state, page.t).to_owned(),
        class: match payment.state {
            Standing::Applied => "good",
            Standing::Released | Standing::Declined | Standing::Expired => "bad",
            _ => "warn",
        },
    });
    let payments = lines.collect();
    draw(&PaymentsPage { page, payments })
}
