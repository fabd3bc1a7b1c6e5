//! The stage of a run, in one folder: data of every node, database, city, bank,
//! payers. Made once; a resumed run finds everything as it was left.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use guichet::accounts::Accounts;
use guichet::app;
use guichet::config::Settings;
use guichet::ports::Ports;
use guichet_domain::Money;
use guichet_domain::id::{ClientId, SubjectId};
use guichet_tests::postgres::{Cluster, Durability};
use guichet_tests::{Beside, Marketplace, target};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::node::Plan;
use crate::services::{PACKAGES, SERVICES};
use crate::{Database, leftovers};

/// Payers of each kind: with an account in the house's own books, at the bank.
const PAYERS: usize = 4;
/// What every payer begins with: ¥100,000,000, in fen.
const OPENING: i64 = 10_000_000_000;
/// Keys that all nodes of an installation share. The registry's is not among
/// them.
const SHARED: [&str; 3] = ["vault.key", "pseudonyms.key", "sessions.key"];
/// The demo client, for whom everything is paid.
const CLIENT: &str = "demo-bank-app";

/// Who pays.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payer {
    /// On whose behalf.
    pub subject: String,
    /// The account in the API.
    pub account: String,
    /// The number at the bank; none where the house's own books hold the money.
    pub number: Option<String>,
    /// What it begins with.
    pub opening: i64,
}

/// What is kept about the stage.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// Which database.
    pub on: Database,
    /// The database server's folder, where there is one.
    pub server: Option<PathBuf>,
    /// Where the city listens.
    city: String,
    /// The clients' token.
    pub token: String,
    /// Who pays.
    pub payers: Vec<Payer>,
}

/// A stage with everything but its nodes running.
pub struct Stage {
    /// What is kept about it.
    pub kept: Kept,
    /// The simulated billers.
    pub city: Beside,
    /// The simulated bank.
    pub bank: Beside,
    /// The database server.
    pub cluster: Option<Cluster>,
    /// Its database.
    database: Option<String>,
    folder: PathBuf,
}

impl Stage {
    /// Finds the stage in the folder, or makes it.
    pub async fn open(folder: &Path, on: Database) -> Result<Self> {
        leftovers::end(folder)?;
        let file = folder.join("stage.json");
        if !file.exists() {
            let kept = make(folder, on).await?;
            std::fs::write(&file, serde_json::to_vec_pretty(&kept)?)?;
        }
        let kept: Kept = serde_json::from_slice(&std::fs::read(&file)?)?;
        if kept.on != on {
            bail!("{} has a run on another database", folder.display());
        }
        let cluster = cluster(kept.server.as_deref())?;
        let database = cluster.as_ref().map(|cluster| cluster.url("books"));
        let city = city(folder, &kept.city).await?;
        let bank = folder.join("node-1/bank");
        let books = bank.join("books.jsonl");
        let opening = OPENING.to_string();
        let arguments = [
            ["--name", "city-bank"],
            ["--keys", text(&bank)?],
            ["--log", text(&books)?],
            ["--opening", &opening],
        ];
        let bank = Beside::start(
            "guichet-bank",
            arguments.as_flattened(),
            &folder.join("bank.log"),
        )?;
        let stage = Self {
            kept,
            city,
            bank,
            cluster,
            database,
            folder: folder.to_owned(),
        };
        stage.remember(&[])?;
        Ok(stage)
    }

    /// How each node is started.
    pub fn plans(&self, program: &'static str, planted: Option<&str>) -> Result<Vec<Plan>> {
        let count = match self.kept.on {
            Database::Sqlite => 1,
            Database::Postgres => 3,
        };
        (1..=count)
            .map(|number| self.plan(number, program, planted))
            .collect()
    }

    fn plan(&self, number: usize, program: &'static str, planted: Option<&str>) -> Result<Plan> {
        let first = self.folder.join("node-1");
        let name = format!("node-{number}");
        let data = self.folder.join(&name);
        if !data.exists() {
            std::fs::create_dir(&data)?;
            for key in SHARED {
                std::fs::copy(first.join(key), data.join(key))?;
            }
        }
        let settings = first.join("bank/bank.toml");
        let objects = first.join("objects");
        let mut arguments = vec!["--node", &name, "--data", text(&data)?];
        arguments.extend(["--bank", text(&settings)?, "--objects", text(&objects)?]);
        if let Some(database) = &self.database {
            arguments.extend(["--database", database]);
        }
        Ok(Plan {
            arguments: arguments.into_iter().map(str::to_owned).collect(),
            name,
            program,
            environment: planted
                .map(|bug| ("GUICHET_PLANTED".to_owned(), bug.to_owned()))
                .into_iter()
                .collect(),
            log: data.with_extension("log"),
        })
    }

    /// What the host's command line needs to find the books.
    pub fn books(&self) -> Result<Vec<String>> {
        let data = self.folder.join("node-1");
        let mut arguments = vec!["--data".to_owned(), text(&data)?.to_owned()];
        if let Some(database) = &self.database {
            arguments.extend(["--database".to_owned(), database.clone()]);
        }
        Ok(arguments)
    }

