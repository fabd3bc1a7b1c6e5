//! A service's page: its form drawn from its schema, and what happens when it is
//! submitted — a bill query, an inquiry or a credential, by the service's kind.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use guichet_domain::id::{RecordId, ServiceCode};
use guichet_registry::permission;
use guichet_registry::service::{PropertyType, ServiceKind};
use guichet_registry::taxonomy::Taxonomy;
use serde_json::{Map, Value};

use super::form::{self, Field};
use super::page::{Page, Visit, draw, explain};
use super::{CHANNEL, Web, ask, home};
use crate::bills::{BillsError, NewBillQuery};
use crate::consents::NewConsent;
use crate::inputs::FieldError;
use crate::inquiries::{InquiriesError, NewInquiry};
use crate::plugins::{Entry, ServiceFailure, closing};

/// How long the consent of a page's form lives.
const CONSENT_SECONDS: u32 = 600;
/// Names in the form that are not the service's inputs.
const OWN_NAMES: [&str; 3] = ["guard", "consent", "step_token"];

#[derive(Template)]
#[template(path = "service.html")]
struct ServicePage {
    page: Page,
    code: String,
    title: String,
    description: String,
    party_label: String,
    biller: String,
    region: String,
    closed: Option<String>,
    failure: Option<String>,
    has_errors: bool,
    fields: Vec<Field>,
    step: Option<Step>,
    consent: Option<Consent>,
    submit: String,
    permissions: Vec<String>,
}

/// A second step that the plugin asked for.
pub(super) struct Step {
    pub(super) token: String,
    pub(super) kept: Vec<(String, String)>,
    pub(super) field: Field,
}

struct Consent {
    scopes: String,
    purpose: String,
}

/// What stands in the form at first, or again.
#[derive(Default)]
pub(super) struct Filled {
    pub(super) values: Vec<(String, String)>,
    pub(super) errors: Vec<FieldError>,
    pub(super) failure: Option<String>,
    pub(super) step: Option<Step>,
}

/// The empty form.
pub(super) async fn show(
    visit: Visit,
    Path(code): Path<String>,
    State(web): State<Web>,
) -> Response {
    match find(&web, &code) {
        Some(entry) => drawn(&visit, &web, &entry, Filled::default()),
        None => visit.not_found(),
    }
}

fn find(web: &Web, code: &str) -> Option<Entry> {
    web.rooms().catalogue.service(&ServiceCode::new(code).ok()?)
}

/// The form with what was filled in.
pub(super) fn drawn(visit: &Visit, web: &Web, entry: &Entry, filled: Filled) -> Response {
    let page = visit.page();
    let (language, service, t) = (visit.language(), entry.service(), page.t);
    let locale = language.tag();
    let (party_label, submit) = match service.kind {
        ServiceKind::BillPayment => (&t.biller, &t.query_button),
        ServiceKind::Inquiry => (&t.agency, &t.ask_button),
        ServiceKind::Credential => (&t.agency, &t.issue_button),
    };
    let consent = service.consent.as_ref().map(|consent| Consent {
        scopes: consent
            .scopes
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        purpose: consent.purpose.in_locale(locale).to_owned(),
    });
    let described = permission::describe(&entry.admission().manifest);
    let permissions = described
        .iter()
        .map(|one| one.meaning.in_locale(locale).to_owned());
    let (fields, step) = match filled.step {
        Some(mut step) => {
            let field = std::mem::replace(&mut step.field, Field::empty());
            (vec![field], Some(step))
        }
        None => (
            form::fields(&service.inputs, &filled.values, &filled.errors, language),
            None,
        ),
    };
    draw(&ServicePage {
        code: service.code.to_string(),
        title: service.titles.in_locale(locale).to_owned(),
        description: service.descriptions.in_locale(locale).to_owned(),
        party_label: party_label.clone(),
        submit: if step.is_some() {
            t.next_button.clone()
        } else {
            submit.clone()
        },
        biller: service.biller.names.in_locale(locale).to_owned(),
        region: home::regions(service, Taxonomy::embedded(), locale, t),
        closed: closing(service, web.rooms().ports.now(), language),
        failure: filled.failure,
        has_errors: !filled.errors.is_empty(),
        fields,
        step,
        consent,
        permissions: permissions.collect(),
        page,
    })
}

/// The form submitted.
pub(super) async fn submit(
    visit: Visit,
    Path(code): Path<String>,
    State(web): State<Web>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let Some(entry) = find(&web, &code) else {
        return visit.not_found();
    };
    let submitted = Submitted::read(&entry, fields);
    if let Err(first) = visit.guarded(&web, &submitted.guard) {
        return first;
    }
    match entry.service().kind {
        ServiceKind::BillPayment => query(&visit, &web, &entry, submitted).await,
        ServiceKind::Inquiry => inquire(&visit, &web, &entry, submitted).await,
        ServiceKind::Credential => ask::credential(&visit, &web, &entry, submitted).await,
    }
}

