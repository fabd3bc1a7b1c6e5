//! Whether a component fits into a place of the sandbox: its core instances,
//! memories and tables, counted as the sandbox lays them out. Code of its own
//! stands only in its outermost part, so that it can be counted without putting
//! the component together.

use guichet_domain::room::{CORE_INSTANCES, MEMORIES, MEMORY_BYTES, TABLE_ELEMENTS, TABLES};
use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind, Instance,
    MemoryType, Parser, Payload, TableType,
};

use super::{InspectError, invalid};

const PAGE_BYTES: u64 = 64 << 10;

/// What one module, or all core instances together, need.
#[derive(Debug, Clone, Copy, Default)]
struct Needs {
    instances: u32,
    memories: u32,
    tables: u32,
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Module,
    Component,
}

/// Counts a valid component.
pub(super) fn check(bytes: &[u8]) -> Result<(), InspectError> {
    let mut within = Vec::new();
    let mut modules: Vec<Needs> = Vec::new();
    let mut all = Needs::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| invalid(&error))? {
            Payload::ModuleSection { .. } if within.contains(&Part::Component) => {
                return Err(InspectError::Nested);
            }
            Payload::ModuleSection { .. } => {
                within.push(Part::Module);
                modules.push(Needs::default());
            }
            Payload::ComponentSection { .. } => within.push(Part::Component),
            Payload::End(_) => drop(within.pop()),
            Payload::MemorySection(section) => {
                for memory in section {
                    add_memory(modules.last_mut(), memory)?;
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    add_table(modules.last_mut(), table.map(|table| table.ty))?;
                }
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    let instance = instance.map_err(|error| invalid(&error))?;
                    if let Instance::Instantiate { module_index, .. } = instance {
                        let module = modules.get(module_index as usize);
                        let outermost = module.filter(|_| within.is_empty());
                        all.add(outermost.ok_or(InspectError::Nested)?);
                    }
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    if brings_code(&alias.map_err(|error| invalid(&error))?) {
                        return Err(InspectError::Nested);
                    }
                }
            }
            _ => {}
        }
    }
    all.fit()
}

fn add_memory(
    module: Option<&mut Needs>,
    memory: Result<MemoryType, BinaryReaderError>,
) -> Result<(), InspectError> {
    let pages = memory.map_err(|error| invalid(&error))?.initial;
    if pages > MEMORY_BYTES / PAGE_BYTES {
        let most = MEMORY_BYTES >> 20;
        return Err(room(format!("a memory begins with more than {most} MiB")));
    }
    if let Some(module) = module {
        module.memories += 1;
    }
    Ok(())
}

fn add_table(
    module: Option<&mut Needs>,
    table: Result<TableType, BinaryReaderError>,
) -> Result<(), InspectError> {
    if table.map_err(|error| invalid(&error))?.initial > TABLE_ELEMENTS {
        let problem = format!("a table begins with more than {TABLE_ELEMENTS} elements");
        return Err(room(problem));
    }
    if let Some(module) = module {
        module.tables += 1;
    }
    Ok(())
}

/// Whether it makes a module or component known under another index.
const fn brings_code(alias: &ComponentAlias<'_>) -> bool {
    matches!(
        alias,
        ComponentAlias::InstanceExport {
            kind: ComponentExternalKind::Module | ComponentExternalKind::Component,
            ..
        } | ComponentAlias::Outer {
            kind: ComponentOuterAliasKind::CoreModule | ComponentOuterAliasKind::Component,
            ..
        }
    )
}

const fn room(problem: String) -> InspectError {
    InspectError::Room(problem)
}

impl Needs {
    const fn add(&mut self, module: &Self) {
        self.instances = self.instances.saturating_add(1);
        self.memories = self.memories.saturating_add(module.memories);
        self.tables = self.tables.saturating_add(module.tables);
    }

    fn fit(self) -> Result<(), InspectError> {
        let all = [
            ("core instances", self.instances, CORE_INSTANCES),
            ("memories", self.memories, MEMORIES),
            ("tables", self.tables, TABLES),
        ];
        match all.into_iter().find(|(_, needed, most)| needed > most) {
            Some((what, needed, most)) => Err(room(format!(
                "it needs {needed} {what}, a place in the sandbox has {most}"
            ))),
            None => Ok(()),
        }
    }
}
