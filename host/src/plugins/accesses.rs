//! Who asked about whom: for each publisher the calls of its plugins, under the
//! names that the publisher itself knows; and the two-person reading of kept
//! transcripts.

use guichet_domain::Moment;
use guichet_domain::id::{PersonId, RecordId};
use guichet_registry::PackageName;
use guichet_sandbox::StoredTranscript;

use super::{Plugins, TranscriptError};
use crate::store::StoreError;

/// How long two persons' leave to read lasts.
const READING_MS: i64 = 24 * 60 * 60 * 1_000;

/// One call of a publisher's plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Id of the call, as the plugin was told it.
    pub call: RecordId,
    /// When.
    pub at: Moment,
    /// The catalogue entry.
    pub service: String,
    /// Function of the contract.
    pub function: String,
    /// Through which client.
    pub client: String,
    /// The publisher's own name for the subject.
    pub subject: String,
    /// The publisher's own name for the consent; none where none was needed.
    pub consent: Option<String>,
    /// How much of the call is kept: `full`, `digest` or `none`.
    pub class: String,
}

/// Why a transcript may not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    /// The two persons have not agreed, or too long ago, or not this person.
    #[error(
        "two auditors must agree to read the transcript of this call first, at most a day before"
    )]
    NotAllowed,
    /// There is none.
    #[error("there is no transcript of this call: it is unknown, or its retention has ended")]
    Unknown,
    /// It cannot be read.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
}

impl Plugins {
    /// A package's calls from behind a moment and call on, oldest first.
    pub async fn accesses(
        &self,
        package: &PackageName,
        (after, until): ((Moment, &str), Moment),
        limit: u32,
    ) -> Result<Vec<Access>, StoreError> {
        let publisher = package.publisher().as_str();
        let name = |kind, id: &str| self.0.pseudonyms.of(publisher, kind, id);
        let package = package.to_string();
        let found = self
            .store()
            .transcripts_of_package(&package, (after, until), limit);
        let access = |entry: crate::store::TranscriptEntry| Access {
            at: entry.created_at,
            service: entry.service,
            function: entry.function,
            client: entry.client,
            subject: name("subject", entry.subject.as_str()),
            consent: (!entry.consent.is_empty()).then(|| name("consent", &entry.consent)),
            class: entry.class,
            call: entry.call,
        };
        Ok(found.await?.into_iter().map(access).collect())
    }

    /// What is kept of a call, for one of the two who agreed to read it.
    pub async fn read_transcript(
        &self,
        person: &PersonId,
        call: &RecordId,
    ) -> Result<StoredTranscript, ReadingError> {
        let now = self.0.ports.now();
        let allowed = self.0.log.read(|register| {
            register.reading(call).is_some_and(|reading| {
                reading.persons.contains(person) && now.ms_since(reading.at) < READING_MS
            })
        });
        if !allowed {
            return Err(ReadingError::NotAllowed);
        }
        tracing::warn!(%person, %call, "a transcript is read");
        let kept = self.transcripts().read(call).await?;
        kept.ok_or(ReadingError::Unknown)
    }
}
