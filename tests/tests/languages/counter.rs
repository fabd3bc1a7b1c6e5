//! A sample at a running counter: `guichet plugin dev` builds it and puts it there,
//! a citizen pays through it, and its calls replay bit for bit.

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use guichet_tests::{Answer, Marketplace, program};
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::tools::{componentize_py, copy_of, good, guichet};

/// Building, certifying and compiling 18 MB of Python takes its time.
const PATIENCE: Duration = Duration::from_secs(300);

/// A sample, and what a citizen does with it.
struct Errand<'a> {
    package: &'a Path,
    service: &'a str,
    inputs: Value,
    /// How many of the bills are paid.
    bills: usize,
}

/// `guichet plugin dev`, until it serves.
struct Served(Child);

impl Served {
    fn start(package: &Path, path: &str, market: &Marketplace, stage: &Stage) -> Self {
        let mut child = guichet(path)
            .args(["plugin", "dev", "--json", "--endpoint"])
            .arg(format!("biller={}", stage.url))
            .arg(package)
            .env("GUICHET_DATA", &market.data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let served = Self(child);
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in std::io::BufReader::new(output)
                .lines()
                .map_while(Result::ok)
            {
                let _nobody_waits = sender.send(line);
            }
        });
        let line = lines.recv_timeout(PATIENCE).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        assert!(said["serves"].is_string(), "{said}");
        served
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let pid = self.0.id().to_string();
        let _told = Command::new("kill").arg(pid).status();
        let _ended = self.0.wait();
    }
}

/// Asks for bills until the counter has the service.
async fn bills(market: &Marketplace, errand: &Errand<'_>) -> Value {
    let asked = json!({
        "service": errand.service, "inputs": errand.inputs, "subject": market.subject,
    });
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let answer: Answer = market
            .api
            .post("/v1/bill-queries", &[], &asked)
            .await
            .unwrap();
        let query = answer.json();
        if query["state"] == "ready" {
            return query;
        }
        assert!(Instant::now() < until, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn paid_and_replayed(errand: Errand<'_>, path: &str, before: impl FnOnce(&Marketplace)) {
    let scenario = std::fs::read_dir(errand.package.join("tests"))
        .unwrap()
        .next();
    let stage = Stage::of(&scenario.unwrap().unwrap().path());
    let mut market = Marketplace::start().unwrap();
    let begun = Instant::now();
    let served = Served::start(errand.package, path, &market, &stage);
    println!("{} serves after {:?}", errand.service, begun.elapsed());
    before(&market);
    let query = bills(&market, &errand).await;
    let items: Vec<Value> = query["bills"].as_array().unwrap()[..errand.bills]
        .iter()
        .map(|bill| json!({"bill": bill["id"], "amount": bill["amount"]}))
        .collect();
    let begun = Instant::now();
    let payment = market
        .pay(&query, &items.into(), "languages")
        .await
        .unwrap()
        .json();
    println!("{} paid after {:?}", errand.service, begun.elapsed());
    assert_eq!(payment["state"], "applied", "{payment}");
    assert_eq!(stage.effects(), 1, "one payment, one effect");
    drop(served);
    // Transcripts leave memory once the node stops.
    assert_eq!(market.terminate().unwrap(), Some(0));
    for record in [&query["id"], &payment["id"]] {
        let said = good(
            Command::new(program("guichet"))
                .args(["replay", record.as_str().unwrap(), "--json", "--data"])
                .arg(&market.data),
        );
        let answer: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(answer["same"], true, "{answer}");
        assert!(!answer["calls"].as_array().unwrap().is_empty(), "{answer}");
    }
}

#[tokio::test]
async fn heat_is_paid_through_c_and_replayed() {
    let package = copy_of("c");
    let errand = Errand {
        package: package.path(),
        service: "heating-in-c-370100",
        inputs: json!({"account": "20268842"}),
        bills: 1,
    };
    paid_and_replayed(errand, "", |_| ()).await;
}

#[tokio::test]
async fn property_fees_are_paid_through_python_and_replayed() {
    let Some(path) = componentize_py() else {
        return;
    };
    let package = copy_of("python");
    let errand = Errand {
        package: package.path(),
        service: "property-in-python-330100",
        inputs: json!({"home": "3-1202"}),
        bills: 2,
    };
    let key = |market: &Marketplace| {
        let set = "printf made-up-key | guichet registry secret set \
                   guichet-samples/property-in-python partner --algorithm hmac-sha256 --from - --as rita";
        let folder = program("guichet").parent().unwrap().display().to_string();
        let present = std::env::var("PATH").unwrap_or_default();
        good(
            Command::new("bash")
                .args(["-c", set])
                .env("PATH", format!("{folder}:{present}"))
                .env("GUICHET_DATA", &market.data),
        );
    };
    paid_and_replayed(errand, &path, key).await;
}
