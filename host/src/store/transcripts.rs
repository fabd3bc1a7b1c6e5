//! Index of the calls' transcripts. The transcripts themselves lie in segment
//! files.

use guichet_domain::Moment;
use guichet_domain::id::{RecordId, SubjectId};

use super::{Row, Statement, Store, StoreError};

/// Where one call's transcript lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptEntry {
    /// The call's id.
    pub call: RecordId,
    /// The service's code.
    pub service: String,
    /// The package that answered.
    pub package: String,
    /// The bill query, inquiry, credential or payment that the call belongs to.
    pub record: RecordId,
    /// Through which client.
    pub client: String,
    /// On whose behalf.
    pub subject: SubjectId,
    /// The consent it was made under; empty where none was needed.
    pub consent: String,
    /// Function of the contract.
    pub function: String,
    /// `full`, `digest` or `none`.
    pub class: String,
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

/// The columns, in the order in which `read` takes them.
macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "select call, service, package, record, client, subject, consent, function, class, \
             component, segment, position, length, created_at from transcripts ",
            $rest
        )
    };
}

const BY_CALL: &str = columns!("where call = $1");
const BY_RECORD: &str = columns!("where record = $1 order by created_at, call limit 200");
const BY_PACKAGE: &str = columns!(
    "where package = $1 and (created_at > $2 or (created_at = $2 and call > $3)) \
     and created_at < $4 order by created_at, call limit $5"
);

impl Store {
    /// Adds entries; an entry that stands already stays as it is.
    pub async fn insert_transcripts(&self, entries: &[TranscriptEntry]) -> Result<(), StoreError> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let statements = entries.iter().map(|entry| {
            Statement::new(
                "insert into transcripts (call, service, package, record, client, subject, \
                 consent, function, class, component, segment, position, length, created_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
                 on conflict (call) do nothing",
                vec![
                    entry.call.as_str().into(),
                    entry.service.as_str().into(),
                    entry.package.as_str().into(),
                    entry.record.as_str().into(),
                    entry.client.as_str().into(),
                    entry.subject.as_str().into(),
                    entry.consent.as_str().into(),
                    entry.function.as_str().into(),
                    entry.class.as_str().into(),
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
        let rows = self.fetch(BY_CALL, &[call.as_str().into()]).await?;
        rows.first().map(read).transpose()
    }

    /// A package's calls between two moments, oldest first, from behind a call on.
    pub async fn transcripts_of_package(
        &self,
        package: &str,
        (after, until): ((Moment, &str), Moment),
        limit: u32,
    ) -> Result<Vec<TranscriptEntry>, StoreError> {
        let values = [
            package.into(),
            after.0.into(),
            after.1.into(),
            until.into(),
            i64::from(limit).into(),
        ];
        let rows = self.fetch(BY_PACKAGE, &values).await?;
        rows.iter().map(read).collect()
    }

    /// Segments that hold transcripts of a class older than a moment.
    pub async fn old_segments(
        &self,
        class: &str,
        before: Moment,
    ) -> Result<Vec<String>, StoreError> {
        let rows = self
            .fetch(
                "select distinct segment from transcripts \
                 where class = $1 and created_at < $2 and segment <> '' limit 1000",
                &[class.into(), before.into()],
            )
            .await?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Lets go of a class's old transcripts in a segment; that the calls took
    /// place stays. True where nothing of the segment is left.
    pub async fn empty_segment(
        &self,
        segment: &str,
        class: &str,
        before: Moment,
    ) -> Result<bool, StoreError> {
        let update = Statement::new(
            "update transcripts set segment = '', length = 0 \
             where segment = $1 and class = $2 and created_at < $3",
            vec![segment.into(), class.into(), before.into()],
        );
        self.write(vec![update]).await?;
        let left = "select call from transcripts where segment = $1 limit 1";
        Ok(self.fetch(left, &[segment.into()]).await?.is_empty())
    }

    /// Forgets that calls before a moment took place.
    pub async fn forget_calls(&self, before: Moment) -> Result<(), StoreError> {
        let forget = Statement::new(
            "delete from transcripts where created_at < $1 and segment = ''",
            vec![before.into()],
        );
        self.write(vec![forget]).await.map(drop)
    }

    /// The calls made for a record, oldest first.
    pub async fn transcripts_of(
        &self,
        record: &RecordId,
    ) -> Result<Vec<TranscriptEntry>, StoreError> {
        let rows = self.fetch(BY_RECORD, &[record.as_str().into()]).await?;
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
        package: row.text(2)?.to_owned(),
        record: row.parsed(3)?,
        client: row.text(4)?.to_owned(),
        subject: row.parsed(5)?,
        consent: row.text(6)?.to_owned(),
        function: row.text(7)?.to_owned(),
        class: row.text(8)?.to_owned(),
        component: row.text(9)?.to_owned(),
        segment: row.text(10)?.to_owned(),
        position: number(11)?,
        length: number(12)?,
        created_at: row.moment(13)?,
    })
}
