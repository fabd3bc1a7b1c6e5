//! Reads `services.jsonl` line by line and compares the services with each
//! other and with those of other packages.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use guichet_domain::id::{BillerId, ServiceCode};

use super::Shelf;
use crate::bundle::Bundle;
use crate::check;
use crate::finding::{Finding, Rule};
use crate::inspect::ComponentFacts;
use crate::manifest::{Manifest, SERVICES_FILE};
use crate::service::Service;
use crate::shared::{Pool, Shared};
use crate::taxonomy::Taxonomy;
use crate::texts::Texts;

/// The longest line, and the most lines.
const LINE_LIMIT_BYTES: usize = 128 * 1024;
const SERVICES_LIMIT: usize = 20_000;

/// Services, and what is wrong with others.
#[derive(Default)]
pub(super) struct Read {
    pub(super) services: Vec<Shared<Service>>,
    pub(super) findings: Vec<Finding>,
}

/// What earlier lines said.
#[derive(Default)]
struct Earlier {
    lines: HashMap<ServiceCode, usize>,
    billers: HashMap<BillerId, Texts>,
    inputs: Pool<crate::service::InputSchema>,
}

pub(super) fn read(
    manifest: &Manifest,
    bundle: &Bundle<'_>,
    facts: &ComponentFacts,
    shelf: &Shelf,
) -> Read {
    let mut read = Read::default();
    let mut earlier = Earlier::default();
    let bytes = bundle.file(SERVICES_FILE).unwrap_or_default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        if index >= SERVICES_LIMIT || read.findings.len() >= super::FINDINGS_LIMIT {
            let problem = format!("it has more than {SERVICES_LIMIT} lines or very many faults");
            let finding = Finding::new(Rule::Service, SERVICES_FILE, problem, "split or mend it");
            read.findings.push(finding.at(Some(index + 1)));
            break;
        }
        let mut faults = Vec::new();
        let service = read_line(line, &mut faults);
        if let Some(mut service) = service {
            let seen = earlier.inputs.share(&mut service.inputs);
            faults.extend(check::service::check(
                &service,
                facts,
                Taxonomy::embedded(),
                seen,
            ));
            faults.extend(compare(&service, index + 1, manifest, shelf, &mut earlier));
            read.services.push(Shared::from(service));
        }
        read.findings
            .extend(faults.into_iter().map(|(rule, fault)| {
                Finding::new(rule, SERVICES_FILE, fault.problem, fault.mend).at(Some(index + 1))
            }));
    }
    read.services
        .sort_by(|left, right| left.code.cmp(&right.code));
    read
}

fn read_line(line: &[u8], faults: &mut Vec<check::service::Ruled>) -> Option<Service> {
    if line.len() > LINE_LIMIT_BYTES {
        let problem = format!("the line is longer than {LINE_LIMIT_BYTES} bytes");
        faults.push((
            Rule::Service,
            check::Fault::new(problem, "shorten the service"),
        ));
        return None;
    }
    serde_json::from_slice(line)
        .map_err(|error| {
            let text = error.to_string();
            let message = text
                .rsplit_once(" at line ")
                .map_or(text.as_str(), |(before, _)| before);
            let problem = format!("column {}: {message}", error.column());
            let fault = check::Fault::new(problem, "write it as docs/manifest.md says");
            faults.push((Rule::Service, fault));
        })
        .ok()
}

fn compare(
    service: &Service,
    line: usize,
    manifest: &Manifest,
    shelf: &Shelf,
    earlier: &mut Earlier,
) -> Vec<check::service::Ruled> {
    let mut faults = Vec::new();
    let code = &service.code;
    match earlier.lines.entry(code.clone()) {
        Entry::Vacant(entry) => {
            entry.insert(line);
        }
        Entry::Occupied(entry) => faults.push(check::Fault::new(
            format!("the code {code} stands in line {} already", entry.get()),
            "give each service a code of its own",
        )),
    }
    if let Some(owner) = shelf
        .owner(code)
        .filter(|owner| **owner != manifest.package)
    {
        faults.push(check::Fault::new(
            format!("the code {code} belongs to the package {owner}"),
            "choose another code",
        ));
    }
    let biller = &service.biller;
    let names = earlier.billers.entry(biller.id.clone()).or_insert_with(|| {
        shelf
            .biller_of_others(&biller.id, &manifest.package)
            .cloned()
            .unwrap_or_else(|| biller.names.clone())
    });
    if *names != biller.names {
        faults.push(check::Fault::new(
            format!(
                "the biller {} has another name elsewhere: {}",
                biller.id,
                names.english()
            ),
            "write the same names everywhere, or give the other biller an id of its own",
        ));
    }
    faults
        .into_iter()
        .map(|fault| (Rule::Duplicate, fault))
        .collect()
}
