//! Several nodes of one marketplace on one PostgreSQL: the first is `guichet dev`
//! and has the registry's key; the others are `guichet serve`, with nothing but
//! the installation's keys, the database and the objects.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use futures::future::try_join_all;
use serde_json::Value;

use crate::postgres::{Cluster, Durability};
use crate::{Answer, Client, Marketplace, program};

/// How long a node may take until it is ready.
const START: Duration = Duration::from_secs(60);
/// Secrets that all nodes of an installation share. The registry's key is not
/// among them.
const SHARED: [&str; 3] = ["vault.key", "pseudonyms.key", "sessions.key"];
/// The database of all nodes.
pub const BOOKS: &str = "books";
/// How often a node is asked while a change is awaited.
const OFTEN: Duration = Duration::from_millis(5);
/// How much of a node's log is told where something fails, in bytes.
const LOG_END: usize = 2_000;
/// How long a change is awaited.
const PATIENCE: Duration = Duration::from_secs(20);

/// The nodes, and the server under them.
pub struct Nodes {
    /// The node that enters acts.
    pub first: Marketplace,
    /// Those that follow.
    pub others: Vec<Node>,
    /// The server.
    pub cluster: Cluster,
    folder: tempfile::TempDir,
}

/// A node that only follows.
pub struct Node {
    child: Child,
    /// Speaks to its API as the demo client.
    pub api: Client,
    /// Its address.
    pub url: String,
}

impl Nodes {
    /// Starts as many nodes, the first included.
    pub async fn start(count: usize, durability: Durability) -> Result<Self> {
        let cluster = Cluster::start(durability)?;
        let database = cluster.database(BOOKS)?;
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("node-1");
        let first = Marketplace::start_with(&data, &["--database", &database])?;
        let mut others = Vec::new();
        for number in 2..=count {
            let name = format!("node-{number}");
            let own = folder.path().join(&name);
            others.push(Node::start(&first, &own, &name, &database).await?);
        }
        Ok(Self {
            first,
            others,
            cluster,
            folder,
        })
    }

    /// The demo client at every node.
    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        std::iter::once(&self.first.api).chain(self.others.iter().map(|node| &node.api))
    }

    /// Enters an act by one of the people and waits until `holds` of the answer of
    /// every node to `asked`; how long each took from the moment at which the act
    /// was sent.
    pub async fn follow(
        &self,
        (by, act): (&str, &Value),
        asked: &(String, Value),
        holds: impl Fn(&Answer) -> bool + Copy,
    ) -> Result<Vec<Duration>> {
        let person = self.first.person(by)?;
        let begun = Instant::now();
        let watching = self.clients().map(|client| async move {
            loop {
                let answer = client.post(&asked.0, &[], &asked.1).await?;
                if holds(&answer) {
                    return Ok(begun.elapsed());
                }
                if begun.elapsed() > PATIENCE {
                    bail!("a node answers after {PATIENCE:?}: {}", answer.text());
                }
                tokio::time::sleep(OFTEN).await;
            }
        });
        let entering = person.post("/v1/acts", &[], act);
        let (entered, watched) = tokio::join!(entering, try_join_all(watching));
        let entered = entered?;
        if !entered.status.is_success() {
            bail!("not entered: {}", entered.text());
        }
        match watched {
            Ok(took) => Ok(took),
            Err(error) => Err(error.context(self.said().await)),
        }
    }

    /// How far each node is, and the end of what it has written to its log.
    async fn said(&self) -> String {
        let mut told = String::new();
        for (number, client) in (1..).zip(self.clients()) {
            let log = self.folder.path().join(format!("node-{number}.log"));
            let said = std::fs::read_to_string(log).unwrap_or_default();
            let from = said.len().saturating_sub(LOG_END);
            let end = said.get(from..).unwrap_or_default();
            let head = client.get("/v1/log/checkpoint").await;
            let head = head.map_or_else(|error| error.to_string(), |answer| answer.text());
            told.push_str(&format!("node-{number} is at {head}\nand said: …{end}\n"));
        }
        told
    }
}

impl Node {
    async fn start(first: &Marketplace, data: &Path, name: &str, database: &str) -> Result<Self> {
        std::fs::create_dir(data)?;
        for key in SHARED {
            std::fs::copy(first.data.join(key), data.join(key))?;
        }
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let child = Command::new(program("guichet"))
            .args(["serve", "--node", name, "--database", database])
            .args(["--listen", &address, "--data"])
            .arg(data)
            .arg("--objects")
            .arg(first.data.join("objects"))
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(data.with_extension("log"))?)
            .spawn()?;
        let url = format!("http://{address}");
        let api = first.api.elsewhere(&url);
        let mut node = Self { child, api, url };
        let begun = Instant::now();
        while begun.elapsed() < START {
            let ready = node.api.get("/readyz").await;
            if ready.is_ok_and(|answer| answer.status.is_success()) {
                return Ok(node);
            }
            if node.child.try_wait()?.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let said = std::fs::read_to_string(data.with_extension("log")).unwrap_or_default();
        bail!("{name} is not ready; it said: {said}")
    }

    /// Kills the node at once, as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// The node's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
