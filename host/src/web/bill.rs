//! The bill page: what is owed, choosing, and the page to confirm on.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use guichet_domain::Money;
use guichet_domain::id::RecordId;
use guichet_sandbox::contract::bill_payment::{Payability, Statement};
use serde::Deserialize;

use super::form::Field;
use super::page::{Page, Visit, draw};
use super::service::{self, Filled, Place, Step};
use super::statement::{self, AmountField, BillView, Fact};
use super::texts::Texts;
use super::{Web, format};
use crate::bills::{BillAnswer, BillQuery, BillsError};
use crate::plugins::{Entry, translate};

#[derive(Template)]
#[template(path = "bill.html")]
struct BillPage {
    page: Page,
    id: String,
    title: String,
    biller: String,
    failure: Option<String>,
    pending: Option<String>,
    expired: bool,
    again: String,
    facts: Vec<Fact>,
    notices: Vec<String>,
    selection: String,
    bills: Vec<BillView>,
    amount: Option<AmountField>,
    payable: bool,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    page: Page,
    total: String,
    biller: String,
    account: Option<Fact>,
    lines: Vec<Fact>,
    funding: String,
    key: String,
    bill_query: String,
    items: Vec<String>,
}

/// The bill.
pub(super) async fn show(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Query(place): Query<Place>,
    State(web): State<Web>,
) -> Response {
    let query = match read(&visit, &web, &id).await {
        Ok(query) => query,
        Err(answer) => return answer,
    };
    let mend = asked
        .mend
        .is_some()
        .then(|| visit.page().t.bill_mend.clone());
    drawn(&visit, &web, &query, &place, mend)
}

/// Whether a payment was refused because of what was chosen.
#[derive(Deserialize)]
pub(super) struct Asked {
    mend: Option<String>,
}

async fn read(visit: &Visit, web: &Web, id: &str) -> Result<BillQuery, Response> {
    let citizen = visit.citizen(web)?;
    let id = RecordId::new(id).map_err(|_| visit.not_found())?;
    match web.rooms().bills.get(citizen.client, &id).await {
        Ok(query) if query.subject == *citizen.subject => Ok(query),
        Ok(_) | Err(BillsError::Unknown) => Err(visit.not_found()),
        Err(error) => Err(visit.failed(web, &error)),
    }
}

fn drawn(
    visit: &Visit,
    web: &Web,
    query: &BillQuery,
    place: &Place,
    failure: Option<String>,
) -> Response {
    let page = visit.page();
    let Some(entry) = web.rooms().catalogue.service(&query.service) else {
        return visit.not_found();
    };
    let (locale, region) = (visit.language().tag(), place.value(&entry));
    let mut view = BillPage {
        id: query.id.to_string(),
        again: match &region {
            Some((_, code)) => format!("/services/{}?region={code}", query.service),
            None => format!("/services/{}", query.service),
        },
        title: entry.service().titles.in_locale(locale).to_owned(),
        biller: entry.service().biller.names.in_locale(locale).to_owned(),
        failure,
        pending: None,
        expired: query.expires_at <= web.rooms().ports.now(),
        facts: Vec::new(),
        notices: Vec::new(),
        selection: String::new(),
        bills: Vec::new(),
        amount: None,
        payable: false,
        page,
    };
    match &query.answer {
        BillAnswer::Ready(statement) => {
            let label = number_label(&entry, query, statement, locale, view.page.t);
            fill(&mut view, statement, &label);
        }
        BillAnswer::Pending(ticket) => view.pending = Some(ticket.message.clone()),
        BillAnswer::AskMore(step) => {
            let step = Step {
                token: step.token.clone(),
                kept: query.inputs.iter().cloned().chain(region).collect(),
                field: Field::of_step(step),
            };
            let filled = Filled {
                step: Some(step),
                ..Filled::default()
            };
            return service::drawn(visit, web, &entry, filled);
        }
    }
    draw(&view)
}

