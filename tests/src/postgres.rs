//! A PostgreSQL server of the test's own, thrown away at its end. It is durable
//! only where the test asks for it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

/// How long the server may take to start.
const START: Duration = Duration::from_secs(60);
/// Where Debian keeps the server's programs, one folder per version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Whether the server waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// For tests of logic: quick.
    None,
    /// As in production.
    Full,
}

/// A running server.
pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
    server: Child,
}

impl Cluster {
    /// Makes a cluster in a folder of its own and starts it on a free port of
    /// 127.0.0.1.
    pub fn start(durability: Durability) -> Result<Self> {
        let programs = programs()?;
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        if is_root() {
            // The server refuses to run as root.
            run(Command::new("chmod").arg("0711").arg(folder.path()))?;
            run(Command::new("install")
                .args(["-d", "-o", "postgres", "-m", "0700"])
                .arg(&data))?;
        }
        let trusting = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"];
        run(as_server(&programs.join("initdb"))
            .args(trusting)
            .arg("--no-sync")
            .arg("-D")
            .arg(&data))?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let fsync = match durability {
            Durability::None => "fsync=off",
            Durability::Full => "fsync=on",
        };
        let server = as_server(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", fsync])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let cluster = Self {
            folder,
            programs,
            port,
            server,
        };
        let patience = Instant::now() + START;
        while !cluster.psql("postgres", "select 1")?.status.success() {
            ensure!(Instant::now() < patience, "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(cluster)
    }

    /// A new, empty database; its URL.
    pub fn database(&self, name: &str) -> Result<String> {
        self.sql("postgres", &format!("create database {name}"))?;
        Ok(format!(
            "postgres://postgres@127.0.0.1:{}/{name}",
            self.port
        ))
    }

    /// Runs a statement as the server's owner.
    pub fn sql(&self, database: &str, statement: &str) -> Result<()> {
        succeeded(&self.psql(database, statement)?)
    }

    /// One of the server's client programs, told where the server is.
    #[must_use]
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        let port = self.port.to_string();
        command.args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres"]);
        command
    }

    fn psql(&self, database: &str, statement: &str) -> Result<Output> {
        let mut psql = self.client("psql");
        Ok(psql
            .args(["-X", "-q", "-c", statement, database])
            .output()?)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _gone = self.server.kill();
        let _gone = self.server.wait();
        if is_root() {
            // Its files belong to another user.
            let _removed = Command::new("rm")
                .arg("-rf")
                .arg(self.folder.path())
                .status();
        }
    }
}

/// The folder of the newest server, or the one that the environment names.
fn programs() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("GUICHET_POSTGRES_BIN") {
        return Ok(folder.into());
    }
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten();
    versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .max()
        .context("this needs PostgreSQL: apt-get install postgresql")
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|owner| owner.uid() == 0)
}

fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
        "--pdeathsig=KILL",
    ]);
    command.arg(program);
    command.current_dir("/");
    command
}

fn run(command: &mut Command) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("{}", command.get_program().display()))?;
    succeeded(&output)
}

fn succeeded(output: &Output) -> Result<()> {
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
