//! Transfers through the store's writer on SQLite, which commits what waits
//! together. The peer is SQLite with the same settings and one commit for each
//! inserted row: what an insert by itself costs when it must be on the disk.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use guichet::accounts::chart;
use guichet::seal::Vault;
use guichet::store::{LedgerCommand, Location, NewAccount, Store};
use guichet_domain::books::Transfer;
use guichet_domain::id::{AccountId, BillerId, ClientId, SubjectId, TransferId};
use guichet_domain::{Currency, Moment, Money};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::task::JoinSet;

use crate::statistics::{Samples, micros, per_second, times};
use crate::{disk, say};

const PAYERS: usize = 1_000;
const BILLERS: usize = 50;
/// Callers that wait for an answer at any time.
const CALLERS: [usize; 3] = [1, 64, 512];
const LASTING: Duration = Duration::from_secs(4);
/// More than a bench can spend.
const OPENING: i64 = 1_000_000_000;

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let before = disk::fsync(folder.path())?;
    say("one commit for each row");
    let peer = peer(&folder.path().join("peer.db")).await?;
    let location = Location::Sqlite(folder.path().join("books.db"));
    let store = Store::open(&location, Vault::from_key(&[7; 32])?, "bench").await?;
    open_accounts(&store).await?;
    let mut levels = Vec::new();
    for (round, callers) in CALLERS.into_iter().enumerate() {
        say(&format!("{callers} callers"));
        let (samples, elapsed) = transfers(&store, round, callers).await?;
        let rate = per_second(samples.len(), elapsed);
        levels.push(json!({
            "callers": callers,
            "transfers_per_s": rate,
            "p50_us": micros(samples.p50()),
            "p99_us": micros(samples.p99()),
            "over_single_commits": times(rate, peer),
        }));
    }
    let report = store.check_ledger(now()).await?;
    anyhow::ensure!(
        report.findings.is_empty(),
        "the books are wrong: {report:?}"
    );
    let after = disk::fsync(folder.path())?;
    store.close().await;
    Ok(json!({
        "bench": "ledger",
        "database": "sqlite",
        "levels": levels,
        "peer_single_commit_inserts_per_s": peer,
        "transfers_checked": report.transfers,
        "fsync_us_p50": micros(before.p50()),
        "fsync_us_p99": micros(before.p99()),
        "fsync_after_us_p50": micros(after.p50()),
        "fsync_after_us_p99": micros(after.p99()),
    }))
}

fn now() -> Moment {
    Moment::from_micros(1_795_276_800_000_000)
}

fn payer(number: usize) -> AccountId {
    AccountId::new(format!("acc-{}", number % PAYERS)).expect("a lawful name")
}

fn biller(number: usize) -> Result<NewAccount> {
    let id = BillerId::new(format!("b-{}-bench", number % BILLERS))?;
    Ok(chart::payable(&id, Currency::CNY))
}

/// Opens the accounts and gives every payer enough to spend.
async fn open_accounts(store: &Store) -> Result<()> {
    let client = ClientId::new("bench")?;
    let subject = SubjectId::new("payer")?;
    for number in 0..PAYERS {
        let funding = chart::funding(payer(number), &client, &subject, Currency::CNY, 0);
        let settlement = chart::settlement(Currency::CNY);
        let opening = Transfer::single(
            TransferId::new(format!("open-{number}"))?,
            settlement.account.id.clone(),
            payer(number),
            Money::cny(OPENING),
        );
        let accounts = vec![funding, settlement, biller(number)?];
        record(store, accounts, opening).await?;
    }
    Ok(())
}

async fn record(store: &Store, accounts: Vec<NewAccount>, transfer: Transfer) -> Result<()> {
    let command = LedgerCommand {
        accounts,
        transfers: vec![transfer],
        payment: None,
        at: now(),
    };
    Ok(store.record_transfers(command).await??)
}

/// So many callers, each with one transfer under way at any time.
async fn transfers(store: &Store, round: usize, callers: usize) -> Result<(Samples, Duration)> {
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let store = store.clone();
        tasks.spawn(async move {
            let mut times = Vec::new();
            let to = biller(caller)?.account.id;
            while begun.elapsed() < LASTING {
                let number = times.len();
                let transfer = Transfer::single(
                    TransferId::new(format!("t-{round}-{caller}-{number}"))?,
                    payer(caller * 31 + number),
                    to.clone(),
                    Money::cny(1),
                );
                let asked = Instant::now();
                record(&store, Vec::new(), transfer).await?;
                times.push(asked.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut all = Vec::new();
    for times in tasks.join_all().await {
        all.extend(times?);
    }
    Ok((Samples::new(all), begun.elapsed()))
}

/// Rows in a second, each committed by itself.
async fn peer(file: &Path) -> Result<f64> {
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .context("the peer's database")?;
    sqlx::query(
        "create table transfers (id text primary key, debit text, credit text, amount int)",
    )
    .execute(&mut connection)
    .await?;
    let begun = Instant::now();
    let mut rows = 0;
    while begun.elapsed() < LASTING {
        sqlx::query("insert into transfers values ($1, $2, $3, 1)")
            .bind(format!("t-{rows}"))
            .bind(format!("acc-{}", rows % PAYERS))
            .bind(format!("b-{}", rows % BILLERS))
            .execute(&mut connection)
            .await?;
        rows += 1;
    }
    let rate = per_second(rows, begun.elapsed());
    connection.close().await?;
    Ok(rate)
}
