//! One node as a real process: started, heard saying that it serves, killed.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use guichet_tests::program;
use serde_json::Value;
use tokio::sync::oneshot;

/// How long a node may take to start on a busy machine.
const START: Duration = Duration::from_secs(60);

/// How long it may take to end: what is in hand is finished first.
const STOP: Duration = Duration::from_secs(50);

/// How a node is started.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its name among the nodes.
    pub name: String,
    /// The program: the host, or the one with a mistake in it.
    pub program: &'static str,
    /// Everything after `serve`.
    pub arguments: Vec<String>,
    /// Variables of its environment.
    pub environment: Vec<(String, String)>,
    /// Where its log goes.
    pub log: PathBuf,
}

/// A node's process.
pub struct Node {
    child: Child,
    begun: Instant,
    address: oneshot::Receiver<String>,
}

impl Node {
    /// Starts the process; it does not serve yet.
    pub fn start(plan: &Plan) -> Result<Self> {
        let mut child = Command::new(program(plan.program))
            .args(["--json", "serve", "--listen", "127.0.0.1:0"])
            .args(&plan.arguments)
            .envs(plan.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", plan.program))?;
        let said = child.stderr.take().context("no standard error")?;
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&plan.log)?;
        let (tell, address) = oneshot::channel();
        std::thread::spawn(move || listen(said, log, tell));
        Ok(Self {
            child,
            begun: Instant::now(),
            address,
        })
    }

    /// Waits until it serves; its URL and how long it took.
    pub async fn serves(&mut self) -> Result<(String, Duration)> {
        match tokio::time::timeout(START, &mut self.address).await {
            Ok(Ok(address)) => Ok((format!("http://{address}"), self.begun.elapsed())),
            Ok(Err(_)) => bail!("a node ended by itself: {:?}", self.child.try_wait()?),
            Err(_) => bail!("a node does not serve after {START:?}"),
        }
    }

    /// Whether the process has ended though nobody killed it.
    pub fn has_ended(&mut self) -> Result<Option<std::process::ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// SIGTERM; the exit code, none where it does not end.
    pub async fn terminate(&mut self) -> Result<Option<i32>> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status()?;
        let begun = Instant::now();
        while begun.elapsed() < STOP {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status.code());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(None)
    }

    /// SIGKILL.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Its process.
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

/// Copies what a node says to its log, and tells the address that it serves at.
fn listen(said: ChildStderr, mut log: File, tell: oneshot::Sender<String>) {
    let mut tell = Some(tell);
    for line in BufReader::new(said).lines().map_while(Result::ok) {
        // A full disk must not stop the node by a blocked pipe.
        let _kept = writeln!(log, "{line}");
        if tell.is_some()
            && let Some(address) = address(&line)
            && let Some(tell) = tell.take()
        {
            let _nobody_waits = tell.send(address);
        }
    }
}

fn address(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    let fields = &line["fields"];
    if fields["message"] != "serving" {
        return None;
    }
    fields["address"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_the_line_that_says_serving() {
        let line = r#"{"level":"INFO","fields":{"message":"serving","address":"127.0.0.1:7"}}"#;
        assert_eq!(address(line).as_deref(), Some("127.0.0.1:7"));
        assert_eq!(address(r#"{"fields":{"message":"stopping"}}"#), None);
        assert_eq!(address("serving at 127.0.0.1:7"), None);
    }
}
