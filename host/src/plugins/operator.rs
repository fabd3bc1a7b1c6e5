//! The operator's keys and secrets of a package, made ready for the sandbox.
//! What a service may do with them is the registry's binding proposal.

use std::collections::BTreeMap;
use std::sync::Arc;

use guichet_domain::id::{KeyName, SecretName};
use guichet_registry::Manifest;
use guichet_registry::binding::OperatorBinding;
use guichet_registry::manifest::KeyAlgorithm;
use guichet_sandbox::Secrets;
use guichet_sandbox::keyring::{Algorithm, Keyring, Secret, SoftwareKey};

use crate::store::{PackageSecret, SecretKind};

/// Why a release cannot be bound.
#[derive(Debug, thiserror::Error)]
pub enum BindingError {
    /// The proposal lacks something of the operator's.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Proposal(Vec<guichet_registry::binding::BindingError>),
    /// Key material that does not read.
    #[error("key {0}: {1}")]
    Material(KeyName, String),
    /// The grant cannot be put into effect.
    #[error("{0}")]
    Grant(#[from] guichet_sandbox::PermissionsError),
    /// Nothing is granted for the service, or no more.
    #[error("nothing is granted for it: {0}")]
    NotGranted(#[from] guichet_registry::register::NotRunning),
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

/// A secret's or key's name in the log.
#[must_use]
pub fn log_name(kind: SecretKind, name: &str) -> String {
    format!("{}:{name}", kind.as_str())
}

/// A grant's binding with the keys that are there.
#[must_use]
pub fn complete(mut stored: OperatorBinding, given: &[PackageSecret]) -> OperatorBinding {
    let algorithm = |key: &PackageSecret| -> Option<KeyAlgorithm> {
        serde_json::from_value(serde_json::Value::from(key.algorithm.as_str())).ok()
    };
    let keys = given.iter().filter(|secret| secret.kind == SecretKind::Key);
    let pairs =
        keys.filter_map(|key| Some((KeyName::new(key.name.as_str()).ok()?, algorithm(key)?)));
    stored.keys = pairs.collect::<BTreeMap<_, _>>();
    stored
}

/// Makes the keys that the manifest asks for, and all secrets.
pub fn keys(manifest: &Manifest, given: &[PackageSecret]) -> Result<Keys, BindingError> {
    let mut keyring = Keyring::default();
    let mut secrets = Secrets::new();
    for secret in given {
        let value = Secret::new(secret.value.clone());
        if secret.kind == SecretKind::Secret {
            secrets.insert(SecretName::new(secret.name.as_str())?, value);
            continue;
        }
        let name = KeyName::new(secret.name.as_str())?;
        if manifest.keys.contains_key(&name) {
            let unfit = |error: &dyn std::fmt::Display| {
                BindingError::Material(name.clone(), error.to_string())
            };
            let algorithm: Algorithm = secret.algorithm.parse().map_err(|error| unfit(&error))?;
            let key = SoftwareKey::new(algorithm, &value).map_err(|error| unfit(&error))?;
            keyring.insert(name, Arc::new(key));
        }
    }
    Ok(Keys { keyring, secrets })
}
