//! `guichet exchange …`: releases leave for foreign registries and come from
//! them. A bundle that came is a file; `guichet plugin publish` takes it in.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use guichet_registry::sign::PublicKey;
use guichet_registry::{PackageName, Version, bundle};
use serde_json::json;

use super::exit::{Ending, Failure};
use super::globals::Globals;
use super::output::Output;
use super::storage::Storage;
use crate::app;
use crate::exchange::{
    Connection, Credentials, ExchangeError, Pulled, Pushed, Reference, Stock, pull, push, take,
};
use crate::objects::Objects;
use crate::outward::PlainHttp;
use crate::ports::Ports;

/// `guichet exchange …`
#[derive(Debug, Subcommand)]
pub enum ExchangeCommand {
    /// Push an approved release of this node's registry to an OCI registry.
    Push(PushArguments),
    /// Pull a bundle from an OCI registry, verify it, and write it to a file.
    Pull(PullArguments),
}

/// `guichet exchange push`
#[derive(Debug, Args)]
pub struct PushArguments {
    /// PUBLISHER/NAME
    pub package: PackageName,
    /// Which release.
    pub version: Version,
    /// Where to: HOST:PORT/REPOSITORY:TAG
    #[arg(value_name = "REF")]
    pub reference: Reference,
    /// How the foreign registry is spoken to.
    #[command(flatten)]
    pub foreign: ForeignArguments,
    /// Where its books and objects are.
    #[command(flatten)]
    pub storage: Storage,
}

/// `guichet exchange pull`
#[derive(Debug, Args)]
pub struct PullArguments {
    /// Where from: HOST:PORT/REPOSITORY:TAG or HOST:PORT/REPOSITORY@sha256:…
    #[arg(value_name = "REF")]
    pub reference: Reference,
    /// Where the bundle goes; else NAME-VERSION.guichet here.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Refuse a bundle that another key has signed.
    #[arg(long, value_name = "KEY")]
    pub publisher_key: Option<PublicKey>,
    /// How the foreign registry is spoken to.
    #[command(flatten)]
    pub foreign: ForeignArguments,
}

/// How a foreign registry is spoken to.
#[derive(Debug, Args)]
pub struct ForeignArguments {
    /// Speak http without TLS to other machines too.
    #[arg(long)]
    pub plain_http: bool,
    /// A file as `docker login` writes it; else Docker's own. User and password
    /// in GUICHET_EXCHANGE_USER and GUICHET_EXCHANGE_PASSWORD go before it.
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
}

impl ForeignArguments {
    fn connect(&self, to: &Reference) -> Result<Connection, ExchangeError> {
        let plain = if self.plain_http {
            PlainHttp::Everywhere
        } else {
            PlainHttp::Loopback
        };
        let named = self.credentials.as_deref();
        let credentials = Credentials::find(to.host(), named, |name| std::env::var(name).ok())?;
        Ok(Connection::new(to, plain, credentials))
    }
}

/// Runs a command of the exchange.
pub(super) async fn run(
    command: &ExchangeCommand,
    globals: &Globals,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        ExchangeCommand::Push(asked) => {
            let stock = stock(asked, globals).await?;
            let connection = asked.foreign.connect(&asked.reference)?;
            let pushed = push(&connection, &asked.reference, &stock).await?;
            tell_pushed(&asked.reference, &pushed, output);
        }
        ExchangeCommand::Pull(asked) => {
            let connection = asked.foreign.connect(&asked.reference)?;
            let pulled = pull(&connection, &asked.reference).await?;
            if let Some(key) = asked.publisher_key.filter(|key| *key != pulled.publisher) {
                let (key, signed_by) = (key.to_string(), pulled.publisher.to_string());
                return Err(ExchangeError::OtherPublisher { key, signed_by }.into());
            }
            let path = asked.out.clone().unwrap_or_else(|| {
                PathBuf::from(bundle::file_name(&pulled.package, &pulled.version))
            });
            write(&path, &pulled.bundle)?;
            tell_pulled(&path, &pulled, output);
        }
    }
    Ok(Ending::Done)
}

