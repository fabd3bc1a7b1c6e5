//! One batch inside its transaction: read, decide, write. The rules of money
//! are `domain::books`'; here stand those of keys, bills and versions.

use std::collections::BTreeMap;

use guichet_domain::books::Recording;
use guichet_domain::id::AccountId;

use super::super::database::Connection;
use super::super::idempotency::RememberedRow;
use super::super::ledger::transfer_values;
use super::super::value::Value;
use super::command::{Booking, Closing, Command, Known, Outcome, PreparedChange, PreparedOpen};
use super::views::View;
use super::{Refused, Schedule, StoreError, statements};

/// Rows that the batch will write, by table.
#[derive(Default)]
struct Rows {
    accounts: Vec<Vec<Value>>,
    transfers: Vec<Vec<Value>>,
    payments: Vec<Vec<Value>>,
    changes: Vec<Vec<Value>>,
    keys: Vec<Vec<Value>>,
    bills: Vec<Vec<Value>>,
    closed_bills: Vec<Vec<Value>>,
    events: Vec<Vec<Value>>,
    leaves: Vec<Vec<Value>>,
    outbox: Vec<Vec<Value>>,
    due: Vec<Vec<Value>>,
    done: Vec<Vec<Value>>,
    /// How far the touched accounts moved: the four sums' differences.
    moved: BTreeMap<AccountId, [i64; 4]>,
}

pub(super) async fn write(
    connection: &mut Connection,
    commands: &[Command],
) -> Result<Vec<Outcome>, StoreError> {
    let mut view = View::read(connection, commands).await?;
    let mut rows = Rows::default();
    let mut outcomes = Vec::with_capacity(commands.len());
    for command in commands {
        outcomes.push(match command {
            Command::Open(open) => decide_open(&mut view, &mut rows, open, command),
            Command::Change(change) => decide_change(&mut view, &mut rows, change, command),
            Command::Ledger(_) => answer(book(&mut view, &mut rows, command)),
            Command::Statements(_) | Command::Claim(_) | Command::Stop => Outcome::Done,
        });
    }
    rows.write(connection).await?;
    for (command, outcome) in commands.iter().zip(&mut outcomes) {
        match command {
            Command::Statements(statements) => {
                let mut found = Vec::with_capacity(statements.len());
                for statement in statements {
                    found.push(connection.fetch(statement.sql, &statement.values).await?);
                }
                *outcome = Outcome::Rows(found);
            }
            Command::Claim(values) => {
                let text = super::super::dialect::claim(connection);
                *outcome = Outcome::Rows(vec![connection.fetch(text, values).await?]);
            }
            Command::Open(_) | Command::Change(_) | Command::Ledger(_) | Command::Stop => {}
        }
    }
    Ok(outcomes)
}

fn answer(result: Result<(), Refused>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(refused) => Outcome::Refused(refused),
    }
}

fn decide_open(
    view: &mut View,
    rows: &mut Rows,
    open: &PreparedOpen,
    command: &Command,
) -> Outcome {
    let key = &open.unique.key;
    let at = (
        key.client.as_str().to_owned(),
        key.route.to_owned(),
        key.key.clone(),
    );
    if let Some(known) = view.keys.get(&at) {
        return if known.body_digest == open.unique.body_digest {
            Outcome::Known(Known(known.clone()))
        } else {
            Outcome::Refused(Refused::KeyReused)
        };
    }
    if let Err(refused) = check_uniqueness(view, open) {
        return Outcome::Refused(refused);
    }
    if let Err(refused) = book(view, rows, command) {
        return Outcome::Refused(refused);
    }
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
    rows.keys.push(key_row);
    view.keys.insert(at, remembered);
    if let Some(reference) = &open.client_reference {
        view.references
            .insert((open.client.as_str().to_owned(), reference.clone()));
    }
    if let Some(day) = &open.day {
        let spent = view
            .days
            .entry((day.account_key.clone(), day.date.clone()))
            .or_insert(0);
        *spent = spent.saturating_add(day.amount);
    }
    for key in &open.bill_keys {
        view.bills.insert(key.clone(), open.payment.clone());
        rows.bills
            .push(vec![key.clone().into(), open.payment.as_str().into()]);
    }
    rows.payments.push(open.row.clone());
    rows.events.extend(open.events.iter().cloned());
    rows.leaves.extend(open.leaves.iter().cloned());
    rows.outbox.push(open.outbox.clone());
    Outcome::Done
}

