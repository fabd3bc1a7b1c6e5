//! The simulated city's process, and the operator's side that it tells: where
//! endpoints lead, keys and secrets.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use guichet_domain::id::EndpointName;
use guichet_registry::binding::{EndpointBinding, OperatorBinding};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::app::App;
use crate::store::{PackageSecret, SecretKind};

/// How long the city may take to start.
const START: Duration = Duration::from_secs(30);
/// The most that its answer may hold.
const ANSWER_BYTES: usize = 4 << 20;

/// A city that answers.
pub(super) struct City {
    url: String,
    child: Option<Child>,
}

/// What the city tells the operator.
#[derive(Deserialize)]
struct Operator {
    packages: BTreeMap<String, Package>,
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
    /// Uses the city at `url`, or starts one beside this program.
    pub(super) async fn start(url: Option<&str>, log: &Path) -> Result<Self> {
        if let Some(url) = url {
            return Ok(Self {
                url: url.trim_end_matches('/').to_owned(),
                child: None,
            });
        }
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
            .context("the city did not say where it is")?
            .to_owned();
        Ok(Self {
            url,
            child: Some(child),
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Ends a city that was started here.
    pub(super) async fn stop(self) {
        let Some(mut child) = self.child else { return };
        if let Some(pid) = child.id() {
            let told = Command::new("kill").arg(pid.to_string()).status().await;
            let ended = tokio::time::timeout(Duration::from_secs(5), child.wait()).await;
            if told.is_ok() && ended.is_ok() {
                return;
            }
        }
        let _gone = child.kill().await;
    }

    /// Gives every admitted release the endpoints, keys and secrets that the
    /// city tells for its package.
    pub(super) async fn bind(&self, app: &App) -> Result<()> {
        let operator = self.operator().await?;
        let shelf = app.plugins().shelf();
        // A package without services carries code for others and reaches nothing.
        for admission in shelf.admissions().filter(|one| !one.services.is_empty()) {
            let name = admission.package().to_string();
            let Some(package) = operator.packages.get(&name) else {
                tracing::warn!(package = name, "the city does not know this package");
                continue;
            };
            let secrets = secrets(&name, package)?;
            let endpoints = package.endpoints.clone();
            let operator = OperatorBinding {
                endpoints,
                ..OperatorBinding::default()
            };
            app.plugins()
                .set_operator(admission.release, &operator, &secrets)
                .await?;
        }
        app.rooms().store.raise_catalogue_version().await?;
        app.plugins().refresh().await?;
        Ok(())
    }

    async fn operator(&self) -> Result<Operator> {
        let client: Client<_, Empty<bytes::Bytes>> =
            Client::builder(TokioExecutor::new()).build_http();
        let address = format!("{}/_operator", self.url);
        let unreachable = || format!("the simulated city does not answer at {address}");
        let answer = client
            .get(address.parse()?)
            .await
            .with_context(unreachable)?;
        let body = Limited::new(answer.into_body(), ANSWER_BYTES)
            .collect()
            .await;
        let body = body
            .map_err(|error| anyhow::anyhow!("{error}"))
            .with_context(unreachable)?;
        serde_json::from_slice(&body.to_bytes()).with_context(unreachable)
    }
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
