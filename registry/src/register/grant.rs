//! What the operator gives a release, or one of its services: recorded per
//! release, narrower than asked for where wanted, for a time, or only tried.

use std::collections::BTreeMap;

use guichet_domain::Moment;
use guichet_domain::grant::LegacyCrypto;
use guichet_domain::id::ServiceCode;
use serde::{Deserialize, Serialize};

use crate::binding::{EndpointBinding, OperatorBinding};

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantTerms {
    /// For this service alone; none: for all that have no grant of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceCode>,
    /// Whether it holds.
    pub effect: Effect,
    /// Where endpoints lead, which data and state.
    pub binding: OperatorBinding,
    /// When it ends; the release then serves nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Moment>,
}

/// Whether a grant holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It holds.
    Live,
    /// Calls run under the live grant, and what this one would have refused is
    /// counted.
    Shadow,
}

impl GrantTerms {
    /// Whether both speak of the same services, with the same effect.
    #[must_use]
    pub fn replaces(&self, other: &Self) -> bool {
        self.service == other.service && self.effect == other.effect
    }

    /// Whether this one gives nothing that `before` does not give.
    pub(super) fn is_within(&self, before: &Self) -> bool {
        let lasts = match (self.expires, before.expires) {
            (_, None) => true,
            (Some(now), Some(before)) => now <= before,
            (None, Some(_)) => false,
        };
        lasts && binding_is_within(&self.binding, &before.binding)
    }

    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self, now: Moment) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// Whether any service is given something by `now` that `before` does not give
/// it. What is only tried gives nothing.
pub(super) fn gives_more<'a>(
    mut services: impl Iterator<Item = &'a ServiceCode>,
    now: &[GrantTerms],
    before: &[GrantTerms],
) -> bool {
    let (now, before) = (live(now), live(before));
    services.any(|code| match (held(&now, code), held(&before, code)) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(now), Some(before)) => !now.is_within(before),
    })
}

type Live<'a> = BTreeMap<Option<&'a ServiceCode>, &'a GrantTerms>;

fn live(grants: &[GrantTerms]) -> Live<'_> {
    let live = grants.iter().filter(|grant| grant.effect == Effect::Live);
    live.map(|grant| (grant.service.as_ref(), grant)).collect()
}

/// A service's own grant counts alone.
fn held<'a>(live: &Live<'a>, code: &ServiceCode) -> Option<&'a GrantTerms> {
    live.get(&Some(code)).or_else(|| live.get(&None)).copied()
}

fn binding_is_within(now: &OperatorBinding, before: &OperatorBinding) -> bool {
    let endpoints = now.endpoints.iter().all(|(name, bound)| {
        let earlier = before.endpoints.get(name);
        earlier.is_some_and(|earlier| endpoint_is_within(bound, earlier))
    });
    let scopes = match (&now.data_scopes, &before.data_scopes) {
        (_, None) => true,
        (Some(now), Some(before)) => now.is_subset(before),
        (None, Some(_)) => false,
    };
    let state = match (now.kv_bytes, before.kv_bytes) {
        (_, None) => true,
        (Some(now), Some(before)) => now <= before,
        (None, Some(_)) => false,
    };
    let legacy =
        now.legacy_crypto == LegacyCrypto::Denied || now.legacy_crypto == before.legacy_crypto;
    let keys = now
        .keys
        .iter()
        .all(|(name, algorithm)| before.keys.get(name) == Some(algorithm));
    endpoints && scopes && state && legacy && keys
}

/// No private address at all opens the public network: that is not less.
fn endpoint_is_within(now: &EndpointBinding, before: &EndpointBinding) -> bool {
    now.origin == before.origin
        && now.credentials == before.credentials
        && now.private.is_subset(&before.private)
        && now.private.is_empty() == before.private.is_empty()
}
