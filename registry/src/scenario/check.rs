//! Checks that a scenario makes sense in itself and with its package.

mod exchanges;

use super::{FORMAT_VERSION, Payment, Scenario};
use crate::check::Fault;
use crate::finding::{Finding, Rule};
use crate::manifest::Manifest;
use crate::service::{Service, ServiceKind};
use crate::shared::Shared;

/// Characters of a title.
const TITLE_LIMIT: usize = 200;
/// Inputs, answers and the like.
const PARTS_LIMIT: usize = 64;
/// Bytes of one input or answer.
const VALUE_LIMIT_BYTES: usize = 4_096;
/// Bills of one order, by the contract.
const ITEMS_LIMIT: usize = 50;
/// Names of a failure's cases.
const FAILURES: [&str; 7] = [
    "invalid-input",
    "not-found",
    "refused",
    "unavailable",
    "needs-assurance",
    "needs-consent",
    "other",
];

/// Where a mistake stands, and the mistake.
type Found = (String, Fault);

/// Everything that is wrong with a scenario.
pub(super) fn check(
    file: &str,
    text: &str,
    scenario: &Scenario,
    manifest: &Manifest,
    services: &[Shared<Service>],
) -> Vec<Finding> {
    let mut found = form(scenario);
    found.extend(keys(scenario, manifest));
    found.extend(credentials(scenario, manifest));
    found.extend(subject(scenario, manifest));
    let service = services
        .iter()
        .find(|service| service.code == scenario.service);
    match service {
        Some(service) => found.extend(sense(scenario, service)),
        None => found.push((
            "service".to_owned(),
            Fault::new(
                format!("the package has no service {}", scenario.service),
                "name one of its services.jsonl",
            ),
        )),
    }
    found.extend(exchanges::check(scenario, manifest));
    found
        .into_iter()
        .map(|(place, fault)| {
            let problem = format!("{place}: {}", fault.problem);
            Finding::new(Rule::Scenario, file, problem, fault.mend).at(line_of(text, &place))
        })
        .collect()
}

fn form(scenario: &Scenario) -> Vec<Found> {
    let mut found = Vec::new();
    let mut add = |place: &str, problem: String, mend: &str| {
        found.push((place.to_owned(), Fault::new(problem, mend)));
    };
    if scenario.guichet_scenario != FORMAT_VERSION {
        let problem = format!("version {} is not known here", scenario.guichet_scenario);
        add(
            "guichet_scenario",
            problem,
            "write 1, or use a newer guichet",
        );
    }
    let length = scenario.title.chars().count();
    if length == 0 || length > TITLE_LIMIT {
        let problem = format!("it has {length} characters");
        add("title", problem, "say in 1 to 200 characters what happens");
    }
    let parts = [
        ("inputs", scenario.inputs.len()),
        ("answers", scenario.answers.len()),
    ];
    for (place, count) in parts.into_iter().filter(|(_, count)| *count > PARTS_LIMIT) {
        add(place, format!("there are {count}"), "give at most 64");
    }
    let values = scenario.inputs.values().chain(&scenario.answers);
    for value in values.filter(|value| value.len() > VALUE_LIMIT_BYTES) {
        let problem = format!("a value has {} bytes", value.len());
        add("inputs", problem, "give at most 4,096");
    }
    found
}

fn keys(scenario: &Scenario, manifest: &Manifest) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, material) in &scenario.keys {
        let place = format!("keys.{name}");
        if !manifest.keys.contains_key(name) {
            let problem = "the manifest names no such key";
            found.push((
                place,
                Fault::new(problem, "remove it, or name it in plugin.toml"),
            ));
        } else if material.bytes().is_none_or(|bytes| bytes.is_empty()) {
            let problem = "the material cannot be read";
            found.push((place, Fault::new(problem, "write text, hex or base64")));
        }
    }
    let missing = manifest
        .keys
        .keys()
        .filter(|name| !scenario.keys.contains_key(*name));
    found.extend(missing.map(|name| {
        let problem = format!("the key {name} of the manifest is missing");
        let mend = "give made-up material for it, never a real key";
        ("keys".to_owned(), Fault::new(problem, mend))
    }));
    found
}

