//! What a payment costs as the tables grow: whole payments through the payment
//! room and its worker, with a biller that applies at once. Nothing here goes over
//! HTTP or through the sandbox: those do not know how many payments there are. The
//! peer is a small database, made anew for every round and measured in turn with
//! the one that grows, so that both have the same minute of the machine.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use guichet::payments::ports::{NoBanks, NoCallbacks, NoPolicies, Outside};
use guichet::payments::{PaymentError, PaymentSettings, Payments};
use guichet::ports::Ports;
use guichet::seal::Vault;
use guichet::store::{Location, Store};
use guichet::worker::{self, Neighbours, Stop, TokioTimer, WorkerSettings};
use guichet_tests::postgres::{Cluster, Durability};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::statistics::{
    Samples, bytes_each, median, micros, micros_each, millis, per_second, ratio,
};
use crate::{disk, processor, say};

mod errand;
mod town;

use errand::Payer;

/// Payments in a small database; what is measured in it comes after them.
const SMALL: usize = 10_000;
/// Table sizes at which the two are measured, as far as the run goes.
const MARKS: [usize; 3] = [100_000, 1_000_000, 10_000_000];
/// How often they are measured at each mark, in turn.
const ROUNDS: usize = 7;
/// Payments that are measured in each of them.
const MEASURED: usize = 10_000;
/// Books of more payments than this are not gone through at the end.
const MOST_CHECKED: usize = 2_000_000;
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

/// Where databases are made.
struct Ground {
    folder: TempDir,
    server: Option<Cluster>,
}

