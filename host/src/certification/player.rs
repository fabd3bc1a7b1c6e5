//! Plays calls to a plugin: the production sandbox, egress and binding, a clock
//! that stands, randomness that begins anew at every call, and made-up keys.

mod circumstances;
pub(super) mod order;
mod ports;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use guichet_domain::grant::{Credential, LegacyCrypto};
use guichet_domain::id::{EndpointName, SecretName};
use guichet_registry::admit::Admission;
use guichet_registry::binding::{EndpointBinding, OperatorBinding};
use guichet_registry::manifest::KeyAlgorithm;
use guichet_registry::register::{Effect, GrantTerms};
use guichet_registry::scenario::Scenario;
use guichet_registry::service::Service;
use guichet_registry::shared::Shared;
use guichet_sandbox::ports::memory::MemoryKv;
use guichet_sandbox::{Binding, BindingSettings, Call, Limits, Plugin, Question, Report, Sandbox};

use super::stage::{Opening, Seen, Stage, Strike};
use super::{CertificationError, Origins};
use crate::plugins::operator::{self, Keys};
use crate::plugins::release::Release;
use crate::store::{PackageSecret, SecretKind};

/// The deadline of calls whose answer never comes: what a plugin does then does
/// not depend on how long it has waited.
const SHORT_DEADLINE_MS: u32 = 400;

/// Plays one scenario's calls.
pub(super) struct Player<'a> {
    sandbox: &'a Sandbox,
    plugin: &'a Plugin,
    admission: &'a Admission,
    pub(super) scenario: Arc<Scenario>,
    pub(super) service: Shared<Service>,
    keys: Keys,
    given: Vec<PackageSecret>,
}

/// A call that was played on the stage.
pub(super) struct Called {
    pub(super) report: Report,
    pub(super) seen: Seen,
}

impl<'a> Player<'a> {
    /// Prepares a scenario of a release.
    pub(super) fn new(
        sandbox: &'a Sandbox,
        plugin: &'a Plugin,
        admission: &'a Admission,
        scenario: &Scenario,
    ) -> Result<Self, CertificationError> {
        let service = admission
            .services
            .iter()
            .find(|service| service.code == scenario.service)
            .ok_or_else(|| CertificationError::Binding("its service is gone".to_owned()))?;
        let given = given(admission, scenario);
        let keys = operator::keys(&admission.manifest, &given)
            .map_err(|error| CertificationError::Binding(error.to_string()))?;
        Ok(Self {
            sandbox,
            plugin,
            admission,
            scenario: Arc::new(scenario.clone()),
            service: service.clone(),
            keys,
            given,
        })
    }

    /// Calls the plugin on the stage.
    pub(super) async fn call(
        &self,
        stage: &Arc<Stage>,
        kv: &Arc<MemoryKv>,
        question: Question,
        strike: Option<Strike>,
    ) -> Result<Called, CertificationError> {
        let endpoints = self.admission.manifest.endpoints.keys();
        let opening = Opening::open(stage, endpoints, strike)
            .await
            .map_err(CertificationError::Stage)?;
        let origins = opening
            .addresses
            .iter()
            .map(|(name, address)| (name.clone(), loopback(*address)))
            .collect();
        let deadline_ms = strike
            .is_some_and(|strike| strike.fault.is_silent())
            .then_some(SHORT_DEADLINE_MS);
        let report = self.ask(&origins, kv, question, deadline_ms).await;
        let seen = opening.close().await;
        Ok(Called {
            report: report?,
            seen,
        })
    }

    /// Calls the plugin wherever its endpoints lead.
    pub(super) async fn ask(
        &self,
        origins: &Origins,
        kv: &Arc<MemoryKv>,
        question: Question,
        deadline_ms: Option<u32>,
    ) -> Result<Report, CertificationError> {
        let binding = self.bind(origins, deadline_ms)?;
        let call = Call {
            context: circumstances::context(self.admission, &self.scenario, &self.service),
            question,
        };
        let ports = ports::ports(&self.scenario, kv);
        let report = self.sandbox.call(self.plugin, &binding, &ports, call);
        Ok(report.await)
    }