fn check_uniqueness(view: &View, open: &PreparedOpen) -> Result<(), Refused> {
    if let Some(reference) = &open.client_reference {
        let at = (open.client.as_str().to_owned(), reference.clone());
        if view.references.contains(&at) {
            return Err(Refused::ReferenceReused);
        }
    }
    if let Some(payment) = open.bill_keys.iter().find_map(|key| view.bills.get(key)) {
        return Err(Refused::BillInPayment(payment.clone()));
    }
    if let Some(day) = &open.day {
        let at = (day.account_key.clone(), day.date.clone());
        let spent = view.days.get(&at).copied().unwrap_or(0);
        if spent.saturating_add(day.amount) > day.limit {
            return Err(Refused::AboveDayLimit);
        }
    }
    Ok(())
}

fn decide_change(
    view: &mut View,
    rows: &mut Rows,
    change: &PreparedChange,
    command: &Command,
) -> Outcome {
    if view.versions.get(&change.payment) != Some(&change.expected) {
        return Outcome::Refused(Refused::Stale);
    }
    if let Err(refused) = book(view, rows, command) {
        return Outcome::Refused(refused);
    }
    // A second change of the same batch was computed from what stood before.
    view.versions.remove(&change.payment);
    let id = || -> Value { change.payment.as_str().into() };
    rows.changes.push(change.row.clone());
    rows.events.extend(change.events.iter().cloned());
    rows.leaves.extend(change.leaves.iter().cloned());
    if change.closes_bills == Closing::Closes {
        rows.closed_bills.push(vec![id()]);
    }
    match &change.schedule {
        Schedule::Keep => {}
        Schedule::Due(at, tries) => {
            rows.due.push(vec![
                id(),
                change.service.as_str().into(),
                (*at).into(),
                (*tries).into(),
            ]);
        }
        Schedule::Done => rows.done.push(vec![id()]),
    }
    Outcome::Done
}

/// Lets the books decide, and collects what they say.
fn book(view: &mut View, rows: &mut Rows, command: &Command) -> Result<(), Refused> {
    let Some(booking) = command.booking() else {
        return Ok(());
    };
    for new in booking.accounts {
        if view.books.account(&new.account.id).is_none() {
            view.books.put_account(new.account.clone());
            // Written even if the command is refused after all: an empty
            // account harms nobody.
            rows.accounts.push(new.values(booking.at));
        }
    }
    let before = sums(view, &booking);
    let recordings = view.books.record(booking.transfers)?;
    for (id, after) in sums(view, &booking) {
        let moved = rows.moved.entry(id.clone()).or_insert([0; 4]);
        let before = before.get(&id).copied().unwrap_or([0; 4]);
        for (moved, (after, before)) in moved.iter_mut().zip(after.into_iter().zip(before)) {
            *moved += after - before;
        }
    }
    for (transfer, recording) in booking.transfers.iter().zip(recordings) {
        if recording == Recording::New {
            rows.transfers
                .push(transfer_values(transfer, booking.payment, booking.at));
        }
    }
    Ok(())
}

fn sums(view: &View, booking: &Booking<'_>) -> BTreeMap<AccountId, [i64; 4]> {
    booking
        .touched()
        .filter_map(|id| view.books.account(id))
        .map(|account| {
            let sums = [
                account.debits_pending,
                account.debits_posted,
                account.credits_pending,
                account.credits_posted,
            ];
            (account.id.clone(), sums)
        })
        .collect()
}

impl Rows {
    /// Order matters: what is referred to stands before what refers to it.
    async fn write(self, connection: &mut Connection) -> Result<(), StoreError> {
        let moved: Vec<Vec<Value>> = self
            .moved
            .into_iter()
            .filter(|(_, moved)| moved.iter().any(|sum| *sum != 0))
            .map(|(id, moved)| {
                let mut row: Vec<Value> = vec![id.as_str().into()];
                row.extend(moved.map(Value::from));
                row
            })
            .collect();
        statements::INSERT_ACCOUNTS
            .execute(connection, &self.accounts)
            .await?;
        statements::UPDATE_ACCOUNTS
            .execute(connection, &moved)
            .await?;
        statements::INSERT_TRANSFERS
            .execute(connection, &self.transfers)
            .await?;
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
        statements::INSERT_LEAVES
            .execute(connection, &self.leaves)
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
