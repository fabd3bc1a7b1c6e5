//! The payer agrees to a payment on its page, or gives it up. What is agreed to
//! stands on the page as the payment room has bound it; whether it may go on is
//! decided there.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use guichet_domain::id::RecordId;
use serde::Deserialize;

use super::super::page::Visit;
use super::super::texts::{Texts, fill};
use super::super::{Web, format};
use crate::payments::{ActionView, Authorise, PaymentError, PaymentView};
use crate::terms::payer::ActionKind;

/// How the pages make sure who agrees: the citizen is signed in, and presses a
/// button that names payee and amount.
const METHOD: &str = "page";

/// What somebody has to agree to.
#[derive(Template)]
#[template(path = "agree.html")]
pub(super) struct Agreement {
    t: &'static Texts,
    guard: String,
    payment: String,
    binding: String,
    lead: String,
    payee: String,
    amount: String,
    account: String,
    until: String,
    /// Whether the signed-in citizen is the one who is asked.
    own: bool,
}

/// What the form sends back.
#[derive(Deserialize)]
pub(in crate::web) struct Agreed {
    guard: String,
    #[serde(default)]
    binding: String,
}

impl Agreement {
    /// What the page asks for; none where nothing is asked.
    pub(super) fn of(visit: &Visit, web: &Web, payment: &PaymentView) -> Option<Self> {
        let action = payment.action.as_ref()?;
        let page = visit.page();
        let t = page.t;
        let time = format::moment(action.expires_at);
        Some(Self {
            guard: page.guard,
            payment: payment.id.to_string(),
            binding: action.binding.to_string(),
            lead: lead(action, t).to_owned(),
            payee: payee(visit, web, payment),
            amount: format::money(action.amount),
            account: format::account(payment.payer_account.as_str(), t),
            until: fill(&t.authorise_until, &[("time", &time)]),
            own: action.kind == ActionKind::PayerAuthorisation,
            t,
        })
    }

    /// Whether the page stands still while somebody reads and decides.
    pub(super) const fn is_asked(&self) -> bool {
        self.own
    }
}

fn lead<'a>(action: &ActionView, t: &'a Texts) -> &'a str {
    match action.kind {
        ActionKind::PayerAuthorisation => &t.authorise_lead,
        ActionKind::SecondPerson => &t.second_person_lead,
    }
}

fn payee(visit: &Visit, web: &Web, payment: &PaymentView) -> String {
    let entry = web.rooms().catalogue.service(&payment.service);
    let locale = visit.language().tag();
    entry.map_or_else(String::new, |entry| {
        let names = &entry.service().biller.names;
        names.in_locale(locale).to_owned()
    })
}

/// The payer agrees.
pub(in crate::web) async fn authorise(
    visit: Visit,
    Path(id): Path<String>,
    State(web): State<Web>,
    Form(agreed): Form<Agreed>,
) -> Response {
    let citizen = match visit.guarded(&web, &agreed.guard) {
        Ok(citizen) => citizen,
        Err(first) => return first,
    };
    let (Ok(payment), Ok(binding)) = (RecordId::new(id.as_str()), agreed.binding.parse()) else {
        return visit.not_found();
    };
    let request = Authorise {
        client: citizen.client.clone(),
        payment,
        binding,
        subject: citizen.subject.clone(),
        method: METHOD.to_owned(),
        evidence: format!("pressed on the page of {id}"),
    };
    let done = web.rooms().payments.authorise(&request).await;
    back(&visit, &web, &id, done)
}

/// The payer gives the payment up before anything was sent.
pub(in crate::web) async fn cancel(
    visit: Visit,
    Path(id): Path<String>,
    State(web): State<Web>,
    Form(agreed): Form<Agreed>,
) -> Response {
    let citizen = match visit.guarded(&web, &agreed.guard) {
        Ok(citizen) => citizen,
        Err(first) => return first,
    };
    let Ok(payment) = RecordId::new(id.as_str()) else {
        return visit.not_found();
    };
    let room = &web.rooms().payments;
    let done = match room.get(citizen.client, &payment).await {
        Ok(view) if view.subject == *citizen.subject => room.cancel(citizen.client, &payment).await,
        Ok(_) => Err(PaymentError::NotFound),
        Err(error) => Err(error),
    };
    back(&visit, &web, &id, done)
}

/// The payment's page says what has become of it: also where it was too late, or
/// where what was agreed to is not what the payment is.
fn back(visit: &Visit, web: &Web, id: &str, done: Result<PaymentView, PaymentError>) -> Response {
    match done {
        Ok(_)
        | Err(
            PaymentError::WrongState(_)
            | PaymentError::WrongBinding
            | PaymentError::NotThePayer
            | PaymentError::MakerCannotCheck,
        ) => Redirect::to(&format!("/payments/{id}")).into_response(),
        Err(PaymentError::NotFound) => visit.not_found(),
        Err(error) => visit.failed(web, &error),
    }
}
