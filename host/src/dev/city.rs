//! The simulated city's process, and the operator's side that it tells: where
//! endpoints lead, keys and secrets.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use guichet_domain::id::EndpointName;
use guichet_registry::PackageName;
use guichet_registry::binding::{EndpointBinding, OperatorBinding};
use guichet_registry::register::Actor;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::app::App;
use crate::plugins::operator;
use crate::store::{PackageSecret, SecretKind};

/// How long the city may take to start.
const START: Duration = Duration::from_secs(30);
/// How long it may take to end before it is killed.
const STOP: Duration = Duration::from_secs(5);
/// The most that its answer may hold.
const ANSWER_BYTES: usize = 4 << 20;

/// A city that answers.
pub(super) struct City {
    url: String,
    owner: Owner,
}

/// Who ends the city.
enum Owner {
    /// This host; with the process where it is this host's own child.
    Host(Option<Child>),
    /// Whoever started it.
    Somebody,
}

/// What the city tells the operator.
#[derive(Deserialize)]
pub(super) struct Operator {
    packages: BTreeMap<String, Package>,
}

impl Operator {
    /// Where a package's endpoints lead.
    pub(super) fn binding(&self, package: &PackageName) -> OperatorBinding {
        let told = self.packages.get(&package.to_string());
        OperatorBinding {
            endpoints: told.map(|told| told.endpoints.clone()).unwrap_or_default(),
            ..OperatorBinding::default()
        }
    }

    /// Gives every package of the city's that serves its endpoints, keys and
    /// secrets of today.
    pub(super) async fn apply(&self, app: &App) -> Result<()> {
        let governance = &app.rooms().governance;
        for (name, told) in &self.packages {
            let package: PackageName = name.parse()?;
            let general = governance.read(|register| register.lineup(&package)?.general);
            if general.is_none() {
                continue;
            }
            governance.rebind(&package, self.binding(&package)).await?;
            let wanted = secrets(name, told)?;
            let set = governance.read(|register| register.secrets_of(&package));
            let counts = |kind, name: &str, digest| {
                set.get(&operator::log_name(kind, name)) == Some(&digest)
            };
            let known = app.rooms().store.package_secrets(name, counts).await?;
            let changed: Vec<PackageSecret> = wanted
                .into_iter()
                .filter(|one| !known.contains(one))
                .collect();
            governance
                .set_secrets(&Actor::Installation, &package, &changed)
                .await?;
        }
        app.plugins().refresh().await?;
        Ok(())
    }
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    endpoints: BTreeMap<EndpointName, EndpointBinding>,
    #[serde(default)]
    keys: Vec<Key>,
    #[serde(default)]
    secrets: Vec<Secret>,
}

#[derive(Deserialize)]
struct Key {
    name: String,
    algorithm: String,
    material_base64: String,
}

#[derive(Deserialize)]
struct Secret {
    name: String,
    value: String,
}

impl City {
    /// The city at `url`; without one, the city that an earlier host of this log
    /// left running, or else a new one beside this program.
    pub(super) async fn start(url: Option<&str>, log: &Path) -> Result<Self> {
        if let Some(url) = url {
            return Ok(Self::running(url, Owner::Somebody));
        }
        let address = log.with_extension("url");
        if let Some(left) = left_running(&address, log).await {
            return Ok(left);
        }
        let city = Self::spawn(log).await?;
        std::fs::write(&address, &city.url).with_context(|| address.display().to_string())?;
        Ok(city)
    }

    fn running(url: &str, owner: Owner) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
            owner,
        }
    }

    async fn spawn(log: &Path) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("guichet-city");
        let mut child = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--json", "--log"])
            .arg(log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // A terminal's Ctrl-C is for the host, which then ends the city.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| {
                format!(
                    "cannot start {}: build it with `cargo build --package guichet-city`, or \
                     name a running city with --city",
                    program.display()
                )
            })?;
        let output = child
            .stdout
            .take()
            .context("the city has no standard output")?;
        let mut lines = BufReader::new(output).lines();
        let line = tokio::time::timeout(START, lines.next_line()).await;
        let Ok(Ok(Some(line))) = line else {
            bail!("the simulated city did not start")
        };
        let ready: serde_json::Value = serde_json::from_str(&line)?;
        let url = ready["url"]
            .as_str()
            .context("the city did not say where it is")?;
        Ok(Self::running(url, Owner::Host(Some(child))))
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Ends a city that belongs to this host.
    pub(super) async fn stop(self) {
        let Owner::Host(child) = self.owner else {
            return;
        };
        let stop = format!("{}/_stop", self.url);
        let told = ask(Method::POST, &stop).await;
        if let Some(mut child) = child {
            let ended = tokio::time::timeout(STOP, child.wait()).await;
            if told.is_err() || ended.is_err() {
                let _gone = child.kill().await;
            }
        }
    }

    /// What the city tells the operator.
    pub(super) async fn operator(&self) -> Result<Operator> {
        let address = format!("{}/_operator", self.url);
        let answer = ask(Method::GET, &address).await?;
        serde_json::from_slice(&answer)
            .with_context(|| format!("the answer of the simulated city at {address}"))
    }
}

/// The city that a killed host left behind: it answers where that host found it,
/// and keeps the same log.
async fn left_running(address: &Path, log: &Path) -> Option<City> {
    let url = std::fs::read_to_string(address).ok()?;
    let health = ask(Method::GET, &format!("{url}/_health")).await.ok()?;
    let health: serde_json::Value = serde_json::from_slice(&health).ok()?;
    let ours = health["log"].as_str() == log.to_str();
    ours.then(|| City::running(&url, Owner::Host(None)))
}

async fn ask(method: Method, address: &str) -> Result<Bytes> {
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let request = Request::builder()
        .method(method)
        .uri(address)
        .body(Empty::new())?;
    let answered = async {
        let answer = client.request(request).await?;
        let body = Limited::new(answer.into_body(), ANSWER_BYTES)
            .collect()
            .await;
        body.map_err(|error| anyhow::anyhow!("{error}"))
    };
    let body = tokio::time::timeout(START, answered).await;
    body.map_err(anyhow::Error::from)
        .flatten()
        .map(http_body_util::Collected::to_bytes)
        .with_context(|| format!("the simulated city does not answer at {address}"))
}

fn secrets(package: &str, told: &Package) -> Result<Vec<PackageSecret>> {
    let mut secrets = Vec::new();
    for key in &told.keys {
        secrets.push(PackageSecret {
            package: package.to_owned(),
            kind: SecretKind::Key,
            name: key.name.clone(),
            algorithm: key.algorithm.clone(),
            value: BASE64_STANDARD.decode(&key.material_base64)?,
        });
    }
    for secret in &told.secrets {
        secrets.push(PackageSecret {
            package: package.to_owned(),
            kind: SecretKind::Secret,
            name: secret.name.clone(),
            algorithm: String::new(),
            value: secret.value.clone().into_bytes(),
        });
    }
    Ok(secrets)
}
