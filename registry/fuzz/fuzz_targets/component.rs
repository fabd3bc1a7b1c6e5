//! Any bytes are inspected as a component or refused, and facts agree with them.

#![no_main]

use guichet_registry::inspect::inspect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(facts) = inspect(bytes) {
        assert_eq!(facts.size_bytes, bytes.len() as u64);
        assert!(!facts.kinds.is_empty());
    }
});
