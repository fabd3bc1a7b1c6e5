//! Which services are alike, so that a scenario of one represents the others.

use std::collections::BTreeMap;

use guichet_domain::Digest;
use guichet_domain::id::ServiceCode;
use serde::{Deserialize, Serialize};

use crate::admit::Admission;
use crate::manifest::ConfigValue;
use crate::service::{Flow, Service, ServiceKind};
use crate::sign;

/// What a plugin's way depends on: the kind, the flow, and the files of its
/// configuration (a mapping, for example).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// The kind of service.
    pub kind: ServiceKind,
    /// The steps up to the bill, where something is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowName>,
    /// Digests of configuration files that the service uses, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub config: BTreeMap<String, Digest>,
}

/// A flow's name, in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowName {
    /// 先查后缴.
    QueryThenPay,
    /// 二次查询.
    SecondStepQuery,
    /// 核验后缴.
    ValidateThenPay,
    /// 直接缴费.
    Direct,
}

impl From<Flow> for FlowName {
    fn from(flow: Flow) -> Self {
        match flow {
            Flow::QueryThenPay => Self::QueryThenPay,
            Flow::SecondStepQuery => Self::SecondStepQuery,
            Flow::ValidateThenPay => Self::ValidateThenPay,
            Flow::Direct => Self::Direct,
        }
    }
}

/// The services of a release, those that are alike together.
#[must_use]
pub fn variants(admission: &Admission) -> BTreeMap<Variant, Vec<ServiceCode>> {
    let mut variants: BTreeMap<Variant, Vec<ServiceCode>> = BTreeMap::new();
    for service in &admission.services {
        let alike = variants.entry(variant(admission, service)).or_default();
        alike.push(service.code.clone());
    }
    variants
}

fn variant(admission: &Admission, service: &Service) -> Variant {
    let whole = admission.config_of(service);
    let files = admission.manifest.config.iter();
    let files = files.filter(|(_, value)| matches!(value, ConfigValue::File(_)));
    Variant {
        kind: service.kind,
        flow: service.payment.as_ref().map(|terms| terms.flow.into()),
        config: files
            .filter_map(|(name, _)| {
                let text = whole.get(name.as_str())?;
                Some((name.to_string(), sign::sha256(text.as_bytes())))
            })
            .collect(),
    }
}
