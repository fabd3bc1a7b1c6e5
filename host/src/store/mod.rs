//! The books and everything else that is kept: SQL only, one file per noun.
//! Decides nothing but what the database must decide; rules are `domain`'s.
//!
//! All writes of a node go through one bounded writer, which commits what is
//! waiting together; reads use connections of their own.

mod accounting_days;
mod audit;
mod backup;
mod balances;
mod bank_accounts;
mod bill_queries;
mod biller_records;
mod bound_accounts;
mod bulk;
mod callbacks;
mod check;
mod checkpoints;
mod client_terms;
mod clients;
mod condition;
mod consents;
mod credentials;
mod database;
mod day_checks;
mod day_files;
mod day_payments;
mod dialect;
mod embedded;
mod error;
mod figures;
mod idempotency;
mod inquiries;
mod kv;
mod ledger;
mod log;
mod log_copier;
mod log_file;
mod migrate;
mod nodes;
mod orders;
mod outbox;
mod payments;
mod people;
mod policies;
mod restorations;
mod secrets;
mod settlements;
mod subjects;
mod transcripts;
mod value;
mod vaults;
mod work_orders;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use guichet_domain::Moment;
use tokio::sync::{mpsc, oneshot, watch};

pub use accounting_days::ClosedDay;
pub use audit::{Entry, LoggedEvent};
pub use backup::BackupFile;
pub use balances::ChartBalance;
pub use bank_accounts::{BankAccount, Linked};
pub use bill_queries::{Payable, StoredBillQuery};
pub use bound_accounts::BoundAccount;
pub use check::{Finding, LedgerReport};
pub use checkpoints::{InstallationRow, StoredCheckpoint, TileRow};
pub use client_terms::{AccountHead, ClientAct};
pub use clients::StoredClient;
pub use condition::Trouble;
pub use consents::StoredConsent;
pub use credentials::IssuedCredential;
pub use database::Location;
pub use day_checks::{DayCheckRow, DayFindingRow};
pub use day_files::{DayFileKey, DayFileNumbers, DayFileRow, FileDecided};
pub use day_payments::DayPayment;
pub use error::StoreError;
pub use figures::ReleaseFigures;
pub use idempotency::{IdempotencyKey, Remembered};
pub use inquiries::StoredInquiry;
pub use kv::{KvScope, KvValue};
pub use ledger::{AccountRow, EntryRow, NewAccount};
pub use log::{Appended, LogRow};
pub use outbox::Claim;
pub use payments::{PaymentRow, Reversal, StoredAnswer};
pub use restorations::Restoration;
pub use secrets::{PackageSecret, SecretKind};
pub use settlements::BatchRow;
pub use transcripts::TranscriptEntry;
pub use value::{Row, Value};
pub use work_orders::{WorkOrderEvent, WorkOrderFilter, WorkOrderRow};
pub use writer::{
    BillKey, LedgerCommand, NewEvent, OpenPayment, Opened, Outcome as WriterOutcome, PaymentChange,
    RecordEvent, Refused, Schedule, Statement, Unique,
};

use crate::seal::Vault;
use condition::Condition;
use database::Pool;
use subjects::KeyCache;
use writer::Order;

/// Commands that may wait for the writer; more are refused at once.
const WRITER_QUEUE: usize = 4_096;
/// How long a read may take that is one page or less. A server that keeps silent
/// must not keep callers waiting.
const READ: Duration = Duration::from_secs(10);
/// How long a command may wait for the writer: its own time for a transaction,
/// and a place in the queue.
const ORDER: Duration = Duration::from_secs(25);
/// How long the database may take to say that it is there.
const PING: Duration = Duration::from_secs(2);

