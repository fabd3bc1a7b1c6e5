//! Whether a message was signed with a key that the operator has bound for
//! callbacks: `callback` of a package that serves one biller, or
//! `callback-BILLER`. A key of one biller never speaks for another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use guichet_domain::id::{BillerId, ServiceCode};
use guichet_sandbox::keyring::{Algorithm, KeyHandle as _, Secret, SoftwareKey};

use super::{Entry, Plugins, PluginsError};
use crate::payments::{CallbackPort, SignedMessage};
use crate::store::{PackageSecret, SecretKind, StoreError};

/// Signatures of one message that are looked at.
const SIGNATURES: usize = 4;

impl CallbackPort for Plugins {
    fn is_genuine<'a>(
        &'a self,
        service: &'a ServiceCode,
        message: &'a SignedMessage,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let Some(entry) = self.shelf().entry(service) else {
                return Ok(false);
            };
            let package = entry.admission().package();
            let secrets = match self.secrets(package).await {
                Ok(secrets) => secrets,
                Err(PluginsError::Store(error)) => return Err(error),
                Err(PluginsError::Log(error)) => {
                    tracing::warn!(%error, "a callback cannot be checked");
                    return Ok(false);
                }
            };
            for secret in secrets.iter().filter(|secret| is_for(secret, &entry)) {
                if has_signed(secret, message).await {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}

/// Whether the key is for callbacks of the service's biller.
fn is_for(secret: &PackageSecret, entry: &Entry) -> bool {
    let biller = &entry.service().biller.id;
    let alone = || {
        let services = &entry.admission().services;
        services.iter().all(|service| service.biller.id == *biller)
    };
    secret.kind == SecretKind::Key && (is_named(secret, biller) || is_common(secret) && alone())
}

fn is_common(secret: &PackageSecret) -> bool {
    secret.name == "callback"
}

fn is_named(secret: &PackageSecret, biller: &BillerId) -> bool {
    secret.name.strip_prefix("callback-") == Some(biller.as_str())
}

/// Whether one of the message's signatures is by this key.
async fn has_signed(secret: &PackageSecret, message: &SignedMessage) -> bool {
    let Ok(algorithm) = secret.algorithm.parse::<Algorithm>() else {
        return false;
    };
    let Ok(key) = SoftwareKey::new(algorithm, &Secret::new(secret.value.clone())) else {
        tracing::error!(name = secret.name, "a callback key does not read");
        return false;
    };
    let scheme = match algorithm {
        Algorithm::HmacSha256 => "v1",
        Algorithm::Ed25519 => "v1a",
        _ => return false,
    };
    let signed = message.signed_bytes();
    for signature in message.signatures.split(' ').take(SIGNATURES) {
        let Some((named, encoded)) = signature.split_once(',') else {
            continue;
        };
        let Ok(bytes) = STANDARD.decode(encoded) else {
            continue;
        };
        if named != scheme {
            continue;
        }
        let checked = match algorithm {
            Algorithm::HmacSha256 => key.verify_mac(&signed, &bytes).await,
            _ => key.verify(&signed, &bytes).await,
        };
        if checked == Ok(true) {
            return true;
        }
    }
    false
}
