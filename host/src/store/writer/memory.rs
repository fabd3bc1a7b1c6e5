//! What the writer knows of the books: the accounts that a batch touches, with
//! their numbers and newest transfers, and the next free positions. On an
//! embedded database, which nobody else writes, it is kept from batch to batch;
//! on a server every batch reads it anew, under locks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use guichet_domain::Moment;
use guichet_domain::books::Books;
use guichet_domain::id::{AccountId, TransferId};

use super::super::database::Connection;
use super::super::ledger::{NewAccount, read_account, read_transfer};
use super::super::value::Value;
use super::{StoreError, statements};

/// Accounts remembered; beyond it the writer starts afresh.
const ACCOUNTS: usize = 200_000;
/// Positions of one node: those of different nodes never meet.
pub(in crate::store) const POSITIONS: i64 = 1 << 48;

/// An account's place in the books.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Its number.
    pub(super) number: i64,
    /// The newest transfer that touched it.
    pub(super) last: i64,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Memory {
    slot: u8,
    /// Accounts that it may know.
    most: usize,
    pub(super) books: Books,
    known: HashMap<AccountId, Known>,
    /// Positions of the transfers that this batch has read or made.
    positions: HashMap<TransferId, i64>,
    next_transfer: Option<i64>,
    next_event: Option<i64>,
    /// What the database file counted when the accounts were read.
    file_version: Option<i64>,
}

impl Memory {
    pub(super) fn new(slot: u8) -> Self {
        Self::of(slot, ACCOUNTS)
    }

    pub(super) fn of(slot: u8, most: usize) -> Self {
        Self {
            slot,
            most,
            books: Books::default(),
            known: HashMap::new(),
            positions: HashMap::new(),
            next_transfer: None,
            next_event: None,
            file_version: None,
        }
    }

    pub(super) const fn slot(&self) -> u8 {
        self.slot
    }

    /// After a failure nothing that was decided holds.
    pub(super) fn forget(&mut self) {
        *self = Self::of(self.slot, self.most);
    }

    /// Begins a batch: forgets what may have changed since the last one.
    pub(super) async fn begin(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        self.books.forget_transfers();
        self.positions.clear();
        let version = if connection.is_postgres() {
            None
        } else {
            let text = "select data_version from pragma_data_version";
            let rows = connection.fetch(text, &[]).await?;
            rows.first().map(|row| row.int(0)).transpose()?
        };
        let is_alone = version.is_some() && version == self.file_version;
        if !is_alone || self.known.len() > self.most {
            self.books = Books::default();
            self.known.clear();
        }
        if !is_alone {
            // Another process may write under this node's name: it must not be
            // able to make two transfers of one position.
            self.next_transfer = None;
            self.next_event = None;
        }
        self.file_version = version;
        self.read_positions(connection).await
    }

    async fn read_positions(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        if self.next_transfer.is_some() && self.next_event.is_some() {
            return Ok(());
        }
        let first = i64::from(self.slot) * POSITIONS;
        let rows = connection
            .fetch(
                "select (select max(position) from transfers where position between $1 and $2), \
                 (select max(position) from events where position between $1 and $2)",
                &[first.into(), (first + POSITIONS - 1).into()],
            )
            .await?;
        let row = rows.first().ok_or(StoreError::Shape(0))?;
        // Zero ends a chain of transfers, and is nobody's position.
        self.next_transfer = Some(row.int_or_none(0)?.unwrap_or(first) + 1);
        self.next_event = Some(row.int_or_none(1)?.map_or(first, |last| last + 1));
        Ok(())
    }

