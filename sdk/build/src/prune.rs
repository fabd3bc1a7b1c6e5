//! Takes out of a component the exports that are no part of the contract.
//! Toolchains for other languages leave some behind; a registry refuses them.

use std::convert::Infallible;

use wasm_encoder::reencode::component_utils::parse_component_export;
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent};
use wasm_encoder::{Component, ComponentExportSection};
use wasmparser::{
    ComponentAlias, ComponentExport, ComponentExternalKind, ComponentTypeRef, Parser, Payload,
};

/// What begins the name of every interface that a plugin may export.
const CONTRACT: &str = "guichet:";

/// The component without instances that it exports beside the contract; none
/// where the bytes are no component.
#[must_use]
pub fn without_foreign_exports(component: &[u8]) -> Option<Vec<u8>> {
    let mut pruner = Pruner {
        dropped: foreign_instances(component)?,
        depth: 0,
    };
    if pruner.dropped.is_empty() {
        return Some(component.to_owned());
    }
    let mut pruned = Component::new();
    pruner
        .parse_component(&mut pruned, Parser::new(0), component)
        .ok()?;
    Some(pruned.finish())
}

fn is_foreign(export: &ComponentExport<'_>) -> bool {
    export.kind == ComponentExternalKind::Instance && !export.name.name.starts_with(CONTRACT)
}

/// Every export of an instance is a new instance itself; the numbers of those
/// that go.
fn foreign_instances(component: &[u8]) -> Option<Vec<u32>> {
    let (mut next, mut dropped, mut depth) = (0_u32, Vec::new(), 0_u32);
    for payload in Parser::new(0).parse_all(component) {
        match payload.ok()? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            Payload::ComponentInstanceSection(section) => next += section.count(),
            Payload::ComponentImportSection(section) => {
                for import in section {
                    next += u32::from(matches!(import.ok()?.ty, ComponentTypeRef::Instance(_)));
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    let is_instance = matches!(
                        alias.ok()?,
                        ComponentAlias::InstanceExport {
                            kind: ComponentExternalKind::Instance,
                            ..
                        }
                    );
                    next += u32::from(is_instance);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export.ok()?;
                    if is_foreign(&export) {
                        dropped.push(next);
                    }
                    next += u32::from(export.kind == ComponentExternalKind::Instance);
                }
            }
            _ => {}
        }
    }
    Some(dropped)
}

/// Copies a component but for the dropped exports.
struct Pruner {
    dropped: Vec<u32>,
    /// Components that the one at hand stands in.
    depth: u32,
}

impl Reencode for Pruner {
    type Error = Infallible;
}

impl ReencodeComponent for Pruner {
    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }

    fn component_instance_index(&mut self, index: u32) -> u32 {
        if self.depth > 0 {
            return index;
        }
        let before = self.dropped.iter().filter(|dropped| **dropped < index);
        index - u32::try_from(before.count()).unwrap_or_default()
    }

    fn parse_component_export(
        &mut self,
        exports: &mut ComponentExportSection,
        export: ComponentExport<'_>,
    ) -> Result<(), Error<Infallible>> {
        if self.depth == 0 && is_foreign(&export) {
            return Ok(());
        }
        parse_component_export(self, exports, export)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two exported instances, the second of which is contained in the first's
    /// numbering.
    const COMPONENT: &str = r#"(component
        (component $inner (instance $none) (export "none" (instance $none)))
        (instance $one (instantiate $inner))
        (export "exports" (instance $one))
        (instance $two (instantiate $inner))
        (export "guichet:service/inquiry@0.1.0" (instance $two))
    )"#;

    /// Names of what the outermost component exports.
    fn names(component: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            match payload.unwrap() {
                Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth -= 1,
                Payload::ComponentExportSection(section) if depth == 0 => {
                    names.extend(
                        section
                            .into_iter()
                            .map(|one| one.unwrap().name.name.to_owned()),
                    );
                }
                _ => {}
            }
        }
        names
    }

    #[test]
    fn foreign_instances_go_and_the_contract_stays() {
        let component = wat::parse_str(COMPONENT).unwrap();
        let pruned = without_foreign_exports(&component).unwrap();
        let mut validator = wasmparser::Validator::new();
        validator.validate_all(&pruned).unwrap();
        assert_eq!(
            names(&component),
            ["exports", "guichet:service/inquiry@0.1.0"]
        );
        assert_eq!(names(&pruned), ["guichet:service/inquiry@0.1.0"]);
        assert_eq!(without_foreign_exports(&pruned).unwrap(), pruned);
        assert_eq!(without_foreign_exports(b"\0asm"), None);
    }
}
