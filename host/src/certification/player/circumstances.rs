//! The circumstances that a plugin is told: as a client would tell them, the
//! same at every call.

use guichet_registry::admit::Admission;
use guichet_registry::scenario::Scenario;
use guichet_registry::service::{Assurance, Service};
use guichet_sandbox::contract::types;

use crate::terms::order;

/// The context of every call of a scenario.
pub(super) fn context(
    admission: &Admission,
    scenario: &Scenario,
    service: &Service,
) -> types::Context {
    let told = &scenario.circumstances;
    let region = told.region.as_ref().or_else(|| service.regions.first());
    let locale = told.locale.as_str();
    types::Context {
        call: "call_00000000000000000000000001".to_owned(),
        service: service.code.to_string(),
        region: region.map(ToString::to_string).unwrap_or_default(),
        subject: "s0000000000000000000000001".to_owned(),
        payer_type: types::PayerType::Person,
        assurance: assurance(told.assurance.unwrap_or(service.assurance)),
        consent: consent(admission, scenario, service),
        channel: told.channel.clone(),
        journey: "j0000000000000000000000001".to_owned(),
        locale: locale.to_owned(),
        accounting_date: scenario
            .clock
            .accounting_date(guichet_domain::CutOff::MIDNIGHT)
            .to_string(),
        details: Vec::new(),
    }
}

/// Consent to the attributes that the scenario gives, for the service's purpose.
fn consent(
    admission: &Admission,
    scenario: &Scenario,
    service: &Service,
) -> Option<types::Consent> {
    const HOUR_MS: i64 = 3_600_000;
    let purpose = service.consent.as_ref().map_or_else(
        || &admission.manifest.descriptions,
        |consent| &consent.purpose,
    );
    let needed = service.consent.is_some() || !scenario.subject.is_empty();
    needed.then(|| types::Consent {
        id: "c0000000000000000000000001".to_owned(),
        purpose: purpose.in_locale(&scenario.circumstances.locale).to_owned(),
        scopes: scenario.subject.keys().map(ToString::to_string).collect(),
        expires_at: scenario.clock.plus_ms(HOUR_MS).to_string(),
        details: Vec::new(),
    })
}

/// Clients of this version have signed-in users: nobody is known less well.
fn assurance(asked: Assurance) -> types::AssuranceLevel {
    match asked {
        Assurance::None | Assurance::Low | Assurance::Substantial => {
            types::AssuranceLevel::Substantial
        }
        Assurance::High => types::AssuranceLevel::High,
    }
}

/// The same circumstances for an order.
pub(super) fn of_order(scenario: &Scenario, service: &Service) -> order::Circumstances {
    let told = &scenario.circumstances;
    let region = told.region.as_ref().or_else(|| service.regions.first());
    order::Circumstances {
        region: region.map(ToString::to_string).unwrap_or_default(),
        channel: told.channel.clone(),
        locale: told.locale.clone(),
        journey: "j0000000000000000000000001".to_owned(),
        payer_type: order::PayerType::Person,
        assurance: order::Assurance::Substantial,
    }
}
