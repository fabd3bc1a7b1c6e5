//! What a package's bindings may do, prepared once for all of them: the grant
//! with its origins read, its secrets formatted into header values, its keys.

use std::collections::BTreeMap;

use guichet_domain::grant::Grant;
use guichet_domain::id::{EndpointName, SecretName};

use crate::egress::{Endpoint, EndpointError};
use crate::keyring::{Keyring, Secret};

/// Secrets by name.
pub type Secrets = BTreeMap<SecretName, Secret>;

/// A grant that cannot be put into effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("endpoint {endpoint}: {error}")]
pub struct PermissionsError {
    /// The endpoint in question.
    pub endpoint: EndpointName,
    /// What is wrong with it.
    pub error: EndpointError,
}

/// A grant ready for use. Shared by all bindings of a release.
#[derive(Debug)]
pub struct Permissions {
    pub(crate) grant: Grant,
    pub(crate) endpoints: BTreeMap<EndpointName, Endpoint>,
    pub(crate) keyring: Keyring,
}

impl Permissions {
    /// Reads the grant's origins and puts the secrets into header values.
    pub fn new(
        grant: Grant,
        secrets: &Secrets,
        keyring: Keyring,
    ) -> Result<Self, PermissionsError> {
        let mut endpoints = BTreeMap::new();
        for (name, granted) in &grant.endpoints {
            let endpoint = Endpoint::new(granted, secrets).map_err(|error| PermissionsError {
                endpoint: name.clone(),
                error,
            })?;
            endpoints.insert(name.clone(), endpoint);
        }
        Ok(Self {
            grant,
            endpoints,
            keyring,
        })
    }

    /// The grant.
    #[must_use]
    pub fn grant(&self) -> &Grant {
        &self.grant
    }
}
