//! What a service of a release may really do: what the manifest asks for, cut
//! down to what the operator gives. Values of keys and secrets stand elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::grant::{
    Credential, EndpointGrant, Grant, KeyGrant, KvGrant, LegacyCrypto, Network, Route,
};
use guichet_domain::id::{DataScope, EndpointName, KeyName, ServiceCode};
use serde::{Deserialize, Serialize};

use crate::manifest::{Endpoint, KeyAlgorithm, Manifest, Origin};

/// Stands in a route's path for the code of the service, so that the services
/// of one package at one origin stay apart.
const SERVICE_PLACE: &str = "{service}";

/// What the operator gives a release, or one of its services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorBinding {
    /// Where logical endpoints lead.
    #[serde(default)]
    pub endpoints: BTreeMap<EndpointName, EndpointBinding>,
    /// Keys that are there, with their algorithms.
    #[serde(default)]
    pub keys: BTreeMap<KeyName, KeyAlgorithm>,
    /// Data scopes that are allowed; none said: all that are asked for.
    #[serde(default)]
    pub data_scopes: Option<BTreeSet<DataScope>>,
    /// The most state; none said: what is asked for.
    #[serde(default)]
    pub kv_bytes: Option<u64>,
    /// Whether broken schemes may be used where they are asked for.
    #[serde(default)]
    pub legacy_crypto: LegacyCrypto,
}

/// Where one logical endpoint leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointBinding {
    /// The real address.
    pub origin: Origin,
    /// Private addresses that its name may resolve to; global ones only where
    /// there are none.
    #[serde(default)]
    pub private: BTreeSet<std::net::IpAddr>,
    /// Headers that the host adds.
    #[serde(default)]
    pub credentials: Vec<Credential>,
}

/// Why a service cannot be bound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// An endpoint that leads nowhere.
    #[error("the endpoint {0} is not bound: say where it leads")]
    Unbound(EndpointName),
    /// Open text on the open network.
    #[error(
        "the endpoint {0} is bound to http on the public network: use https, or name its private addresses"
    )]
    Plain(EndpointName),
    /// A header that the plugin may set as well.
    #[error(
        "the endpoint {0} is given the header {1}, which the manifest lets the plugin set: take it out of one of them"
    )]
    Header(EndpointName, String),
    /// A format without a place for the secret.
    #[error("the header {1} of the endpoint {0} has no {{}} for the secret in its format")]
    Format(EndpointName, String),
    /// A key that is not there.
    #[error("the key {0} is not given")]
    NoKey(KeyName),
    /// A key of another kind.
    #[error("the key {0} is given for another algorithm than the manifest asks for")]
    Algorithm(KeyName),
}

/// Manifest ∩ operator, for one service; or everything that is missing.
pub fn propose(
    manifest: &Manifest,
    operator: &OperatorBinding,
    service: &ServiceCode,
) -> Result<Grant, Vec<BindingError>> {
    let mut errors = Vec::new();
    let mut endpoints = BTreeMap::new();
    for (name, asked) in &manifest.endpoints {
        match operator.endpoints.get(name) {
            None => errors.push(BindingError::Unbound(name.clone())),
            Some(bound) => {
                errors.extend(endpoint_errors(name, asked, bound));
                endpoints.insert(name.clone(), endpoint(asked, bound, service));
            }
        }
    }
    for (name, asked) in &manifest.keys {
        match operator.keys.get(name) {
            None => errors.push(BindingError::NoKey(name.clone())),
            Some(algorithm) if *algorithm != asked.algorithm => {
                errors.push(BindingError::Algorithm(name.clone()));
            }
            Some(_) => {}
        }
    }
    if errors.is_empty() {
        Ok(grant(manifest, operator, endpoints))
    } else {
        Err(errors)
    }
}

/// Manifest ∩ operator, however little is left: what a grant on trial would give.
#[must_use]
pub fn narrowed(manifest: &Manifest, operator: &OperatorBinding, service: &ServiceCode) -> Grant {
    let bound = manifest.endpoints.iter().filter_map(|(name, asked)| {
        let bound = operator.endpoints.get(name)?;
        Some((name.clone(), endpoint(asked, bound, service)))
    });
    grant(manifest, operator, bound.collect())
}

fn grant(
    manifest: &Manifest,
    operator: &OperatorBinding,
    endpoints: BTreeMap<EndpointName, EndpointGrant>,
) -> Grant {
    let asked = &manifest.permissions;
    let allowed = |scope: &&DataScope| {
        operator
            .data_scopes
            .as_ref()
            .is_none_or(|all| all.contains(*scope))
    };
    let quota = |bytes: u64| bytes.min(operator.kv_bytes.unwrap_or(u64::MAX));
    let keys = manifest.keys.iter();
    let origins = asked.handoff.iter().flat_map(|handoff| &handoff.origins);
    Grant {
        endpoints,
        keys: keys
            .map(|(name, key)| {
                (
                    name.clone(),
                    KeyGrant {
                        uses: key.uses.clone(),
                    },
                )
            })
            .collect(),
        kv: asked.kv.as_ref().map(|kv| KvGrant {
            quota_bytes: quota(kv.quota_bytes),
        }),
        data_scopes: asked.data.keys().filter(allowed).cloned().collect(),
        legacy_crypto: match asked.legacy_crypto {
            Some(_) => operator.legacy_crypto,
            None => LegacyCrypto::Denied,
        },
        handoff_origins: origins.map(ToString::to_string).collect(),
    }
}

fn endpoint(asked: &Endpoint, bound: &EndpointBinding, service: &ServiceCode) -> EndpointGrant {
    let route = |route: &Route| Route {
        path_prefix: route.path_prefix.replace(SERVICE_PLACE, service.as_str()),
        ..route.clone()
    };
    EndpointGrant {
        origin: bound.origin.to_string(),
        routes: asked.routes.iter().map(route).collect(),
        request_headers: asked
            .request_headers
            .iter()
            .map(|name| name.as_str().into())
            .collect(),
        effects_per_call: asked.effects_per_call,
        network: if bound.private.is_empty() {
            Network::Public
        } else {
            Network::Private(bound.private.clone())
        },
        credentials: bound.credentials.clone(),
    }
}

fn endpoint_errors(
    name: &EndpointName,
    asked: &Endpoint,
    bound: &EndpointBinding,
) -> Vec<BindingError> {
    let mut errors = Vec::new();
    if bound.origin.is_plain() && bound.private.is_empty() {
        errors.push(BindingError::Plain(name.clone()));
    }
    for credential in &bound.credentials {
        let header = credential.header.clone();
        if asked
            .request_headers
            .iter()
            .any(|set| set.as_str() == header)
        {
            errors.push(BindingError::Header(name.clone(), header.clone()));
        }
        if !credential.format.contains("{}") {
            errors.push(BindingError::Format(name.clone(), header));
        }
    }
    errors
}

#[cfg(test)]
mod tests;