/// Takes the release out of the node's own registry.
async fn stock(asked: &PushArguments, globals: &Globals) -> Result<Stock, Failure> {
    let settings = asked.storage.offline(globals)?;
    let ports = Ports::system();
    let store = app::open_store(&settings).await?;
    let log = app::open_log(&settings, &store, &ports).await?;
    let objects = Objects::open(&settings.objects, &ports).await;
    let objects = objects.context("the object store")?;
    let taken = take(&log, &objects, (&asked.package, &asked.version)).await;
    store.close().await;
    Ok(taken?)
}

/// Writes a bundle whole or not at all, and over no other file.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if std::fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if path.exists() {
        return Err(Failure::Usage(format!(
            "{} is there already and is another file: name another one with --out",
            path.display()
        )));
    }
    let half = path.with_extension(format!("{}.part", std::process::id()));
    let written = std::fs::write(&half, bytes).and_then(|()| std::fs::rename(&half, path));
    written.with_context(|| path.display().to_string())?;
    Ok(())
}

fn tell_pushed(to: &Reference, pushed: &Pushed, output: Output) {
    let referrers: Vec<_> = pushed
        .referrers
        .iter()
        .map(|(artifact_type, digest)| json!({"type": artifact_type, "manifest": digest}))
        .collect();
    let answer = json!({
        "reference": to.to_string(),
        "manifest": pushed.manifest,
        "release": pushed.release,
        "component": pushed.component,
        "referrers": referrers,
    });
    output.answer(&answer, |lines| {
        lines.line(&to.pinned(pushed.manifest));
        lines.pair("发布摘要", "Release", &pushed.release.to_string());
        lines.pair("组件", "Component", &pushed.component.to_string());
        for (artifact_type, digest) in &pushed.referrers {
            lines.pair("附件", "Beside it", &format!("{artifact_type} {digest}"));
        }
    });
}

fn tell_pulled(path: &Path, pulled: &Pulled, output: Output) {
    let registries: Vec<String> = pulled.registries.iter().map(ToString::to_string).collect();
    let answer = json!({
        "bundle": path,
        "package": pulled.package,
        "version": pulled.version,
        "release": pulled.release,
        "publisher_key": pulled.publisher.to_string(),
        "registry_keys": registries,
        "component": pulled.component,
        "own_code": pulled.own_code,
        "manifest": pulled.manifest,
    });
    output.answer(&answer, |lines| {
        let name = format!("{} {}", pulled.package, pulled.version);
        lines.line(&format!("{}  {name}", path.display()));
        lines.pair("发布摘要", "Release", &pulled.release.to_string());
        lines.pair(
            "发布者密钥",
            "Publisher's key",
            &pulled.publisher.to_string(),
        );
        for key in &registries {
            lines.pair("登记方密钥", "Countersigned by", key);
        }
        if !pulled.own_code {
            lines.pair("组件", "Component", &pulled.component.to_string());
            lines.say(
                "该插件包使用另一插件包的组件，请先引入后者。",
                "It uses another package's component: bring that package in first.",
            );
        }
        lines.say(
            "签名有效，但密钥是否可信由入口检查决定。下一步：guichet plugin publish",
            "Its signatures hold; whether the keys count is decided on entry. \
             Next: `guichet plugin publish`",
        );
    });
}

impl From<ExchangeError> for Failure {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Outward(_) => Self::Unreachable(error.to_string()),
            ExchangeError::Reference(_)
            | ExchangeError::HalfCredentials
            | ExchangeError::CredentialsFile { .. }
            | ExchangeError::TagNeeded => Self::Usage(error.to_string()),
            other => Self::Failed(other.into()),
        }
    }
}
