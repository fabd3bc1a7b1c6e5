//! The catalogue: an unchangeable index over all services, built anew when
//! anything changes and swapped whole. Knows no subject and no client.

mod cursor;
mod postings;
mod ranking;
mod search;
mod span;
mod words;
mod zone;

use std::collections::HashMap;

use guichet_domain::Digest;
use guichet_domain::id::{CategoryCode, ServiceCode};

pub use cursor::CursorError;
pub use search::{Filter, Item, PAGE_LIMIT, Page};
pub use zone::{Zone, ZoneCode, ZoneCodeError};

use crate::admit::Admission;
use crate::names::PackageName;
use crate::service::{Phase, Service};
use crate::shared::Shared;
use crate::sign::sha256;
use crate::taxonomy::{CategoryGroup, Taxonomy};
use postings::Postings;
use span::Span;
use words::Places;

/// A service with the release that serves it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What the package says.
    pub service: Shared<Service>,
    /// The release that serves it.
    pub release: Digest,
    /// Its package.
    pub package: Shared<PackageName>,
    /// When it last changed, in µs since 1970.
    pub updated_us: i64,
}

impl Entry {
    /// The entries of an admitted release.
    pub fn of(admission: &Admission, updated_us: i64) -> impl Iterator<Item = Self> {
        let package = Shared::from(admission.package().clone());
        admission.services.iter().map(move |service| Self {
            service: service.clone(),
            release: admission.release,
            package: package.clone(),
            updated_us,
        })
    }
}

/// A service that is gone, so that clients can forget it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// What it was called.
    pub code: ServiceCode,
    /// When it went, in µs since 1970.
    pub removed_us: i64,
}

/// All services, searchable.
#[derive(Debug)]
pub struct Catalogue {
    entries: Vec<Entry>,
    positions: HashMap<ServiceCode, u32>,
    spans: Vec<Box<[Span]>>,
    postings: Postings,
    places: Places,
    tombstones: Vec<Tombstone>,
    zones: HashMap<ZoneCode, Zone>,
    /// The group of each category.
    groups: HashMap<CategoryCode, CategoryCode>,
    version: String,
}

impl Catalogue {
    /// Builds the index. Of two entries with one code the later one counts.
    #[must_use]
    pub fn build(
        entries: impl IntoIterator<Item = Entry>,
        tombstones: impl IntoIterator<Item = Tombstone>,
        zones: impl IntoIterator<Item = Zone>,
        taxonomy: &Taxonomy,
    ) -> Self {
        let by_code: HashMap<ServiceCode, Entry> = entries
            .into_iter()
            .map(|entry| (entry.service.code.clone(), entry))
            .collect();
        let mut entries: Vec<Entry> = by_code.into_values().collect();
        entries.sort_by(|left, right| left.service.code.cmp(&right.service.code));
        let positions: HashMap<ServiceCode, u32> = (0..)
            .zip(&entries)
            .map(|(position, entry)| (entry.service.code.clone(), position))
            .collect();
        let mut tombstones: Vec<Tombstone> = tombstones
            .into_iter()
            .filter(|tombstone| !positions.contains_key(&tombstone.code))
            .collect();
        tombstones.sort_by(|left, right| left.code.cmp(&right.code));
        Self {
            spans: entries
                .iter()
                .map(|entry| Span::of_all(&entry.service))
                .collect(),
            postings: Postings::build(&entries, taxonomy),
            places: Places::build(taxonomy),
            version: version(&entries, &tombstones),
            groups: groups(taxonomy),
            zones: zones
                .into_iter()
                .map(|zone| (zone.code.clone(), zone))
                .collect(),
            entries,
            positions,
            tombstones,
        }
    }

    /// The service of a code, drafts included.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Entry> {
        self.positions
            .get(code)
            .map(|position| &self.entries[*position as usize])
    }

    /// All entries by code, drafts included.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A name for exactly this content: equal catalogues have equal versions,
    /// on every node.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    fn is_listed(&self, position: usize) -> bool {
        self.entries[position].service.standing.phase != Phase::Draft
    }
}

fn groups(taxonomy: &Taxonomy) -> HashMap<CategoryCode, CategoryCode> {
    let pair = |group: &CategoryGroup| {
        let code = group.code.clone();
        let codes = group
            .categories
            .iter()
            .map(|category| category.code.clone());
        codes
            .map(move |category| (category, code.clone()))
            .collect::<Vec<_>>()
    };
    taxonomy.groups().iter().flat_map(pair).collect()
}

fn version(entries: &[Entry], tombstones: &[Tombstone]) -> String {
    let mut text = String::new();
    for entry in entries {
        text.push_str(entry.service.code.as_str());
        text.push_str(&entry.release.hex());
        text.push_str(&entry.updated_us.to_string());
        text.push('\n');
    }
    for tombstone in tombstones {
        text.push_str(tombstone.code.as_str());
        text.push_str(&tombstone.removed_us.to_string());
        text.push('\n');
    }
    sha256(text.as_bytes()).hex()[..32].to_owned()
}

#[cfg(test)]
mod tests;
