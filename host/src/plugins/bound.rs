//! A service ready to be called: its catalogue entry, its release and its
//! binding, with the checks that need no plugin.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use guichet_domain::grant::Grant;
use guichet_domain::id::{RecordId, RegionCode};
use guichet_domain::{Digest, Moment};
use guichet_registry::Service;
use guichet_registry::shared::Shared;
use guichet_registry::taxonomy::Taxonomy;
use guichet_sandbox::Binding;
use serde_json::{Map, Value};

use super::ServiceFailure;
use super::release::Release;
use crate::inputs::{FieldError, Form};
use crate::language::Language;
use crate::terms::order::{Assurance, Circumstances, PayerType};

/// Answers to a next step that may stand beside the schema's inputs.
const EXTRA_INPUTS: usize = 4;
/// Bytes of such an answer.
const EXTRA_BYTES: usize = 512;

/// A bound service. Cheap to clone.
#[derive(Clone)]
pub struct Bound {
    pub(super) service: Shared<Service>,
    pub(super) release: Arc<Release>,
    pub(super) form: Arc<Form>,
    pub(super) binding: Arc<Binding>,
    /// When its grant ends.
    pub(super) expires: Option<Moment>,
    /// A grant that is only tried.
    pub(super) trial: Option<Arc<Grant>>,
    /// Calls that it would not have let through as they were.
    pub(super) against_trial: Arc<AtomicU64>,
}

impl Bound {
    /// Digest of the release that serves it.
    #[must_use]
    pub fn release(&self) -> Digest {
        self.release.digest
    }

    /// Scopes that the subject must have consented to.
    #[must_use]
    pub fn scopes(&self) -> Vec<String> {
        let consent = self.service.consent.iter();
        consent
            .flat_map(|consent| consent.scopes.iter().map(ToString::to_string))
            .collect()
    }

    /// Checks what the citizen filled in. Once a plugin has asked for more, a
    /// few texts beyond the schema are let through to it.
    pub fn check_inputs(
        &self,
        given: &Map<String, Value>,
        answers_a_step: bool,
        language: Language,
    ) -> Result<Vec<(String, String)>, ServiceFailure> {
        let is_extra = |name: &str, value: &Value| {
            answers_a_step
                && !self.form.asks_for(name)
                && value.as_str().is_some_and(|text| text.len() <= EXTRA_BYTES)
        };
        let (extra, own): (Map<_, _>, Map<_, _>) = given
            .clone()
            .into_iter()
            .partition(|(name, value)| is_extra(name, value));
        if extra.len() > EXTRA_INPUTS {
            let message = language.pick("多余的输入项", "too many inputs beyond the form");
            let field = extra.keys().next().cloned().unwrap_or_default();
            let error = FieldError {
                field,
                message: message.to_owned(),
            };
            return Err(ServiceFailure::InvalidInputs(vec![error]));
        }
        let checked = self.form.check(&own, language);
        let mut checked = checked.map_err(ServiceFailure::InvalidInputs)?;
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        checked.extend(extra.into_iter().map(|(name, value)| (name, text(value))));
        Ok(checked)
    }

    /// The circumstances of an errand; the region is the one chosen, or the
    /// service's own where it has one.
    pub fn circumstances(
        &self,
        region: Option<&RegionCode>,
        channel: &str,
        language: Language,
        journey: &RecordId,
    ) -> Result<Circumstances, ServiceFailure> {
        if let Some(region) = region.filter(|region| !self.serves(region)) {
            return Err(ServiceFailure::OutsideRegions(region.clone()));
        }
        let region = region.or_else(|| self.service.regions.first());
        Ok(Circumstances {
            region: region.map(ToString::to_string).unwrap_or_default(),
            channel: channel.to_owned(),
            locale: language.tag().to_owned(),
            journey: journey.to_string(),
            payer_type: PayerType::Person,
            // The clients of this version are bank apps with signed-in users.
            assurance: Assurance::Substantial,
        })
    }

    /// Whether the region is one of the service's, lies in one, or holds one.
    fn serves(&self, region: &RegionCode) -> bool {
        let taxonomy = Taxonomy::embedded();
        self.service.regions.iter().any(|own| {
            taxonomy.contains(own.as_str(), region.as_str())
                || taxonomy.contains(region.as_str(), own.as_str())
        })
    }

    /// Whether the citizen may be led to this address.
    #[must_use]
    pub fn may_hand_off_to(&self, url: &str) -> bool {
        let granted = &self.binding.settings().permissions.grant().handoff_origins;
        granted.iter().any(|origin| {
            url.strip_prefix(origin.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        })
    }
}