fn credentials(scenario: &Scenario, manifest: &Manifest) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, credentials) in &scenario.credentials {
        let place = format!("credentials.{name}");
        let Some(endpoint) = manifest.endpoints.get(name) else {
            let problem = "the manifest names no such endpoint";
            let mend = "remove it, or name the endpoint in plugin.toml";
            found.push((place, Fault::new(problem, mend)));
            continue;
        };
        for credential in credentials {
            let header = credential.header.as_str();
            let own = |set: &crate::manifest::HeaderName| set.as_str() == header;
            let fault = if !exchanges::is_header(header) {
                Some(("the header's name is not lawful", "write it in lower case"))
            } else if endpoint.request_headers.iter().any(own) {
                Some((
                    "the manifest lets the plugin set this header itself",
                    "take it out of one of them",
                ))
            } else if !credential.format.contains("{}") || credential.value.is_empty() {
                Some((
                    "the secret has no place or no value",
                    "write the format with {} and a made-up value",
                ))
            } else {
                None
            };
            found.extend(fault.map(|(problem, mend)| {
                let problem = format!("{header:?}: {problem}");
                (place.clone(), Fault::new(problem, mend))
            }));
        }
    }
    found
}

fn subject(scenario: &Scenario, manifest: &Manifest) -> Vec<Found> {
    let asked = &manifest.permissions.data;
    let strange = scenario
        .subject
        .keys()
        .filter(|scope| !asked.contains_key(*scope));
    strange
        .map(|scope| {
            let problem = "the manifest asks for no such attribute";
            let mend = "remove it, or ask for it under [permissions.data]";
            (format!("subject.{scope}"), Fault::new(problem, mend))
        })
        .collect()
}

/// How it fits the kind of its service.
fn sense(scenario: &Scenario, service: &Service) -> Vec<Found> {
    let expect = &scenario.expect;
    let failures = [
        (
            "expect.query.failure",
            expect.query.as_ref().map(|query| &query.failure),
        ),
        (
            "expect.document.failure",
            expect.document.as_ref().map(|document| &document.failure),
        ),
        (
            "expect.credential.failure",
            expect
                .credential
                .as_ref()
                .map(|credential| &credential.failure),
        ),
    ];
    let mut found: Vec<Found> = failures
        .into_iter()
        .filter_map(|(place, word)| {
            let word = word?.as_deref()?;
            (!FAILURES.contains(&word)).then(|| {
                let problem = format!("{word:?} is no failure of the contract");
                let mend = format!("write one of {}", FAILURES.join(", "));
                (place.to_owned(), Fault::new(problem, mend))
            })
        })
        .collect();
    if let Some(payment) = &scenario.payment {
        found.extend(payment_faults(payment, service));
    }
    found
}

fn payment_faults(payment: &Payment, service: &Service) -> Vec<Found> {
    let mut faults = Vec::new();
    if service.kind != ServiceKind::BillPayment {
        let problem = format!(
            "{} is paid nothing: it is an {}",
            service.code, service.kind
        );
        faults.push(Fault::new(problem, "remove the payment"));
    }
    let count = payment.items.len();
    if count == 0 || count > ITEMS_LIMIT {
        let problem = format!("it has {count} items");
        faults.push(Fault::new(problem, "pay 1 to 50 bills"));
    }
    if payment.items.iter().any(|item| item.amount <= 0) {
        let problem = "an amount is not above zero";
        faults.push(Fault::new(
            problem,
            "write it in the minor unit, 8650 for 86.50",
        ));
    }
    if payment.sequence > 999_999_999_999_999_999 {
        let problem = "the sequence has more than 18 digits";
        faults.push(Fault::new(problem, "write a smaller one"));
    }
    faults
        .into_iter()
        .map(|fault| ("payment".to_owned(), fault))
        .collect()
}

/// The line where the last name of a path first stands as a key or a value.
fn line_of(text: &str, place: &str) -> Option<usize> {
    let last = place.rsplit(['.', ' ']).next()?;
    let quoted = format!("\"{last}\"");
    let offset = text.find(&quoted)?;
    Some(text[..offset].matches('\n').count() + 1)
}
