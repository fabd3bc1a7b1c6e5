//! What a batch has to look at before it decides, read set by set. Locks are
//! taken in one order on every node: payments by id, balances by number, and last
//! the days that have a limit. What must be unique is read under the locks.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::Moment;
use guichet_domain::books::Transfer;
use guichet_domain::id::RecordId;
use guichet_domain::planted::{Bug, planted};

use super::super::database::Connection;
use super::super::dialect;
use super::super::idempotency::{IdempotencyKey, RememberedRow};
use super::super::ledger::NewAccount;
use super::super::value::Value;
use super::command::{BillKey, Command};
use super::memory::Memory;
use super::prepared::PreparedOpen;
use super::{Refused, StoreError, statements};
use crate::canonical::sha256;

/// What the commands of a batch depend on beside the books. Deciding changes it,
/// so that a later command of the batch sees the earlier ones.
#[derive(Default)]
pub(super) struct View {
    pub(super) keys: BTreeMap<(String, String, String), RememberedRow>,
    pub(super) references: BTreeSet<(String, String)>,
    pub(super) bills: BTreeMap<Vec<u8>, RecordId>,
    pub(super) days: BTreeMap<(Vec<u8>, String), i64>,
    pub(super) payer_days: BTreeMap<(String, String, String), i64>,
    pub(super) versions: BTreeMap<RecordId, i64>,
}

impl View {
    /// Reads what the commands name; what concerns the books goes into `memory`.
    pub(super) async fn read(
        connection: &mut Connection,
        memory: &mut Memory,
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
        memory.begin(connection).await?;
        memory
            .learn_accounts(connection, &wanted.accounts, &wanted.new_accounts)
            .await?;
        memory
            .learn_transfers(connection, &wanted.transfers, &wanted.pending)
            .await?;
        dialect::lock_names(connection, &day_locks(&wanted.days, &wanted.payer_days)).await?;
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
        let payers: Vec<Vec<Value>> = wanted
            .payer_days
            .iter()
            .map(|(client, subject, date)| {
                vec![(*client).into(), (*subject).into(), (*date).into()]
            })
            .collect();
        for row in statements::READ_PAYER_DAYS
            .fetch(connection, &payers)
            .await?
        {
            let text = |position| row.text(position).map(str::to_owned);
            self.payer_days
                .insert((text(0)?, text(1)?, text(2)?), row.int(3)?);
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

impl View {
    pub(super) fn check_uniqueness(&self, open: &PreparedOpen) -> Result<(), Refused> {
        if let Some(reference) = &open.client_reference {
            let at = (open.client.as_str().to_owned(), reference.clone());
            if self.references.contains(&at) {
                return Err(Refused::ReferenceReused);
            }
        }
        let taken = |key: &BillKey| self.bills.get(&key.bytes);
        if let Some(payment) = open.bill_keys.iter().find_map(taken)
            && !planted(Bug::BillTwice)
        {
            return Err(Refused::BillInPayment(payment.clone()));
        }
        if let Some(day) = &open.day {
            let at = (day.account_key.clone(), day.date.clone());
            let spent = self.days.get(&at).copied().unwrap_or(0);
            if spent.saturating_add(day.amount) > day.limit {
                return Err(Refused::AboveDayLimit);
            }
        }
        if let Some(day) = &open.payer_day {
            let spent = self.payer_days.get(&day.key()).copied().unwrap_or(0);
            if spent.saturating_add(day.amount) > day.limit {
                return Err(Refused::AbovePayerLimit);
            }
        }
        Ok(())
    }

    /// Lets later commands of the batch see that this payment was opened.
    pub(super) fn count_in(&mut self, open: &PreparedOpen) {
        if let Some(reference) = &open.client_reference {
            self.references
                .insert((open.client.as_str().to_owned(), reference.clone()));
        }
        if let Some(day) = &open.day {
            let spent = self
                .days
                .entry((day.account_key.clone(), day.date.clone()))
                .or_insert(0);
            *spent = spent.saturating_add(day.amount);
        }
        if let Some(day) = &open.payer_day {
            let spent = self.payer_days.entry(day.key()).or_insert(0);
            *spent = spent.saturating_add(day.amount);
        }
        for key in &open.bill_keys {
            self.bills.insert(key.bytes.clone(), open.payment.clone());
        }
    }
}

/// The names that a batch's commands mention, each once and sorted.
#[derive(Default)]
struct Wanted<'a> {
    keys: BTreeSet<&'a IdempotencyKey>,
    references: BTreeSet<(&'a str, &'a str)>,
    bills: BTreeSet<&'a [u8]>,
    days: BTreeSet<(&'a [u8], &'a str)>,
    payer_days: BTreeSet<(&'a str, &'a str, &'a str)>,
    payments: BTreeSet<&'a str>,
    accounts: BTreeSet<&'a str>,
    new_accounts: Vec<(&'a NewAccount, Moment)>,
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
                let new = booking.accounts.iter().map(|new| (new, booking.at));
                wanted.new_accounts.extend(new);
            }
            match command {
                Command::Open(open) => {
                    wanted.keys.insert(&open.unique.key);
                    if let Some(reference) = &open.client_reference {
                        wanted.references.insert((open.client.as_str(), reference));
                    }
                    let bills = open.bill_keys.iter().map(|key| key.bytes.as_slice());
                    wanted.bills.extend(bills);
                    if let Some(day) = &open.day {
                        wanted.days.insert((&day.account_key, &day.date));
                    }
                    if let Some(day) = &open.payer_day {
                        wanted
                            .payer_days
                            .insert((&day.client, &day.subject, &day.date));
                    }
                }
                Command::Change(change) => {
                    wanted.payments.insert(change.payment.as_str());
                    // A change is guarded by its payment's version, so that its
                    // own transfers are new.
                    wanted.add_pending(&change.transfers);
                }
                Command::Ledger(ledger) | Command::Told(ledger, _) => {
                    let ids = ledger.transfers.iter().map(|transfer| transfer.id.as_str());
                    wanted.transfers.extend(ids);
                    wanted.add_pending(&ledger.transfers);
                }
                Command::Statements(_)
                | Command::Recorded(_)
                | Command::Claim(_)
                | Command::Stop => {}
            }
        }
        wanted
    }

    fn add_pending(&mut self, transfers: &'a [Transfer]) {
        for pending in transfers.iter().filter_map(|one| one.pending.as_ref()) {
            self.transfers.insert(pending.as_str());
            self.pending.insert(pending.as_str());
        }
    }
}

/// Numbers for the days that have a limit: of accounts, and of payers. Two nodes
/// that open payments of one day each read what the other has opened; two days that
/// share a number only wait for each other.
pub(super) fn day_locks(
    days: &BTreeSet<(&[u8], &str)>,
    payer_days: &BTreeSet<(&str, &str, &str)>,
) -> BTreeSet<i64> {
    let accounts = days
        .iter()
        .map(|(key, date)| lock_number(&[key, date.as_bytes()]));
    let payers = payer_days.iter().map(|(client, subject, date)| {
        lock_number(&[client.as_bytes(), subject.as_bytes(), date.as_bytes()])
    });
    accounts.chain(payers).collect()
}

fn lock_number(parts: &[&[u8]]) -> i64 {
    let digest = sha256(parts);
    let mut number = [0; 8];
    number.copy_from_slice(&digest.as_bytes()[..8]);
    i64::from_be_bytes(number)
}

fn list(names: &BTreeSet<&str>) -> Vec<Vec<Value>> {
    names.iter().map(|name| vec![(*name).into()]).collect()
}
