//! Checks that a service makes sense in itself, with its package's component
//! and with the taxonomy. Reading the lines and comparing services with each
//! other is `admit::services`' work.

use super::{Fault, inputs, payment};
use crate::finding::Rule;
use crate::inspect::ComponentFacts;
use crate::service::{Hours, Maintenance, Schedule, Service, ServiceKind};
use crate::shared::Seen;
use crate::taxonomy::Taxonomy;

const REGIONS_LIMIT: usize = 400;
const KEYWORDS_LIMIT: usize = 40;
const KEYWORD_LIMIT_BYTES: usize = 60;
const CONFIG_LIMIT_BYTES: usize = 64 * 1024;
const SCHEDULE_LIMIT: usize = 32;
const COUNTRY: &str = "000000";

/// A fault with the rule it breaks.
pub(crate) type Ruled = (Rule, Fault);

/// `seen` says whether an equal inputs schema was checked before.
pub(crate) fn check(
    service: &Service,
    facts: &ComponentFacts,
    taxonomy: &Taxonomy,
    seen: Seen,
) -> Vec<Ruled> {
    let mut faults = kind(service, facts);
    if let Some(terms) = &service.payment {
        faults.extend(payment::check(terms));
    }
    if seen == Seen::First {
        faults.extend(inputs::check(&service.inputs));
    }
    faults.extend(words(service));
    faults.extend(schedule(&service.schedule));
    faults.extend(consent(service));
    let mut ruled: Vec<Ruled> = faults
        .into_iter()
        .map(|fault| (Rule::Service, fault))
        .collect();
    let placed = places(service, taxonomy);
    ruled.extend(placed.into_iter().map(|fault| (Rule::Taxonomy, fault)));
    ruled
}

fn kind(service: &Service, facts: &ComponentFacts) -> Vec<Fault> {
    let mut faults = Vec::new();
    if !facts.kinds.contains(&service.kind) {
        let offered: Vec<&str> = facts.kinds.iter().map(|kind| kind.as_str()).collect();
        faults.push(Fault::new(
            format!("the component does not export {}", service.kind),
            format!("use one of {}, or another component", offered.join(", ")),
        ));
    }
    match (
        service.kind == ServiceKind::BillPayment,
        service.payment.is_some(),
    ) {
        (true, false) => faults.push(Fault::new(
            "a bill-payment service has no payment terms",
            "add payment with at least its flow",
        )),
        (false, true) => faults.push(Fault::new(
            format!("nothing is paid by a service of kind {}", service.kind),
            "remove payment",
        )),
        _ => {}
    }
    faults
}

fn words(service: &Service) -> Vec<Fault> {
    let mut faults = Vec::new();
    let lawful = |word: &String| {
        let readable = !word.trim().is_empty() && !word.chars().any(char::is_control);
        readable && word.len() <= KEYWORD_LIMIT_BYTES
    };
    if service.keywords.len() > KEYWORDS_LIMIT || !service.keywords.iter().all(lawful) {
        faults.push(Fault::new(
            format!(
                "keywords are at most {KEYWORDS_LIMIT}, each of 1 to {KEYWORD_LIMIT_BYTES} bytes"
            ),
            "keep the words that people look for",
        ));
    }
    if service.audiences.is_empty() {
        faults.push(Fault::new(
            "nobody may use it",
            "state audiences: person, firm or both",
        ));
    }
    let config: usize = service
        .config
        .values()
        .map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string().len(), str::len)
        })
        .sum();
    if config > CONFIG_LIMIT_BYTES {
        faults.push(Fault::new(
            format!("the configuration is larger than {CONFIG_LIMIT_BYTES} bytes"),
            "move what services share to the manifest's [config]",
        ));
    }
    faults
}

fn schedule(schedule: &Schedule) -> Vec<Fault> {
    let mut faults = Vec::new();
    let longest = schedule
        .hours
        .len()
        .max(schedule.seasons.len())
        .max(schedule.maintenance.len());
    if longest > SCHEDULE_LIMIT {
        let problem =
            format!("hours, seasons or maintenance have more than {SCHEDULE_LIMIT} entries");
        faults.push(Fault::new(problem, "join them"));
    }
    let empty = |hours: &Hours| hours.from == hours.to;
    let hollow = |maintenance: &Maintenance| match maintenance {
        Maintenance::Recurring { hours, .. } => empty(hours),
        Maintenance::Once { from, to, .. } => from >= to,
    };
    if schedule.hours.iter().any(empty) || schedule.maintenance.iter().any(hollow) {
        faults.push(Fault::new(
            "hours or maintenance end where they begin, or before",
            "write 00:00 to 24:00 for a whole day",
        ));
    }
    faults
}

fn consent(service: &Service) -> Vec<Fault> {
    let Some(consent) = &service.consent else {
        return Vec::new();
    };
    if consent.scopes.is_empty() || !(1..=365).contains(&consent.valid_days) {
        return vec![Fault::new(
            "a consent has at least one scope and lives 1 to 365 days",
            "name the scopes, or leave consent out",
        )];
    }
    Vec::new()
}

fn places(service: &Service, taxonomy: &Taxonomy) -> Vec<Fault> {
    let mut faults = Vec::new();
    if taxonomy.category(service.category.as_str()).is_none() {
        faults.push(Fault::new(
            format!("the category {:?} is unknown", service.category),
            "use a code of GET /v1/categories",
        ));
    }
    let all = || service.regions.iter().chain(&service.coverage);
    for region in all().filter(|region| taxonomy.region(region.as_str()).is_none()) {
        faults.push(Fault::new(
            format!("the region {region:?} is unknown"),
            "use a code of GET /v1/regions",
        ));
    }
    let national = service
        .regions
        .iter()
        .any(|region| region.as_str() == COUNTRY);
    if service.regions.is_empty()
        || service.regions.len() > REGIONS_LIMIT
        || service.coverage.len() > REGIONS_LIMIT
        || (national && service.regions.len() > 1)
    {
        faults.push(Fault::new(
            format!("a service has 1 to {REGIONS_LIMIT} regions, and 000000 stands alone"),
            "name the widest regions only",
        ));
    }
    let mut sorted: Vec<&str> = service
        .regions
        .iter()
        .map(|region| region.as_str())
        .collect();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        faults.push(Fault::new("a region stands there twice", "name each once"));
    }
    let served = |inner: &str| sorted.iter().any(|outer| taxonomy.contains(outer, inner));
    let known = |code: &str| taxonomy.region(code).is_some();
    for region in service.coverage.iter().map(|region| region.as_str()) {
        if known(region) && !served(region) {
            faults.push(Fault::new(
                format!("the coverage {region} lies in none of the regions"),
                "remove it, or add its region",
            ));
        }
    }
    faults
}
