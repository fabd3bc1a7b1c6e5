//! Which day files there are; their bytes are objects.

use guichet_domain::id::RecordId;
use guichet_domain::reconciliation::{Charset, FileState, Maker, PartyKind};
use guichet_domain::{AccountingDate, Digest, Moment};
use serde_json::json;

use super::{RecordEvent, Row, Statement, Store, StoreError};
use crate::canonical::canonical_digest;

/// The most files of one list.
const LIST: u32 = 1_000;

/// The most waiting files that are named together.
const WAITING: u32 = 1_000;

/// A day file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFileRow {
    /// Its id.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// The day it is about.
    pub date: AccountingDate,
    /// Who made it.
    pub maker: Maker,
    /// What the other party is.
    pub party_kind: PartyKind,
    /// The other party.
    pub party: String,
    /// Counts from 1 for each maker, party and day.
    pub number: u32,
    /// `csv`, `pipe`, `camt053` or `payment_order`.
    pub form: String,
    /// How characters are written.
    pub charset: Charset,
    /// Of its bytes.
    pub digest: Digest,
    /// How many.
    pub bytes: i64,
    /// Its lines.
    pub lines: i64,
    /// Net by currency: `CNY:123456`.
    pub totals: String,
    /// Who brought it, or had it made.
    pub brought_by: String,
    /// When.
    pub created_at: Moment,
    /// Whether it counts.
    pub state: FileState,
    /// Who has confirmed or rejected it.
    pub decided: Option<FileDecided>,
}

/// What a person has said about a file that waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDecided {
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
    /// Why it was rejected.
    pub reason: Option<String>,
}

/// Numbers of a party's files of a day; zero where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayFileNumbers {
    /// Of the newest that is in force.
    pub in_force: u32,
    /// The highest, whatever became of it.
    pub highest: u32,
}

/// Whose file of which day.
#[derive(Debug, Clone, Copy)]
pub struct DayFileKey<'a> {
    /// The day.
    pub date: AccountingDate,
    /// Who made it.
    pub maker: Maker,
    /// What the other party is.
    pub party_kind: PartyKind,
    /// The other party.
    pub party: &'a str,
}

macro_rules! select_files {
    ($rest:literal) => {
        concat!(
            "select id, name, accounting_date, maker, party_kind, party, number, form, digest, \
             bytes, lines, totals, brought_by, created_at, charset, state, decided_by, decided_at, reason \
             from day_files ",
            $rest
        )
    };
}

