//! A marketplace of one's own: `guichet dev` on a free port with its simulated
//! city, started and ended by the test.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::client::{Client, encode};

/// How long a start may take before the test fails.
const START: Duration = Duration::from_secs(60);

/// The target folder that the programs were built into.
#[must_use]
pub fn target() -> PathBuf {
    if let Some(target) = std::env::var_os("GUICHET_TARGET") {
        return target.into();
    }
    // A test runs from `<target>/debug/deps/NAME`.
    let own = std::env::current_exe().unwrap_or_default();
    own.ancestors()
        .nth(3)
        .unwrap_or(Path::new("target"))
        .to_owned()
}

/// A built program of the workspace, of the same build as the running one,
/// which lies beside it or, being a test, one folder deeper.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    let mut folders = own.ancestors().skip(1).take(2);
    let found = folders.find_map(|folder| {
        let program = folder.join(name);
        program.is_file().then_some(program)
    });
    found.unwrap_or_else(|| target().join("debug").join(name))
}

/// A running marketplace; its processes end with it.
pub struct Marketplace {
    child: Child,
    /// Where it keeps its data.
    pub data: PathBuf,
    /// The API's address.
    pub url: String,
    /// The city's address.
    pub city_url: String,
    /// The demo citizen.
    pub subject: String,
    /// The citizen's account.
    pub payer_account: String,
    /// The citizen's account at the simulated bank.
    pub bank_account: String,
    /// Speaks to the simulated bank.
    pub bank: Client,
    /// Speaks to the API as the demo client.
    pub api: Client,
    /// Speaks to the city.
    pub city: Client,
    _folder: Option<tempfile::TempDir>,
}

impl Marketplace {
    /// Starts one with fresh data.
    pub fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let mut started = Self::start_with(&data, &[])?;
        started._folder = Some(folder);
        Ok(started)
    }

    /// Starts one over a folder, with more arguments for `guichet dev`.
    pub fn start_with(data: &Path, arguments: &[&str]) -> Result<Self> {
        Self::start_in(data, arguments, &[])
    }

    /// The same with more variables in its environment.
    pub fn start_in(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Self> {
        let log = std::fs::File::create(data.with_extension("log"))?;
        // A write beyond the limit of a file's size is an error for the node and
        // not its end, so that a test can take its disk away.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
            .arg(program("guichet"))
            .args(["dev", "--listen", "127.0.0.1:0", "--json", "--data"])
            .arg(data)
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", program("guichet").display()))?;
        let line = match first_line(&mut child) {
            Ok(line) => line,
            Err(error) => {
                let _gone = child.kill();
                let said = std::fs::read_to_string(data.with_extension("log")).unwrap_or_default();
                bail!("{error}; it said: {said}");
            }
        };
        let ready: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
        let text = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        let (url, city_url) = (text("url"), text("city_url"));
        Ok(Self {
            child,
            data: data.to_owned(),
            subject: text("subject"),
            payer_account: text("payer_account"),
            bank_account: text("bank_account"),
            bank: Client::new(&text("bank_url"), None),
            api: Client::new(&url, Some(&text("token"))),
            city: Client::new(&city_url, None),
            url,
            city_url,
            _folder: None,
        })
    }

    /// The host's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills the host at once, as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Speaks to the API as one of the people who act in the registry.
    pub fn person(&self, name: &str) -> Result<Client> {
        Ok(Client::new(&self.url, Some(&self.person_token(name)?)))
    }

    /// The token of one of the people who act in the registry.
    pub fn person_token(&self, name: &str) -> Result<String> {
        let kept = std::fs::read_to_string(self.data.join("dev.json"))?;
        let kept: Value = serde_json::from_str(&kept)?;
        let token = kept["people"][name].as_str();
        let token = token.with_context(|| format!("dev.json knows nobody called {name}"))?;
        Ok(token.to_owned())
    }

    /// Ends the host politely and gives its exit code.
    pub fn terminate(&mut self) -> Result<Option<i32>> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status()?;
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status.code());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("the marketplace does not end on SIGTERM")
    }

    /// Inputs that have bills (or an answer) now, another account at every call.
    pub async fn sample(&self, service: &str) -> Result<Value> {
        let answer = self
            .city
            .get(&format!("/_sample?service={service}"))
            .await?;
        Ok(answer.json()["inputs"].clone())
    }

    /// Effects that the biller has really applied.
    pub async fn effects(&self, service: &str) -> Result<Vec<Value>> {
        let answer = self.city.get(&format!("/_log?service={service}")).await?;
        Ok(answer.json()["effects"]
            .as_array()
            .cloned()
            .unwrap_or_default())
    }

    /// Switches a fault on at the city.
    pub async fn fault(&self, service: &str, fault: &str, count: u32, on: &str) -> Result<()> {
        let body = json!({"service": service, "fault": fault, "count": count, "on": on});
        let answer = self.city.post("/_faults", &[], &body).await?;
        anyhow::ensure!(answer.status.is_success(), "{}", answer.text());
        Ok(())
    }

    /// Services of the catalogue that match, as the list shows them.
    pub async fn search(&self, query: &str, filter: &str) -> Result<Vec<Value>> {
        let path = format!("/v1/services?q={}&limit=200{filter}", encode(query));
        let answer = self.api.get(&path).await?;
        anyhow::ensure!(answer.status.is_success(), "{}", answer.text());
        Ok(answer.json()["items"]
            .as_array()
            .cloned()
            .unwrap_or_default())
    }

    /// Queries bills with the city's sample inputs until the answer is ready.
    pub async fn ready_bills(&self, service: &str) -> Result<Value> {
        let inputs = self.sample(service).await?;
        let body = json!({"service": service, "inputs": inputs, "subject": self.subject});
        let mut query = self.api.post("/v1/bill-queries", &[], &body).await?.json();
        for _ in 0..50 {
            if query["state"] != "pending" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            let path = format!(
                "/v1/bill-queries/{}",
                query["id"].as_str().unwrap_or_default()
            );
            query = self.api.get(&path).await?.json();
        }
        anyhow::ensure!(query["state"] == "ready", "{service}: {query}");
        Ok(query)
    }

    /// Pays items of a query and waits for the end, at most ten seconds.
    pub async fn pay(&self, query: &Value, items: &Value, key: &str) -> Result<crate::Answer> {
        let body = json!({
            "bill_query": query["id"], "items": items,
            "payer_account": self.payer_account, "subject": self.subject,
        });
        let headers = [("idempotency-key", key), ("prefer", "wait=10")];
        self.api.post("/v1/payments", &headers, &body).await
    }
}

impl Drop for Marketplace {
    fn drop(&mut self) {
        // Politely first, so that the city is ended with its host.
        if self.terminate().is_err() {
            let _gone = self.child.kill();
            let _reaped = self.child.wait();
        }
    }
}

/// The line of JSON that says that it is ready.
fn first_line(child: &mut Child) -> Result<String> {
    use std::io::BufRead as _;
    let output = child.stdout.take().context("no standard output")?;
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = std::io::BufReader::new(output).lines();
        let _nobody_waits = sender.send(lines.next());
        // The rest is read away, so that the host never blocks on its output.
        lines.for_each(drop);
    });
    match receiver.recv_timeout(START) {
        Ok(Some(line)) => Ok(line?),
        Ok(None) => bail!("the marketplace ended before it was ready"),
        Err(_) => bail!("the marketplace was not ready after {START:?}"),
    }
}
