//! What a package says of itself: `plugin.toml`. Each value is checked while it
//! is read; whether the whole fits the component is checked on admission.

mod header;
mod key;
mod origin;
mod permissions;
pub(crate) mod read;
mod schema;

use std::collections::BTreeMap;

use guichet_domain::Digest;
use guichet_domain::id::{EndpointName, KeyName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use header::{HeaderName, HeaderNameError};
pub use key::{Key, KeyAlgorithm};
pub use origin::{Origin, OriginError};
pub use permissions::{Data, DataPermission, Endpoint, Handoff, Kv, LegacyCrypto, Permissions};
pub use schema::MANIFEST_SCHEMA;

use crate::names::{ConfigName, PackageName, Version};
use crate::texts::Texts;

/// The contract version this registry admits.
pub const CONTRACT_VERSION: &str = "0.1.0";
/// The manifest's name inside a package folder and a bundle.
pub const MANIFEST_FILE: &str = "plugin.toml";
/// The services' name inside a package folder and a bundle.
pub const SERVICES_FILE: &str = "services.jsonl";
/// The component's name inside a package folder and a bundle.
pub const COMPONENT_FILE: &str = "component.wasm";

/// The manifest as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `publisher/name`.
    pub package: PackageName,
    /// This release.
    pub version: Version,
    /// The contract version it was built against: `0.1.0`.
    pub contract: Version,
    /// SPDX expression of the plugin's licence.
    pub licence: String,
    /// The publisher's name for people.
    pub publisher: Texts,
    /// What the package is called.
    pub titles: Texts,
    /// What it does, in one or two sentences.
    pub descriptions: Texts,
    /// Its code.
    pub component: Component,
    /// Logical endpoints: permission `http`, one for each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoints: BTreeMap<EndpointName, Endpoint>,
    /// Keys that the host holds: permission `keys`, one for each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<KeyName, Key>,
    /// The other permissions.
    #[serde(default)]
    pub permissions: Permissions,
    /// What the plugin needs of memory and time; the operator's ceiling holds.
    #[serde(default)]
    pub limits: LimitsWish,
    /// Values for `config.get` that all its services share.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub config: BTreeMap<ConfigName, ConfigValue>,
    /// How much of its calls a transcript may keep.
    #[serde(default)]
    pub data_class: DataClass,
}

/// Where the code comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Component {
    /// The package's own, by its name in the bundle: `component.wasm`.
    File(String),
    /// Another package's, by the SHA-256 digest of the component's bytes.
    Digest(Digest),
}

/// A configuration value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ConfigValue {
    /// `{ file = "mapping.json" }`: the text of a file of the bundle.
    File(ConfigFile),
    /// A text comes to the plugin as it is, everything else as JSON.
    Value(Value),
}

/// A reference to a file of the bundle. Read from a table only: a derived
/// reader would also take the list `["x"]` for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct ConfigFile {
    /// Its path in the bundle.
    pub file: String,
}

impl TryFrom<BTreeMap<String, String>> for ConfigFile {
    type Error = &'static str;

    fn try_from(mut table: BTreeMap<String, String>) -> Result<Self, Self::Error> {
        let file = table.remove("file").filter(|_| table.is_empty());
        file.map(|file| Self { file })
            .ok_or("a file is named { file = \"NAME\" }")
    }
}

/// Limits that the plugin wishes for; nothing said is the operator's usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsWish {
    /// Linear memory of one call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Time of one call, waiting for the other side included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u32>,
    /// Time of one HTTP exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_ms: Option<u32>,
    /// Body of one HTTP answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_bytes: Option<u64>,
    /// Calls of one service at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrent_calls: Option<u16>,
}

/// How much of a call its transcript keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataClass {
    /// Everything, sealed: the call can be replayed.
    #[default]
    Full,
    /// Digests of what was exchanged.
    Digest,
    /// That the call took place, for example for credit reports.
    None,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_table_with_file_alone_names_a_file() {
        let read = |value: Value| serde_json::from_value::<ConfigValue>(value).unwrap();
        let file = ConfigFile {
            file: "mapping.json".to_owned(),
        };
        assert_eq!(
            read(json!({"file": "mapping.json"})),
            ConfigValue::File(file)
        );
        for value in [
            json!(["kiosk"]),
            json!({"file": "a", "b": "c"}),
            json!({"file": 1}),
        ] {
            assert_eq!(read(value.clone()), ConfigValue::Value(value));
        }
    }
}
