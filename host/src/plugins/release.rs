//! A release that serves: its admission, its code, and the operator's side of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use guichet_domain::grant::Grant;
use guichet_domain::{Digest, Moment};
use guichet_registry::admit::Admission;
use guichet_registry::binding;
use guichet_registry::manifest::{DataClass, LimitsWish};
use guichet_registry::register::{self, GrantTerms};
use guichet_registry::shared::Shared;
use guichet_registry::{Manifest, Service};
use guichet_sandbox::{
    Binding, BindingId, BindingSettings, BreakerSettings, Config, Limits, Permissions, Plugin,
};

use super::figures::Figures;
use super::operator::{self, BindingError, Keys};
use crate::store::PackageSecret;

/// A release with everything that its services share.
pub struct Release {
    /// Its name by content.
    pub digest: Digest,
    /// What it says of itself.
    pub manifest: Shared<Manifest>,
    /// Its code.
    pub plugin: Plugin,
    /// How much of its calls may be kept.
    pub class: DataClass,
    config: Arc<BTreeMap<String, String>>,
    limits: Limits,
    grants: Vec<GrantTerms>,
    keys: Keys,
    /// As the operator gave them, to notice a change.
    secrets: Vec<PackageSecret>,
    /// How it fares on this node.
    pub(super) figures: Figures,
}

/// What the operator gives a release: grants, keys and secrets made ready, and
/// these as they were found.
pub type Given = (Vec<GrantTerms>, Keys, Vec<PackageSecret>);

impl Release {
    /// Puts the parts together.
    #[must_use]
    pub fn new(admission: &Admission, plugin: Plugin, (grants, keys, secrets): Given) -> Self {
        let config = admission.config.iter();
        Self {
            digest: admission.release,
            plugin,
            class: admission.manifest.data_class,
            config: Arc::new(
                config
                    .map(|(name, text)| (name.to_string(), text.clone()))
                    .collect(),
            ),
            limits: limits(&admission.manifest.limits),
            manifest: admission.manifest.clone(),
            grants,
            keys,
            secrets,
            figures: Figures::default(),
        }
    }

    /// Whether the operator's side is still this.
    #[must_use]
    pub fn is_given(&self, grants: &[GrantTerms], secrets: &[PackageSecret]) -> bool {
        self.grants == grants && self.secrets == secrets
    }

    /// Who owns it.
    #[must_use]
    pub fn publisher(&self) -> &str {
        self.manifest.package.publisher().as_str()
    }

    /// The grant that is only tried for a service; it may lack what the
    /// manifest needs, which is what the trial is to show.
    #[must_use]
    pub fn trial(&self, service: &Service, now: Moment) -> Option<Grant> {
        let terms = register::shadow(&self.grants, &service.code, now)?;
        let operator = operator::complete(terms.binding.clone(), &self.secrets);
        Some(binding::narrowed(&self.manifest, &operator, &service.code))
    }

    /// The sandbox's binding for one of its services, and when its grant ends.
    pub fn bind(
        &self,
        service: &Service,
        now: Moment,
    ) -> Result<(Binding, Option<Moment>), BindingError> {
        let terms = register::grant(&self.grants, &service.code, now)?;
        let operator = operator::complete(terms.binding.clone(), &self.secrets);
        let grant = binding::propose(&self.manifest, &operator, &service.code)
            .map_err(BindingError::Proposal)?;
        let keyring = self.keys.keyring.clone();
        let permissions = Permissions::new(grant, &self.keys.secrets, keyring)?;
        let binding = Binding::new(BindingSettings {
            id: BindingId {
                release: self.digest,
                service: service.code.clone(),
            },
            state: format!("{} {}", self.manifest.package, service.code),
            permissions: Arc::new(permissions),
            limits: self.limits,
            config: Config {
                package: self.config.clone(),
                service: Arc::new(own_config(service)),
            },
            breaker: BreakerSettings::default(),
        });
        Ok((binding, terms.expires))
    }
}

/// The service's own values; `service` is its code, which mappings use in paths.
fn own_config(service: &Service) -> BTreeMap<String, String> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut config: BTreeMap<String, String> = service
        .config
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect();
    config
        .entry("service".to_owned())
        .or_insert_with(|| service.code.to_string());
    config
}

/// The usual limits, narrowed or widened as wished, within the host's ceiling.
fn limits(wish: &LimitsWish) -> Limits {
    let (usual, ceiling) = (Limits::standard(), Limits::ceiling());
    let response = wish
        .response_bytes
        .and_then(|bytes| u32::try_from(bytes).ok());
    Limits {
        memory_bytes: wish
            .memory_bytes
            .unwrap_or(usual.memory_bytes)
            .min(ceiling.memory_bytes),
        deadline_ms: wish
            .deadline_ms
            .unwrap_or(usual.deadline_ms)
            .min(ceiling.deadline_ms),
        response_bytes: response
            .unwrap_or(usual.response_bytes)
            .min(ceiling.response_bytes),
        concurrency: wish
            .concurrent_calls
            .map_or(usual.concurrency, u32::from)
            .clamp(1, ceiling.concurrency),
        ..usual
    }
}