/// The store of one node. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    readers: Pool,
    orders: mpsc::Sender<Order>,
    vault: Vault,
    keys: KeyCache,
    node: String,
    slot: u8,
    growth: watch::Receiver<u64>,
    condition: Arc<Condition>,
    restored_at: Option<Moment>,
    writer_ended: std::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("node", &self.inner.node)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database, checks that it is fit, brings its schema up to date
    /// and starts the writer. `node` names this process in leases; it must be
    /// unique among the running nodes.
    pub async fn open(location: &Location, vault: Vault, node: &str) -> Result<Self, StoreError> {
        let pool = Pool::writer(location).await?;
        pool.copy_log_aside()?;
        let (store, writer) = Self::assemble(location, pool, vault, node).await?;
        match location {
            // Its statements block: the writer has a thread to itself.
            Location::Sqlite(_) => {
                std::thread::Builder::new()
                    .name("writer".to_owned())
                    .spawn(move || futures::executor::block_on(writer))
                    .map_err(|error| StoreError::Unfit(format!("no thread: {error}")))?;
            }
            Location::Postgres(_) => drop(tokio::spawn(writer)),
        }
        Ok(store)
    }

    /// As `open`, but no thread is started: the writer is handed over and must be
    /// run by the caller. The simulation decides itself who runs when.
    pub async fn prepare(
        location: &Location,
        vault: Vault,
        node: &str,
    ) -> Result<(Self, BoxFuture<'static, ()>), StoreError> {
        let pool = Pool::writer(location).await?;
        Self::assemble(location, pool, vault, node).await
    }

    async fn assemble(
        location: &Location,
        writer: Pool,
        vault: Vault,
        node: &str,
    ) -> Result<(Self, BoxFuture<'static, ()>), StoreError> {
        let mut connection = writer.acquire().await?;
        dialect::assert_fit(&mut connection).await?;
        let (slot, restored_at) = match make_ready(&mut connection, &vault, node).await {
            Ok(ready) => ready,
            Err(error) => {
                connection.discard();
                return Err(error);
            }
        };
        drop(connection);
        let readers = Pool::readers(location).await?;
        let (orders, waiting) = mpsc::channel(WRITER_QUEUE);
        let (ended, writer_ended) = oneshot::channel();
        let (grown, growth) = watch::channel(0);
        let condition = Arc::new(Condition::default());
        let told = Arc::clone(&condition);
        let work = async move {
            writer::run(writer, slot, waiting, (grown, told)).await;
            drop(ended);
        };
        let inner = Inner {
            readers,
            orders,
            vault,
            keys: KeyCache::default(),
            node: node.to_owned(),
            slot,
            growth,
            condition,
            restored_at,
            writer_ended: std::sync::Mutex::new(Some(writer_ended)),
        };
        let store = Self {
            inner: Arc::new(inner),
        };
        Ok((store, Box::pin(work)))
    }

    /// Whether the database is a file that only this node uses.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.inner.readers.is_embedded()
    }

    /// The name of this node in leases.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.inner.node
    }

    /// The node's number within payment numbers, 0 to 99.
    #[must_use]
    pub fn slot(&self) -> u8 {
        self.inner.slot
    }

    /// The installation's key-encryption key.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// Reads on a connection of the readers.
    pub(crate) async fn fetch(
        &self,
        sql: &'static str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let read = async { self.inner.readers.acquire().await?.fetch(sql, values).await };
        // Boxed: everything that reads would be as large as this.
        self.within(READ, Box::pin(read)).await
    }

    /// Only a server can keep silent: an embedded database answers by itself.
    async fn within<T>(
        &self,
        patience: Duration,
        work: BoxFuture<'_, Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if self.is_embedded() {
            return work.await;
        }
        let worked = tokio::time::timeout(patience, work).await;
        worked.unwrap_or(Err(StoreError::Silent))
    }

    /// Writes the statements in one transaction, shared with whatever else is
    /// waiting; gives the rows that each returned.
    pub(crate) async fn write(
        &self,
        statements: Vec<Statement>,
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        match self.order(writer::Command::Statements(statements)).await? {
            writer::Outcome::Rows(rows) => Ok(rows),
            other => Err(StoreError::RolledBack(format!(
                "unexpected outcome {other:?}"
            ))),
        }
    }

    /// Writes the statements and, where the first of them gives back a row, the
    /// event, in one transaction.
    pub(crate) async fn write_recorded(
        &self,
        statements: Vec<Statement>,
        event: RecordEvent,
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let recorded = Box::new(writer::Recorded::new(statements, event));
        match self.order(writer::Command::Recorded(recorded)).await? {
            writer::Outcome::Rows(rows) => Ok(rows),
            other => Err(StoreError::RolledBack(format!(
                "unexpected outcome {other:?}"
            ))),
        }
    }

    /// Tells how many leaves the node's log of events has, whenever it grows;
    /// zero until the first commit of this run.
    #[must_use]
    pub fn audit_growth(&self) -> watch::Receiver<u64> {
        self.inner.growth.clone()
    }

    /// Hands a command to the writer and waits until it is committed or refused.
    async fn order(&self, command: writer::Command) -> Result<writer::Outcome, StoreError> {
        let (answer, answered) = oneshot::channel();
        // A full queue is told at once: callers come back with the same key.
        self.inner
            .orders
            .try_send(Order { command, answer })
            .map_err(|_| StoreError::WriterFull)?;
        // Whoever is told that there is no answer finds it under the key, if the
        // command comes to be written after all.
        let answered = async { answered.await.map_err(|_| StoreError::WriterFull)? };
        self.within(ORDER, Box::pin(answered)).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let asked = self.fetch("select 1", &[]);
        self.within(PING, Box::pin(asked)).await.map(drop)
    }

    /// When this database was last put back from a backup.
    #[must_use]
    pub fn restored_at(&self) -> Option<Moment> {
        self.inner.restored_at
    }

    /// What keeps this node from writing, as the last attempt has found it.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        self.inner.condition.trouble()
    }

    /// Transactions that a full or failing disk was in the way of.
    #[must_use]
    pub fn storage_failures(&self) -> u64 {
        self.inner.condition.failures()
    }

    /// Writes something that changes nothing, to see whether it can be written.
    pub async fn try_to_write(&self) -> Result<(), StoreError> {
        let own = u32::from(self.slot());
        let statement = Statement::new(
            "update nodes set node = node where slot = $1",
            vec![own.into()],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// Whether `close` has been called.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.inner.readers.is_closed()
    }

    /// Writes what is waiting and closes the database. Other clones of the
    /// store answer with errors from then on.
    pub async fn close(self) {
        // An error says that the writer has stopped before, or cannot be told;
        // what was acknowledged is written in any case.
        let _stopped = self.order(writer::Command::Stop).await;
        let ended = self.inner.writer_ended.lock();
        let ended = ended.ok().and_then(|mut ended| ended.take());
        if let Some(ended) = ended {
            let _ended = tokio::time::timeout(Duration::from_secs(5), ended).await;
        }
        self.inner.readers.close().await;
    }
}

/// Brings the schema up to date, checks the vault's key, and gives the node's slot
/// and the moment of the last restoration.
async fn make_ready(
    connection: &mut database::Connection,
    vault: &Vault,
    node: &str,
) -> Result<(u8, Option<Moment>), StoreError> {
    migrate::run(connection).await?;
    vaults::check(connection, vault).await?;
    let restored_at = restorations::last(connection).await?;
    Ok((nodes::slot(connection, node).await?, restored_at))
}

#[cfg(test)]
mod tests;
