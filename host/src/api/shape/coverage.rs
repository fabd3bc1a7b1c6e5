//! Billers and the regions services are offered in, on the wire.

use guichet_registry::Service;
use guichet_registry::service as registry;
use serde::Serialize;
use utoipa::ToSchema;

use super::service::{ServiceSummary, TextsByLanguage, all_languages, texts};
use crate::language::Language;

/// A biller or agency with its services.
#[derive(Debug, Serialize, ToSchema)]
pub struct Biller {
    /// Its id.
    #[schema(example = "b-330100-water-1")]
    pub id: String,
    /// Its name in the reader's language.
    pub name: String,
    /// Its name in every language.
    pub names: TextsByLanguage,
    /// Regions of its services.
    pub regions: Vec<String>,
    /// Its services, at most 200.
    pub services: Vec<ServiceSummary>,
}

/// Where a service is offered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Coverage {
    /// The service's code.
    pub service: String,
    /// Its category.
    pub category: String,
    /// Regions it is for; `000000` is the whole country.
    pub regions: Vec<String>,
    /// Regions with real data behind it; empty: everywhere in `regions`.
    pub coverage: Vec<String>,
}

impl Biller {
    /// A biller without services yet.
    pub(crate) fn new(biller: &registry::Biller, language: Language) -> Self {
        Self {
            id: biller.id.to_string(),
            name: biller.names.in_locale(language.tag()).to_owned(),
            names: all_languages(&biller.names),
            regions: Vec::new(),
            services: Vec::new(),
        }
    }

    /// Adds one of its services.
    pub(crate) fn add(&mut self, service: ServiceSummary) {
        for region in &service.regions {
            if !self.regions.contains(region) {
                self.regions.push(region.clone());
            }
        }
        self.services.push(service);
    }
}

impl Coverage {
    /// Where this service is offered.
    pub(crate) fn new(service: &Service) -> Self {
        Self {
            service: service.code.to_string(),
            category: service.category.to_string(),
            regions: texts(&service.regions),
            coverage: texts(&service.coverage),
        }
    }
}