/// The label of the field that the account's number was typed into.
fn number_label(
    entry: &Entry,
    query: &BillQuery,
    statement: &Statement,
    locale: &str,
    t: &Texts,
) -> String {
    let number = statement.account.as_ref().map(|account| &account.number);
    let typed = query.inputs.iter().find(|(_, value)| Some(value) == number);
    let property = typed.and_then(|(typed, _)| {
        let mut properties = entry.service().inputs.properties.iter();
        properties.find(|(name, _)| name.as_str() == typed)
    });
    property.map_or_else(
        || t.account_number.clone(),
        |(_, property)| property.hints.label.in_locale(locale).to_owned(),
    )
}

fn fill(view: &mut BillPage, statement: &Statement, number_label: &str) {
    let t = view.page.t;
    let account = statement.account.as_ref();
    view.facts = statement::account(statement, number_label, t);
    view.notices = account.and_then(|a| a.notice.clone()).into_iter().collect();
    view.notices.extend(statement.notice.clone());
    view.selection = statement::selection(&statement.selection, t).to_owned();
    view.bills = statement::bills(statement, t);
    view.amount = statement::amount_field(statement, t);
    view.payable = statement
        .bills
        .iter()
        .any(|b| matches!(b.payability, Payability::Payable));
}

/// What the citizen chose.
struct Chosen {
    number: String,
    title: String,
    amount: Money,
}

/// The page to confirm on.
pub(super) async fn confirm(
    visit: Visit,
    Path(id): Path<String>,
    Query(place): Query<Place>,
    State(web): State<Web>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let guard = values(&fields, "guard").next().unwrap_or_default();
    let citizen = match visit.guarded(&web, guard) {
        Ok(citizen) => citizen,
        Err(first) => return first,
    };
    let query = match read(&visit, &web, &id).await {
        Ok(query) => query,
        Err(answer) => return answer,
    };
    let BillAnswer::Ready(statement) = &query.answer else {
        return Redirect::to(&format!("/bills/{id}")).into_response();
    };
    let t = visit.page().t;
    let numbers: Vec<&str> = values(&fields, "bill").collect();
    let typed = values(&fields, "amount").next();
    let chosen = match choose(statement, &numbers, typed) {
        Some(chosen) if !chosen.is_empty() => chosen,
        Some(_) | None => {
            let help = statement::amount_field(statement, t).map(|amount| amount.help);
            let selection = statement::selection(&statement.selection, t).to_owned();
            return drawn(
                &visit,
                &web,
                &query,
                &place,
                Some(help.unwrap_or(selection)),
            );
        }
    };
    let Some(entry) = web.rooms().catalogue.service(&query.service) else {
        return visit.not_found();
    };
    let currency = chosen[0].amount.currency();
    let Ok(total) = Money::checked_sum(currency, chosen.iter().map(|one| one.amount)) else {
        return drawn(&visit, &web, &query, &place, Some(t.bill_mend.clone()));
    };
    let locale = visit.language().tag();
    draw(&Confirm {
        total: format::money(total),
        biller: entry.service().biller.names.in_locale(locale).to_owned(),
        account: statement.account.as_ref().map(|account| {
            let label = number_label(&entry, &query, statement, locale, t);
            Fact::new(&label, &account.number)
        }),
        lines: chosen
            .iter()
            .map(|one| Fact::new(&one.title, format::money(one.amount)))
            .collect(),
        funding: format::account(citizen.account.as_str(), t),
        key: web.rooms().ports.record_id("web").to_string(),
        bill_query: query.id.to_string(),
        items: chosen
            .iter()
            .map(|one| format!("{}|{}|{currency}", one.amount.minor_units(), one.number))
            .collect(),
        page: visit.page(),
    })
}

fn values<'a>(fields: &'a [(String, String)], wanted: &'a str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |(name, _)| name == wanted)
        .map(|(_, value)| value.as_str())
}

/// The chosen bills with their amounts; none where a number or amount is wrong.
fn choose(statement: &Statement, numbers: &[&str], typed: Option<&str>) -> Option<Vec<Chosen>> {
    let mut chosen = Vec::new();
    for number in numbers {
        let bill = statement.bills.iter().find(|bill| bill.number == *number)?;
        let owed = translate::money(&bill.payable)?;
        let amount = match typed {
            Some(typed) => format::read_yuan(typed)?,
            None => owed,
        };
        chosen.push(Chosen {
            number: bill.number.clone(),
            title: bill.title.clone(),
            amount,
        });
    }
    Some(chosen)
}
