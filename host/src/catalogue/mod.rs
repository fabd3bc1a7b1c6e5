//! The catalogue as doors see it: services, releases and the taxonomy of what
//! this node serves now. Searching is the registry's; calling is `plugins`'.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use guichet_domain::Moment;
use guichet_domain::id::{PersonId, RecordId, ServiceCode};
use guichet_registry::PackageName;
use guichet_registry::admit::Admission;

use crate::plugins::{Access, Calls, Entry, Plugins, ReadingError, Shelf, StoredTranscript};
use crate::store::StoreError;

/// How long whoever has changed the catalogue waits until it is served.
const CATCHING_UP: Duration = Duration::from_secs(5);

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

    /// Serves what the log says by now, as far as that takes no longer than a
    /// caller should wait; the rest follows by itself.
    pub async fn catch_up(&self) {
        match tokio::time::timeout(CATCHING_UP, self.plugins.refresh()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the catalogue could not be refreshed"),
            Err(_) => tracing::info!("the catalogue is still being refreshed"),
        }
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

    /// A package's calls, for its publisher.
    pub async fn accesses(
        &self,
        package: &PackageName,
        span: ((Moment, &str), Moment),
        limit: u32,
    ) -> Result<Vec<Access>, StoreError> {
        self.plugins.accesses(package, span, limit).await
    }

    /// What is kept of a call, for one of the two who agreed to read it.
    pub async fn read_transcript(
        &self,
        person: &PersonId,
        call: &RecordId,
    ) -> Result<StoredTranscript, ReadingError> {
        self.plugins.read_transcript(person, call).await
    }

    /// Transcripts that were given up because too many waited.
    #[must_use]
    pub fn lost_transcripts(&self) -> u64 {
        self.plugins.transcripts().lost()
    }
}