/// What came with the form.
pub(super) struct Submitted {
    pub(super) guard: String,
    pub(super) consents: bool,
    pub(super) token: Option<String>,
    pub(super) values: Vec<(String, String)>,
    inputs: Map<String, Value>,
}

impl Submitted {
    fn read(entry: &Entry, fields: Vec<(String, String)>) -> Self {
        let own = |name: &str| {
            let found = fields.iter().find(|(own, _)| own == name);
            found.map(|(_, value)| value.clone())
        };
        let (guard, token) = (own("guard").unwrap_or_default(), own("step_token"));
        let consents = own("consent").is_some();
        let values: Vec<(String, String)> = fields
            .into_iter()
            .filter(|(name, _)| !OWN_NAMES.contains(&name.as_str()))
            .collect();
        let inputs = values
            .iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(name, value)| (name.clone(), typed(entry, name, value.trim())))
            .collect();
        Self {
            guard,
            consents,
            token,
            values,
            inputs,
        }
    }
}

/// A form sends texts only; the schema says what they mean.
fn typed(entry: &Entry, name: &str, value: &str) -> Value {
    let properties = &entry.service().inputs.properties;
    let kind = properties.get(name).map(|property| property.kind);
    let read = match kind {
        Some(PropertyType::Integer) => value.parse::<i64>().ok().map(Value::from),
        Some(PropertyType::Boolean) => value.parse::<bool>().ok().map(Value::from),
        Some(PropertyType::String) | None => None,
    };
    read.unwrap_or_else(|| Value::from(value))
}

async fn query(visit: &Visit, web: &Web, entry: &Entry, submitted: Submitted) -> Response {
    let citizen = match visit.citizen(web) {
        Ok(citizen) => citizen,
        Err(first) => return first,
    };
    let new = NewBillQuery {
        client: citizen.client.clone(),
        subject: citizen.subject.clone(),
        service: entry.service().code.clone(),
        inputs: submitted.inputs,
        token: submitted.token,
        region: None,
        channel: CHANNEL.to_owned(),
        language: visit.language(),
    };
    match web.rooms().bills.create(new).await {
        Ok(query) => Redirect::to(&format!("/bills/{}", query.id)).into_response(),
        Err(BillsError::Service(failure)) => again(visit, web, entry, submitted.values, failure),
        Err(error) => visit.failed(web, &error),
    }
}

async fn inquire(visit: &Visit, web: &Web, entry: &Entry, submitted: Submitted) -> Response {
    let values = submitted.values.clone();
    let new = match request(visit, web, entry, submitted).await {
        Ok(new) => new,
        Err(answer) => return answer,
    };
    match web.rooms().inquiries.create(new).await {
        Ok(inquiry) => Redirect::to(&format!("/inquiries/{}", inquiry.id)).into_response(),
        Err(InquiriesError::Service(failure)) => again(visit, web, entry, values, failure),
        Err(error) => visit.failed(web, &error),
    }
}

/// The request for a document or credential, with the consent that the citizen
/// has just given.
pub(super) async fn request(
    visit: &Visit,
    web: &Web,
    entry: &Entry,
    submitted: Submitted,
) -> Result<NewInquiry, Response> {
    let citizen = visit.citizen(web)?;
    let service = entry.service();
    let consent: Option<RecordId> = match &service.consent {
        Some(asked) if submitted.consents => {
            let new = NewConsent {
                client: citizen.client.clone(),
                subject: citizen.subject.clone(),
                service: service.code.clone(),
                scopes: asked.scopes.iter().cloned().collect(),
                lifetime_seconds: CONSENT_SECONDS,
            };
            let granted = web.rooms().consents.grant(new, visit.language()).await;
            Some(granted.map_err(|error| visit.failed(web, &error))?.id)
        }
        Some(_) | None => None,
    };
    Ok(NewInquiry {
        client: citizen.client.clone(),
        subject: citizen.subject.clone(),
        service: service.code.clone(),
        inputs: submitted.inputs,
        token: submitted.token,
        consent,
        region: None,
        channel: CHANNEL.to_owned(),
        language: visit.language(),
    })
}

/// The form again, with what to mend.
pub(super) fn again(
    visit: &Visit,
    web: &Web,
    entry: &Entry,
    values: Vec<(String, String)>,
    failure: ServiceFailure,
) -> Response {
    let t = visit.page().t;
    let mut filled = Filled {
        values,
        ..Filled::default()
    };
    match failure {
        ServiceFailure::InvalidInputs(errors) => filled.errors = errors,
        ServiceFailure::NeedsConsent(_) => {
            filled.failure = Some(format!("{} — {}", t.consent_title, t.form_mend));
        }
        ServiceFailure::Host(error) => return visit.failed(web, &error),
        other => {
            tracing::info!(service = %entry.service().code, error = %other, "no answer for a page");
            filled.failure = Some(explain(&other, t));
        }
    }
    drawn(visit, web, entry, filled)
}
