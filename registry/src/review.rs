//! What a reviewer looks at: a release, and how it differs from the one that
//! serves. Decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::id::{BillerId, EndpointName, ServiceCode};
use serde::Serialize;

use crate::bundle::Bundle;
use crate::inspect::HostInterface;
use crate::manifest::{LimitsWish, MANIFEST_FILE, Manifest, SERVICES_FILE};
use crate::permission::{self, Difference, Permission};
use crate::register::Summary;
use crate::service::{Service, ServiceKind};

/// A published bundle, read without judging it again.
#[derive(Debug, Clone)]
pub struct Contents {
    /// Its manifest.
    pub manifest: Manifest,
    /// Its services by code.
    pub services: BTreeMap<ServiceCode, Service>,
}

impl Contents {
    /// Reads a bundle that was admitted before; none where it does not read.
    #[must_use]
    pub fn of(bundle: &Bundle<'_>) -> Option<Self> {
        let manifest = std::str::from_utf8(bundle.file(MANIFEST_FILE)?).ok()?;
        let lines = bundle.file(SERVICES_FILE).unwrap_or_default();
        let services = lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                let service: Service = serde_json::from_slice(line).ok()?;
                Some((service.code.clone(), service))
            });
        Some(Self {
            manifest: Manifest::read(manifest).ok()?,
            services: services.collect::<Option<_>>()?,
        })
    }
}

/// A value before and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change<T> {
    /// In the release that serves; none where none does.
    pub before: Option<T>,
    /// In the release under review.
    pub now: T,
}

/// What is new, in the reviewer's terms.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// All permissions that it asks for, with reasons.
    pub permissions: Vec<Permission>,
    /// Permissions against those of the serving release.
    pub difference: Difference,
    /// Size of the bundle.
    pub bundle_bytes: Change<u64>,
    /// Kinds of service.
    pub kinds: Change<BTreeSet<ServiceKind>>,
    /// Host interfaces that the code imports.
    pub imports: Change<BTreeSet<HostInterface>>,
    /// Wishes beyond the usual limits.
    pub limits: Change<LimitsWish>,
    /// Where endpoints are expected to lead.
    pub origins: Change<BTreeMap<EndpointName, String>>,
    /// Billers whose services it carries.
    pub billers: Change<BTreeSet<BillerId>>,
    /// Services that it adds.
    pub services_added: BTreeSet<ServiceCode>,
    /// Services that it drops.
    pub services_removed: BTreeSet<ServiceCode>,
    /// Services that read otherwise.
    pub services_changed: BTreeSet<ServiceCode>,
    /// Whether the code is another one.
    pub code_changed: bool,
}

/// A release with what the register keeps of it.
pub type Side<'a> = (&'a Contents, &'a Summary);

/// Compares a release with the one that serves.
#[must_use]
pub fn compare((now, summary): Side<'_>, before: Option<Side<'_>>) -> Comparison {
    let none = BTreeMap::new();
    let old_services = before.map_or(&none, |(contents, _)| &contents.services);
    let names = |services: &BTreeMap<ServiceCode, Service>| -> BTreeSet<ServiceCode> {
        services.keys().cloned().collect()
    };
    let (codes, old_codes) = (names(&now.services), names(old_services));
    let changed = now
        .services
        .iter()
        .filter(|(code, service)| old_services.get(*code).is_some_and(|old| old != *service));
    let difference = before.map_or_else(
        || Difference {
            added: permission::describe(&now.manifest),
            ..Difference::default()
        },
        |(contents, _)| permission::difference(&contents.manifest, &now.manifest),
    );
    let old = before.map(|(_, summary)| summary);
    Comparison {
        permissions: permission::describe(&now.manifest),
        difference,
        bundle_bytes: Change {
            before: old.map(|old| old.bundle_bytes),
            now: summary.bundle_bytes,
        },
        kinds: Change {
            before: old.map(|old| old.kinds.clone()),
            now: summary.kinds.clone(),
        },
        imports: Change {
            before: old.map(|old| old.imports.clone()),
            now: summary.imports.clone(),
        },
        limits: Change {
            before: old.map(|old| old.limits.clone()),
            now: summary.limits.clone(),
        },
        origins: Change {
            before: before.map(|(contents, _)| origins(&contents.manifest)),
            now: origins(&now.manifest),
        },
        billers: Change {
            before: old.map(billers),
            now: billers(summary),
        },
        services_changed: changed.map(|(code, _)| code.clone()).collect(),
        services_added: codes.difference(&old_codes).cloned().collect(),
        services_removed: old_codes.difference(&codes).cloned().collect(),
        code_changed: old.is_some_and(|old| old.component != summary.component),
    }
}

fn origins(manifest: &Manifest) -> BTreeMap<EndpointName, String> {
    let suggested = manifest.endpoints.iter().filter_map(|(name, endpoint)| {
        Some((
            name.clone(),
            endpoint.suggested_origin.as_ref()?.to_string(),
        ))
    });
    suggested.collect()
}

fn billers(summary: &Summary) -> BTreeSet<BillerId> {
    summary.services.values().cloned().collect()
}
