//! What a release asks for, each with the reason that reviewers and citizens
//! read. What it is given stands in `guichet_domain::grant`.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::grant::Route;
use guichet_domain::id::DataScope;
use serde::{Deserialize, Serialize};

use super::header::{HeaderName, usual};
use super::origin::Origin;
use crate::texts::Texts;

/// A logical endpoint: what may be asked, whatever address it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// What may be asked; the first route that matches decides.
    pub routes: Vec<Route>,
    /// Header names that a request may carry.
    #[serde(default = "usual")]
    pub request_headers: BTreeSet<HeaderName>,
    /// Requests with an effect in one call, 1 to 8.
    #[serde(default = "one")]
    pub effects_per_call: u32,
    /// Where the publisher expects it; the operator decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggested_origin: Option<Origin>,
    /// Why it is needed.
    pub reason: Texts,
}

const fn one() -> u32 {
    1
}

/// Permissions beside endpoints and keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permissions {
    /// Small state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kv: Option<Kv>,
    /// Attributes of the subject, by scope.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: Data,
    /// Schemes that are broken but still in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legacy_crypto: Option<LegacyCrypto>,
    /// Pages that a credential may hand the citizen over to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Handoff>,
}

/// Attributes of the subject, by scope.
pub type Data = BTreeMap<DataScope, DataPermission>;

/// Permission `kv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kv {
    /// Sum over keys and values of one service, at most 16 MiB.
    pub quota_bytes: u64,
    /// Why it is needed.
    pub reason: Texts,
}

/// Permission `data` for one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataPermission {
    /// Why it is needed.
    pub reason: Texts,
}

/// Permission `legacy-crypto`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegacyCrypto {
    /// Why it is needed.
    pub reason: Texts,
}

/// Permission to hand the citizen over to pages of the issuer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handoff {
    /// Their origins, `https` only.
    pub origins: BTreeSet<Origin>,
    /// Why it is needed.
    pub reason: Texts,
}
