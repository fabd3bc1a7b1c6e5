//! Runs a recorded call again, without the world: the transcript answers what
//! the host answered then. It proves what a plugin did; it changes nothing.

use bytes::Bytes;
use guichet_domain::Digest;
use guichet_domain::id::RecordId;
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::sign::sha256;
use guichet_sandbox::{LoadError, Replay, StoredTranscript};

use super::{Plugins, TranscriptError};
use crate::objects::{Kind, ObjectError};

/// Why a call cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// No transcript of that call.
    #[error("there is no transcript of {0}: it is unknown, or its retention has ended")]
    Unknown(RecordId),
    /// The release's data class keeps no whole transcript.
    #[error("the release keeps no whole transcript of its calls, only that {0} was called")]
    NotKept(String),
    /// The component is not installed any more.
    #[error("the component {0} is not installed here any more")]
    NoComponent(String),
    /// The transcript cannot be read.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The component cannot be loaded.
    #[error("the component cannot be loaded: {0}")]
    Load(#[from] LoadError),
}

impl Plugins {
    /// The calls made for a bill query, inquiry, credential or payment, oldest
    /// first; a call's own id stands for itself.
    pub async fn calls_of(&self, record: &RecordId) -> Result<Vec<RecordId>, ReplayError> {
        let entries = self
            .store()
            .transcripts_of(record)
            .await
            .map_err(TranscriptError::from)?;
        if entries.is_empty() {
            return Ok(vec![record.clone()]);
        }
        Ok(entries.into_iter().map(|entry| entry.call).collect())
    }

    /// Replays the call and says whether it gave the same result.
    pub async fn replay(&self, call: &RecordId) -> Result<Replay, ReplayError> {
        let kept = self.transcripts().read(call).await?;
        let transcript = match kept.ok_or_else(|| ReplayError::Unknown(call.clone()))? {
            StoredTranscript::Full(transcript) => transcript,
            StoredTranscript::Digest { headline, .. } | StoredTranscript::None(headline) => {
                return Err(ReplayError::NotKept(headline.function));
            }
        };
        let digest = transcript.component;
        let bytes = self.component(digest).await;
        let bytes = bytes.map_err(|_| ReplayError::NoComponent(digest.to_string()))?;
        let plugin = self.sandbox().load(digest, &bytes).await?;
        Ok(self.sandbox().replay(&plugin, &transcript).await)
    }

    /// The bytes of an approved component, from the bundle that brought it.
    pub async fn component(&self, digest: Digest) -> Result<Bytes, ObjectError> {
        let missing = || ObjectError::Missing(digest.to_string());
        let home = self.0.log.read(|register| register.home(digest));
        let bundle = self
            .0
            .objects
            .get(Kind::Bundle, home.ok_or_else(missing)?)
            .await?;
        let read = Bundle::read(&bundle, BundleLimits::default()).map_err(|_| missing())?;
        let mut files = read.files().map(|(_, bytes)| bytes);
        let found = files.find(|bytes| sha256(bytes) == digest);
        found
            .map(|bytes| bundle.slice_ref(bytes))
            .ok_or_else(missing)
    }
}
