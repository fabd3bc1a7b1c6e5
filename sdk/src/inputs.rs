//! What the citizen filled in. The host has checked it against the service's
//! schema; here it is only looked up.

use crate::{Failure, locale};

/// The inputs of a call, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs(Vec<(String, String)>);

impl Inputs {
    /// Takes the contract's pairs as they are.
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of an input, trimmed; none where it is missing or blank.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        let value = value.trim();
        (!value.is_empty()).then_some(value)
    }

    /// The value of an input that must be there.
    pub fn require(&self, name: &str) -> Result<&str, Failure> {
        let message = || locale::pick("请填写此项", "Please fill this in");
        self.get(name)
            .ok_or_else(|| Failure::invalid(name, message()))
    }

    /// All pairs in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Inputs {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    }
}
