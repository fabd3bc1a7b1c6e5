//! The whole country: every service in a fixed order, found by code.

use std::collections::{BTreeMap, HashMap};

use super::assemble::service;
use super::lines::LINES;
use super::regions::Regions;
use super::service::{Dialect, Service};
use super::spread::areas;

/// Every service of the simulated country.
#[derive(Debug)]
pub struct Country {
    services: Vec<Service>,
    by_code: HashMap<String, usize>,
}

impl Country {
    /// All services, always in the same order.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service of this code.
    #[must_use]
    pub fn service(&self, code: &str) -> Option<&Service> {
        self.by_code.get(code).map(|index| &self.services[*index])
    }

    /// Every package with the dialect that its services speak.
    #[must_use]
    pub fn packages(&self) -> BTreeMap<&str, Dialect> {
        self.services
            .iter()
            .map(|service| (service.package.as_str(), service.dialect))
            .collect()
    }

    /// Number of services in each category.
    #[must_use]
    pub fn count_by_category(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for service in &self.services {
            *counts.entry(service.category).or_default() += 1;
        }
        counts
    }
}

/// The country. Made anew at every call; keep it.
#[must_use]
pub fn country() -> Country {
    let regions = Regions::new();
    let services: Vec<Service> = LINES
        .iter()
        .flat_map(|lines| lines.iter())
        .flat_map(|line| {
            areas(line, &regions)
                .into_iter()
                .map(|area| service(line, area))
        })
        .collect();
    let by_code = services
        .iter()
        .enumerate()
        .map(|(index, one)| (one.code.clone(), index))
        .collect();
    Country { services, by_code }
}
