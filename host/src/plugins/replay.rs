//! Runs a recorded call again, without the world: the transcript answers what
//! the host answered then. It proves what a plugin did; it changes nothing.

use guichet_domain::id::RecordId;
use guichet_sandbox::{LoadError, Replay};

use super::{Kept, Plugins, TranscriptError};

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
            Kept::Full(transcript) => transcript,
            Kept::Digest { function, .. } | Kept::None { function } => {
                return Err(ReplayError::NotKept(function));
            }
        };
        let shelf = self.shelf();
        let digest = transcript.component;
        let bytes = shelf
            .admissions()
            .filter(|admission| admission.component.digest == digest)
            .find_map(|admission| admission.component_bytes.as_deref())
            .ok_or_else(|| ReplayError::NoComponent(digest.to_string()))?;
        let plugin = self.sandbox().load(digest, bytes).await?;
        Ok(self.sandbox().replay(&plugin, &transcript).await)
    }
}
