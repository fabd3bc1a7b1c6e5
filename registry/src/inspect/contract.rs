//! The contract's frozen versions, against which components are checked type by
//! type.

use std::collections::HashMap;
use std::sync::LazyLock;

use wit_parser::{Resolve, WorldId};

use super::InspectError;
use crate::service::ServiceKind;

/// A released version of the contract with its texts.
struct Frozen {
    version: &'static str,
    host: &'static str,
    service: &'static str,
}

const FROZEN: [Frozen; 1] = [Frozen {
    version: "0.1.0",
    host: include_str!("../../../wit/0.1.0/deps/host/host.wit"),
    service: include_str!("../../../wit/0.1.0/service.wit"),
}];

/// Every version whose components are admitted.
pub const FROZEN_VERSIONS: [&str; 1] = [FROZEN[0].version];

/// What is needed to check one version.
struct Contract {
    resolve: Resolve,
    worlds: HashMap<ServiceKind, WorldId>,
}

static CONTRACTS: LazyLock<HashMap<&'static str, Contract>> = LazyLock::new(|| {
    FROZEN
        .iter()
        .map(|frozen| (frozen.version, load(frozen)))
        .collect()
});

pub(super) fn is_frozen(version: &str) -> bool {
    FROZEN_VERSIONS.contains(&version)
}

/// Whether the component exports the whole of `kind` and imports nothing that
/// the host would not give it, types included.
pub(super) fn check(version: &str, kind: ServiceKind, bytes: &[u8]) -> Result<(), InspectError> {
    let contract = CONTRACTS
        .get(version)
        .ok_or_else(|| InspectError::Version(version.into()))?;
    wit_component::targets(&contract.resolve, contract.worlds[&kind], bytes).map_err(|error| {
        let problem = super::shorten(&error.root_cause().to_string());
        InspectError::Shape { kind, problem }
    })
}

fn load(frozen: &Frozen) -> Contract {
    let mut resolve = Resolve::default();
    let mut push = |name: &str, text| {
        resolve
            .push_source(name, text)
            .expect("the embedded contract is tested")
    };
    push("host.wit", frozen.host);
    let package = push("service.wit", frozen.service);
    let world = |kind: ServiceKind| {
        let name = format!("{kind}-plugin");
        resolve
            .select_world(&[package], Some(&name))
            .expect("each kind has its world")
    };
    let worlds = ServiceKind::ALL.map(|kind| (kind, world(kind))).into();
    Contract { resolve, worlds }
}
