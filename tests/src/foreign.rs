//! Other people's servers of the test's own: an OCI registry and a store that
//! speaks S3, each on a free port of 127.0.0.1 with a folder for its storage,
//! and thrown away at the test's end.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::target;

/// How long a server may take to start.
const START: Duration = Duration::from_secs(30);

/// A running server and its storage.
pub struct Server {
    child: Child,
    folder: tempfile::TempDir,
    /// `127.0.0.1:PORT`.
    pub host: String,
}

impl Server {
    /// Where it keeps what it was given.
    #[must_use]
    pub fn storage(&self) -> PathBuf {
        self.folder.path().join("storage")
    }

    fn start(folder: tempfile::TempDir, command: &mut Command, port: u16) -> Result<Self> {
        let log = std::fs::File::create(folder.path().join("log"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let mut server = Self {
            child,
            folder,
            host: format!("127.0.0.1:{port}"),
        };
        let patience = Instant::now() + START;
        while TcpStream::connect(&server.host).is_err() {
            if server.child.try_wait()?.is_some() || Instant::now() > patience {
                let said = std::fs::read_to_string(server.folder.path().join("log"))?;
                bail!("{} does not start: {said}", command.get_program().display());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Starts Debian's docker-registry; with a file of users where one is given.
pub fn registry(users: Option<&str>) -> Result<Server> {
    let folder = tempfile::tempdir()?;
    let storage = folder.path().join("storage");
    std::fs::create_dir(&storage)?;
    let port = free_port()?;
    let mut settings = format!(
        "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\n\
         http: {{addr: 127.0.0.1:{port}}}\n",
        storage.display()
    );
    if let Some(users) = users {
        let file = folder.path().join("users");
        std::fs::write(&file, users)?;
        settings.push_str(&format!(
            "auth: {{htpasswd: {{realm: test, path: {}}}}}\n",
            file.display()
        ));
    }
    let path = folder.path().join("settings.yml");
    std::fs::write(&path, settings)?;
    let program = find("docker-registry", "GUICHET_DOCKER_REGISTRY")?;
    Server::start(folder, Command::new(program).arg("serve").arg(path), port)
}

/// Starts an S3 server with one bucket and one pair of keys.
pub fn object_store(bucket: &str, (key_id, secret): (&str, &str)) -> Result<Server> {
    let folder = tempfile::tempdir()?;
    let storage = folder.path().join("storage");
    std::fs::create_dir_all(storage.join(bucket))?;
    let port = free_port()?;
    let mut command = Command::new(find("s3s-fs", "GUICHET_S3_SERVER")?);
    command
        .args(["--host", "127.0.0.1", "--port", &port.to_string()])
        .args(["--access-key", key_id, "--secret-key", secret])
        .arg(&storage);
    Server::start(folder, &mut command, port)
}

/// The package tool of the Bytecode Alliance.
pub fn wkg() -> Result<PathBuf> {
    find("wkg", "GUICHET_WKG")
}

/// A program that the environment names, or one that `cargo xtask test` has
/// fetched before, or one that is installed.
fn find(name: &str, variable: &str) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Ok(path.into());
    }
    let tools = target().join("tools");
    let fetched = [
        tools.join("bin").join(name),
        tools.join(name).join("usr/bin").join(name),
    ];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&path).map(|folder| folder.join(name));
    fetched
        .into_iter()
        .chain(installed)
        .find(|program| Path::is_file(program))
        .with_context(|| format!("{name} is missing: `cargo xtask test` fetches it"))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
