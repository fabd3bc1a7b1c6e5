//! The audit log of each node: everything that happened to a record, in the order
//! in which the node committed it. An event is its own leaf; what is hashed is
//! its canonical form.

use aws_lc_rs::digest::{SHA256, digest};
use guichet_domain::Digest;
use guichet_domain::id::RecordId;

use super::writer::POSITIONS;
use super::{Row, Store, StoreError};
use crate::payments::view::EventView;

/// An event with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// The slot of the node whose log it stands in.
    pub log: u8,
    /// Its leaf's index in that log, from zero.
    pub index: u64,
    /// The record that it happened to.
    pub record: RecordId,
    /// What happened.
    pub event: EventView,
}

impl LoggedEvent {
    /// What the log's leaf hashes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        event_digest(&self.record, &self.event)
    }
}

/// SHA-256 over the event's canonical form (RFC 8785: sorted names, no spaces).
#[must_use]
pub fn event_digest(record: &RecordId, event: &EventView) -> Digest {
    let text = format!(
        "{{\"at\":\"{}\",\"attempt\":{},\"event\":\"{}\",\"number\":{},\"record\":\"{}\",\
         \"state\":\"{}\"}}",
        event.at, event.attempt, event.event, event.number, record, event.state
    );
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    Digest::from_bytes(bytes)
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
                "select position, record, number, event, state, attempt, at from events \
                 where position between $1 and $2 order by position limit $3",
                &[
                    (first + from).into(),
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
                "select position, record, number, event, state, attempt, at from events \
                 where record = $1 order by number limit 1000",
                &[record.as_str().into()],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<LoggedEvent, StoreError> {
    let position = row.int(0)?;
    let small = |place: usize| -> Result<u32, StoreError> {
        u32::try_from(row.int(place)?).map_err(|_| StoreError::Shape(place))
    };
    Ok(LoggedEvent {
        log: u8::try_from(position / POSITIONS).map_err(|_| StoreError::Shape(0))?,
        index: u64::try_from(position % POSITIONS).map_err(|_| StoreError::Shape(0))?,
        record: row.parsed(1)?,
        event: EventView {
            number: small(2)?,
            event: row.text(3)?.to_owned(),
            state: row.parsed(4)?,
            attempt: small(5)?,
            at: row.moment(6)?,
        },
    })
}
