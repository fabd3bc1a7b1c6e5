//! The node that `guichet plugin dev` serves at: one that runs in the data folder
//! already, or one that is started here and ended with the command.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::cli::connection::Connection;
use crate::cli::exit::Failure;
use crate::cli::requests;
use crate::language::Language;

/// How long a node may take to start.
const START: Duration = Duration::from_secs(120);
/// How long it may take to end.
const STOP: Duration = Duration::from_secs(30);

/// A node in development mode.
pub(super) struct Node {
    /// Where it was started here.
    child: Option<Child>,
}

/// The node that answers, else a new one.
pub(super) async fn find_or_start(data: &Path, packages: Option<&Path>) -> Result<Node, Failure> {
    if answers(data).await {
        return Ok(Node { child: None });
    }
    super::super::say("starting a counter; Ctrl-C ends it");
    let failed = |error: std::io::Error| Failure::Failed(error.into());
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command
        .args(["dev", "--json", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // A terminal's Ctrl-C is for this command, which then ends the node.
        .process_group(0);
    if let Some(packages) = packages {
        command.arg("--packages").arg(packages);
    }
    let mut child = command.spawn().map_err(failed)?;
    let output = child.stdout.take();
    let node = Node { child: Some(child) };
    let ready = async {
        let mut lines = BufReader::new(output?).lines();
        lines.next_line().await.ok()?
    };
    match tokio::time::timeout(START, ready).await {
        Ok(Some(_)) => Ok(node),
        _ => {
            node.stop().await;
            Err(Failure::Unreachable(
                "the counter did not start: see what it said above".to_owned(),
            ))
        }
    }
}

async fn answers(data: &Path) -> bool {
    let asked = requests::Connection::default();
    match Connection::open(&asked, data, Language::English) {
        Ok(connection) => connection.get("/v1/zones").await.is_ok(),
        Err(_) => false,
    }
}

impl Node {
    /// Ends a node that was started here.
    pub(super) async fn stop(self) {
        let Some(mut child) = self.child else {
            return;
        };
        if let Some(pid) = child.id() {
            // Politely, so that it ends its city as well.
            let _told = Command::new("kill").arg(pid.to_string()).status().await;
        }
        if tokio::time::timeout(STOP, child.wait()).await.is_err() {
            let _gone = child.kill().await;
        }
    }
}
