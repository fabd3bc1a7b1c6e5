//! Callers that have one transfer under way at any time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use guichet::accounts::chart;
use guichet::store::{LedgerCommand, NewAccount, Store};
use guichet_domain::books::Transfer;
use guichet_domain::id::{AccountId, ClientId, SubjectId, TransferId};
use guichet_domain::{Currency, Moment, Money};
use tokio::task::JoinSet;

use super::ACCOUNTS;
use super::draw::{Draw, Skew};
use crate::statistics::{Samples, per_second};

const LASTING: Duration = Duration::from_secs(5);
/// More than a bench can spend.
const OPENING: i64 = 1_000_000_000;
/// Accounts opened by one command.
const TOGETHER: usize = 100;

/// Numbers the transfers as they come, as payments' ids grow with time.
static NUMBER: AtomicU64 = AtomicU64::new(0);

pub(super) fn now() -> Moment {
    Moment::from_micros(1_795_276_800_000_000)
}

fn next_id() -> Result<TransferId> {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    Ok(TransferId::new(format!("tr_{number:020}"))?)
}

fn account(number: usize) -> AccountId {
    AccountId::new(format!("acc-{number}")).expect("a lawful name")
}

/// Opens the accounts and gives each enough to spend.
pub(super) async fn open_accounts(store: &Store) -> Result<()> {
    let client = ClientId::new("bench")?;
    let subject = SubjectId::new("payer")?;
    let numbers: Vec<usize> = (0..ACCOUNTS).collect();
    for some in numbers.chunks(TOGETHER) {
        let settlement = chart::settlement(Currency::CNY);
        let source = settlement.account.id.clone();
        let mut accounts = vec![settlement];
        let mut transfers = Vec::new();
        for number in some {
            let id = account(*number);
            accounts.push(chart::funding(
                id.clone(),
                &client,
                &subject,
                Currency::CNY,
                0,
            ));
            let money = Money::cny(OPENING);
            transfers.push(Transfer::single(next_id()?, source.clone(), id, money));
        }
        record(store, accounts, transfers).await?;
    }
    Ok(())
}

async fn record(store: &Store, accounts: Vec<NewAccount>, transfers: Vec<Transfer>) -> Result<()> {
    let command = LedgerCommand {
        accounts,
        transfers,
        payment: None,
        at: now(),
    };
    Ok(store.record_transfers(command).await??)
}

/// So many callers; how long each transfer took, and how many were made in a
/// second.
pub(super) async fn transfers(store: &Store, skew: Skew, callers: usize) -> Result<(Samples, f64)> {
    let draw = Draw::new(skew);
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let store = store.clone();
        let mut draw = draw.seeded(caller as u64 + 1);
        tasks.spawn(async move {
            let mut times = Vec::new();
            while begun.elapsed() < LASTING {
                let (from, to) = draw.pair();
                let money = Money::cny(1);
                let transfer = Transfer::single(next_id()?, account(from), account(to), money);
                let asked = Instant::now();
                record(&store, Vec::new(), vec![transfer]).await?;
                times.push(asked.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut all = Vec::new();
    for times in tasks.join_all().await {
        all.extend(times?);
    }
    let rate = per_second(all.len(), begun.elapsed());
    Ok((Samples::new(all), rate))
}