    /// Names of keys whose signatures come out otherwise each time.
    pub(super) fn random_keys(&self) -> Vec<String> {
        let keys = self.admission.manifest.keys.iter();
        let random = keys.filter(|(_, key)| {
            matches!(
                key.algorithm,
                KeyAlgorithm::Sm2Sm3
                    | KeyAlgorithm::EcdsaP256Sha256
                    | KeyAlgorithm::RsaPssSha256
                    | KeyAlgorithm::Aes256Gcm
                    | KeyAlgorithm::Sm4Gcm
                    | KeyAlgorithm::Sm2
                    | KeyAlgorithm::TripleDesCbc
            )
        });
        random.map(|(name, _)| name.to_string()).collect()
    }

    /// The limits of its calls.
    pub(super) fn limits(&self) -> Result<Limits, CertificationError> {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        let endpoints = self.admission.manifest.endpoints.keys();
        let origins = endpoints
            .map(|name| (name.clone(), loopback(nowhere)))
            .collect();
        Ok(self.bind(&origins, None)?.settings().limits)
    }

    /// A binding as production makes it, with a breaker of its own, so that one
    /// broken call does not refuse the next.
    fn bind(
        &self,
        origins: &Origins,
        deadline_ms: Option<u32>,
    ) -> Result<Arc<Binding>, CertificationError> {
        let endpoints = origins
            .iter()
            .map(|(name, origin)| (name.clone(), self.with_credentials(name, origin)))
            .collect();
        let stored = OperatorBinding {
            endpoints,
            legacy_crypto: LegacyCrypto::Allowed,
            ..OperatorBinding::default()
        };
        let grant = GrantTerms {
            service: None,
            effect: Effect::Live,
            binding: stored,
            expires: None,
        };
        let given = (vec![grant], self.keys.clone(), self.given.clone());
        let release = Release::new(self.admission, self.plugin.clone(), given);
        let (bound, _) = release
            .bind(&self.service, guichet_domain::Moment::from_micros(0))
            .map_err(|error| CertificationError::Binding(error.to_string()))?;
        let Some(deadline_ms) = deadline_ms else {
            return Ok(Arc::new(bound));
        };
        let settings = bound.settings();
        let limits = Limits {
            deadline_ms: settings.limits.deadline_ms.min(deadline_ms),
            ..settings.limits
        };
        Ok(Arc::new(Binding::new(BindingSettings {
            limits,
            ..settings.clone()
        })))
    }

    fn with_credentials(&self, name: &EndpointName, origin: &EndpointBinding) -> EndpointBinding {
        let credentials = self.scenario.credentials.get(name).into_iter().flatten();
        let credentials = credentials
            .enumerate()
            .map(|(index, credential)| Credential {
                header: credential.header.clone(),
                secret: secret_name(name, index),
                format: credential.format.clone(),
            });
        EndpointBinding {
            credentials: credentials.collect(),
            ..origin.clone()
        }
    }
}

fn loopback(address: SocketAddr) -> EndpointBinding {
    let origin = format!("http://{address}");
    EndpointBinding {
        origin: origin.parse().expect("a socket's address makes an origin"),
        private: [IpAddr::from([127, 0, 0, 1])].into(),
        credentials: Vec::new(),
    }
}

/// The test keys and secrets in the form in which the operator gives real ones.
fn given(admission: &Admission, scenario: &Scenario) -> Vec<PackageSecret> {
    let package = admission.package().to_string();
    let keys: BTreeMap<_, _> = admission
        .manifest
        .keys
        .iter()
        .filter_map(|(name, key)| Some((name, (key.algorithm, scenario.keys.get(name)?.bytes()?))))
        .collect();
    let keys = keys
        .into_iter()
        .map(|(name, (algorithm, value))| PackageSecret {
            package: package.clone(),
            kind: SecretKind::Key,
            name: name.to_string(),
            algorithm: serde_json::to_value(algorithm)
                .ok()
                .and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default(),
            value,
        });
    let secrets = scenario.credentials.iter().flat_map(|(name, credentials)| {
        credentials
            .iter()
            .enumerate()
            .map(|(index, credential)| (secret_name(name, index), credential.value.clone()))
    });
    let secrets = secrets.map(|(name, value)| PackageSecret {
        package: package.clone(),
        kind: SecretKind::Secret,
        name: name.to_string(),
        algorithm: String::new(),
        value: value.into_bytes(),
    });
    keys.chain(secrets).collect()
}

/// Manifests do not name secrets; the name is only used here.
fn secret_name(endpoint: &EndpointName, index: usize) -> SecretName {
    let endpoint: String = endpoint.as_str().chars().take(30).collect();
    SecretName::new(format!("{endpoint}-{index}")).expect("it is an endpoint's name and a number")
}
