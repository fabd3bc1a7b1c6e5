//! Categories of services, in groups.

use guichet_domain::id::CategoryCode;
use serde::{Deserialize, Serialize};

use super::TaxonomyError;
use crate::texts::Texts;

/// A group of categories, shown under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryGroup {
    /// Its code.
    pub code: CategoryCode,
    /// What it is called.
    pub names: Texts,
    /// What belongs to it.
    #[serde(rename = "category")]
    pub categories: Vec<Category>,
}

/// A kind of business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its code.
    pub code: CategoryCode,
    /// What it is called.
    pub names: Texts,
    /// Name of its picture.
    pub icon: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    group: Vec<CategoryGroup>,
}

pub(super) fn read(text: &str) -> Result<Vec<CategoryGroup>, TaxonomyError> {
    let table: Result<Table, _> = toml::from_str(text);
    table
        .map(|table| table.group)
        .map_err(|error| TaxonomyError::Categories(error.to_string()))
}
