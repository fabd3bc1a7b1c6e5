//! What a payment costs as the tables grow: whole payments through the payment
//! room and its worker on SQLite, with a biller that applies at once. Nothing here
//! goes over HTTP or through the sandbox: those do not know how many payments
//! there are. The peer is the same run while the tables were small.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use guichet::payments::ports::{NoBanks, NoCallbacks, NoPolicies, Outside};
use guichet::payments::{PaymentSettings, Payments};
use guichet::ports::Ports;
use guichet::seal::Vault;
use guichet::store::{Location, Store};
use guichet::worker::{self, Neighbours, Stop, TokioTimer, WorkerSettings};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::statistics::{Samples, micros, millis, per_second, ratio};
use crate::{disk, processor, say};

mod errand;
mod town;

use errand::Payer;

/// Table sizes at which the cost is measured, as far as the run goes.
const MARKS: [usize; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
/// Payments that are measured at each mark: its last ones.
const MEASURED: usize = 10_000;
/// Payments under way at any time.
const CALLERS: usize = 256;
/// Citizens who pay.
const PAYERS: usize = 5_000;
/// How far the run goes where nothing is said.
pub(crate) const USUAL: usize = 1_000_000;

/// Runs the bench until the tables hold `most` payments.
pub(crate) async fn measure(most: usize) -> Result<Value> {
    let kept = crate::kept("growth");
    std::fs::create_dir_all(&kept)?;
    let folder = tempfile::tempdir_in(kept)?;
    let file = folder.path().join("books.db");
    let location = Location::Sqlite(file.clone());
    let store = Store::open(&location, Vault::from_key(&[7; 32])?, "bench").await?;
    let (payments, queue) = Payments::new(
        store.clone(),
        Ports::system(),
        Outside {
            timer: Arc::new(TokioTimer),
            terms: Arc::new(town::Town),
            biller: Arc::new(town::QuickBiller),
            banks: Arc::new(NoBanks),
            policies: Arc::new(NoPolicies),
            callbacks: Arc::new(NoCallbacks),
        },
        PaymentSettings::default(),
    );
    let (stop, stopped) = watch::channel(Stop::No);
    let settings = WorkerSettings {
        in_hand_by_service: CALLERS,
        ..WorkerSettings::default()
    };
    let worker = Arc::clone(&payments);
    let worker = tokio::spawn(worker::run(
        worker,
        queue,
        Neighbours::None,
        settings,
        stopped,
    ));
    let payers = Arc::new(errand::open_accounts(&store, PAYERS).await?);
    let before = disk::fsync(folder.path())?;
    let mut marks: Vec<(usize, Mark)> = Vec::new();
    let mut made = 0;
    for mark in MARKS.into_iter().filter(|mark| *mark <= most) {
        say(&format!("up to {mark} payments"));
        run(&payments, &payers, made..mark - MEASURED).await?;
        let measured = run(&payments, &payers, mark - MEASURED..mark).await?;
        made = mark;
        marks.push((mark, measured));
    }
    let after = disk::fsync(folder.path())?;
    let bytes = std::fs::metadata(&file)?.len();
    stop.send_replace(Stop::Yes);
    worker.await??;
    let report = store.check_ledger(Ports::system().now()).await?;
    anyhow::ensure!(
        report.findings.is_empty(),
        "the books are wrong: {report:?}"
    );
    store.close().await;
    let (_, first) = marks.first().context("nothing was measured")?;
    let figures: Vec<Value> = marks
        .iter()
        .map(|(size, mark)| mark.figures(*size, first))
        .collect();
    Ok(json!({
        "bench": "growth",
        "callers": CALLERS,
        "payers": PAYERS,
        "marks": figures,
        "file_mb": bytes >> 20,
        "fsync_us_p50": micros(before.p50()),
        "fsync_us_p99": micros(before.p99()),
        "fsync_after_us_p50": micros(after.p50()),
        "fsync_after_us_p99": micros(after.p99()),
    }))
}

/// What the payments of one stretch cost.
struct Mark {
    count: usize,
    elapsed: Duration,
    spent: Duration,
    samples: Samples,
}

impl Mark {
    fn each(&self, whole: Duration) -> Duration {
        whole / u32::try_from(self.count.max(1)).unwrap_or(u32::MAX)
    }

    fn figures(&self, size: usize, first: &Self) -> Value {
        json!({
            "payments_in_the_tables": size,
            "payments_per_s": per_second(self.count, self.elapsed),
            "cpu_us_each": micros(self.each(self.spent)),
            "p50_ms": millis(self.samples.p50()),
            "p99_ms": millis(self.samples.p99()),
            "time_over_the_first": ratio(self.each(self.elapsed), first.each(first.elapsed)),
            "cpu_over_the_first": ratio(self.each(self.spent), first.each(first.spent)),
        })
    }
}

/// Pays the bills of these numbers, each until it is applied.
async fn run(
    payments: &Arc<Payments>,
    payers: &Arc<Vec<Payer>>,
    numbers: std::ops::Range<usize>,
) -> Result<Mark> {
    let count = numbers.len();
    let spent = processor::spent(std::process::id())?;
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for share in 0..CALLERS {
        let (payments, payers) = (Arc::clone(payments), Arc::clone(payers));
        let own = numbers.clone().skip(share).step_by(CALLERS);
        tasks.spawn(async move {
            let mut times = Vec::new();
            for number in own {
                let payer = &payers[number.wrapping_mul(7_919) % payers.len()];
                times.push(errand::pay(&payments, payer, number).await?);
            }
            anyhow::Ok(times)
        });
    }
    let mut all = Vec::with_capacity(count);
    for times in tasks.join_all().await {
        all.extend(times?);
    }
    Ok(Mark {
        count,
        elapsed: begun.elapsed(),
        spent: processor::spent(std::process::id())? - spent,
        samples: Samples::new(all),
    })
}
