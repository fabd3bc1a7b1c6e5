//! The one writer of a node: takes the commands that are waiting, decides and
//! writes them in one transaction, commits once and answers all. It waits for
//! no timer: a lone command is committed at once.

mod batch;
mod command;
mod statements;
mod views;

use tokio::sync::{mpsc, oneshot};

pub(super) use command::{Command, PreparedChange, PreparedOpen};
pub use command::{
    LedgerCommand, OpenPayment, Opened, Outcome, PaymentChange, Refused, Schedule, Statement,
    Unique,
};

use super::StoreError;
use super::database::{Connection, Pool};

/// Commands that share one commit.
const BATCH: usize = 256;
/// How often a command is tried again by itself after another node's write
/// came in between.
const ATTEMPTS: u32 = 3;

/// A command with the way back to whoever waits for it.
pub(super) struct Order {
    pub(super) command: Command,
    pub(super) answer: oneshot::Sender<Result<Outcome, StoreError>>,
}

/// Runs until it is told to stop, or the last sender is gone and everything
/// waiting is written.
pub(super) async fn run(pool: Pool, mut waiting: mpsc::Receiver<Order>) {
    let mut connection = None;
    while let Some(first) = waiting.recv().await {
        let mut commands = vec![first.command];
        let mut answers = vec![first.answer];
        while commands.len() < BATCH {
            let Ok(order) = waiting.try_recv() else { break };
            commands.push(order.command);
            answers.push(order.answer);
        }
        let stops = commands
            .iter()
            .any(|command| matches!(command, Command::Stop));
        let results = write_all(&pool, &mut connection, &commands).await;
        for (answer, result) in answers.into_iter().zip(results) {
            // A caller that went away finds its answer under its key.
            let _gone = answer.send(result);
        }
        if stops {
            break;
        }
    }
    drop(connection);
    pool.close().await;
}

/// All together; where that fails, each by itself, so that one bad command
/// spoils no other.
async fn write_all(
    pool: &Pool,
    connection: &mut Option<Connection>,
    commands: &[Command],
) -> Vec<Result<Outcome, StoreError>> {
    match transaction(pool, connection, commands).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error) if commands.len() == 1 && !error.is_constraint() => vec![Err(error)],
        // Without a database it makes no sense to try one by one.
        Err(error) if error.is_temporary() => {
            let text = error.to_string();
            commands
                .iter()
                .map(|_| Err(StoreError::RolledBack(text.clone())))
                .collect()
        }
        Err(_) => {
            let mut results = Vec::with_capacity(commands.len());
            for command in commands {
                results.push(write_one(pool, connection, command).await);
            }
            results
        }
    }
}

async fn write_one(
    pool: &Pool,
    connection: &mut Option<Connection>,
    command: &Command,
) -> Result<Outcome, StoreError> {
    let mut attempt = 1;
    loop {
        match transaction(pool, connection, std::slice::from_ref(command)).await {
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

async fn transaction(
    pool: &Pool,
    connection: &mut Option<Connection>,
    commands: &[Command],
) -> Result<Vec<Outcome>, StoreError> {
    let mut open = match connection.take() {
        Some(open) => open,
        None => pool.acquire().await?,
    };
    let result = guarded(&mut open, commands).await;
    if result.is_ok() || rolled_back(&mut open).await {
        *connection = Some(open);
    } else {
        open.discard().await;
    }
    result
}

async fn guarded(open: &mut Connection, commands: &[Command]) -> Result<Vec<Outcome>, StoreError> {
    open.execute(super::dialect::begin(open), &[]).await?;
    let outcomes = batch::write(open, commands).await?;
    open.execute("commit", &[]).await?;
    Ok(outcomes)
}

/// Whether the connection is clean again.
async fn rolled_back(open: &mut Connection) -> bool {
    open.execute("rollback", &[]).await.is_ok()
}