impl Store {
    /// Keeps a file, and tells the audit log which and by whom; a constraint speaks
    /// where its number is taken.
    pub async fn put_day_file(&self, file: &DayFileRow) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into day_files (id, name, accounting_date, maker, party_kind, party, number, \
             form, digest, bytes, lines, totals, brought_by, created_at, charset, state) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
             returning id",
            vec![
                file.id.as_str().into(),
                file.name.as_str().into(),
                file.date.to_string().into(),
                file.maker.as_str().into(),
                file.party_kind.as_str().into(),
                file.party.as_str().into(),
                file.number.into(),
                file.form.as_str().into(),
                file.digest.to_string().into(),
                file.bytes.into(),
                file.lines.into(),
                file.totals.as_str().into(),
                file.brought_by.as_str().into(),
                file.created_at.into(),
                file.charset.as_str().into(),
                file.state.as_str().into(),
            ],
        );
        let told = told(file, "day_file_kept", file.created_at);
        self.write_recorded(vec![statement], told).await.map(drop)
    }

    /// Keeps what a person has said about a file that waits, and tells the audit
    /// log; false where it waits no more, or cannot come into force because one
    /// with its number or a higher one has.
    pub async fn decide_day_file(&self, file: &DayFileRow) -> Result<bool, StoreError> {
        let Some(decided) = &file.decided else {
            return Ok(false);
        };
        let statement = Statement::new(
            "update day_files set state = $1, decided_by = $2, decided_at = $3, reason = $4 \
             where id = $5 and state = 'awaiting_confirmation' \
             and ($1 = 'rejected' or not exists (select 1 from day_files as n \
             where n.accounting_date = day_files.accounting_date \
             and n.maker = day_files.maker and n.party_kind = day_files.party_kind \
             and n.party = day_files.party and n.state = 'in_force' \
             and n.number >= day_files.number)) returning id",
            vec![
                file.state.as_str().into(),
                decided.by.as_str().into(),
                decided.at.into(),
                decided.reason.clone().into(),
                file.id.as_str().into(),
            ],
        );
        let told = told(file, "day_file_decided", decided.at);
        match self.write_recorded(vec![statement], told).await {
            Ok(rows) => Ok(rows.first().is_some_and(|rows| !rows.is_empty())),
            // Another node was faster with the same number.
            Err(error) if error.is_constraint() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A file by its id.
    pub async fn day_file(&self, id: &RecordId) -> Result<Option<DayFileRow>, StoreError> {
        let rows = self
            .fetch(select_files!("where id = $1"), &[id.as_str().into()])
            .await?;
        rows.first().map(read).transpose()
    }

    /// A party's file of a day that counts: the newest in force.
    pub async fn newest_day_file(
        &self,
        key: DayFileKey<'_>,
    ) -> Result<Option<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where accounting_date = $1 and maker = $2 and party_kind = $3 \
                     and party = $4 and state = 'in_force' order by number desc limit 1"
                ),
                &[
                    key.date.to_string().into(),
                    key.maker.as_str().into(),
                    key.party_kind.as_str().into(),
                    key.party.into(),
                ],
            )
            .await?;
        rows.first().map(read).transpose()
    }

    /// The numbers of a party's files of a day.
    pub async fn day_file_numbers(
        &self,
        key: DayFileKey<'_>,
    ) -> Result<DayFileNumbers, StoreError> {
        let rows = self
            .fetch(
                "select coalesce(max(case when state = 'in_force' then number end), 0), \
                 coalesce(max(number), 0) from day_files where accounting_date = $1 \
                 and maker = $2 and party_kind = $3 and party = $4",
                &[
                    key.date.to_string().into(),
                    key.maker.as_str().into(),
                    key.party_kind.as_str().into(),
                    key.party.into(),
                ],
            )
            .await?;
        let row = rows.first().ok_or(StoreError::Shape(0))?;
        let number = |place| u32::try_from(row.int(place)?).map_err(|_| StoreError::Shape(place));
        Ok(DayFileNumbers {
            in_force: number(0)?,
            highest: number(1)?,
        })
    }

    /// A party's file of a day with these very bytes that nobody has rejected.
    pub async fn day_file_of_digest(
        &self,
        key: DayFileKey<'_>,
        digest: Digest,
    ) -> Result<Option<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where accounting_date = $1 and maker = $2 and party_kind = $3 \
                     and party = $4 and digest = $5 and state <> 'rejected' \
                     order by number desc limit 1"
                ),
                &[
                    key.date.to_string().into(),
                    key.maker.as_str().into(),
                    key.party_kind.as_str().into(),
                    key.party.into(),
                    digest.to_string().into(),
                ],
            )
            .await?;
        rows.first().map(read).transpose()
    }

    /// Files of a day and the days before it that wait for a second person, the
    /// oldest days first.
    pub async fn waiting_day_files(
        &self,
        to: AccountingDate,
    ) -> Result<Vec<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where state = 'awaiting_confirmation' and accounting_date <= $1 \
                     order by accounting_date, id limit $2"
                ),
                &[to.to_string().into(), WAITING.into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// The days from one on of which a bank's statement is here, oldest first.
    pub async fn days_with_statement(
        &self,
        from: AccountingDate,
    ) -> Result<Vec<AccountingDate>, StoreError> {
        let rows = self
            .fetch(
                "select distinct accounting_date from day_files where maker = 'party' \
                 and party_kind = 'bank' and state = 'in_force' and accounting_date >= $1 \
                 order by accounting_date",
                &[from.to_string().into()],
            )
            .await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }

    /// The newest file of a party that counts, whatever its day: in its form ours
    /// are written.
    pub async fn last_file_of(
        &self,
        party_kind: PartyKind,
        party: &str,
    ) -> Result<Option<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where maker = 'party' and party_kind = $1 and party = $2 \
                     and state = 'in_force' \
                     order by accounting_date desc, number desc limit 1"
                ),
                &[party_kind.as_str().into(), party.into()],
            )
            .await?;
        rows.first().map(read).transpose()
    }

    /// The file that counts of every party of a kind that has one for a day.
    pub async fn party_files_of_day(
        &self,
        date: AccountingDate,
        party_kind: PartyKind,
    ) -> Result<Vec<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where accounting_date = $1 and maker = 'party' and party_kind = $2 \
                     and state = 'in_force' \
                     and number = (select max(n.number) from day_files as n \
                     where n.accounting_date = day_files.accounting_date and n.maker = 'party' \
                     and n.party_kind = day_files.party_kind and n.party = day_files.party \
                     and n.state = 'in_force') \
                     order by party"
                ),
                &[date.to_string().into(), party_kind.as_str().into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// A day's files as they came, of one party or of all, after the cursor's id.
    pub async fn day_files(
        &self,
        date: AccountingDate,
        party: Option<&str>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where accounting_date = $1 and ($2 = '' or party = $2) and id > $3 \
                     order by id limit $4"
                ),
                &[
                    date.to_string().into(),
                    party.unwrap_or_default().into(),
                    after.into(),
                    limit.min(LIST).into(),
                ],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

/// What the audit log is told of a file.
fn told(file: &DayFileRow, event: &str, at: Moment) -> RecordEvent {
    let decided = file.decided.as_ref();
    RecordEvent {
        record: file.id.clone(),
        event: event.to_owned(),
        state: file.state.as_str().to_owned(),
        content: Some(canonical_digest(&json!({
            "name": file.name,
            "digest": file.digest,
            "brought_by": file.brought_by,
            "decided_by": decided.map(|decided| &decided.by),
            "reason": decided.map(|decided| &decided.reason),
        }))),
        at,
    }
}

fn read(row: &Row) -> Result<DayFileRow, StoreError> {
    Ok(DayFileRow {
        id: row.parsed(0)?,
        name: row.text(1)?.to_owned(),
        date: row.parsed(2)?,
        maker: row.parsed(3)?,
        party_kind: row.parsed(4)?,
        party: row.text(5)?.to_owned(),
        number: u32::try_from(row.int(6)?).map_err(|_| StoreError::Shape(6))?,
        form: row.text(7)?.to_owned(),
        digest: row.parsed(8)?,
        bytes: row.int(9)?,
        lines: row.int(10)?,
        totals: row.text(11)?.to_owned(),
        brought_by: row.text(12)?.to_owned(),
        created_at: row.moment(13)?,
        charset: row.parsed(14)?,
        state: row.parsed(15)?,
        decided: match (row.text_or_none(16)?, row.moment_or_none(17)?) {
            (Some(by), Some(at)) => Some(FileDecided {
                by: by.to_owned(),
                at,
                reason: row.text_or_none(18)?.map(str::to_owned),
            }),
            _ => None,
        },
    })
}
