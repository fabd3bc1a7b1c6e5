//! Counts the memory and tables of a call, all instances of its component
//! together, and refuses growth beyond the limits.

use guichet_domain::room::{CORE_INSTANCES, MEMORIES, TABLES};
use wasmtime::ResourceLimiter;

use crate::limits::Limits;

/// What a call uses of its memory limits.
#[derive(Debug)]
pub(crate) struct MemoryMeter {
    memory_bytes: u64,
    memory_limit_bytes: u64,
    table_elements: u64,
    table_limit_elements: u64,
    refused: Option<String>,
}

impl MemoryMeter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: 0,
            memory_limit_bytes: limits.memory_bytes,
            table_elements: 0,
            table_limit_elements: limits.table_elements,
            refused: None,
        }
    }

    /// The first growth that was refused. A guest may live with it; where it
    /// traps afterwards this is the reason.
    pub(crate) fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    fn refuse(&mut self, what: String) -> wasmtime::Result<bool> {
        self.refused.get_or_insert(what);
        Ok(false)
    }
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let wanted = self
            .memory_bytes
            .saturating_add(desired.saturating_sub(current) as u64);
        if wanted > self.memory_limit_bytes {
            return self.refuse(format!("{} bytes of memory", self.memory_limit_bytes));
        }
        self.memory_bytes = wanted;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let wanted = self
            .table_elements
            .saturating_add(desired.saturating_sub(current) as u64);
        if wanted > self.table_limit_elements {
            return self.refuse(format!("{} table elements", self.table_limit_elements));
        }
        self.table_elements = wanted;
        Ok(true)
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES as usize
    }

    fn tables(&self) -> usize {
        TABLES as usize
    }

    fn memories(&self) -> usize {
        MEMORIES as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_count_together() {
        let limits = Limits {
            memory_bytes: 100,
            table_elements: 10,
            ..Limits::standard()
        };
        let mut meter = MemoryMeter::new(&limits);
        assert!(meter.memory_growing(0, 60, None).unwrap());
        assert!(meter.memory_growing(0, 40, None).unwrap());
        assert_eq!(meter.refused(), None);
        assert!(!meter.memory_growing(60, 61, None).unwrap());
        assert_eq!(meter.refused(), Some("100 bytes of memory"));
        assert!(meter.table_growing(0, 10, None).unwrap());
        assert!(!meter.table_growing(10, 11, None).unwrap());
    }
}
