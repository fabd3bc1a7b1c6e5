//! What a binding may do: the release's permissions, cut down to what the
//! operator allowed and bound to real addresses. Secrets' values stand elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{DataScope, EndpointName, KeyName, SecretName};

/// The effective grant of one binding. Empty by default: nothing is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Logical endpoints with the addresses they are bound to.
    #[serde(default)]
    pub endpoints: BTreeMap<EndpointName, EndpointGrant>,
    /// Keys the plugin may use, by the name it uses.
    #[serde(default)]
    pub keys: BTreeMap<KeyName, KeyGrant>,
    /// Small state, with its quota.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kv: Option<KvGrant>,
    /// Attributes of subjects that may be read under consent.
    #[serde(default)]
    pub data_scopes: BTreeSet<DataScope>,
    /// Whether MD5, SHA-1 and 3DES may be used.
    #[serde(default)]
    pub legacy_crypto: LegacyCrypto,
    /// Origins a credential may hand the citizen over to.
    #[serde(default)]
    pub handoff_origins: BTreeSet<String>,
}

/// One logical endpoint and what may be asked of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointGrant {
    /// Scheme, host and port, no path: `https://api.example.test:8443`. Plain
    /// `http` only on a private network.
    pub origin: String,
    /// What may be asked; the first route that matches decides.
    pub routes: Vec<Route>,
    /// Header names that a request may carry, in lower case.
    #[serde(default = "usual_headers")]
    pub request_headers: BTreeSet<String>,
    /// Requests with an effect in one call.
    #[serde(default = "one")]
    pub effects_per_call: u32,
    /// Which addresses the origin's name may resolve to.
    #[serde(default)]
    pub network: Network,
    /// Headers the host adds.
    #[serde(default)]
    pub credentials: Vec<Credential>,
}

fn usual_headers() -> BTreeSet<String> {
    ["accept", "content-type"].map(str::to_owned).into()
}

fn one() -> u32 {
    1
}

/// One kind of request that an endpoint takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Upper-case HTTP methods.
    pub methods: BTreeSet<String>,
    /// The path begins with it; without a `/` at its end it matches whole
    /// segments only.
    pub path_prefix: String,
    /// Whether such a request changes anything at the other side.
    pub intent: RouteIntent,
}

/// What a route says of its requests' effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteIntent {
    /// Nothing is changed, whatever the plugin calls it.
    Read,
    /// Something may be changed, whatever the plugin calls it.
    Effect,
    /// One address for both (a gateway): the plugin's word counts, except that
    /// while a payment is submitted or reversed every request is an effect.
    Declared,
}

/// Uses of one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyGrant {
    /// What may be done with it.
    pub uses: BTreeSet<KeyUse>,
}

/// One use of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyUse {
    /// `keys.sign`.
    Sign,
    /// `keys.verify`.
    Verify,
    /// `keys.mac` and `keys.verify-mac`.
    Mac,
    /// `keys.encrypt`.
    Encrypt,
    /// `keys.decrypt`.
    Decrypt,
}

/// Addresses that an endpoint may reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Network {
    /// Global addresses only.
    #[default]
    Public,
    /// Exactly these addresses, private ones included.
    Private(BTreeSet<std::net::IpAddr>),
}

/// A header put in by the host, with a secret in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Header name in lower case.
    pub header: String,
    /// The secret whose value stands in for `{}` in `format`.
    pub secret: SecretName,
    /// For example `Bearer {}`.
    pub format: String,
}

/// Quota of a binding's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KvGrant {
    /// Sum over keys and values.
    pub quota_bytes: u64,
}

/// Whether a binding may use schemes that are broken but still in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegacyCrypto {
    /// Refused.
    #[default]
    Denied,
    /// Allowed, and named in the review.
    Allowed,
}