    /// Reads the accounts that are not known yet and opens those that are new.
    pub(super) async fn learn_accounts(
        &mut self,
        connection: &mut Connection,
        wanted: &BTreeSet<&str>,
        new: &[(&NewAccount, Moment)],
    ) -> Result<(), StoreError> {
        let unknown: Vec<&str> = wanted
            .iter()
            .copied()
            .filter(|id| !self.known.contains_key(*id))
            .collect();
        self.read_accounts(connection, &unknown).await?;
        let missing: BTreeMap<&AccountId, (&NewAccount, Moment)> = new
            .iter()
            .filter(|(new, _)| !self.known.contains_key(&new.account.id))
            .map(|(new, at)| (&new.account.id, (*new, *at)))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        // Another node may open the same account at this moment: the one row
        // that stands afterwards is read, and locked, like any other.
        let described: Vec<Vec<Value>> = missing
            .values()
            .map(|(new, at)| new.description(*at))
            .collect();
        statements::INSERT_ACCOUNTS
            .execute(connection, &described)
            .await?;
        let balances: Vec<Vec<Value>> = missing.values().map(|(new, _)| new.balance()).collect();
        statements::INSERT_BALANCES
            .execute(connection, &balances)
            .await?;
        let opened: Vec<&str> = missing.keys().map(|id| id.as_str()).collect();
        self.read_accounts(connection, &opened).await
    }

    async fn read_accounts(
        &mut self,
        connection: &mut Connection,
        ids: &[&str],
    ) -> Result<(), StoreError> {
        let ids: Vec<Vec<Value>> = ids.iter().map(|id| vec![(*id).into()]).collect();
        for row in statements::READ_ACCOUNTS.fetch(connection, &ids).await? {
            let account = read_account(&row)?;
            let known = Known {
                number: row.int(8)?,
                last: row.int(9)?,
            };
            self.known.insert(account.id.clone(), known);
            self.books.put_account(account);
        }
        Ok(())
    }

    /// Reads recorded transfers of these ids, and what ended the pending ones.
    pub(super) async fn learn_transfers(
        &mut self,
        connection: &mut Connection,
        ids: &BTreeSet<&str>,
        pending: &BTreeSet<&str>,
    ) -> Result<(), StoreError> {
        let list = |ids: &BTreeSet<&str>| -> Vec<Vec<Value>> {
            ids.iter().map(|id| vec![(*id).into()]).collect()
        };
        for (statement, ids) in [
            (&statements::READ_TRANSFERS, list(ids)),
            (&statements::READ_ENDERS, list(pending)),
        ] {
            for row in statement.fetch(connection, &ids).await? {
                let transfer = read_transfer(&row)?;
                self.positions.insert(transfer.id.clone(), row.int(8)?);
                self.books.put_transfer(transfer);
            }
        }
        Ok(())
    }

    pub(super) fn account(&self, id: &AccountId) -> Option<Known> {
        self.known.get(id).copied()
    }

    /// The recorded transfer's position.
    pub(super) fn position(&self, id: &TransferId) -> Option<i64> {
        self.positions.get(id).copied()
    }

    /// Gives a new transfer its position, and makes it the newest of both its
    /// accounts. Answers with those that were newest before.
    pub(super) fn chain(
        &mut self,
        id: &TransferId,
        debit: &AccountId,
        credit: &AccountId,
    ) -> (i64, i64, i64) {
        let position = self.next_transfer.unwrap_or_default();
        self.next_transfer = Some(position + 1);
        self.positions.insert(id.clone(), position);
        let mut previous = |id: &AccountId| {
            self.known
                .get_mut(id)
                .map_or(0, |known| std::mem::replace(&mut known.last, position))
        };
        (position, previous(debit), previous(credit))
    }

    /// Leaves in this node's log of events, where that is known.
    pub(super) fn events(&self) -> Option<u64> {
        let first = i64::from(self.slot) * POSITIONS;
        u64::try_from(self.next_event? - first).ok()
    }

    /// The next place in this node's log of events; leaves are counted from zero.
    pub(super) fn next_event(&mut self) -> i64 {
        let position = self.next_event.unwrap_or_default();
        self.next_event = Some(position + 1);
        position
    }
}
