//! A service of the catalogue on the wire, short in lists and whole by itself.

use std::collections::BTreeMap;

use guichet_domain::Moment;
use guichet_domain::id::ServiceCode;
use guichet_registry::service as registry;
use guichet_registry::{Service, Texts};
use serde::Serialize;
use utoipa::ToSchema;

use super::terms::{PaymentTerms, Windows};
use crate::language::Language;

/// One text in every language it stands in, by BCP 47 tag.
pub type TextsByLanguage = BTreeMap<String, String>;

/// A service in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceSummary {
    /// Its name in URLs and calls.
    #[schema(example = "water-330100-1")]
    pub code: String,
    /// What it offers: `bill-payment`, `inquiry` or `credential`.
    #[schema(example = "bill-payment")]
    pub kind: String,
    /// Its title in the reader's language.
    #[schema(example = "杭州市水费")]
    pub title: String,
    /// Its title in every language.
    pub titles: TextsByLanguage,
    /// Who is owed, or which agency answers.
    pub biller: ServiceBiller,
    /// Code of the taxonomy.
    #[schema(example = "water")]
    pub category: String,
    /// Codes of the regions it is for; `000000` is the whole country.
    pub regions: Vec<String>,
    /// `person` (C), `firm` (B) or both.
    pub audiences: Vec<String>,
    /// Where it stands.
    pub status: ServiceStatus,
    /// When it last changed, RFC 3339.
    pub updated_at: String,
}

/// Who is owed, or which agency answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceBiller {
    /// Its id.
    #[schema(example = "b-330100-water-1")]
    pub id: String,
    /// Its name in the reader's language.
    pub name: String,
}

/// Where a service stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceStatus {
    /// `pilot`, `general`, `suspended` or `withdrawn` (a tombstone).
    #[schema(example = "general")]
    pub phase: String,
    /// What the citizen can do meanwhile.
    pub tip: Option<String>,
}

/// Everything about a service: enough to draw its form and to pay.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceDetail {
    /// What lists show.
    #[serde(flatten)]
    pub summary: ServiceSummary,
    /// What it does, in the reader's language.
    pub description: String,
    /// What it does, in every language.
    pub descriptions: TextsByLanguage,
    /// More words that people look for.
    pub keywords: Vec<String>,
    /// Where a service of wide regions has real data; empty: everywhere.
    pub coverage: Vec<String>,
    /// What the citizen fills in: a JSON Schema (2020-12) with drawing hints
    /// under `x-guichet` (label, help, keyboard, mask, order, scan, remember,
    /// choices) in every language.
    #[schema(value_type = Object)]
    pub inputs: serde_json::Value,
    /// How it is paid; null where it is no bill payment.
    pub payment: Option<PaymentTerms>,
    /// When it is open.
    pub windows: Windows,
    /// The consent it needs; null where it needs none.
    pub consent: Option<ConsentTerms>,
    /// How well the subject must be known: `none`, `low`, `substantial`, `high`.
    pub assurance: String,
    /// What a citizen should know before using it.
    pub notices: Vec<String>,
    /// The release that serves it.
    pub release: ServiceRelease,
    /// What the release may do, in plain words.
    pub permissions: Vec<String>,
}

/// The consent a service needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentTerms {
    /// The data scopes.
    #[schema(example = json!(["identity.name", "identity.number"]))]
    pub scopes: Vec<String>,
    /// What for, as the citizen reads it before agreeing.
    pub purpose: String,
    /// The longest life of such a consent, in days.
    pub valid_days: u16,
}

/// The release that serves a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceRelease {
    /// `publisher/name`.
    #[schema(example = "guichet-demo/water-json")]
    pub package: String,
    /// Its version.
    #[schema(example = "1.0.0")]
    pub version: String,
    /// The digest that names it.
    pub digest: String,
}

