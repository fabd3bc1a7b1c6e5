//! What a suite needs that calls a sandboxed plugin without a host around it:
//! circumstances of a call, and a binding.

use std::sync::Arc;

use guichet_domain::Digest;
use guichet_domain::grant::Grant;
use guichet_domain::id::ServiceCode;
use guichet_sandbox::contract::types::{AssuranceLevel, Context, PayerType};
use guichet_sandbox::keyring::Keyring;
use guichet_sandbox::{
    Binding, BindingId, BindingSettings, BreakerSettings, Config, Limits, Permissions, Secrets,
};

const SERVICE: &str = "water-330100-1";

/// Somebody asks, from somewhere.
#[must_use]
pub fn context() -> Context {
    Context {
        call: "call_00000000000000000000000000".into(),
        service: SERVICE.into(),
        region: "330100".into(),
        subject: "somebody".into(),
        payer_type: PayerType::Person,
        assurance: AssuranceLevel::Low,
        consent: None,
        channel: "test".into(),
        journey: "journey".into(),
        locale: "en".into(),
        accounting_date: "2026-11-21".into(),
        details: Vec::new(),
    }
}

/// A binding with these permissions and limits; `state` names whose kept state it
/// sees.
#[must_use]
pub fn bound(state: &str, grant: Grant, limits: Limits) -> Arc<Binding> {
    let permissions = Permissions::new(grant, &Secrets::new(), Keyring::default())
        .expect("a test's grant needs no secret");
    Arc::new(Binding::new(BindingSettings {
        id: BindingId {
            release: Digest::from_bytes([1; 32]),
            service: ServiceCode::new(SERVICE).expect("a lawful code"),
        },
        state: state.to_owned(),
        permissions: Arc::new(permissions),
        limits,
        config: Config::default(),
        breaker: BreakerSettings::default(),
    }))
}
