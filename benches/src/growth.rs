//! What a payment costs as the tables grow: whole payments through the payment
//! room and its worker, with a biller that applies at once. Nothing here goes over
//! HTTP or through the sandbox: those do not know how many payments there are. The
//! peer is the same run while the tables were small.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use guichet::payments::ports::{NoBanks, NoCallbacks, NoPolicies, Outside};
use guichet::payments::{PaymentSettings, Payments};
use guichet::ports::Ports;
use guichet::seal::Vault;
use guichet::store::{Location, Store};
use guichet::worker::{self, Neighbours, Stop, TokioTimer, WorkerSettings};
use guichet_tests::postgres::{Cluster, Durability};
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

/// How far a run goes, and on which database.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Extent {
    /// How many payments `growth` makes.
    #[arg(long, value_name = "PAYMENTS", default_value_t = 1_000_000)]
    up_to: usize,
    /// The database that `growth` uses.
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    on: Database,
}

/// Where the books are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// Runs the bench.
pub(crate) async fn measure(extent: Extent) -> Result<Value> {
    let kept = crate::kept("growth");
    std::fs::create_dir_all(&kept)?;
    let folder = tempfile::tempdir_in(kept)?;
    let file = folder.path().join("books.db");
    let (_server, location) = match extent.on {
        Database::Sqlite => (None, Location::Sqlite(file.clone())),
        Database::Postgres => {
            let server = Cluster::start(Durability::Full)?;
            let url = server.database("growth")?;
            (Some(server), Location::Postgres(url))
        }
    };
    let store = Store::open(&location, Vault::from_key(&[7; 32])?, "bench").await?;
    let payers = Arc::new(errand::open_accounts(&store, PAYERS).await?);
    let before = disk::fsync(folder.path())?;
    let marks = grow(&store, &payers, extent.up_to).await?;
    let after = disk::fsync(folder.path())?;
    // A server keeps its own files.
    let megabytes = std::fs::metadata(&file).ok().map(|known| known.len() >> 20);
    let report = store.check_ledger(Ports::system().now()).await?;
    ensure!(
        report.findings.is_empty(),
        "the books are wrong: {report:?}"
    );
    store.close().await;
    let (_, first) = marks.first().context("nothing was measured")?;
    let figures = marks.iter().map(|(size, mark)| mark.figures(*size, first));
    Ok(json!({
        "bench": "growth",
        "database": format!("{:?}", extent.on).to_lowercase(),
        "callers": CALLERS,
        "payers": PAYERS,
        "marks": figures.collect::<Vec<Value>>(),
        "file_mb": megabytes,
        "fsync_us_p50": micros(before.p50()),
        "fsync_us_p99": micros(before.p99()),
        "fsync_after_us_p50": micros(after.p50()),
        "fsync_after_us_p99": micros(after.p99()),
    }))
}

/// Pays until the tables hold so many payments; what the last ones before each
/// mark cost.
async fn grow(store: &Store, payers: &Arc<Vec<Payer>>, most: usize) -> Result<Vec<(usize, Mark)>> {
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
    let mut marks: Vec<(usize, Mark)> = Vec::new();
    let mut made = 0;
    for mark in MARKS.into_iter().filter(|mark| *mark <= most) {
        say(&format!("up to {mark} payments"));
        run(&payments, payers, made..mark - MEASURED).await?;
        let measured = run(&payments, payers, mark - MEASURED..mark).await?;
        made = mark;
        // Told at once: going through the books of millions takes its time.
        let first = marks.first().map_or(&measured, |(_, first)| first);
        say(&measured.figures(mark, first).to_string());
        marks.push((mark, measured));
    }
    stop.send_replace(Stop::Yes);
    worker.await??;
    Ok(marks)
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