impl ServiceSummary {
    /// The summary in the reader's language.
    pub(crate) fn new(service: &Service, updated_us: i64, language: Language) -> Self {
        let locale = language.tag();
        Self {
            updated_at: Moment::from_micros(updated_us).to_string(),
            code: service.code.as_str().to_owned(),
            kind: service.kind.as_str().to_owned(),
            title: service.titles.in_locale(locale).to_owned(),
            titles: all_languages(&service.titles),
            biller: ServiceBiller {
                id: service.biller.id.as_str().to_owned(),
                name: service.biller.names.in_locale(locale).to_owned(),
            },
            category: service.category.as_str().to_owned(),
            regions: texts(&service.regions),
            audiences: service.audiences.iter().copied().map(audience).collect(),
            status: ServiceStatus {
                phase: phase(service.standing.phase).to_owned(),
                tip: service
                    .standing
                    .tip
                    .as_ref()
                    .map(|tip| tip.in_locale(locale).to_owned()),
            },
        }
    }

    /// A service that is gone: clients forget it by its code.
    pub(crate) fn gone(code: &ServiceCode, removed_us: i64) -> Self {
        Self {
            code: code.to_string(),
            kind: String::new(),
            title: String::new(),
            titles: TextsByLanguage::new(),
            biller: ServiceBiller {
                id: String::new(),
                name: String::new(),
            },
            category: String::new(),
            regions: Vec::new(),
            audiences: Vec::new(),
            status: ServiceStatus {
                phase: "withdrawn".to_owned(),
                tip: None,
            },
            updated_at: Moment::from_micros(removed_us).to_string(),
        }
    }
}

impl ServiceDetail {
    /// The whole service in the reader's language, as it is at `now`.
    pub(crate) fn new(
        service: &Service,
        summary: ServiceSummary,
        release: ServiceRelease,
        permissions: Vec<String>,
        now: Moment,
        language: Language,
    ) -> Self {
        let locale = language.tag();
        Self {
            summary,
            description: service.descriptions.in_locale(locale).to_owned(),
            descriptions: all_languages(&service.descriptions),
            keywords: service.keywords.clone(),
            coverage: texts(&service.coverage),
            inputs: serde_json::to_value(&service.inputs).unwrap_or_default(),
            payment: service.payment.as_ref().map(PaymentTerms::from),
            windows: Windows::new(service, now, language),
            consent: service.consent.as_ref().map(|consent| ConsentTerms {
                scopes: texts(&consent.scopes),
                purpose: consent.purpose.in_locale(locale).to_owned(),
                valid_days: consent.valid_days,
            }),
            assurance: assurance(service.assurance).to_owned(),
            notices: service
                .notice
                .iter()
                .map(|notice| notice.in_locale(locale).to_owned())
                .collect(),
            release,
            permissions,
        }
    }
}

pub(super) fn texts<'a, T: ToString + 'a>(names: impl IntoIterator<Item = &'a T>) -> Vec<String> {
    names.into_iter().map(T::to_string).collect()
}

/// The text in every language it stands in.
pub(crate) fn all_languages(texts: &Texts) -> TextsByLanguage {
    texts
        .iter()
        .map(|(tag, text)| (tag.to_owned(), text.to_owned()))
        .collect()
}

fn audience(audience: registry::Audience) -> String {
    match audience {
        registry::Audience::Person => "person",
        registry::Audience::Firm => "firm",
    }
    .to_owned()
}

const fn phase(phase: registry::Phase) -> &'static str {
    match phase {
        registry::Phase::Draft => "draft",
        registry::Phase::Pilot => "pilot",
        registry::Phase::General => "general",
        registry::Phase::Suspended => "suspended",
    }
}

const fn assurance(assurance: registry::Assurance) -> &'static str {
    match assurance {
        registry::Assurance::None => "none",
        registry::Assurance::Low => "low",
        registry::Assurance::Substantial => "substantial",
        registry::Assurance::High => "high",
    }
}
