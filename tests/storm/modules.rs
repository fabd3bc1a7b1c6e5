//! Generated modules: raw, wrapped into components, and conforming to the
//! contract, some of these with bytes changed afterwards.

use arbitrary::Unstructured;
use wasm_encoder::{ComponentBuilder, ComponentExportKind, ModuleArg};

use crate::package::{COMPONENT, WORLDS, code_files, signed};
use guichet_tests::chance::Chance;

/// The most bytes that a module is generated from.
const MATERIAL_BYTES: usize = 4_096;
/// How deep components are nested.
const DEPTH: usize = 120;

/// The bundle of a case; none where the generator gives none.
pub fn bundle(chance: &mut Chance) -> Option<Vec<u8>> {
    let component = match chance.below(10) {
        0..3 => module(chance, None)?,
        3..6 => wrapped(chance)?,
        6..9 => conforming(chance)?,
        _ => changed(chance),
    };
    signed(code_files(&component))
}

/// A module; with the imports and exports of `shape` where one is given.
fn module(chance: &mut Chance, shape: Option<&[u8]>) -> Option<Vec<u8>> {
    let size = 64 + chance.below(MATERIAL_BYTES);
    let material = chance.bytes(size);
    let foreign = shape.is_none() && chance.below(4) == 0;
    // References to the host's objects need a garbage collector.
    let references = chance.below(4) == 0;
    let config = wasm_smith::Config {
        available_imports: shape.map(<[u8]>::to_vec),
        exports: shape.map(<[u8]>::to_vec),
        max_memories: if foreign { 2 } else { 1 },
        max_memory32_bytes: 1 << 20,
        max_table_elements: 10_000,
        max_tables: 4,
        max_funcs: 60,
        max_imports: 60,
        threads_enabled: foreign,
        exceptions_enabled: foreign,
        gc_enabled: foreign,
        memory64_enabled: foreign,
        reference_types_enabled: references,
        relaxed_simd_enabled: foreign,
        custom_page_sizes_enabled: false,
        wide_arithmetic_enabled: false,
        shared_everything_threads_enabled: false,
        ..wasm_smith::Config::default()
    };
    let module = wasm_smith::Module::new(config, &mut Unstructured::new(&material)).ok()?;
    Some(module.to_bytes())
}

/// A component that holds a module, perhaps many levels deep, under names of the
/// contract or others.
fn wrapped(chance: &mut Chance) -> Option<Vec<u8>> {
    let module = module(chance, None)?;
    let mut builder = ComponentBuilder::default();
    let index = builder.core_module_raw(None, &module);
    if chance.below(2) == 0 {
        let none: [(&str, ModuleArg); 0] = [];
        builder.core_instantiate(None, index, none);
    }
    let mut component = builder.finish();
    if chance.below(3) == 0 {
        for _ in 0..chance.below(DEPTH) {
            let mut around = ComponentBuilder::default();
            around.component_raw(None, &component);
            component = around.finish();
        }
    }
    let names = [
        "guichet:service/bill-payment@0.1.0",
        "guichet:service/inquiry@0.1.0",
        "guichet:service/nothing@0.1.0",
        "guichet:host/http@0.1.0",
        "a",
    ];
    let mut outer = ComponentBuilder::default();
    let index = outer.component_raw(None, &component);
    let none: [(&str, ComponentExportKind, u32); 0] = [];
    let instance = outer.instantiate(None, index, none);
    for _ in 0..chance.below(3) {
        let name = chance.pick(&names);
        outer.export(*name, ComponentExportKind::Instance, instance, None);
    }
    Some(outer.finish())
}

/// A component with the contract's own imports and exports around random code.
fn conforming(chance: &mut Chance) -> Option<Vec<u8>> {
    let world = chance.pick(&WORLDS);
    let module = module(chance, Some(&world.shape))?;
    world.component(module)
}

/// A component that was good before some of its bytes were changed.
fn changed(chance: &mut Chance) -> Vec<u8> {
    let mut component = conforming(chance).unwrap_or_else(|| COMPONENT.clone());
    for _ in 0..=chance.below(6) {
        let position = chance.below(component.len());
        component[position] = chance.bytes(1)[0];
    }
    component
}
