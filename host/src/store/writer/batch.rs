//! One batch inside its transaction: read, decide, write. The rules of money
//! are `domain::books`'; here stand those of keys, bills and versions.

use std::collections::BTreeMap;

use guichet_domain::Currency;
use guichet_domain::books::{Movement, Recording, Transfer};
use guichet_domain::id::RecordId;
use guichet_domain::planted::{Bug, planted};

use super::super::database::Connection;
use super::super::idempotency::RememberedRow;
use super::super::ledger::kind_word;
use super::super::value::{Row, Value};
use super::command::{Booking, Command, Known, Outcome, RecordEvent, Statement};
use super::memory::Memory;
use super::prepared::{Closing, EventRow, PreparedChange, PreparedOpen};
use super::views::View;
use super::{Refused, Schedule, StoreError, statements};

/// Rows that the batch will write, by table.
#[derive(Default)]
struct Rows {
    transfers: Vec<Vec<Value>>,
    expiring: Vec<Vec<Value>>,
    payments: Vec<Vec<Value>>,
    changes: Vec<Vec<Value>>,
    keys: Vec<Vec<Value>>,
    bills: Vec<Vec<Value>>,
    closed_bills: Vec<Vec<Value>>,
    events: Vec<Vec<Value>>,
    outbox: Vec<Vec<Value>>,
    due: Vec<Vec<Value>>,
    done: Vec<Vec<Value>>,
    /// How far the touched balances moved, by the account's number.
    moved: BTreeMap<i64, Moved>,
}

/// The four sums' differences, and the newest transfer.
struct Moved {
    currency: Currency,
    sums: [i64; 4],
    last: i64,
}

/// A batch while it is decided.
struct Batch<'a> {
    memory: &'a mut Memory,
    view: View,
    rows: Rows,
}

pub(super) async fn write(
    connection: &mut Connection,
    memory: &mut Memory,
    commands: &[Command],
) -> Result<Vec<Outcome>, StoreError> {
    let view = View::read(connection, memory, commands).await?;
    let rows = Rows::default();
    let mut batch = Batch { memory, view, rows };
    let mut outcomes = Vec::with_capacity(commands.len());
    let mut told = Vec::new();
    for command in commands {
        let booked = batch.rows.transfers.len();
        outcomes.push(match command {
            Command::Open(open) => answer(batch.open(open, command)),
            Command::Change(change) => answer(batch.change(change, command)),
            Command::Ledger(_) | Command::Told(..) => {
                answer(batch.book(command).map(|()| Outcome::Done))
            }
            Command::Statements(_) | Command::Recorded(_) | Command::Claim(_) | Command::Stop => {
                Outcome::Done
            }
        });
        if let Command::Told(_, recorded) = command
            && batch.rows.transfers.len() > booked
        {
            told.push(recorded);
        }
    }
    let Batch { memory, rows, .. } = batch;
    rows.write(connection, memory.slot()).await?;
    for recorded in told {
        run(connection, &recorded.statements).await?;
        tell(connection, memory, &recorded.event).await?;
    }
    for (command, outcome) in commands.iter().zip(&mut outcomes) {
        match command {
            Command::Statements(statements) => {
                *outcome = Outcome::Rows(run(connection, statements).await?);
            }
            Command::Recorded(recorded) => {
                let found = run(connection, &recorded.statements).await?;
                if found.first().is_some_and(|rows| !rows.is_empty()) {
                    tell(connection, memory, &recorded.event).await?;
                }
                *outcome = Outcome::Rows(found);
            }
            Command::Claim(values) => {
                let text = super::super::dialect::claim(connection);
                *outcome = Outcome::Rows(vec![connection.fetch(text, values).await?]);
            }
            Command::Open(_)
            | Command::Change(_)
            | Command::Ledger(_)
            | Command::Told(..)
            | Command::Stop => {}
        }
    }
    Ok(outcomes)
}

async fn run(
    connection: &mut Connection,
    statements: &[Statement],
) -> Result<Vec<Vec<Row>>, StoreError> {
    let mut found = Vec::with_capacity(statements.len());
    for statement in statements {
        found.push(connection.fetch(statement.sql, &statement.values).await?);
    }
    Ok(found)
}

