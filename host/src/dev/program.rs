//! A program of the simulation beside this one: started, found again after a
//! killed host, and ended with the host. What it answers is others' affair.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// How long a program may take to start or to answer.
const START: Duration = Duration::from_secs(30);
/// How long it may take to end before it is killed.
const STOP: Duration = Duration::from_secs(5);
/// The most that an answer may hold.
const ANSWER_BYTES: usize = 4 << 20;

/// Which program, and how it is recognised.
pub(super) struct Spec<'a> {
    /// Its file's name, beside this program.
    pub(super) program: &'static str,
    /// The package that it is built from.
    pub(super) package: &'static str,
    /// Arguments after `serve --listen … --json`.
    pub(super) arguments: &'a [&'a OsStr],
    /// What it keeps, and the field of `/_health` that names it.
    pub(super) log: (&'static str, &'a Path),
}

/// A program that answers.
pub(super) struct Program {
    url: String,
    owner: Owner,
}

/// Who ends the program.
enum Owner {
    /// This host; with the process where it is this host's own child.
    Host(Option<Child>),
    /// Whoever started it.
    Somebody,
}

impl Program {
    /// One that somebody else has started at `url`.
    pub(super) fn running(url: &str) -> Self {
        Self::owned(url, Owner::Somebody)
    }

    /// The program that an earlier host of this log left running, or else a new
    /// one beside this program.
    pub(super) async fn start(spec: &Spec<'_>) -> Result<Self> {
        let address = spec.log.1.with_extension("url");
        if let Some(left) = left_running(&address, spec.log).await {
            return Ok(left);
        }
        let started = Self::spawn(spec).await?;
        std::fs::write(&address, &started.url).with_context(|| address.display().to_string())?;
        Ok(started)
    }

    fn owned(url: &str, owner: Owner) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
            owner,
        }
    }

    async fn spawn(spec: &Spec<'_>) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name(spec.program);
        let mut child = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .args(spec.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // A terminal's Ctrl-C is for the host, which then ends the program.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| {
                let (program, package) = (program.display(), spec.package);
                format!("cannot start {program}: build it with `cargo build --package {package}`")
            })?;
        let output = child
            .stdout
            .take()
            .context("the program has no standard output")?;
        let mut lines = BufReader::new(output).lines();
        let line = tokio::time::timeout(START, lines.next_line()).await;
        let Ok(Ok(Some(line))) = line else {
            bail!("{} did not start", spec.program)
        };
        let ready: serde_json::Value = serde_json::from_str(&line)?;
        let url = ready["url"].as_str();
        let url = url.with_context(|| format!("{} did not say where it is", spec.program))?;
        Ok(Self::owned(url, Owner::Host(Some(child))))
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Ends a program that belongs to this host.
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

    /// What the program says at a path.
    pub(super) async fn get(&self, path: &str) -> Result<Bytes> {
        ask(Method::GET, &format!("{}{path}", self.url)).await
    }
}

/// The program that a killed host left behind: it answers where that host found
/// it, and keeps the same log.
async fn left_running(address: &Path, (field, log): (&str, &Path)) -> Option<Program> {
    let url = std::fs::read_to_string(address).ok()?;
    let health = ask(Method::GET, &format!("{url}/_health")).await.ok()?;
    let health: serde_json::Value = serde_json::from_slice(&health).ok()?;
    let ours = health[field].as_str() == log.to_str();
    ours.then(|| Program::owned(&url, Owner::Host(None)))
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
        .with_context(|| format!("nothing answers at {address}"))
}