    /// Writes down which processes belong to the run, for whoever resumes it
    /// after a crash of this program.
    pub fn remember(&self, nodes: &[u32]) -> Result<()> {
        let mut pids = vec![self.city.pid(), self.bank.pid()];
        pids.extend(self.cluster.as_ref().map(Cluster::pid));
        pids.extend_from_slice(nodes);
        leftovers::remember(&self.folder, &pids)
    }
}

/// Throws a run away whose processes have ended, the database server's files
/// included.
pub fn discard(folder: &Path) -> Result<()> {
    let kept: Kept = serde_json::from_slice(&std::fs::read(folder.join("stage.json"))?)?;
    if let Some(server) = kept.server {
        std::fs::remove_dir_all(&server).with_context(|| server.display().to_string())?;
    }
    std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string())
}

/// The database server; where a run has one.
fn cluster(server: Option<&Path>) -> Result<Option<Cluster>> {
    server
        .map(|folder| Cluster::kept(folder, Durability::Full))
        .transpose()
}

/// The city on its own port. Its billers are open against their calendar, for at
/// night they would not undo payments.
async fn city(folder: &Path, listen: &str) -> Result<Beside> {
    let log = folder.join("city.jsonl");
    let arguments = ["--listen", listen, "--log", text(&log)?];
    let city = Beside::start("guichet-city", &arguments, &folder.join("city.log"))?;
    for (service, _) in SERVICES {
        let open = json!({"service": service, "closed": false});
        let answer = city.client.post("/_maintenance", &[], &open).await?;
        anyhow::ensure!(answer.status.is_success(), "{}", answer.text());
    }
    Ok(city)
}

/// Makes everything that later parts of a run find: a node that was prepared by
/// `guichet dev` with the packages of the run, and payers.
async fn make(folder: &Path, on: Database) -> Result<Kept> {
    std::fs::create_dir_all(folder)?;
    let server = match on {
        Database::Sqlite => None,
        // The server's user could not reach the folder of the run.
        Database::Postgres => {
            Some(std::env::temp_dir().join(format!("guichet-chaos-{}", std::process::id())))
        }
    };
    if let Some(server) = &server {
        std::fs::create_dir(server)?;
    }
    let cluster = cluster(server.as_deref())?;
    let database = match &cluster {
        Some(cluster) => Some(cluster.database("books")?),
        None => None,
    };
    let city = city(folder, "127.0.0.1:0").await?;
    let packages = packages(folder)?;
    let data = folder.join("node-1");
    let mut arguments = vec!["--city", &city.url, "--packages", text(&packages)?];
    if let Some(database) = &database {
        arguments.extend(["--database", database]);
    }
    let market = Marketplace::start_with(&data, &arguments)?;
    let mut payers = Vec::new();
    for number in 0..PAYERS {
        payers.push(with_bank(&market, number).await?);
    }
    drop(market);
    payers.extend(with_books(&data, database.as_deref()).await?);
    let dev: Value = serde_json::from_slice(&std::fs::read(data.join("dev.json"))?)?;
    let token = dev["token"].as_str().context("no token")?.to_owned();
    Ok(Kept {
        on,
        server,
        city: city.url.trim_start_matches("http://").to_owned(),
        token,
        payers,
    })
}

/// A folder with the run's packages alone.
fn packages(folder: &Path) -> Result<PathBuf> {
    let all = target().join("packages");
    let own = folder.join("packages");
    std::fs::create_dir_all(&own)?;
    for entry in std::fs::read_dir(&all).with_context(|| all.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if PACKAGES.iter().any(|package| name.starts_with(package)) {
            std::fs::copy(entry.path(), own.join(name))?;
        }
    }
    Ok(own)
}

/// A payer whose money a bank holds.
async fn with_bank(market: &Marketplace, number: usize) -> Result<Payer> {
    let subject = format!("bank-payer-{number}");
    let account = format!("62220000{number:08}");
    let body = json!({
        "subject": subject, "bank": "city-bank", "currency": "CNY", "number": account,
        "mandate": {"reference": subject, "agreed_at": "2026-01-01T00:00:00Z"},
    });
    let headers = [("idempotency-key", subject.as_str())];
    let answer = market.api.post("/v1/accounts", &headers, &body).await?;
    let linked = answer.json();
    let id = linked["id"].as_str();
    Ok(Payer {
        account: id.with_context(|| answer.text())?.to_owned(),
        subject,
        number: Some(account),
        opening: OPENING,
    })
}

/// Payers whose money is in the house's own books.
async fn with_books(data: &Path, database: Option<&str>) -> Result<Vec<Payer>> {
    let database = database.map(str::parse).transpose()?;
    let nowhere = "127.0.0.1:0".parse()?;
    let settings = Settings::prepare(data, database, nowhere, "chaos")?;
    let store = app::open_store(&settings).await?;
    let accounts = Accounts::new(store.clone(), Ports::system());
    let client = ClientId::new(CLIENT)?;
    let mut payers = Vec::new();
    for number in 0..PAYERS {
        let subject = SubjectId::new(format!("payer-{number}"))?;
        let (opening, credit) = (Money::cny(OPENING), Money::cny(0));
        let account = accounts.open_funding(&client, &subject, opening, credit);
        payers.push(Payer {
            account: account.await?.to_string(),
            subject: subject.to_string(),
            number: None,
            opening: OPENING,
        });
    }
    store.close().await;
    Ok(payers)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no text")
}
