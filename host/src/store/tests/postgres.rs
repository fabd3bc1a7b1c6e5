//! A PostgreSQL server of the test's own, thrown away at its end.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::super::Location;

/// A running server.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    binaries: PathBuf,
    port: u16,
    server: Child,
}

impl Cluster {
    /// Makes a cluster in a folder of its own and starts it on a free port of
    /// 127.0.0.1.
    pub(crate) fn start() -> Self {
        let binaries = binaries();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        if is_root() {
            // The server refuses to run as root.
            run(Command::new("chmod").arg("0711").arg(folder.path()));
            run(Command::new("install")
                .args(["-d", "-o", "postgres", "-m", "0700"])
                .arg(&data));
        }
        run(as_server(&binaries.join("initdb"))
            .args([
                "-A",
                "trust",
                "-U",
                "postgres",
                "--no-sync",
                "-E",
                "UTF8",
                "--locale=C",
            ])
            .arg("-D")
            .arg(&data));
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let server = as_server(&binaries.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", "fsync=off"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Self {
            folder,
            binaries,
            port,
            server,
        };
        let patience = Instant::now() + Duration::from_secs(60);
        while !cluster.psql("postgres", "select 1").status.success() {
            assert!(Instant::now() < patience, "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        cluster
    }

    /// A new, empty database.
    pub(crate) fn database(&self, name: &str) -> Location {
        self.sql("postgres", &format!("create database {name}"));
        Location::Postgres(format!(
            "postgres://postgres@127.0.0.1:{}/{name}",
            self.port
        ))
    }

    /// Runs a statement as the server's owner.
    pub(crate) fn sql(&self, database: &str, statement: &str) {
        let output = self.psql(database, statement);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn psql(&self, database: &str, statement: &str) -> std::process::Output {
        Command::new(self.binaries.join("psql"))
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
                "-U",
                "postgres",
            ])
            .args(["-X", "-q", "-c", statement, database])
            .output()
            .unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _gone = self.server.kill();
        let _gone = self.server.wait();
        if is_root() {
            let _removed = Command::new("rm")
                .arg("-rf")
                .arg(self.folder.path())
                .status();
        }
    }
}

fn binaries() -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("these tests need PostgreSQL: apt-get install postgresql")
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    versions.sort();
    versions
        .pop()
        .expect("these tests need PostgreSQL: apt-get install postgresql")
}

fn is_root() -> bool {
    let owner = std::fs::metadata("/proc/self").unwrap();
    std::os::unix::fs::MetadataExt::uid(&owner) == 0
}

fn as_server(program: &std::path::Path) -> Command {
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

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
