//! The operator's side of a release: where its logical endpoints lead, and which
//! keys and secrets it gets. Read from the store; the manifest asks, this gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use guichet_domain::grant::{
    Credential, EndpointGrant, Grant, KeyGrant, KvGrant, LegacyCrypto, Network, Route,
};
use guichet_domain::id::{EndpointName, KeyName, SecretName, ServiceCode};
use guichet_registry::Manifest;
use guichet_sandbox::Secrets;
use guichet_sandbox::keyring::{Algorithm, Keyring, Secret, SoftwareKey};
use serde::{Deserialize, Serialize};

use crate::store::{PackageSecret, SecretKind};

/// Where one logical endpoint leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointBinding {
    /// Scheme, host and port.
    pub origin: String,
    /// Private addresses that it may resolve to; public ones only where empty.
    #[serde(default)]
    pub private: Vec<std::net::IpAddr>,
    /// Headers the host adds.
    #[serde(default)]
    pub credentials: Vec<Credential>,
}

/// All endpoints of a release.
pub type EndpointBindings = BTreeMap<EndpointName, EndpointBinding>;

/// Why a release cannot be bound.
#[derive(Debug, thiserror::Error)]
pub enum BindingError {
    /// The operator has not said where an endpoint leads.
    #[error("endpoint {0} is not bound: say where it leads")]
    Endpoint(EndpointName),
    /// The operator has not given a key of this name and algorithm.
    #[error("key {0} ({1}) is not given")]
    Key(KeyName, String),
    /// Key material that does not read.
    #[error("key {0}: {1}")]
    Material(KeyName, String),
    /// The grant cannot be put into effect.
    #[error("{0}")]
    Grant(#[from] guichet_sandbox::PermissionsError),
    /// A name in the store that is no name.
    #[error("{0}")]
    Name(#[from] guichet_domain::id::IdError),
}

/// Keys and secrets of a package, ready for use.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Keys by name.
    pub keyring: Keyring,
    /// Secrets by name.
    pub secrets: Secrets,
}

/// Takes exactly the keys that the manifest asks for, of exactly its algorithms.
pub fn keys(manifest: &Manifest, given: &[PackageSecret]) -> Result<Keys, BindingError> {
    let mut keyring = Keyring::default();
    for (name, wanted) in &manifest.keys {
        let algorithm = serde_json::to_value(wanted.algorithm).unwrap_or_default();
        let algorithm = algorithm.as_str().unwrap_or_default().to_owned();
        let found = given.iter().find(|key| {
            key.kind == SecretKind::Key && key.name == name.as_str() && key.algorithm == algorithm
        });
        let found = found.ok_or_else(|| BindingError::Key(name.clone(), algorithm.clone()))?;
        let unfit = |error: &dyn std::fmt::Display| {
            BindingError::Material(name.clone(), error.to_string())
        };
        let algorithm: Algorithm = algorithm.parse().map_err(|error| unfit(&error))?;
        let key = SoftwareKey::new(algorithm, &Secret::new(found.value.clone()))
            .map_err(|error| unfit(&error))?;
        keyring.insert(name.clone(), Arc::new(key));
    }
    let mut secrets = Secrets::new();
    for secret in given.iter().filter(|secret| secret.kind == SecretKind::Secret) {
        let name = SecretName::new(secret.name.as_str())?;
        secrets.insert(name, Secret::new(secret.value.clone()));
    }
    Ok(Keys { keyring, secrets })
}

/// Manifest ∩ operator, for one service: `{service}` in a route's path stands
/// for its code, so that services of one package at one origin stay apart.
pub fn grant(
    manifest: &Manifest,
    operator: &EndpointBindings,
    service: &ServiceCode,
) -> Result<Grant, BindingError> {
    let mut endpoints = BTreeMap::new();
    for (name, asked) in &manifest.endpoints {
        let bound = operator.get(name).ok_or_else(|| BindingError::Endpoint(name.clone()))?;
        let routes = asked.routes.iter().map(|route| Route {
            path_prefix: route.path_prefix.replace("{service}", service.as_str()),
            ..route.clone()
        });
        let headers = asked.request_headers.iter().map(|name| name.as_str().to_owned());
        let grant = EndpointGrant {
            origin: bound.origin.clone(),
            routes: routes.collect(),
            request_headers: headers.collect(),
            effects_per_call: asked.effects_per_call,
            network: if bound.private.is_empty() {
                Network::Public
            } else {
                Network::Private(bound.private.iter().copied().collect())
            },
            credentials: bound.credentials.clone(),
        };
        endpoints.insert(name.clone(), grant);
    }
    let permissions = &manifest.permissions;
    let keys = manifest.keys.iter();
    Ok(Grant {
        endpoints,
        keys: keys.map(|(name, key)| (name.clone(), KeyGrant { uses: key.uses.clone() })).collect(),
        kv: permissions.kv.as_ref().map(|kv| KvGrant { quota_bytes: kv.quota_bytes }),
        data_scopes: permissions.data.keys().cloned().collect(),
        legacy_crypto: match permissions.legacy_crypto {
            Some(_) => LegacyCrypto::Allowed,
            None => LegacyCrypto::Denied,
        },
        handoff_origins: permissions
            .handoff
            .iter()
            .flat_map(|handoff| handoff.origins.iter().map(ToString::to_string))
            .collect(),
    })
}
