//! The engine's settings, in one place, so that the node and the compiling
//! child agree on everything that compiled code depends on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use guichet_domain::room::{CORE_INSTANCES, MEMORIES, TABLES};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::settings::Settings;

/// Stack of the guest, engine-wide.
pub(crate) const STACK_BYTES: usize = 512 << 10;
/// Stack of a fiber: the guest's, and room for host functions on top.
const FIBER_STACK_BYTES: usize = 2 << 20;
/// What of a memory, a table and a stack stays mapped between two instances in one
/// place of the pool, cleared: giving it back and faulting it in again costs more.
const KEEP_MEMORY_BYTES: usize = 256 << 10;
const KEEP_TABLE_BYTES: usize = 8 << 10;
const KEEP_STACK_BYTES: usize = 32 << 10;
/// How many instances' other pages go back to the system at once.
const RETURNED_AT_ONCE: usize = 8;
/// How often a running guest yields.
pub(crate) const TICK: Duration = Duration::from_millis(1);

/// Everything that compiled code depends on.
fn common() -> Config {
    let mut config = Config::new();
    // Determinism: the same inputs and exchanges give the same result and fuel.
    config.consume_fuel(true);
    config.cranelift_nan_canonicalization(true);
    config.wasm_relaxed_simd(false);
    config.relaxed_simd_deterministic(true);
    // Stopping: guests yield at every tick and end at their deadline.
    config.epoch_interruption(true);
    // Synchronous guests on fibers; without concurrency a call is a third faster.
    config.concurrency_support(false);
    // Registered unwind tables make every trap slower by microseconds for each
    // loaded component.
    config.native_unwind_info(false);
    config.max_wasm_stack(STACK_BYTES);
    config.async_stack_size(FIBER_STACK_BYTES);
    config.async_stack_zeroing(true);
    config.wasm_memory64(false);
    config.wasm_multi_memory(false);
    config
}

/// For the compiling child: no pool, which would not start under a limit on
/// address space.
pub(crate) fn compiling() -> wasmtime::Result<Engine> {
    Engine::new(&common())
}

/// For calls.
pub(crate) fn calling(settings: &Settings) -> wasmtime::Result<Engine> {
    let calls = settings.calls;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls);
    pool.total_core_instances(calls.saturating_mul(8));
    pool.total_memories(calls.saturating_mul(2));
    pool.total_tables(calls.saturating_mul(6));
    pool.total_stacks(calls);
    pool.max_core_instances_per_component(CORE_INSTANCES);
    pool.max_memories_per_component(MEMORIES);
    pool.max_tables_per_component(TABLES);
    pool.table_elements(usize::try_from(settings.ceiling.table_elements).unwrap_or(usize::MAX));
    pool.max_memory_size(usize::try_from(settings.ceiling.memory_bytes).unwrap_or(usize::MAX));
    pool.linear_memory_keep_resident(KEEP_MEMORY_BYTES);
    pool.table_keep_resident(KEEP_TABLE_BYTES);
    pool.async_stack_keep_resident(KEEP_STACK_BYTES);
    // Only pages that were written are cleared, and the rest of what an instance
    // had is given back for several at once: each time costs every core.
    pool.pagemap_scan(Enabled::Auto);
    pool.decommit_batch_size(RETURNED_AT_ONCE);
    let mut config = common();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

/// Counts epochs in a thread of its own, until it is dropped.
#[derive(Debug)]
pub(crate) struct Ticker {
    running: Arc<AtomicBool>,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Self> {
        let running = Arc::new(AtomicBool::new(true));
        let (engine, watched): (_, Weak<_>) = (engine.weak(), Arc::downgrade(&running));
        std::thread::Builder::new()
            .name("guichet-epoch".to_owned())
            .spawn(move || {
                while watched
                    .upgrade()
                    .is_some_and(|running| running.load(Ordering::Relaxed))
                {
                    std::thread::sleep(TICK);
                    match engine.upgrade() {
                        Some(engine) => engine.increment_epoch(),
                        None => return,
                    }
                }
            })?;
        Ok(Self { running })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.running.store(false, Ordering::Relaxed);
    }
}
