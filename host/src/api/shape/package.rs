//! Releases on the wire.

use guichet_registry::admit::Admission;
use guichet_registry::permission;
use serde::Serialize;
use utoipa::ToSchema;

use crate::language::Language;

/// A release that was admitted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Release {
    /// `publisher/name`.
    #[schema(example = "guichet-demo/water-json")]
    pub package: String,
    /// Semantic version.
    #[schema(example = "1.0.0")]
    pub version: String,
    /// The digest that names it.
    pub digest: String,
    /// The digest of its component.
    pub component: String,
    /// What it is called, in the reader's language.
    pub title: String,
    /// What it does, in the reader's language.
    pub description: String,
    /// SPDX expression.
    pub licence: String,
    /// The contract it was built against.
    pub contract: String,
    /// How many services it offers.
    pub services: u64,
    /// What it may do.
    pub permissions: Vec<ReleasePermission>,
}

/// One permission of a release.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleasePermission {
    /// A stable name: `http:biller`, `data:identity.name`, ….
    pub name: String,
    /// What it lets the plugin do.
    pub meaning: String,
    /// Why the publisher wants it.
    pub reason: String,
}

impl Release {
    /// The release in the reader's language.
    pub(crate) fn new(admission: &Admission, language: Language) -> Self {
        let locale = language.tag();
        let manifest = &admission.manifest;
        let permission = |one: permission::Permission| ReleasePermission {
            meaning: one.meaning.in_locale(locale).to_owned(),
            reason: one.reason.in_locale(locale).to_owned(),
            name: one.name,
        };
        Self {
            package: admission.package().to_string(),
            version: admission.version().to_string(),
            digest: admission.release.to_string(),
            component: admission.component.digest.to_string(),
            title: manifest.titles.in_locale(locale).to_owned(),
            description: manifest.descriptions.in_locale(locale).to_owned(),
            licence: manifest.licence.clone(),
            contract: manifest.contract.to_string(),
            services: admission.services.len() as u64,
            permissions: permission::describe(manifest)
                .into_iter()
                .map(permission)
                .collect(),
        }
    }
}
