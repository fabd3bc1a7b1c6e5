//! The audit log of each node: everything that happened to a record, in the order
//! in which the node committed it. An event is its own leaf; what is hashed is
//! its canonical form. Trees over the leaves are `audit`'s.

use guichet_domain::id::RecordId;
use guichet_domain::{Digest, Moment};
use serde::{Deserialize, Serialize};

use super::writer::POSITIONS;
use super::{Row, Store, StoreError};

/// An event with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// The slot of the node whose log it stands in.
    pub log: u8,
    /// Its leaf's index in that log, from zero.
    pub index: u64,
    /// What happened.
    pub entry: Entry,
}

/// What a leaf says. Serialised, it has the order of RFC 8785.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// The attempt of a payment that it belongs to, else 0.
    pub attempt: u32,
    /// SHA-256 of what it is about, where that is more than its name says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Digest>,
    /// Its name.
    pub event: String,
    /// Counts from 1 within the record.
    pub number: u32,
    /// The record that it happened to.
    pub record: RecordId,
    /// Where it led.
    pub state: String,
}

impl Entry {
    /// The canonical form (RFC 8785), which the leaf hashes.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("names, numbers and texts are always JSON")
    }
}

macro_rules! select_events {
    ($rest:literal) => {
        concat!(
            "select position, record, number, event, state, attempt, content, at from events ",
            $rest
        )
    };
}

impl Store {
    /// A log's events from this index on, in order.
    pub async fn logged_events(
        &self,
        log: u8,
        from: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        let first = i64::from(log) * POSITIONS;
        let from = i64::try_from(from).map_err(|_| StoreError::Shape(0))?;
        let rows = self
            .fetch(
                select_events!("where position between $1 and $2 order by position limit $3"),
                &[
                    first.saturating_add(from).into(),
                    (first + POSITIONS - 1).into(),
                    limit.into(),
                ],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// What happened to a record, oldest first.
    pub async fn events_of(&self, record: &RecordId) -> Result<Vec<LoggedEvent>, StoreError> {
        let rows = self
            .fetch(
                select_events!("where record = $1 order by number limit 1000"),
                &[record.as_str().into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// The first event of this name, and each one since then that led elsewhere;
    /// oldest first. However many others there are, the newest state is among them.
    pub async fn milestones_of(
        &self,
        record: &RecordId,
        first: &str,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        let rows = self
            .fetch(
                select_events!(
                    "where record = $1 and number >= \
                     (select min(number) from events where record = $1 and event = $2) \
                     and not exists (select 1 from events as earlier \
                     where earlier.record = $1 and earlier.number = events.number - 1 \
                     and earlier.state = events.state) order by number limit 1000"
                ),
                &[record.as_str().into(), first.into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// How often this has happened to a record.
    pub async fn count_events(&self, record: &RecordId, event: &str) -> Result<u64, StoreError> {
        let rows = self
            .fetch(
                "select count(*) from events where record = $1 and event = $2",
                &[record.as_str().into(), event.into()],
            )
            .await?;
        let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
        u64::try_from(count).map_err(|_| StoreError::Shape(0))
    }

    /// The logs that have events or a tree head, by their slots.
    pub async fn audit_logs(&self) -> Result<Vec<u8>, StoreError> {
        // One short look for each node that there ever was.
        let rows = self
            .fetch(
                "select slot from nodes where exists (select 1 from events where position \
                 between nodes.slot * 281474976710656 and nodes.slot * 281474976710656 + \
                 281474976710655) union select log from audit_checkpoints order by 1",
                &[],
            )
            .await?;
        let slot = |row: &Row| u8::try_from(row.int(0)?).map_err(|_| StoreError::Shape(0));
        rows.iter().map(slot).collect()
    }
}

fn read(row: &Row) -> Result<LoggedEvent, StoreError> {
    let position = row.int(0)?;
    let small = |place: usize| -> Result<u32, StoreError> {
        u32::try_from(row.int(place)?).map_err(|_| StoreError::Shape(place))
    };
    let content = match row.bytes_or_none(6)? {
        Some(bytes) => Some(bytes.try_into().map_err(|_| StoreError::Shape(6))?),
        None => None,
    };
    Ok(LoggedEvent {
        log: u8::try_from(position / POSITIONS).map_err(|_| StoreError::Shape(0))?,
        index: u64::try_from(position % POSITIONS).map_err(|_| StoreError::Shape(0))?,
        entry: Entry {
            at: row.moment(7)?,
            attempt: small(5)?,
            content: content.map(Digest::from_bytes),
            event: row.text(3)?.to_owned(),
            number: small(2)?,
            record: row.parsed(1)?,
            state: row.text(4)?.to_owned(),
        },
    })
}
