//! Keeps the transcripts of calls: sealed under the subject's key, appended to
//! segment files off the commit path, found by an index in the store. How much
//! is kept follows the release's data class.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId, SubjectId};
use guichet_registry::manifest::DataClass;
use guichet_sandbox::{StoredTranscript, Transcript, TranscriptClass};
use tokio::sync::mpsc;

use crate::seal::Place;
use crate::store::{Store, StoreError, TranscriptEntry};

const PLACE: Place = Place {
    table: "transcripts",
    column: "segment",
};
/// Transcripts that may wait to be written.
const QUEUE: usize = 1_024;
/// Transcripts written together.
const BATCH: usize = 64;
/// How long a call waits for room in the queue before its transcript is given up.
const PATIENCE: Duration = Duration::from_millis(500);
/// A segment is closed beyond this size.
const SEGMENT_BYTES: u64 = 64 << 20;

/// One call's transcript on its way to a segment.
pub struct Recorded {
    /// The call.
    pub call: RecordId,
    /// Whose data it holds.
    pub subject: SubjectId,
    /// The catalogue entry.
    pub service: String,
    /// The package that answered.
    pub package: String,
    /// The bill query, inquiry, credential or payment that the call belongs to.
    pub record: RecordId,
    /// Through which client.
    pub client: ClientId,
    /// The consent that it was made under.
    pub consent: Option<RecordId>,
    /// How much may be kept.
    pub class: DataClass,
    /// What the call did.
    pub transcript: Transcript,
    /// When.
    pub at: Moment,
}

/// Writes and reads transcripts. Cheap to clone.
#[derive(Clone)]
pub struct Transcripts {
    queue: mpsc::Sender<Recorded>,
    lost: Arc<AtomicU64>,
    pub(super) folder: Arc<Path>,
    pub(super) store: Store,
    /// How the segments that this node still writes to begin.
    pub(super) writing: RecordId,
}

impl Transcripts {
    /// Starts the writer. Each start begins a new segment, so that nodes and
    /// restarts never write to the same file.
    pub fn start(folder: PathBuf, store: Store, segment: RecordId) -> std::io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let writer = Writer {
            folder: folder.clone(),
            prefix: segment.clone(),
            number: 0,
            written: 0,
            store: store.clone(),
        };
        tokio::spawn(writer.run(waiting, lost.clone()));
        Ok(Self {
            queue,
            lost,
            folder: folder.into(),
            store,
            writing: segment,
        })
    }

    /// Hands a transcript over; given up and counted where the writer is far behind.
    pub async fn keep(&self, recorded: Recorded) {
        if self.queue.send_timeout(recorded, PATIENCE).await.is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Transcripts that were given up since the start.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Reads the transcript of a call; none where there is none.
    pub async fn read(&self, call: &RecordId) -> Result<Option<StoredTranscript>, TranscriptError> {
        let Some(entry) = self.store.transcript(call).await? else {
            return Ok(None);
        };
        if entry.segment.is_empty() {
            return Ok(None);
        }
        let bytes = read_piece(
            &self.folder.join(&entry.segment),
            entry.position,
            entry.length,
        )?;
        let (subject, sealed) = split_record(&bytes).ok_or(TranscriptError::Damaged)?;
        let key = self
            .store
            .known_subject_key(&subject)
            .await?
            .ok_or(TranscriptError::Erased)?;
        let plain = key.open_bytes(PLACE, sealed);
        let plain = plain.map_err(|_| TranscriptError::Damaged)?;
        StoredTranscript::decode(&plain)
            .map(Some)
            .map_err(|_| TranscriptError::Damaged)
    }
}

/// Why a transcript cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptError {
    /// The index cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The segment cannot be read.
    #[error("the transcript's segment: {0}")]
    File(#[from] std::io::Error),
    /// The bytes do not open.
    #[error("the transcript is damaged")]
    Damaged,
    /// The subject's key was destroyed.
    #[error("the subject's data was erased, the transcript with it")]
    Erased,
}

struct Writer {
    folder: PathBuf,
    prefix: RecordId,
    number: u32,
    written: u64,
    store: Store,
}

impl Writer {
    async fn run(mut self, mut waiting: mpsc::Receiver<Recorded>, lost: Arc<AtomicU64>) {
        let mut batch = Vec::with_capacity(BATCH);
        while waiting.recv_many(&mut batch, BATCH).await > 0 {
            let count = batch.len() as u64;
            if let Err(error) = self.write(std::mem::take(&mut batch)).await {
                lost.fetch_add(count, Ordering::Relaxed);
                tracing::error!(%error, count, "transcripts could not be written");
            }
        }
    }

    async fn write(&mut self, batch: Vec<Recorded>) -> Result<(), TranscriptError> {
        let mut entries = Vec::with_capacity(batch.len());
        let mut bytes = Vec::new();
        if self.written > SEGMENT_BYTES {
            self.number += 1;
            self.written = 0;
        }
        let segment = format!("{}-{}.seg", self.prefix, self.number);
        for recorded in batch {
            let key = self
                .store
                .subject_key(&recorded.subject, recorded.at)
                .await?;
            let component = recorded.transcript.component.to_string();
            let function = recorded.transcript.call.question.function();
            let consent = recorded.consent.map(|consent| consent.to_string());
            let kept = recorded.transcript.prepare(kept_of(recorded.class));
            let sealed = key.seal_bytes(PLACE, kept.encode());
            let sealed = sealed.map_err(|_| TranscriptError::Damaged)?;
            let record = join_record(&recorded.subject, &sealed);
            entries.push(TranscriptEntry {
                call: recorded.call,
                service: recorded.service,
                package: recorded.package,
                record: recorded.record,
                client: recorded.client.to_string(),
                subject: recorded.subject,
                consent: consent.unwrap_or_default(),
                function: function.to_owned(),
                class: class_name(recorded.class).to_owned(),
                component,
                segment: segment.clone(),
                position: self.written + bytes.len() as u64,
                length: record.len() as u64,
                created_at: recorded.at,
            });
            bytes.extend(record);
        }
        self.written += bytes.len() as u64;
        let path = self.folder.join(&segment);
        let written = tokio::task::spawn_blocking(move || append(&path, &bytes)).await;
        written.map_err(std::io::Error::other)??;
        Ok(self.store.insert_transcripts(&entries).await?)
    }
}

/// A class's name in the index.
#[must_use]
pub const fn class_name(class: DataClass) -> &'static str {
    match class {
        DataClass::Full => "full",
        DataClass::Digest => "digest",
        DataClass::None => "none",
    }
}

const fn kept_of(class: DataClass) -> TranscriptClass {
    match class {
        DataClass::Full => TranscriptClass::Full,
        DataClass::Digest => TranscriptClass::Digest,
        DataClass::None => TranscriptClass::None,
    }
}

fn append(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(bytes)
}

fn read_piece(path: &Path, position: u64, length: u64) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(path)?;
    file.seek(SeekFrom::Start(position))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Length of the subject's id, the id, and the sealed bytes.
fn join_record(subject: &SubjectId, sealed: &[u8]) -> Vec<u8> {
    let name = subject.as_str().as_bytes();
    let length = u8::try_from(name.len()).expect("a subject's id has at most 64 bytes");
    [&[length], name, sealed].concat()
}

fn split_record(bytes: &[u8]) -> Option<(SubjectId, &[u8])> {
    let (length, rest) = bytes.split_first()?;
    let (name, sealed) = rest.split_at_checked(usize::from(*length))?;
    Some((
        SubjectId::new(std::str::from_utf8(name).ok()?).ok()?,
        sealed,
    ))
}
