//! Checks a scenario's exchanges: lawful requests and answers, states that can
//! be reached, and one answer to one request.

use std::collections::BTreeSet;

use super::Found;
use crate::check::Fault;
use crate::manifest::Manifest;
use crate::scenario::{EXCHANGES_LIMIT, Exchange, Scenario, StateName};

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/// Header fields of one exchange.
const HEADERS_LIMIT: usize = 64;

pub(super) fn check(scenario: &Scenario, manifest: &Manifest) -> Vec<Found> {
    let exchanges = &scenario.exchanges;
    let mut found = Vec::new();
    if exchanges.len() > EXCHANGES_LIMIT {
        let fault = Fault::new(
            format!("there are {}", exchanges.len()),
            "make it two scenarios of at most 64 each",
        );
        found.push(("exchanges".to_owned(), fault));
    }
    let mut names = BTreeSet::new();
    let reached = reached(scenario);
    for (index, exchange) in exchanges.iter().enumerate() {
        let place = format!("exchanges {}", exchange.name);
        let mut faults = faults(scenario, exchange, manifest, &reached);
        if !names.insert(&exchange.name) {
            faults.push(Fault::new("the name stands twice", "give it another one"));
        }
        let twin = exchanges[..index]
            .iter()
            .find(|other| other.request == exchange.request && overlap(other, exchange));
        if let Some(twin) = twin {
            let problem = format!(
                "it answers the same request as {} in the same state",
                twin.name
            );
            let mend = "let `when` tell them apart, or remove one";
            faults.push(Fault::new(problem, mend));
        }
        found.extend(faults.into_iter().map(|fault| (place.clone(), fault)));
    }
    found
}

/// The state it begins in and all that some exchange leads to.
fn reached(scenario: &Scenario) -> BTreeSet<&StateName> {
    let led_to = scenario
        .exchanges
        .iter()
        .filter_map(|one| one.then.as_ref());
    led_to.chain([&scenario.begins]).collect()
}

fn overlap(one: &Exchange, other: &Exchange) -> bool {
    one.endpoint == other.endpoint
        && (one.when.is_every() || other.when.is_every() || !one.when.0.is_disjoint(&other.when.0))
}

fn faults(
    scenario: &Scenario,
    exchange: &Exchange,
    manifest: &Manifest,
    reached: &BTreeSet<&StateName>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !manifest.endpoints.contains_key(&exchange.endpoint) {
        let problem = format!("the manifest names no endpoint {}", exchange.endpoint);
        faults.push(Fault::new(problem, "name one of plugin.toml"));
    }
    for state in exchange
        .when
        .0
        .iter()
        .filter(|state| !reached.contains(state))
    {
        let problem = format!("nothing leads to the state {state}");
        faults.push(Fault::new(problem, "let an exchange end with it in `then`"));
    }
    if exchange.effect.is_some() && exchange.then.is_none() {
        let problem = "it has an effect and leaves the state as it was";
        faults.push(Fault::new(problem, "say in `then` which state follows"));
    }
    faults.extend(request_faults(exchange));
    faults.extend(response_faults(scenario, exchange));
    faults
}

fn request_faults(exchange: &Exchange) -> Vec<Fault> {
    let request = &exchange.request;
    let mut faults = Vec::new();
    if !METHODS.contains(&request.method.as_str()) {
        let problem = format!("{:?} is no method of a manifest", request.method);
        faults.push(Fault::new(
            problem,
            format!("write one of {}", METHODS.join(", ")),
        ));
    }
    if !request.path.as_str().starts_with('/') {
        let problem = "the request's path does not begin with /";
        faults.push(Fault::new(
            problem,
            "write path and query without the origin",
        ));
    }
    faults.extend(header_faults(request.headers.keys()));
    faults
}

fn response_faults(scenario: &Scenario, exchange: &Exchange) -> Vec<Fault> {
    let response = &exchange.response;
    let values = scenario.values();
    let mut faults = header_faults(response.headers.keys());
    if !(200..=599).contains(&response.status) {
        let problem = format!("{} is no final HTTP status", response.status);
        faults.push(Fault::new(problem, "write 200 to 599"));
    }
    let unwritable = |text: &str| text.bytes().any(|byte| byte < b' ' && byte != b'\t');
    let filled = response.headers.values().map(|value| value.fill(&values));
    if filled.into_iter().any(|value| unwritable(&value)) {
        let problem = "a header of the answer has a control character";
        faults.push(Fault::new(problem, "remove it"));
    }
    let has_any = response
        .headers
        .values()
        .any(super::super::Pattern::has_any)
        || response.body.has_any();
    if has_any {
        let problem = "the answer holds {{any}}";
        faults.push(Fault::new(problem, "write what is answered"));
    }
    let bodies = [&exchange.request.body, &response.body];
    if bodies.iter().any(|body| body.bytes(&values).is_err()) {
        let problem = "a body's base64 cannot be read";
        faults.push(Fault::new(
            problem,
            "use the standard alphabet with padding",
        ));
    }
    faults
}

fn header_faults<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if names.len() > HEADERS_LIMIT {
        faults.push(Fault::new(
            "it has more than 64 headers",
            "keep those that count",
        ));
    }
    faults.extend(names.filter(|name| !is_header(name)).map(|name| {
        let problem = format!("{name:?} is no header's name");
        Fault::new(problem, "write it in lower case")
    }));
    faults
}

/// A header's name in lower case (RFC 9110, token).
pub(super) fn is_header(name: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.!#$%&'*+^`|~".contains(&byte)
    };
    (1..=100).contains(&name.len()) && name.bytes().all(allowed)
}