impl Ground {
    fn new(on: Database) -> Result<Self> {
        let kept = crate::kept("growth");
        std::fs::create_dir_all(&kept)?;
        let server = match on {
            Database::Sqlite => None,
            Database::Postgres => Some(Cluster::start(Durability::Full)?),
        };
        Ok(Self {
            folder: tempfile::tempdir_in(kept)?,
            server,
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.db"))
    }

    fn location(&self, name: &str) -> Result<Location> {
        match &self.server {
            Some(server) => Ok(Location::Postgres(server.database(name)?)),
            None => Ok(Location::Sqlite(self.file(name))),
        }
    }

    /// How large it is. A server keeps its own files.
    fn megabytes(&self, name: &str) -> Option<u64> {
        let known = std::fs::metadata(self.file(name)).ok();
        known.map(|known| known.len() >> 20)
    }

    /// Nobody looks at it again.
    fn forget(&self, name: &str) {
        for end in ["", "-wal", "-shm"] {
            let mut file = self.file(name).into_os_string();
            file.push(end);
            // A server's stays until the server goes.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// Runs the bench.
pub(crate) async fn measure(extent: Extent) -> Result<Value> {
    ensure!(extent.up_to >= MARKS[0], "--up-to is at least {}", MARKS[0]);
    let ground = Ground::new(extent.on)?;
    let before = disk::fsync(ground.folder.path())?;
    let mut growing = Books::open(&ground.location("growing")?).await?;
    let mut marks = Vec::new();
    for mark in MARKS.into_iter().filter(|mark| *mark <= extent.up_to) {
        say(&format!("up to {mark} payments"));
        let missing = mark - growing.made;
        growing.pay(missing).await?;
        let mut pairs = Vec::with_capacity(ROUNDS);
        for round in 0..ROUNDS {
            let name = format!("small_{mark}_{round}");
            let mut small = Books::open(&ground.location(&name)?).await?;
            small.pay(SMALL).await?;
            let few = small.pay(MEASURED).await?;
            let many = growing.pay(MEASURED).await?;
            small.close().await?;
            ground.forget(&name);
            pairs.push((few, many));
        }
        // Told at once: going through the books of millions takes its time.
        let figures = figures(mark, &pairs);
        say(&figures.to_string());
        marks.push(figures);
    }
    let after = disk::fsync(ground.folder.path())?;
    let megabytes = ground.megabytes("growing");
    let checked = growing.close().await?;
    Ok(json!({
        "bench": "growth",
        "database": format!("{:?}", extent.on).to_lowercase(),
        "callers": CALLERS,
        "payers": PAYERS,
        "rounds": ROUNDS,
        "marks": marks,
        "file_mb": megabytes,
        "books_checked": checked,
        "fsync_us_p50": micros(before.p50()),
        "fsync_us_p99": micros(before.p99()),
        "fsync_after_us_p50": micros(after.p50()),
        "fsync_after_us_p99": micros(after.p99()),
    }))
}

/// The middle round of a mark, figure by figure: of the small database, of the
/// one that has grown, and of how they compare within a round.
fn figures(size: usize, pairs: &[(Stretch, Stretch)]) -> Value {
    let middle = |of: &dyn Fn(&(Stretch, Stretch)) -> f64| median(pairs.iter().map(of).collect());
    let side = |pick: fn(&(Stretch, Stretch)) -> &Stretch| {
        json!({
            "payments_per_s": middle(&|pair| per_second(MEASURED, pick(pair).elapsed)),
            "cpu_us_each": middle(&|pair| micros_each(pick(pair).spent, MEASURED)),
            "written_bytes_each": middle(&|pair| bytes_each(pick(pair).written, MEASURED)),
            "p50_ms": middle(&|pair| millis(pick(pair).samples.p50())),
            "p99_ms": middle(&|pair| millis(pick(pair).samples.p99())),
        })
    };
    let times = pairs
        .iter()
        .map(|(few, many)| ratio(many.elapsed, few.elapsed));
    json!({
        "payments_in_the_tables": size,
        "small": side(|(few, _)| few),
        "grown": side(|(_, many)| many),
        "time_over_small": median(times.clone().collect()),
        "time_over_small_by_round": times.collect::<Vec<_>>(),
        "cpu_over_small": middle(&|(few, many)| ratio(many.spent, few.spent)),
    })
}

/// A database with payers, and the room that pays.
struct Books {
    store: Store,
    payments: Arc<Payments>,
    payers: Arc<Vec<Payer>>,
    stop: watch::Sender<Stop>,
    worker: JoinHandle<Result<(), PaymentError>>,
    made: usize,
}

impl Books {
    async fn open(location: &Location) -> Result<Self> {
        let store = Store::open(location, Vault::from_key(&[7; 32])?, "bench").await?;
        let payers = Arc::new(errand::open_accounts(&store, PAYERS).await?);
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
        let room = Arc::clone(&payments);
        let worker = worker::run(room, queue, Neighbours::None, settings, stopped);
        Ok(Self {
            store,
            payments,
            payers,
            stop,
            worker: tokio::spawn(worker),
            made: 0,
        })
    }

    /// Pays so many bills more, each until it is applied.
    async fn pay(&mut self, count: usize) -> Result<Stretch> {
        let numbers = self.made..self.made + count;
        let process = std::process::id();
        let (spent, written) = (processor::spent(process)?, disk::written(process)?);
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for share in 0..CALLERS {
            let (payments, payers) = (Arc::clone(&self.payments), Arc::clone(&self.payers));
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
        self.made += count;
        Ok(Stretch {
            elapsed: begun.elapsed(),
            spent: processor::spent(process)? - spent,
            written: disk::written(process)? - written,
            samples: Samples::new(all),
        })
    }

    /// Puts them away. Whether they were gone through, which takes hours where
    /// there are ten million payments.
    async fn close(self) -> Result<bool> {
        self.stop.send_replace(Stop::Yes);
        self.worker.await??;
        let checks = self.made <= MOST_CHECKED;
        if checks {
            let report = self.store.check_ledger(Ports::system().now()).await?;
            ensure!(
                report.findings.is_empty(),
                "the books are wrong: {report:?}"
            );
        }
        self.store.close().await;
        Ok(checks)
    }
}

/// What the payments of one stretch cost.
struct Stretch {
    elapsed: Duration,
    spent: Duration,
    /// Bytes that went to the disk.
    written: u64,
    samples: Samples,
}
