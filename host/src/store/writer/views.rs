//! What a batch has to look at before it decides, read set by set. Locks are
//! taken in one order on every node: payments, then accounts, each by id. What
//! must be unique is read under the locks.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::books::Books;
use guichet_domain::id::RecordId;

use super::super::database::Connection;
use super::super::idempotency::{IdempotencyKey, RememberedRow};
use super::super::ledger::{read_account, read_transfer};
use super::super::value::Value;
use super::command::Command;
use super::{StoreError, statements};

/// Everything that the commands of a batch depend on. Deciding changes it, so
/// that a later command of the batch sees the earlier ones.
#[derive(Default)]
pub(super) struct View {
    pub(super) keys: BTreeMap<(String, String, String), RememberedRow>,
    pub(super) references: BTreeSet<(String, String)>,
    pub(super) bills: BTreeMap<Vec<u8>, RecordId>,
    pub(super) days: BTreeMap<(Vec<u8>, String), i64>,
    pub(super) versions: BTreeMap<RecordId, i64>,
    pub(super) books: Books,
}

impl View {
    pub(super) async fn read(
        connection: &mut Connection,
        commands: &[Command],
    ) -> Result<Self, StoreError> {
        let mut view = Self::default();
        let wanted = Wanted::of(commands);
        for row in statements::READ_VERSIONS
            .fetch(connection, &list(&wanted.payments))
            .await?
        {
            view.versions.insert(row.parsed(0)?, row.int(1)?);
        }
        for row in statements::READ_ACCOUNTS
            .fetch(connection, &list(&wanted.accounts))
            .await?
        {
            view.books.put_account(read_account(&row)?);
        }
        for row in statements::READ_TRANSFERS
            .fetch(connection, &list(&wanted.transfers))
            .await?
        {
            view.books.put_transfer(read_transfer(&row)?);
        }
        for row in statements::READ_ENDERS
            .fetch(connection, &list(&wanted.pending))
            .await?
        {
            view.books.put_transfer(read_transfer(&row)?);
        }
        view.read_uniqueness(connection, &wanted).await?;
        Ok(view)
    }

    async fn read_uniqueness(
        &mut self,
        connection: &mut Connection,
        wanted: &Wanted<'_>,
    ) -> Result<(), StoreError> {
        let references: Vec<Vec<Value>> = wanted
            .references
            .iter()
            .map(|(client, text)| vec![(*client).into(), (*text).into()])
            .collect();
        for row in statements::READ_REFERENCES
            .fetch(connection, &references)
            .await?
        {
            self.references
                .insert((row.text(0)?.to_owned(), row.text(1)?.to_owned()));
        }
        let bills: Vec<Vec<Value>> = wanted
            .bills
            .iter()
            .map(|key| vec![key.to_vec().into()])
            .collect();
        for row in statements::READ_BILLS.fetch(connection, &bills).await? {
            self.bills.insert(row.bytes(0)?.to_vec(), row.parsed(1)?);
        }
        let days: Vec<Vec<Value>> = wanted
            .days
            .iter()
            .map(|(key, date)| vec![key.to_vec().into(), (*date).into()])
            .collect();
        for row in statements::READ_DAYS.fetch(connection, &days).await? {
            self.days.insert(
                (row.bytes(0)?.to_vec(), row.text(1)?.to_owned()),
                row.int(2)?,
            );
        }
        // Last of all: a request whose twin another node has just committed must
        // find its key, rather than the bill that its twin has taken.
        let keys: Vec<Vec<Value>> = wanted.keys.iter().map(|key| key.values()).collect();
        for row in statements::READ_KEYS.fetch(connection, &keys).await? {
            let at = (
                row.text(0)?.to_owned(),
                row.text(1)?.to_owned(),
                row.text(2)?.to_owned(),
            );
            self.keys.insert(at, RememberedRow::read(&row, 3)?);
        }
        Ok(())
    }
}

/// The names that a batch's commands mention, each once and sorted.
#[derive(Default)]
struct Wanted<'a> {
    keys: BTreeSet<&'a IdempotencyKey>,
    references: BTreeSet<(&'a str, &'a str)>,
    bills: BTreeSet<&'a [u8]>,
    days: BTreeSet<(&'a [u8], &'a str)>,
    payments: BTreeSet<&'a str>,
    accounts: BTreeSet<&'a str>,
    transfers: BTreeSet<&'a str>,
    pending: BTreeSet<&'a str>,
}

impl<'a> Wanted<'a> {
    fn of(commands: &'a [Command]) -> Self {
        let mut wanted = Self::default();
        for command in commands {
            if let Some(booking) = command.booking() {
                for transfer in booking.transfers {
                    wanted.accounts.insert(transfer.debit.as_str());
                    wanted.accounts.insert(transfer.credit.as_str());
                }
            }
            match command {
                Command::Open(open) => {
                    wanted.keys.insert(&open.unique.key);
                    if let Some(reference) = &open.client_reference {
                        wanted.references.insert((open.client.as_str(), reference));
                    }
                    wanted
                        .bills
                        .extend(open.bill_keys.iter().map(Vec::as_slice));
                    if let Some(day) = &open.day {
                        wanted.days.insert((&day.account_key, &day.date));
                    }
                }
                Command::Change(change) => {
                    wanted.payments.insert(change.payment.as_str());
                    wanted.add_transfers(&change.transfers);
                }
                Command::Ledger(ledger) => wanted.add_transfers(&ledger.transfers),
                Command::Statements(_) | Command::Claim(_) | Command::Stop => {}
            }
        }
        wanted
    }

    /// A new payment's transfers bear its new id and need no look.
    fn add_transfers(&mut self, transfers: &'a [guichet_domain::books::Transfer]) {
        for transfer in transfers {
            self.transfers.insert(transfer.id.as_str());
            if let Some(pending) = &transfer.pending {
                self.transfers.insert(pending.as_str());
                self.pending.insert(pending.as_str());
            }
        }
    }
}

fn list(names: &BTreeSet<&str>) -> Vec<Vec<Value>> {
    names.iter().map(|name| vec![(*name).into()]).collect()
}