/// Adds a line to a record's history, and to the node's log.
async fn tell(
    connection: &mut Connection,
    memory: &mut Memory,
    event: &RecordEvent,
) -> Result<(), StoreError> {
    let values = [
        memory.next_event().into(),
        event.record.as_str().into(),
        event.event.as_str().into(),
        event.state.as_str().into(),
        event
            .content
            .map(|digest| digest.as_bytes().to_vec())
            .into(),
        event.at.into(),
    ];
    connection.fetch(statements::INSERT_EVENT, &values).await?;
    Ok(())
}

fn answer(result: Result<Outcome, Refused>) -> Outcome {
    result.unwrap_or_else(Outcome::Refused)
}

impl Batch<'_> {
    fn open(&mut self, open: &PreparedOpen, command: &Command) -> Result<Outcome, Refused> {
        let key = &open.unique.key;
        let at = (
            key.client.as_str().to_owned(),
            key.route.to_owned(),
            key.key.clone(),
        );
        if let Some(known) = self.view.keys.get(&at) {
            let same = known.body_digest == open.unique.body_digest;
            return if same || planted(Bug::AnyBody) {
                Ok(Outcome::Known(Known(known.clone())))
            } else {
                Err(Refused::KeyReused)
            };
        }
        self.view.check_uniqueness(open)?;
        self.book(command)?;
        let remembered = RememberedRow {
            body_digest: open.unique.body_digest.clone(),
            record: open.payment.clone(),
            sealed_response: open.sealed_response.clone(),
        };
        let mut key_row = key.values();
        key_row.extend([
            remembered.body_digest.clone().into(),
            open.payment.as_str().into(),
            remembered.sealed_response.clone().into(),
            open.at.into(),
        ]);
        if !planted(Bug::ForgottenKey) {
            self.rows.keys.push(key_row);
        }
        self.view.keys.insert(at, remembered);
        self.view.count_in(open);
        for key in &open.bill_keys {
            let payment = open.payment.as_str().into();
            let row = vec![key.bytes.clone().into(), payment, key.kept_until.into()];
            self.rows.bills.push(row);
        }
        self.rows.payments.push(open.row.clone());
        self.add_events(&open.payment, &open.events);
        if !planted(Bug::NoOutbox) {
            self.rows.outbox.push(open.outbox.clone());
        }
        Ok(Outcome::Done)
    }

    fn change(&mut self, change: &PreparedChange, command: &Command) -> Result<Outcome, Refused> {
        let stands = self.view.versions.get(&change.payment) == Some(&change.expected);
        if !stands && !planted(Bug::NoVersionGuard) {
            return Err(Refused::Stale);
        }
        self.book(command)?;
        // A second change of the same batch was computed from what stood before.
        self.view.versions.remove(&change.payment);
        let id = || -> Value { change.payment.as_str().into() };
        self.rows.changes.push(change.row.clone());
        self.add_events(&change.payment, &change.events);
        match change.closes_bills {
            Closing::StaysOpen => {}
            Closing::Applied => self.rows.closed_bills.push(vec![id(), 1_i64.into()]),
            Closing::Closes => self.rows.closed_bills.push(vec![id(), 0_i64.into()]),
        }
        match &change.schedule {
            Schedule::Keep => {}
            Schedule::Due(at, tries) => {
                self.rows.due.push(vec![
                    id(),
                    change.service.as_str().into(),
                    (*at).into(),
                    (*tries).into(),
                ]);
            }
            Schedule::Done => self.rows.done.push(vec![id()]),
        }
        Ok(Outcome::Done)
    }

    /// Lets the books decide, and collects what they say.
    fn book(&mut self, command: &Command) -> Result<(), Refused> {
        let Some(booking) = command.booking() else {
            return Ok(());
        };
        let recordings = self.memory.books.record(booking.transfers, booking.at)?;
        for (transfer, recording) in booking.transfers.iter().zip(recordings) {
            if let Recording::New(movement) = recording {
                self.enter(transfer, movement, &booking);
            }
        }
        Ok(())
    }

    fn enter(&mut self, transfer: &Transfer, movement: Movement, booking: &Booking<'_>) {
        let (debit, credit) = (&transfer.debit, &transfer.credit);
        let ended = transfer.pending.as_ref();
        let ended = ended.and_then(|pending| self.memory.position(pending));
        let number = |id| self.memory.account(id).map(|known| known.number);
        // The books have found both accounts in the same memory.
        let (Some(from), Some(to)) = (number(debit), number(credit)) else {
            return;
        };
        let (position, debit_previous, credit_previous) =
            self.memory.chain(&transfer.id, debit, credit);
        self.rows.transfers.push(vec![
            position.into(),
            transfer.id.as_str().into(),
            kind_word(transfer.kind).into(),
            from.into(),
            to.into(),
            transfer.amount.minor_units().into(),
            ended.into(),
            transfer.expires_at.into(),
            debit_previous.into(),
            credit_previous.into(),
            booking.payment.map(|id| id.as_str().to_owned()).into(),
            booking.at.into(),
        ]);
        if let Some(at) = transfer.expires_at {
            let row = vec![at.into(), transfer.id.as_str().into()];
            self.rows.expiring.push(row);
        }
        for (number, side) in [(from, 0), (to, 2)] {
            let moved = self.rows.moved.entry(number).or_insert_with(|| Moved {
                currency: transfer.amount.currency(),
                sums: [0; 4],
                last: 0,
            });
            moved.sums[side] += movement.pending;
            moved.sums[side + 1] += movement.posted;
            moved.last = position;
        }
    }

    fn add_events(&mut self, record: &RecordId, events: &[EventRow]) {
        for event in events {
            self.rows.events.push(vec![
                self.memory.next_event().into(),
                record.as_str().into(),
                event.number.into(),
                event.event.as_str().into(),
                event.state.as_str().into(),
                event.attempt.into(),
                event
                    .content
                    .map(|digest| digest.as_bytes().to_vec())
                    .into(),
                event.at.into(),
            ]);
        }
    }
}

