//! Index of the calls' transcripts. The transcripts themselves lie in segment
//! files.

use guichet_domain::Moment;
use guichet_domain::id::RecordId;

use super::{Row, Statement, Store, StoreError};

/// Where one call's transcript lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptEntry {
    /// The call's id.
    pub call: RecordId,
    /// The service's code.
    pub service: String,
    /// The bill query, inquiry, credential or payment that the call belongs to.
    pub record: RecordId,
    /// Digest of the component.
    pub component: String,
    /// Segment file.
    pub segment: String,
    /// Byte position in it.
    pub position: u64,
    /// Bytes.
    pub length: u64,
    /// When.
    pub created_at: Moment,
}

const COLUMNS_BY_CALL: &str = "select call, service, record, component, segment, position, \
    length, created_at from transcripts where call = $1";
const COLUMNS_BY_RECORD: &str = "select call, service, record, component, segment, position, \
    length, created_at from transcripts where record = $1 order by created_at, call limit 200";

impl Store {
    /// Adds entries; an entry that stands already stays as it is.
    pub async fn insert_transcripts(&self, entries: &[TranscriptEntry]) -> Result<(), StoreError> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let statements = entries.iter().map(|entry| {
            Statement::new(
                "insert into transcripts (call, service, record, component, segment, position, \
                 length, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
                 on conflict (call) do nothing",
                vec![
                    entry.call.as_str().into(),
                    entry.service.as_str().into(),
                    entry.record.as_str().into(),
                    entry.component.as_str().into(),
                    entry.segment.as_str().into(),
                    number(entry.position).into(),
                    number(entry.length).into(),
                    entry.created_at.into(),
                ],
            )
        });
        self.write(statements.collect()).await.map(drop)
    }

    /// The entry of a call.
    pub async fn transcript(&self, call: &RecordId) -> Result<Option<TranscriptEntry>, StoreError> {
        let rows = self.fetch(COLUMNS_BY_CALL, &[call.as_str().into()]).await?;
        rows.first().map(read).transpose()
    }

    /// The calls made for a record, oldest first.
    pub async fn transcripts_of(
        &self,
        record: &RecordId,
    ) -> Result<Vec<TranscriptEntry>, StoreError> {
        let rows = self
            .fetch(COLUMNS_BY_RECORD, &[record.as_str().into()])
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<TranscriptEntry, StoreError> {
    let number = |position| {
        row.int(position)
            .and_then(|number| u64::try_from(number).map_err(|_| StoreError::Shape(position)))
    };
    Ok(TranscriptEntry {
        call: row.parsed(0)?,
        service: row.text(1)?.to_owned(),
        record: row.parsed(2)?,
        component: row.text(3)?.to_owned(),
        segment: row.text(4)?.to_owned(),
        position: number(5)?,
        length: number(6)?,
        created_at: row.moment(7)?,
    })
}
