//! The money commands: sealed and prepared in the caller's task, so that the
//! writer, which everybody shares, only has to collect.

use aws_lc_rs::digest::{SHA256, digest};
use guichet_domain::id::RecordId;
use guichet_domain::payment::State;
use guichet_domain::{Digest, Moment};

use super::idempotency::RESPONSE;
use super::writer::{Command, Opened, Outcome, PreparedChange, PreparedOpen};
use super::{LedgerCommand, OpenPayment, PaymentChange, Refused, Store, StoreError, Value};
use crate::payments::view::EventView;

impl Store {
    /// Opens a payment with all that belongs to it, or says which rule forbids it.
    pub async fn open_payment(
        &self,
        open: &OpenPayment,
    ) -> Result<Result<Opened, Refused>, StoreError> {
        let key = self
            .subject_key(&open.row.subject, open.row.created_at)
            .await?;
        let sealed = key.seal(RESPONSE, &open.response)?.into_bytes();
        let prepared = PreparedOpen::new(open, open.row.insert_values(&key)?, sealed, self.node());
        match self.order(Command::Open(Box::new(prepared))).await? {
            Outcome::Done => Ok(Ok(Opened::Made)),
            Outcome::Known(known) => {
                let remembered = self.open_remembered(known.0, &open.row.subject).await?;
                Ok(Ok(Opened::Remembered(remembered)))
            }
            Outcome::Refused(refused) => Ok(Err(refused)),
            Outcome::Rows(_) => Err(StoreError::RolledBack("unexpected rows".to_owned())),
        }
    }

    /// Changes a payment where it still stands at the expected version.
    pub async fn change_payment(
        &self,
        change: &PaymentChange,
    ) -> Result<Result<(), Refused>, StoreError> {
        let key = self.existing_key(&change.next.subject).await?;
        let prepared = PreparedChange::new(change, change.next.changing_values(&key)?);
        plain(self.order(Command::Change(Box::new(prepared))).await?)
    }

    /// Records transfers, all or none.
    pub async fn record_transfers(
        &self,
        command: LedgerCommand,
    ) -> Result<Result<(), Refused>, StoreError> {
        plain(self.order(Command::Ledger(Box::new(command))).await?)
    }
}

fn plain(outcome: Outcome) -> Result<Result<(), Refused>, StoreError> {
    match outcome {
        Outcome::Done => Ok(Ok(())),
        Outcome::Refused(refused) => Ok(Err(refused)),
        Outcome::Rows(_) | Outcome::Known(_) => {
            Err(StoreError::RolledBack("unexpected rows".to_owned()))
        }
    }
}

/// Rows of the history and their audit leaves; `version` is that of the last one.
pub(super) fn history(
    payment: &RecordId,
    version: i64,
    attempt: u32,
    events: &[(String, State)],
    at: Moment,
) -> (Vec<Vec<Value>>, Vec<Vec<Value>>) {
    let first = version - i64::try_from(events.len()).unwrap_or(0) + 1;
    let mut rows = Vec::with_capacity(events.len());
    let mut leaves = Vec::with_capacity(events.len());
    for (number, (event, state)) in (first..).zip(events) {
        let row: Vec<Value> = vec![
            payment.as_str().into(),
            number.into(),
            event.as_str().into(),
            state.as_str().into(),
            attempt.into(),
            at.into(),
        ];
        leaves.push(vec![
            format!("{payment}:{number:04}").into(),
            payment.as_str().into(),
            leaf_digest(payment, number, event, *state, attempt, at)
                .as_bytes()
                .to_vec()
                .into(),
            at.into(),
        ]);
        rows.push(row);
    }
    (rows, leaves)
}

/// The digest that an event's audit leaf must bear.
#[must_use]
pub fn event_digest(payment: &RecordId, event: &EventView) -> Digest {
    let number = i64::from(event.number);
    leaf_digest(
        payment,
        number,
        &event.event,
        event.state,
        event.attempt,
        event.at,
    )
}

/// SHA-256 over the event's canonical form (RFC 8785: sorted names, no spaces).
fn leaf_digest(
    payment: &RecordId,
    number: i64,
    event: &str,
    state: State,
    attempt: u32,
    at: Moment,
) -> Digest {
    let text = format!(
        "{{\"at\":\"{at}\",\"attempt\":{attempt},\"event\":\"{event}\",\"number\":{number},\
         \"payment\":\"{payment}\",\"state\":\"{state}\"}}"
    );
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    Digest::from_bytes(bytes)
}
