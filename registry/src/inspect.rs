//! Reads a component's bytes: what it really imports and exports, and whether
//! both agree with the contract. Compiles and runs nothing.

mod contract;
mod facts;
mod room;

use std::collections::BTreeSet;

use wasmparser::{Encoding, Parser, Payload, Validator, WasmFeatures};

pub use contract::FROZEN_VERSIONS;
pub use facts::{ComponentFacts, HostInterface};

use crate::service::ServiceKind;
use crate::sign::sha256;

/// What a component may use: standard WebAssembly without threads, exceptions,
/// garbage collection (so without `externref`) and everything whose result
/// depends on the machine. The sandbox's compiler takes all of it.
const FEATURES: WasmFeatures = WasmFeatures::WASM2
    .difference(WasmFeatures::GC_TYPES)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::COMPONENT_MODEL);

/// Why bytes are no component that may run here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// Not WebAssembly, or beyond what is allowed.
    #[error(
        "it is no valid component: {0}; build it for wasm32-unknown-unknown with the SDK and without threads, exceptions or garbage collection"
    )]
    Invalid(String),
    /// A module where a component is expected.
    #[error(
        "it is a core module, not a component; wrap it with wit-component (the SDK's build does)"
    )]
    Module,
    /// WASI, or anything else beside the contract.
    #[error(
        "it imports {0}, which no plugin gets; remove what needs it (print, files, clocks and randomness of the standard library) and use guichet:host instead"
    )]
    Import(String),
    /// An export beside the contract.
    #[error(
        "it exports {0}, which is no service kind of the contract; export only guichet:service interfaces"
    )]
    Export(String),
    /// More tables than a place in the sandbox has.
    #[error(
        "one of its core modules defines {0} tables, and a module may define one; link its code into one module with one table"
    )]
    Tables(u32),
    /// More of something than a place in the sandbox has.
    #[error("{0}; link its code into fewer and smaller core modules")]
    Room(String),
    /// Code in a component inside the component.
    #[error(
        "a component inside it brings code of its own; link all code into core modules of one component"
    )]
    Nested,
    /// Nothing exported.
    #[error(
        "it exports no service kind; export at least one of bill-payment, inquiry and credential"
    )]
    NoKind,
    /// Another or mixed contract version.
    #[error(
        "it was built against contract version {0}, which this host does not serve; build it against 0.1.0"
    )]
    Version(String),
    /// Right names with other types.
    #[error(
        "its {kind} does not have the functions and types of the contract: {problem}; build it against the unchanged wit folder"
    )]
    Shape {
        /// The export.
        kind: ServiceKind,
        /// What differs.
        problem: String,
    },
}

/// Inspects a component.
pub fn inspect(bytes: &[u8]) -> Result<ComponentFacts, InspectError> {
    if Parser::is_core_wasm(bytes) {
        return Err(InspectError::Module);
    }
    Validator::new_with_features(FEATURES)
        .validate_all(bytes)
        .map_err(|error| invalid(&error))?;
    let names = read_names(bytes)?;
    room::check(bytes)?;
    let version = common_version(&names)?;
    let mut imports = BTreeSet::new();
    for import in &names.imports {
        match split(import) {
            Some(("guichet:service", "types", _)) => {}
            Some(("guichet:host", name, _)) => {
                let known = HostInterface::from_name(name);
                imports.insert(known.ok_or_else(|| InspectError::Import(shorten(import)))?);
            }
            _ => return Err(InspectError::Import(shorten(import))),
        }
    }
    let mut kinds = BTreeSet::new();
    for export in &names.exports {
        let kind = match split(export) {
            Some(("guichet:service", name, _)) => ServiceKind::from_name(name),
            _ => None,
        };
        kinds.insert(kind.ok_or_else(|| InspectError::Export(shorten(export)))?);
    }
    if kinds.is_empty() {
        return Err(InspectError::NoKind);
    }
    for kind in &kinds {
        contract::check(&version, *kind, bytes)?;
    }
    let size_bytes = bytes.len() as u64;
    Ok(ComponentFacts {
        digest: sha256(bytes),
        size_bytes,
        contract: version,
        kinds,
        imports,
    })
}

/// Names at the outermost level, as they stand in the component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// What it imports.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
}

/// Reads a component's names without judging them.
pub fn read_names(bytes: &[u8]) -> Result<Names, InspectError> {
    let mut names = Names {
        imports: Vec::new(),
        exports: Vec::new(),
    };
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| invalid(&error))? {
            Payload::Version {
                encoding: Encoding::Module,
                ..
            } if depth == 0 => {
                return Err(InspectError::Module);
            }
            // The sandbox keeps a place for one table of each module.
            Payload::TableSection(section) if section.count() > 1 => {
                return Err(InspectError::Tables(section.count()));
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    names.imports.push(
                        import
                            .map_err(|error| invalid(&error))?
                            .name
                            .name
                            .to_owned(),
                    );
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    names.exports.push(
                        export
                            .map_err(|error| invalid(&error))?
                            .name
                            .name
                            .to_owned(),
                    );
                }
            }
            _ => {}
        }
    }
    Ok(names)
}

fn invalid(error: &wasmparser::BinaryReaderError) -> InspectError {
    InspectError::Invalid(shorten(&error.to_string()))
}

/// Foreign names and messages are quoted in part only.
fn shorten(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(300)
        .collect()
}

/// `guichet:host/http@0.1.0` as package, interface and version.
fn split(name: &str) -> Option<(&str, &str, &str)> {
    let (package, rest) = name.split_once('/')?;
    let (interface, version) = rest.split_once('@')?;
    Some((package, interface, version))
}

/// The one version of all names of the contract. Foreign names are judged later.
fn common_version(names: &Names) -> Result<String, InspectError> {
    let versions: BTreeSet<&str> = names
        .imports
        .iter()
        .chain(&names.exports)
        .filter_map(|name| split(name))
        .filter(|(package, ..)| package.starts_with("guichet:"))
        .map(|(_, _, version)| version)
        .collect();
    let versions: Vec<&str> = versions.into_iter().collect();
    match versions.as_slice() {
        [] => Ok(crate::manifest::CONTRACT_VERSION.to_owned()),
        [one] if contract::is_frozen(one) => Ok((*one).to_owned()),
        several => Err(InspectError::Version(shorten(&several.join(", ")))),
    }
}

#[cfg(test)]
mod tests;
