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
    home: Home,
    programs: PathBuf,
    port: u16,
    durability: Durability,
    server: Child,
}

/// Where a cluster's files are.
enum Home {
    /// Thrown away with the cluster.
    Own(tempfile::TempDir),
    /// Left where they are.
    Kept(PathBuf),
}

impl Home {
    fn path(&self) -> &Path {
        match self {
            Self::Own(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}

impl Cluster {
    /// Makes a cluster in a folder of its own and starts it on a free port of
    /// 127.0.0.1.
    pub fn start(durability: Durability) -> Result<Self> {
        Self::at(Home::Own(tempfile::tempdir()?), durability)
    }

    /// The same in a folder that stays, or the cluster that is there already. The
    /// server's user must be able to reach the folder.
    pub fn kept(folder: &Path, durability: Durability) -> Result<Self> {
        Self::at(Home::Kept(folder.to_owned()), durability)
    }

    fn at(home: Home, durability: Durability) -> Result<Self> {
        let programs = programs()?;
        let data = home.path().join("data");
        if !data.exists() {
            make(&programs, home.path(), &data)?;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let server = serve(&programs, &data, port, durability)?;
        let cluster = Self {
            home,
            programs,
            port,
            durability,
            server,
        };
        cluster.answers()?;
        Ok(cluster)
    }

    /// Stops the server as a crash would: connections break, nothing is written.
    /// What was committed is found again by `resume`.
    pub fn crash(&mut self) -> Result<()> {
        // The server's own word for it, which takes its children along.
        let pid = self.server.id().to_string();
        run(Command::new("kill").args(["-QUIT", &pid]))?;
        self.server.wait()?;
        Ok(())
    }

    /// Starts the server again, at the same place and port.
    pub fn resume(&mut self) -> Result<()> {
        let data = self.home.path().join("data");
        self.server = serve(&self.programs, &data, self.port, self.durability)?;
        self.answers()
    }

    /// Lets the server fall silent: connections stay, and nothing is answered,
    /// until `thaw`.
    pub fn freeze(&self) -> Result<()> {
        self.signal("-STOP")
    }

    /// Lets a silent server go on.
    pub fn thaw(&self) -> Result<()> {
        self.signal("-CONT")
    }

    /// To the server and its children, which are one for each connection.
    fn signal(&self, signal: &str) -> Result<()> {
        let pid = self.server.id();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        let all =
            std::iter::once(pid.to_string()).chain(children.split_whitespace().map(str::to_owned));
        for pid in all {
            // One that has ended meanwhile needs no signal.
            let _gone = Command::new("kill").args([signal, &pid]).output()?;
        }
        Ok(())
    }

    /// One number that a query gives.
    pub fn number(&self, database: &str, query: &str) -> Result<i64> {
        let mut psql = self.client("psql");
        let output = psql.args(["-X", "-q", "-t", "-A", "-c", query, database]);
        let output = output.output()?;
        succeeded(&output)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.trim().parse().context(text)
    }

    /// The server's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.server.id()
    }

    fn answers(&self) -> Result<()> {
        let patience = Instant::now() + START;
        while !self.psql("postgres", "select 1")?.status.success() {
            ensure!(Instant::now() < patience, "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// A new, empty database; its URL.
    pub fn database(&self, name: &str) -> Result<String> {
        self.sql("postgres", &format!("create database {name}"))?;
        Ok(self.url(name))
    }

    /// The URL of a database.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
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
        if is_root()
            && let Home::Own(folder) = &self.home
        {
            // Its files belong to another user.
            let _removed = Command::new("rm").arg("-rf").arg(folder.path()).status();
        }
    }
}

/// A new cluster in `data`, which may lie in a folder of another user's.
fn make(programs: &Path, folder: &Path, data: &Path) -> Result<()> {
    if is_root() {
        // The server refuses to run as root.
        run(Command::new("chmod").arg("0711").arg(folder))?;
        run(Command::new("install")
            .args(["-d", "-o", "postgres", "-m", "0700"])
            .arg(data))?;
    }
    let trusting = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"];
    run(as_server(&programs.join("initdb"))
        .args(trusting)
        .arg("--no-sync")
        .arg("-D")
        .arg(data))
}

fn serve(programs: &Path, data: &Path, port: u16, durability: Durability) -> Result<Child> {
    let fsync = match durability {
        Durability::None => "fsync=off",
        Durability::Full => "fsync=on",
    };
    let server = as_server(&programs.join("postgres"))
        .arg("-D")
        .arg(data)
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
        .args(["-c", "unix_socket_directories=", "-c", fsync])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(server)
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
