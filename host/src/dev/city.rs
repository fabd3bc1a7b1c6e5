//! The simulated city's process, and the operator's side that it tells: where
//! endpoints lead, keys and secrets.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use guichet_domain::id::EndpointName;
use guichet_registry::PackageName;
use guichet_registry::binding::{EndpointBinding, OperatorBinding};
use guichet_registry::register::Actor;
use serde::Deserialize;

use super::program::{Program, Spec};
use crate::app::App;
use crate::plugins::operator;
use crate::store::{PackageSecret, SecretKind};

/// A city that answers.
pub(super) struct City(Program);

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
            return Ok(Self(Program::running(url)));
        }
        let arguments = ["--log".as_ref(), log.as_ref()];
        let spec = Spec {
            program: "guichet-city",
            package: "guichet-city",
            arguments: &arguments,
            log: ("log", log),
        };
        let advice = "the simulated city (one that runs already is used with --city URL)";
        let started = Program::start(&spec).await;
        started.map(Self).context(advice)
    }

    pub(super) fn url(&self) -> &str {
        self.0.url()
    }

    /// Ends a city that belongs to this host.
    pub(super) async fn stop(self) {
        self.0.stop().await;
    }

    /// What the city tells the operator.
    pub(super) async fn operator(&self) -> Result<Operator> {
        let answer = self.0.get("/_operator").await?;
        serde_json::from_slice(&answer).context("what the simulated city tells the operator")
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
