//! The simulated city and bank as processes of their own, which outlive a killed
//! node: their logs are the truth that it is judged by.

use std::fs::File;
use std::io::BufRead as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::client::Client;
use crate::marketplace::program;

/// A program that announces itself by one line of JSON.
pub struct Beside {
    child: Child,
    /// Speaks to it.
    pub client: Client,
    /// Where it answers.
    pub url: String,
}

impl Beside {
    /// Starts `name serve --json` with more arguments, and waits for its line.
    pub fn start(name: &str, arguments: &[&str], log: &Path) -> Result<Self> {
        let mut child = Command::new(program(name))
            .args(["serve", "--json"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            .spawn()
            .with_context(|| format!("cannot start {name}: build the workspace first"))?;
        let output = child.stdout.take().context("no standard output")?;
        let mut lines = std::io::BufReader::new(output).lines();
        let line = lines.next().transpose()?.unwrap_or_default();
        // The rest is read away, so that the program never blocks on its output.
        std::thread::spawn(move || lines.for_each(drop));
        let ready: Value = serde_json::from_str(&line)
            .with_context(|| format!("{name} did not start; see {}", log.display()))?;
        let url = ready["url"].as_str().context("no URL")?.to_owned();
        Ok(Self {
            child,
            client: Client::new(&url, None),
            url,
        })
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// An entry of its log of effects, all of them.
    pub async fn effects(&self, path: &str) -> Result<Vec<Value>> {
        let answer = self.client.get(path).await?;
        anyhow::ensure!(answer.status.is_success(), "{}", answer.text());
        match answer.json()["effects"].take() {
            Value::Array(effects) => Ok(effects),
            other => anyhow::bail!("{path} answers no effects but {other}"),
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
