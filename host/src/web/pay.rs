//! Paying, live progress, and a citizen's payments.

mod agree;
mod receipt;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use guichet_domain::Money;
use guichet_domain::bill::Item;
use guichet_domain::id::RecordId;
use guichet_domain::payment::State as Standing;
use serde_json::json;

use super::page::{Page, Visit, draw};
use super::texts::{Texts, fill};
use super::{Web, format};
use crate::payments::{Create, EventView, PaymentError, PaymentView};
use agree::Agreement;
pub(super) use agree::{authorise, cancel};
pub(super) use receipt::{download, receipt};

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
    sign: &'static str,
    notice: Option<NoticeView>,
    agreement: Option<Agreement>,
    watched: bool,
    steps: Vec<StepView>,
    receipt: bool,
}

/// What the citizen has to know and do while it is not simply paid.
struct NoticeView {
    class: &'static str,
    title: String,
    lines: Vec<String>,
}

struct StepView {
    class: &'static str,
    label: String,
    at: Option<String>,
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
        // The bill page says what has become of the bill, and what to mend.
        Err(PaymentError::QueryExpired) => Redirect::to(&format!("/bills/{query}")).into_response(),
        Err(PaymentError::Items(_)) => {
            Redirect::to(&format!("/bills/{query}?mend=items")).into_response()
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
    // A further attempt after silence is as uncertain as the silence itself.
    let was_silent = events.iter().any(|event| event.state == Standing::Unknown);
    let shown = match payment.state {
        Standing::Submitted if was_silent => Standing::Unknown,
        state => state,
    };
    let agreement = Agreement::of(&visit, &web, &payment);
    draw(&PaymentPage {
        id: payment.id.to_string(),
        state: state(shown, t).to_owned(),
        service: title(&visit, &web, &payment),
        amount: format::money(payment.total),
        sign: sign(shown),
        notice: notice(&payment, shown, t),
        steps: steps(&payment, &events, t),
        // Nothing changes under the eyes of whoever reads what to agree to.
        watched: !payment.has_ended() && !agreement.as_ref().is_some_and(Agreement::is_asked),
        agreement,
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

/// Which of the signs of the page's head shows how it stands.
const fn sign(state: Standing) -> &'static str {
    match state {
        Standing::Applied => "good",
        Standing::Released | Standing::Declined | Standing::Expired | Standing::Cancelled => "bad",
        Standing::Unknown | Standing::Pending | Standing::Refused => "warn",
        Standing::Requested
        | Standing::RequiresAction
        | Standing::Held
        | Standing::Submitted
        | Standing::Reversing
        | Standing::Reversed
        | Standing::Refunding
        | Standing::Refunded => "wait",
    }
}

/// An open outcome says what is certain, what to leave alone and by when there
/// is news; a failed one says where the money is and why.
fn notice(payment: &PaymentView, shown: Standing, t: &Texts) -> Option<NoticeView> {
    let news = payment.news_by.map(|moment| {
        let time = format::moment(moment);
        fill(&t.news_by, &[("time", &time)])
    });
    let reason = payment.reason.as_ref();
    let reason = reason.map(|reason| fill(&t.reason, &[("reason", reason)]));
    let (class, title, lead, more) = match shown {
        Standing::Unknown => ("warn", &t.unknown_title, &t.unknown_lead, news),
        Standing::Pending => ("warn", &t.working_title, &t.working_lead, news),
        Standing::Refused => ("bad", &t.state_refused, &t.refused_lead, reason),
        Standing::Released => ("bad", &t.nothing_paid, &t.released_lead, reason),
        Standing::Declined => ("bad", &t.nothing_paid, &t.declined_lead, reason),
        Standing::Expired | Standing::Cancelled => {
            ("bad", &t.nothing_paid, &t.expired_lead_payment, reason)
        }
        Standing::Requested
        | Standing::RequiresAction
        | Standing::Held
        | Standing::Submitted
        | Standing::Applied
        | Standing::Reversing
        | Standing::Reversed
        | Standing::Refunding
        | Standing::Refunded => return None,
    };
    Some(NoticeView {
        class,
        title: title.clone(),
        lines: std::iter::once(lead.clone()).chain(more).collect(),
    })
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
    // A further attempt leads through the same states: only the last one counts.
    let mut way: Vec<&EventView> = Vec::new();
    for event in events {
        if let Some(earlier) = way.iter().position(|other| other.state == event.state) {
            way.truncate(earlier);
        }
        way.push(event);
    }
    let done = |event: &&EventView| StepView {
        class: "done",
        label: state(event.state, t).to_owned(),
        at: Some(format::moment(event.at)),
    };
    let mut steps: Vec<StepView> = way.iter().map(done).collect();
    if !payment.has_ended() {
        if let Some(current) = steps.last_mut() {
            current.class = "now";
        }
        let goal = match payment.state {
            Standing::Refused => Standing::Released,
            Standing::Reversing => Standing::Reversed,
            Standing::Refunding => Standing::Refunded,
            _ => Standing::Applied,
        };
        steps.push(StepView {
            class: "",
            label: state(goal, t).to_owned(),
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
