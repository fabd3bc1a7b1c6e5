//! The catalogue as doors see it: services, releases and the taxonomy of what
//! this node serves now. Searching is the registry's; calling is `plugins`'.

use std::collections::BTreeMap;
use std::sync::Arc;

use guichet_domain::id::ServiceCode;
use guichet_registry::admit::Admission;

use crate::plugins::{Calls, Entry, Plugins, Shelf};

/// What there is to pay and to ask. Cheap to clone.
#[derive(Clone)]
pub struct Catalogue {
    plugins: Plugins,
}

impl Catalogue {
    /// Over the plugin room.
    #[must_use]
    pub const fn new(plugins: Plugins) -> Self {
        Self { plugins }
    }

    /// Everything that is served now, searchable.
    #[must_use]
    pub fn shelf(&self) -> Arc<Shelf> {
        self.plugins.shelf()
    }

    /// How many services there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shelf().catalogue().entries().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A service with its release.
    #[must_use]
    pub fn service(&self, code: &ServiceCode) -> Option<Entry> {
        self.plugins.entry(code)
    }

    /// Releases that are admitted here.
    #[must_use]
    pub fn releases(&self) -> Vec<Arc<Admission>> {
        self.plugins.shelf().admissions().cloned().collect()
    }

    /// Counts of this node's plugin calls by package.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, Calls> {
        self.plugins.figures()
    }

    /// Transcripts that were given up because too many waited.
    #[must_use]
    pub fn lost_transcripts(&self) -> u64 {
        self.plugins.transcripts().lost()
    }
}
