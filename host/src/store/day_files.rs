//! Which day files there are; their bytes are objects.

use guichet_domain::id::RecordId;
use guichet_domain::reconciliation::{Charset, Maker, PartyKind};
use guichet_domain::{AccountingDate, Digest, Moment};
use serde_json::json;

use super::{RecordEvent, Row, Statement, Store, StoreError};
use crate::payments::canonical::canonical_digest;

/// The most files of one list.
const LIST: u32 = 1_000;

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
             bytes, lines, totals, brought_by, created_at, charset from day_files ",
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
             form, digest, bytes, lines, totals, brought_by, created_at, charset) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
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
            ],
        );
        let told = RecordEvent {
            record: file.id.clone(),
            event: "day_file_kept".to_owned(),
            state: file.maker.as_str().to_owned(),
            content: Some(canonical_digest(&json!({
                "name": file.name,
                "digest": file.digest,
                "brought_by": file.brought_by,
            }))),
            at: file.created_at,
        };
        self.write_recorded(vec![statement], told).await.map(drop)
    }

    /// A file by its id.
    pub async fn day_file(&self, id: &RecordId) -> Result<Option<DayFileRow>, StoreError> {
        let rows = self
            .fetch(select_files!("where id = $1"), &[id.as_str().into()])
            .await?;
        rows.first().map(read).transpose()
    }

    /// A party's newest file of a day.
    pub async fn newest_day_file(
        &self,
        key: DayFileKey<'_>,
    ) -> Result<Option<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where accounting_date = $1 and maker = $2 and party_kind = $3 \
                     and party = $4 order by number desc limit 1"
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

    /// A party's file of a day with these very bytes.
    pub async fn day_file_of_digest(
        &self,
        key: DayFileKey<'_>,
        digest: Digest,
    ) -> Result<Option<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where accounting_date = $1 and maker = $2 and party_kind = $3 \
                     and party = $4 and digest = $5 order by number desc limit 1"
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

    /// The days from one on of which a bank's statement is here, oldest first.
    pub async fn days_with_statement(
        &self,
        from: AccountingDate,
    ) -> Result<Vec<AccountingDate>, StoreError> {
        let rows = self
            .fetch(
                "select distinct accounting_date from day_files where maker = 'party' \
                 and party_kind = 'bank' and accounting_date >= $1 order by accounting_date",
                &[from.to_string().into()],
            )
            .await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }

    /// The newest file that a party has ever made, whatever its day: in its form
    /// ours are written.
    pub async fn last_file_of(
        &self,
        party_kind: PartyKind,
        party: &str,
    ) -> Result<Option<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where maker = 'party' and party_kind = $1 and party = $2 \
                     order by accounting_date desc, number desc limit 1"
                ),
                &[party_kind.as_str().into(), party.into()],
            )
            .await?;
        rows.first().map(read).transpose()
    }

    /// The newest file of every party of a kind that has made one for a day.
    pub async fn party_files_of_day(
        &self,
        date: AccountingDate,
        party_kind: PartyKind,
    ) -> Result<Vec<DayFileRow>, StoreError> {
        let rows = self
            .fetch(
                select_files!(
                    "where accounting_date = $1 and maker = 'party' and party_kind = $2 \
                     and number = (select max(n.number) from day_files as n \
                     where n.accounting_date = day_files.accounting_date and n.maker = 'party' \
                     and n.party_kind = day_files.party_kind and n.party = day_files.party) \
                     order by party"
                ),
                &[date.to_string().into(), party_kind.as_str().into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// A day's files, of one party or of all, after the cursor's name.
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
                    "where accounting_date = $1 and ($2 = '' or party = $2) and name > $3 \
                     order by name limit $4"
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
    })
}
