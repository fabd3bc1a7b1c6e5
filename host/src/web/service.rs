//! A service's page: its form drawn from its schema, and what happens when it is
//! submitted — a bill query, an inquiry or a credential, by the service's kind.

mod submitted;

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use guichet_domain::id::{RecordId, ServiceCode};
use guichet_registry::service::ServiceKind;
use guichet_registry::taxonomy::Taxonomy;
use guichet_registry::{Service, permission};

use super::form::region;
use super::form::{self, Field};
use super::page::{Page, Visit, draw, explain};
use super::texts::Texts;
use super::{CHANNEL, Web, ask, home};
use crate::bills::{BillsError, NewBillQuery};
use crate::consents::NewConsent;
use crate::inputs::FieldError;
use crate::inquiries::{InquiriesError, NewInquiry};
use crate::language::Language;
use crate::plugins::{Entry, ServiceFailure, closing};
pub(super) use submitted::{Kept, Place, Submitted};

/// How long the consent of a page's form lives.
const CONSENT_SECONDS: u32 = 600;

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
    mend: Vec<Mend>,
    /// Whether one of several fields is enough, but none of them is a must.
    any_field: bool,
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
    scopes: Vec<String>,
    purpose: String,
    is_given: bool,
}

/// A line of the summary above a form that must be mended.
struct Mend {
    name: String,
    label: String,
    problem: String,
}

/// What stands in the form at first, or again.
#[derive(Default)]
pub(super) struct Filled {
    pub(super) values: Vec<(String, String)>,
    pub(super) errors: Vec<FieldError>,
    pub(super) failure: Option<String>,
    pub(super) step: Option<Step>,
    pub(super) consents: bool,
}

/// The empty form.
pub(super) async fn show(
    visit: Visit,
    Path(code): Path<String>,
    Query(place): Query<Place>,
    State(web): State<Web>,
) -> Response {
    let Some(entry) = find(&web, &code) else {
        return visit.not_found();
    };
    let filled = Filled {
        values: place.value(&entry).into_iter().collect(),
        ..Filled::default()
    };
    drawn(&visit, &web, &entry, filled)
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
    let asked = service.consent.as_ref();
    let consent = asked.map(|consent| Consent {
        scopes: consent
            .scopes
            .iter()
            .map(|scope| t.scope(scope.as_str()).to_owned())
            .collect(),
        purpose: consent.purpose.in_locale(locale).to_owned(),
        is_given: filled.consents,
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
        None => (form_fields(service, &filled, t, language), None),
    };
    let own = fields.iter().filter(|field| field.name != region::NAME);
    let any_field = own.clone().count() > 1 && own.clone().all(|field| !field.required);
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
        mend: fields.iter().filter_map(Mend::of).collect(),
        any_field,
        fields,
        step,
        consent,
        permissions: permissions.collect(),
        page,
    })
}

/// The region first: it says which place the other fields are about.
fn form_fields(service: &Service, filled: &Filled, t: &Texts, language: Language) -> Vec<Field> {
    let (values, errors) = (&filled.values, &filled.errors);
    let first = region::field(service, values, errors, t, language);
    let own = form::fields(&service.inputs, values, errors, language);
    first.into_iter().chain(own).collect()
}

impl Mend {
    fn of(field: &Field) -> Option<Self> {
        Some(Self {
            name: field.name.clone(),
            label: field.label.clone(),
            problem: field.problem.clone()?,
        })
    }
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
    if submitted.lacks_region() {
        let t = visit.page().t;
        let missing = FieldError {
            field: region::NAME.to_owned(),
            message: t.region_missing.clone(),
        };
        let failure = ServiceFailure::InvalidInputs(vec![missing]);
        return again(&visit, &web, &entry, &submitted.kept(), failure);
    }
    match entry.service().kind {
        ServiceKind::BillPayment => query(&visit, &web, &entry, submitted).await,
        ServiceKind::Inquiry => inquire(&visit, &web, &entry, submitted).await,
        ServiceKind::Credential => ask::credential(&visit, &web, &entry, submitted).await,
    }
}

async fn query(visit: &Visit, web: &Web, entry: &Entry, submitted: Submitted) -> Response {
    let citizen = match visit.citizen(web) {
        Ok(citizen) => citizen,
        Err(first) => return first,
    };
    let (kept, place) = (submitted.kept(), submitted.place());
    let new = NewBillQuery {
        client: citizen.client.clone(),
        subject: citizen.subject.clone(),
        service: entry.service().code.clone(),
        region: submitted.region(),
        inputs: submitted.inputs,
        token: submitted.token,
        channel: CHANNEL.to_owned(),
        language: visit.language(),
    };
    match web.rooms().bills.create(new).await {
        Ok(query) => Redirect::to(&format!("/bills/{}{place}", query.id)).into_response(),
        Err(BillsError::Service(failure)) => again(visit, web, entry, &kept, failure),
        Err(error) => visit.failed(web, &error),
    }
}

async fn inquire(visit: &Visit, web: &Web, entry: &Entry, submitted: Submitted) -> Response {
    let (kept, place) = (submitted.kept(), submitted.place());
    let new = match request(visit, web, entry, submitted).await {
        Ok(new) => new,
        Err(answer) => return answer,
    };
    match web.rooms().inquiries.create(new).await {
        Ok(inquiry) => Redirect::to(&format!("/inquiries/{}{place}", inquiry.id)).into_response(),
        Err(InquiriesError::Service(failure)) => again(visit, web, entry, &kept, failure),
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
        region: submitted.region(),
        inputs: submitted.inputs,
        token: submitted.token,
        consent,
        channel: CHANNEL.to_owned(),
        language: visit.language(),
    })
}

/// The form again, with what to mend.
pub(super) fn again(
    visit: &Visit,
    web: &Web,
    entry: &Entry,
    kept: &Kept,
    failure: ServiceFailure,
) -> Response {
    let t = visit.page().t;
    let mut filled = Filled {
        values: kept.values.clone(),
        consents: kept.consents,
        ..Filled::default()
    };
    match failure {
        ServiceFailure::InvalidInputs(errors) => filled.errors = errors,
        ServiceFailure::NeedsConsent(_) => {
            filled.failure = Some(t.consent_missing.clone());
        }
        ServiceFailure::Host(error) => return visit.failed(web, &error),
        other => {
            tracing::info!(service = %entry.service().code, error = %other, "no answer for a page");
            filled.failure = Some(explain(&other, t));
        }
    }
    drawn(visit, web, entry, filled)
}
