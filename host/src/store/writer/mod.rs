//! The one writer of a node: takes the commands that are waiting, decides and
//! writes them in one transaction, commits once and answers all. It waits for
//! no timer: a lone command is committed at once.

mod batch;
mod command;
mod memory;
mod prepared;
mod statements;
mod views;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

pub use command::{
    BillKey, LedgerCommand, NewEvent, OpenPayment, Opened, Outcome, PaymentChange, RecordEvent,
    Refused, Schedule, Statement, Unique,
};
pub(super) use command::{Command, Recorded};

pub(super) use memory::POSITIONS;
pub(super) use prepared::{PreparedChange, PreparedOpen};

use super::StoreError;
use super::condition::Condition;
use super::database::{Connection, Pool};
use memory::Memory;

/// Commands that share one commit.
const BATCH: usize = 2_048;
/// How often a command is tried again by itself after another node's write
/// came in between.
const ATTEMPTS: u32 = 3;

/// How long a server may take for one transaction before its connection is given
/// up; those who wait are told to come back.
const TRANSACTION: Duration = Duration::from_secs(20);

/// A command with the way back to whoever waits for it.
pub(super) struct Order {
    pub(super) command: Command,
    pub(super) answer: oneshot::Sender<Result<Outcome, StoreError>>,
}

/// Runs until it is told to stop, or the last sender is gone and everything
/// waiting is written.
/// `grown` is told how many leaves the node's log of events has after a commit.
pub(super) async fn run(
    pool: Pool,
    slot: u8,
    mut waiting: mpsc::Receiver<Order>,
    (grown, condition): (watch::Sender<u64>, Arc<Condition>),
) {
    let mut writer = Writer {
        pool,
        connection: None,
        memory: Memory::new(slot),
        condition,
    };
    while let Some(first) = waiting.recv().await {
        let (commands, answers) = taken(first, &mut waiting);
        let stops = commands
            .iter()
            .any(|command| matches!(command, Command::Stop));
        let results = writer.write_all(&commands).await;
        if let Some(events) = writer.memory.events() {
            grown.send_if_modified(|known| std::mem::replace(known, events) != events);
        }
        for (answer, result) in answers.into_iter().zip(results) {
            // A caller that went away finds its answer under its key.
            let _gone = answer.send(result);
        }
        if stops {
            break;
        }
        writer.tidy();
    }
    drop(writer.connection);
    writer.pool.close().await;
}

/// The first command with what waits behind it, as much as may share a commit.
fn taken(
    first: Order,
    waiting: &mut mpsc::Receiver<Order>,
) -> (
    Vec<Command>,
    Vec<oneshot::Sender<Result<Outcome, StoreError>>>,
) {
    let mut commands = vec![first.command];
    let mut answers = vec![first.answer];
    while commands.len() < BATCH {
        let Ok(order) = waiting.try_recv() else { break };
        commands.push(order.command);
        answers.push(order.answer);
    }
    (commands, answers)
}

/// Sets an account's credit limit where it covers what is used. The one change of
/// an account that is no transfer: what the writer remembers is stale after it.
pub(super) const SET_CREDIT_LIMIT: &str = "update balances set credit_limit = $2 \
     where account = (select number from accounts where id = $1) \
     and debits_pending + debits_posted <= credits_posted + $2 returning credit_limit";

fn changes_limits(command: &Command) -> bool {
    matches!(command, Command::Recorded(recorded)
        if recorded.statements.iter().any(|one| one.sql == SET_CREDIT_LIMIT))
}

/// The connection, once there is one, and what is known of the books.
struct Writer {
    pool: Pool,
    connection: Option<Connection>,
    memory: Memory,
    condition: Arc<Condition>,
}

impl Writer {
    /// All together; where that fails, each by itself, so that one bad command
    /// spoils no other.
    async fn write_all(&mut self, commands: &[Command]) -> Vec<Result<Outcome, StoreError>> {
        match self.transaction(commands).await {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(error) if commands.len() == 1 && !error.is_constraint() => vec![Err(error)],
            // Without a database it makes no sense to try one by one.
            Err(error) if error.is_temporary() => {
                commands.iter().map(|_| Err(error.shared())).collect()
            }
            Err(_) => {
                let mut results = Vec::with_capacity(commands.len());
                for command in commands {
                    results.push(self.write_one(command).await);
                }
                results
            }
        }
    }

    async fn write_one(&mut self, command: &Command) -> Result<Outcome, StoreError> {
        let mut attempt = 1;
        loop {
            match self.transaction(std::slice::from_ref(command)).await {
                Ok(mut outcomes) => {
                    return outcomes.pop().ok_or_else(|| {
                        StoreError::RolledBack("the writer lost an outcome".to_owned())
                    });
                }
                // What another node wrote meanwhile is visible now.
                Err(error) if error.is_constraint() && attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// What nobody waits for. Where it fails the log grows, and is tried again; the
    /// disk's trouble shows with the next commit.
    fn tidy(&self) {
        let done = self.connection.as_ref().map(Connection::tidy_log);
        if let Some(Err(error)) = done {
            tracing::warn!(%error, "the log could not be copied back");
        }
    }

    /// A connection to begin with. Where the last one was given up because of its
    /// disk, nothing of what it has left may be taken for committed.
    async fn connect(&mut self) -> Result<Connection, StoreError> {
        let open = self.pool.acquire().await?;
        if self.condition.trouble().is_some()
            && let Err(error) = open.cut_back_log()
        {
            open.discard();
            return Err(error);
        }
        Ok(open)
    }

    async fn transaction(&mut self, commands: &[Command]) -> Result<Vec<Outcome>, StoreError> {
        let mut open = match self.connection.take() {
            Some(open) => open,
            None => match self.connect().await {
                Ok(open) => open,
                Err(error) => {
                    let result = Err(error);
                    self.condition.note(&result);
                    return result;
                }
            },
        };
        let guarded = guarded(&mut open, &mut self.memory, commands);
        let result = if self.pool.is_embedded() {
            guarded.await
        } else if let Ok(result) = tokio::time::timeout(TRANSACTION, guarded).await {
            result
        } else {
            // The server may still do it, or not: callers come back and see.
            self.memory.forget();
            open.discard();
            return Err(StoreError::Silent);
        };
        if result.is_err() || commands.iter().any(changes_limits) {
            self.memory.forget();
        }
        self.condition.note(&result);
        // What a connection believes to be on a disk that has failed once may not
        // be there: it is not asked again.
        let is_suspect = matches!(&result, Err(error) if error.trouble().is_some());
        if is_suspect {
            // At once, while this process knows where the last commit ends; tried
            // again before anything is written.
            let _ended = rolled_back(&mut open).await;
            let _tried_again = open.cut_back_log();
        }
        if result.is_ok() || (!is_suspect && rolled_back(&mut open).await) {
            self.connection = Some(open);
        } else {
            open.discard();
        }
        result
    }
}

async fn guarded(
    open: &mut Connection,
    memory: &mut Memory,
    commands: &[Command],
) -> Result<Vec<Outcome>, StoreError> {
    open.execute(super::dialect::begin(open), &[]).await?;
    let outcomes = batch::write(open, memory, commands).await?;
    open.execute("commit", &[]).await?;
    Ok(outcomes)
}

/// Whether the connection is clean again.
async fn rolled_back(open: &mut Connection) -> bool {
    open.execute("rollback", &[]).await.is_ok()
}

#[cfg(test)]
mod tests;
