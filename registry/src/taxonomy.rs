//! The taxonomy that services refer to: regions of the country and categories
//! of services. Which services there are is the catalogue's matter.

mod category;
mod region;

use std::collections::HashMap;
use std::sync::LazyLock;

use guichet_domain::id::{CategoryCode, RegionCode};

pub use category::{Category, CategoryGroup};
pub use region::{Region, RegionLevel};

static EMBEDDED: LazyLock<Taxonomy> = LazyLock::new(|| {
    Taxonomy::read(
        include_str!("../data/regions.tsv"),
        include_str!("../data/categories.toml"),
    )
    .expect("the embedded taxonomy is tested")
});

/// All regions and categories.
#[derive(Debug)]
pub struct Taxonomy {
    regions: Vec<Region>,
    region_positions: HashMap<RegionCode, usize>,
    groups: Vec<CategoryGroup>,
    category_positions: HashMap<CategoryCode, (usize, usize)>,
}

/// Why a taxonomy's data cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxonomyError {
    /// A line of the regions that cannot be read.
    #[error("line {line} of the regions: {problem}")]
    Region {
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// Categories that cannot be read.
    #[error("categories: {0}")]
    Categories(String),
}

impl Taxonomy {
    /// The one that this version carries.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads both tables; their form stands in `registry/data/README.md`.
    pub fn read(regions: &str, categories: &str) -> Result<Self, TaxonomyError> {
        let regions = region::read(regions)?;
        let groups = category::read(categories)?;
        let region_positions = regions
            .iter()
            .enumerate()
            .map(|(position, region)| (region.code.clone(), position))
            .collect();
        let mut category_positions = HashMap::new();
        for (group, entry) in groups.iter().enumerate() {
            for (position, category) in entry.categories.iter().enumerate() {
                let place = (group, position);
                if category_positions
                    .insert(category.code.clone(), place)
                    .is_some()
                {
                    return Err(TaxonomyError::Categories(format!(
                        "{} stands there twice",
                        category.code
                    )));
                }
            }
        }
        Ok(Self {
            regions,
            region_positions,
            groups,
            category_positions,
        })
    }

    /// All regions, by code.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The region of a code.
    #[must_use]
    pub fn region(&self, code: &str) -> Option<&Region> {
        self.region_positions
            .get(code)
            .map(|position| &self.regions[*position])
    }

    /// A region and everything it lies in, up to the whole country.
    pub fn chain(&self, code: &str) -> impl Iterator<Item = &Region> {
        std::iter::successors(self.region(code), |region| {
            region
                .parent
                .as_ref()
                .and_then(|parent| self.region(parent.as_str()))
        })
    }

    /// Whether `inner` is `outer` or lies in it.
    #[must_use]
    pub fn contains(&self, outer: &str, inner: &str) -> bool {
        self.chain(inner)
            .any(|region| region.code.as_str() == outer)
    }

    /// Groups of categories, in the order in which they are shown.
    #[must_use]
    pub fn groups(&self) -> &[CategoryGroup] {
        &self.groups
    }

    /// The category of a code.
    #[must_use]
    pub fn category(&self, code: &str) -> Option<&Category> {
        let (group, position) = *self.category_positions.get(code)?;
        Some(&self.groups[group].categories[position])
    }
}

#[cfg(test)]
mod tests;
