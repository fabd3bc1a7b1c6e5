//! What the rules need to know of a release, kept in the log so that no rule
//! ever opens a bundle; and whether it wants more than the one that serves.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::Digest;
use guichet_domain::id::{BillerId, ServiceCode};
use serde::{Deserialize, Serialize};

use crate::admit::Admission;
use crate::inspect::HostInterface;
use crate::manifest::{DataClass, LimitsWish};
use crate::permission;
use crate::service::ServiceKind;
use crate::sign::sha256;

/// A release in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Size of the bundle.
    pub bundle_bytes: u64,
    /// Digest of its code, own or another package's.
    pub component: Digest,
    /// Whether the bundle brings the code.
    pub own_code: bool,
    /// The contract version of the code.
    pub contract: String,
    /// What it offers.
    pub kinds: BTreeSet<ServiceKind>,
    /// Its services and whose they are.
    pub services: BTreeMap<ServiceCode, BillerId>,
    /// Permissions by name, with the digest of what each one means.
    pub permissions: BTreeMap<String, Digest>,
    /// Host interfaces that the code imports.
    pub imports: BTreeSet<HostInterface>,
    /// What it wishes for beyond the usual.
    pub limits: LimitsWish,
    /// How much of its calls is kept.
    pub data_class: DataClass,
    /// The certification report; none where the installation took it unseen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Digest>,
}

impl Summary {
    /// Of an admitted bundle.
    #[must_use]
    pub fn of(admission: &Admission, bundle_bytes: u64, report: Option<Digest>) -> Self {
        let services = admission.services.iter();
        let permissions = permission::describe(&admission.manifest).into_iter();
        Self {
            bundle_bytes,
            component: admission.component.digest,
            own_code: admission.component_bytes.is_some(),
            contract: admission.component.contract.clone(),
            kinds: services.clone().map(|service| service.kind).collect(),
            services: services
                .map(|service| (service.code.clone(), service.biller.id.clone()))
                .collect(),
            permissions: permissions
                .map(|one| (one.name, sha256(one.meaning.english().as_bytes())))
                .collect(),
            imports: admission.component.imports.clone(),
            limits: admission.manifest.limits.clone(),
            data_class: admission.manifest.data_class,
            report,
        }
    }

    /// Whether it takes part in payments.
    #[must_use]
    pub fn moves_money(&self) -> bool {
        self.kinds.contains(&ServiceKind::BillPayment)
    }

    /// Whether it wants anything that `serving` does not have. What cannot be
    /// told to be less counts as more.
    #[must_use]
    pub fn grows_beyond(&self, serving: &Self) -> bool {
        let new_permission =
            |(name, meaning): (&String, &Digest)| serving.permissions.get(name) != Some(meaning);
        let new_service =
            |(code, biller): (&ServiceCode, &BillerId)| serving.services.get(code) != Some(biller);
        self.permissions.iter().any(new_permission)
            || self.services.iter().any(new_service)
            || !self.kinds.is_subset(&serving.kinds)
            || !self.imports.is_subset(&serving.imports)
            || wishes_more(&self.limits, &serving.limits)
            || self.data_class != serving.data_class
    }
}

/// A wish where there was none counts as more.
fn wishes_more(now: &LimitsWish, before: &LimitsWish) -> bool {
    fn more<T: PartialOrd>(now: Option<T>, before: Option<T>) -> bool {
        match (now, before) {
            (Some(now), Some(before)) => now > before,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }
    more(now.memory_bytes, before.memory_bytes)
        || more(now.deadline_ms, before.deadline_ms)
        || more(now.exchange_ms, before.exchange_ms)
        || more(now.response_bytes, before.response_bytes)
        || more(now.concurrent_calls, before.concurrent_calls)
}
