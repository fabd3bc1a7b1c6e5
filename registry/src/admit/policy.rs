//! Whose signatures count, and how large bundles may be.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::id::PublisherName;

use crate::bundle::BundleLimits;
use crate::finding::{Finding, Rule};
use crate::manifest::Manifest;
use crate::sign::{PublicKey, SigningKey};

/// What the operator lets in.
#[derive(Debug, Clone)]
pub struct AdmissionPolicy {
    /// Whose signatures count.
    pub keys: KeyPolicy,
    /// Bounds on the bundle.
    pub limits: BundleLimits,
}

/// Whose signatures count.
#[derive(Debug, Clone)]
pub enum KeyPolicy {
    /// Enrolled keys only.
    Enrolled(BTreeMap<PublisherName, BTreeSet<PublicKey>>),
    /// Each publisher's development key, which proves nothing.
    Development,
}

impl AdmissionPolicy {
    /// For development: development keys.
    #[must_use]
    pub fn development() -> Self {
        Self {
            keys: KeyPolicy::Development,
            limits: BundleLimits::default(),
        }
    }

    /// Whether the signer may sign for the package's publisher.
    pub(super) fn check(&self, manifest: &Manifest, signer: PublicKey) -> Vec<Finding> {
        let publisher = manifest.package.publisher();
        let known = match &self.keys {
            KeyPolicy::Development => SigningKey::development(publisher).public() == signer,
            KeyPolicy::Enrolled(keys) => keys
                .get(publisher)
                .is_some_and(|keys| keys.contains(&signer)),
        };
        if known {
            return Vec::new();
        }
        let problem = format!("it is signed with a key that is not enrolled for {publisher}");
        let mend = match &self.keys {
            KeyPolicy::Development => "sign it with the publisher's development key",
            KeyPolicy::Enrolled(_) => "sign it with the publisher's own key, or enrol the key",
        };
        vec![Finding::new(Rule::Signature, "bundle", problem, mend)]
    }
}
