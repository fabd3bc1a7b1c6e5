//! A value that many services have in common, kept once. Reads and writes like
//! the value itself.

use std::collections::HashSet;
use std::hash::Hash;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A shared, unchangeable value.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Shared<T>(Arc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::borrow::Borrow<T> for Shared<T> {
    fn borrow(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

/// Finds equal values.
#[derive(Debug)]
pub struct Pool<T>(HashSet<Shared<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(HashSet::new())
    }
}

/// Whether an equal value was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// No, this is the first.
    First,
    /// Yes, and the value now shares it.
    Again,
}

impl<T: Eq + Hash> Pool<T> {
    /// Makes `value` share the equal one that came before it.
    pub fn share(&mut self, value: &mut Shared<T>) -> Seen {
        if let Some(known) = self.0.get(&*value) {
            *value = known.clone();
            return Seen::Again;
        }
        self.0.insert(value.clone());
        Seen::First
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_become_one() {
        let mut pool = Pool::default();
        let (mut first, mut second) = (Shared::from(vec![1, 2]), Shared::from(vec![1, 2]));
        assert_eq!(pool.share(&mut first), Seen::First);
        assert_eq!(pool.share(&mut second), Seen::Again);
        assert!(Arc::ptr_eq(&first.0, &second.0));
        assert_eq!(serde_json::to_string(&first).unwrap(), "[1,2]");
    }
}
