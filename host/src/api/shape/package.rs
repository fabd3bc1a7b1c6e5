//! Releases on the wire.

use guichet_domain::Digest;
use guichet_registry::permission::Permission;
use guichet_registry::register::{Register, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use crate::governance::Reviewed;
use crate::language::Language;
use crate::publishing::Publication;

/// A release in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseItem {
    /// `publisher/name`.
    #[schema(example = "guichet-demo/water-json")]
    pub package: String,
    /// Semantic version.
    #[schema(example = "1.0.0")]
    pub version: String,
    /// The digest that names it.
    pub digest: String,
    /// `waiting`, `approved`, `rejected`, `withdrawn`, `pilot`, `general`,
    /// `superseded`, `halted` or `yanked`.
    pub state: &'static str,
    /// Why it was rejected, halted or yanked.
    pub reasons: Vec<String>,
    /// When it was published.
    pub published: String,
    /// The key that signed it.
    pub signer: String,
    /// The digest of its component.
    pub component: String,
    /// The contract it was built against.
    pub contract: String,
    /// How many services it offers.
    pub services: u64,
    /// What users should know.
    pub advisories: Vec<Advisory>,
}

/// What users of a release should know.
#[derive(Debug, Serialize, ToSchema)]
pub struct Advisory {
    /// `low`, `moderate`, `high` or `critical`.
    #[schema(value_type = String)]
    pub severity: guichet_registry::register::Severity,
    /// What, and what to do.
    pub text: String,
    /// Where more stands.
    pub link: Option<String>,
}

impl ReleaseItem {
    /// Of a release of the register.
    pub(crate) fn new(register: &Register, digest: Digest) -> Option<Self> {
        let release = register.release(digest).ok()?;
        let (state, reasons) = state(register, digest)?;
        let advisory = |one: &guichet_registry::register::Advisory| Advisory {
            severity: one.severity,
            text: one.text.english().to_owned(),
            link: one.link.as_ref().map(ToString::to_string),
        };
        Some(Self {
            package: release.package.to_string(),
            version: release.version.to_string(),
            digest: digest.to_string(),
            state,
            reasons,
            published: release.published.to_string(),
            signer: release.signer.to_string(),
            component: release.summary.component.to_string(),
            contract: release.summary.contract.clone(),
            services: release.summary.services.len() as u64,
            advisories: release.advisories.iter().map(advisory).collect(),
        })
    }
}

fn state(register: &Register, digest: Digest) -> Option<(&'static str, Vec<String>)> {
    let release = register.release(digest).ok()?;
    let lineup = register.lineup(&release.package)?;
    if let Some(reason) = &release.yanked {
        return Some(("yanked", vec![reason.to_string()]));
    }
    Some(match &release.standing {
        Standing::Waiting => ("waiting", Vec::new()),
        Standing::Withdrawn => ("withdrawn", Vec::new()),
        Standing::Rejected(reasons) => (
            "rejected",
            reasons.iter().map(ToString::to_string).collect(),
        ),
        Standing::Approved if lineup.general == Some(digest) => ("general", Vec::new()),
        Standing::Approved if lineup.pilot.is_some_and(|pilot| pilot.release == digest) => {
            ("pilot", Vec::new())
        }
        Standing::Approved => match &release.halted {
            Some(reason) => ("halted", vec![reason.to_string()]),
            None if lineup.previous == Some(digest) => ("superseded", Vec::new()),
            None => ("approved", Vec::new()),
        },
    })
}

/// A release that came in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Published {
    /// The release.
    #[serde(flatten)]
    pub release: ReleaseItem,
    /// The certification report; none where the same bundle came in before.
    #[schema(value_type = Option<Object>)]
    pub report: Option<serde_json::Value>,
}

impl Published {
    pub(crate) fn new(release: ReleaseItem, publication: &Publication) -> Self {
        let report = publication.report.as_ref();
        Self {
            release,
            report: report.and_then(|report| serde_json::from_slice(&report.bytes()).ok()),
        }
    }
}

/// A release as its users and reviewers see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Release {
    /// In short.
    #[serde(flatten)]
    pub item: ReleaseItem,
    /// What it is called, in the reader's language.
    pub title: String,
    /// What it does, in the reader's language.
    pub description: String,
    /// SPDX expression.
    pub licence: String,
    /// What it may do.
    pub permissions: Vec<ReleasePermission>,
    /// How it differs from the release that serves.
    #[schema(value_type = Object)]
    pub comparison: serde_json::Value,
    /// The certification report.
    #[schema(value_type = Option<Object>)]
    pub report: Option<serde_json::Value>,
    /// How many persons must approve it; none once it was decided.
    pub persons: Option<u8>,
    /// Who approved first, where somebody did.
    pub first: Option<String>,
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
    pub(crate) fn new(item: ReleaseItem, reviewed: &Reviewed, language: Language) -> Self {
        let locale = language.tag();
        let permission = |one: &Permission| ReleasePermission {
            meaning: one.meaning.in_locale(locale).to_owned(),
            reason: one.reason.in_locale(locale).to_owned(),
            name: one.name.clone(),
        };
        let queued = reviewed
            .waiting
            .as_ref()
            .map(super::registry::QueueItem::from);
        let manifest = &reviewed.manifest;
        let report = reviewed.report.as_ref();
        Self {
            title: manifest.titles.in_locale(locale).to_owned(),
            description: manifest.descriptions.in_locale(locale).to_owned(),
            licence: manifest.licence.clone(),
            permissions: reviewed
                .comparison
                .permissions
                .iter()
                .map(permission)
                .collect(),
            comparison: serde_json::to_value(&reviewed.comparison).unwrap_or_default(),
            report: report.and_then(|bytes| serde_json::from_slice(bytes).ok()),
            persons: queued.as_ref().map(|queued| queued.persons),
            first: queued.and_then(|queued| queued.first),
            item,
        }
    }
}
