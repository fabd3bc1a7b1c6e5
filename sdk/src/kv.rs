//! Small state, kept per package and service. Permission: `kv`.

use crate::host::kv as imports;

pub use crate::bindings::shared::guichet::host::kv::{Entry, Error, Scope};

/// The entry of a key.
pub fn get(scope: Scope, key: &str) -> Result<Option<Entry>, crate::Error> {
    Ok(imports::get(scope, key)?)
}

/// Writes whatever stands there; gives the new version.
pub fn put(scope: Scope, key: &str, value: &[u8]) -> Result<u64, crate::Error> {
    Ok(imports::put(scope, key, value)?)
}

/// Writes only where the version is still `expected`; none: another was first.
pub fn compare_and_swap(
    scope: Scope,
    key: &str,
    expected: Option<u64>,
    value: &[u8],
) -> Result<Option<u64>, crate::Error> {
    Ok(imports::compare_and_swap(scope, key, expected, value)?)
}

/// Removes the entry; true where there was one.
pub fn delete(scope: Scope, key: &str) -> Result<bool, crate::Error> {
    Ok(imports::delete(scope, key)?)
}