impl Rows {
    /// Order matters: what is referred to stands before what refers to it.
    async fn write(self, connection: &mut Connection, slot: u8) -> Result<(), StoreError> {
        let mut booked: BTreeMap<Currency, [i64; 4]> = BTreeMap::new();
        let mut balances = Vec::with_capacity(self.moved.len());
        for (number, moved) in self.moved {
            let mut row: Vec<Value> = vec![number.into()];
            row.extend(moved.sums.map(Value::from));
            row.push(moved.last.into());
            balances.push(row);
            let total = booked.entry(moved.currency).or_default();
            for (total, sum) in total.iter_mut().zip(moved.sums) {
                *total += sum;
            }
        }
        let booked: Vec<Vec<Value>> = booked
            .into_iter()
            .map(|(currency, sums)| {
                let mut row: Vec<Value> = vec![u32::from(slot).into(), currency.as_str().into()];
                row.extend(sums.map(Value::from));
                row
            })
            .collect();
        statements::UPDATE_BALANCES
            .execute(connection, &balances)
            .await?;
        statements::INSERT_TRANSFERS
            .execute(connection, &self.transfers)
            .await?;
        statements::INSERT_EXPIRING
            .execute(connection, &self.expiring)
            .await?;
        statements::ADD_BOOKED.execute(connection, &booked).await?;
        statements::INSERT_PAYMENTS
            .execute(connection, &self.payments)
            .await?;
        statements::UPDATE_PAYMENTS
            .execute(connection, &self.changes)
            .await?;
        statements::INSERT_KEYS
            .execute(connection, &self.keys)
            .await?;
        statements::DELETE_BILLS
            .execute(connection, &self.closed_bills)
            .await?;
        statements::INSERT_BILLS
            .execute(connection, &self.bills)
            .await?;
        statements::INSERT_EVENTS
            .execute(connection, &self.events)
            .await?;
        statements::INSERT_OUTBOX
            .execute(connection, &self.outbox)
            .await?;
        statements::PUT_OUTBOX
            .execute(connection, &self.due)
            .await?;
        statements::DELETE_OUTBOX
            .execute(connection, &self.done)
            .await
    }
}
