//! Commands as people paste them: what `guichet dev` prints and what the
//! documentation shows works as it stands; and how a node starts and ends.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use guichet_tests::{Marketplace, program};

/// Runs a script as a person would paste it, going on after what ends with
/// another code than 0; what it said.
fn paste(script: &str, folder: &Path) -> String {
    let output = Command::new("bash")
        .args(["-c", script])
        .current_dir(folder)
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{script}\n{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// `guichet dev` as a person starts it, and what it printed.
struct Printed {
    child: Child,
    guide: String,
}

impl Printed {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(program("guichet"))
            .args(["dev", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut guide = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        while !guide.contains("Stop with Ctrl-C") {
            assert_ne!(output.read_line(&mut guide).unwrap(), 0, "{guide}");
        }
        Self { child, guide }
    }
}

impl Drop for Printed {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _told = Command::new("kill").arg(pid).status();
        let _ended = self.child.wait();
    }
}

#[test]
fn what_dev_prints_works_when_pasted() {
    let folder = tempfile::tempdir().unwrap();
    let printed = Printed::start(&folder.path().join("data"));
    let try_it = printed.guide.split("paste as it stands").nth(1).unwrap();
    let script: Vec<&str> = try_it
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        // The one that is said to be refused.
        .filter(|line| !line.contains("# refused"))
        .collect();
    assert!(script.len() > 15, "{script:#?}");
    let said = paste(&script.join("\n"), folder.path());
    for expected in [
        "water-330100-1",
        "Paid; the biller has written the bill off.",
        "\"effects\":[{",
        "Bit for bit the same",
        "The books balance; every invariant holds.",
        "Card              Take the card to an outlet to be written",
        "Treasury code",
        "Housing provident fund account",
        "Personal credit report",
        "Seconds to live",
    ] {
        assert!(said.contains(expected), "{expected} is missing:\n{said}");
    }
}

#[tokio::test]
async fn the_documentation_of_the_api_works_when_pasted() {
    let market = Marketplace::start().unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocks: Vec<&str> = page
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 5, "a new block needs a look at this test");
    let binaries = program("guichet");
    let binaries = binaries.parent().unwrap().display();
    let script = format!(
        "set -e -o pipefail\nexport PATH={binaries}:$PATH GUICHET_DATA=guichet-data\nln -s {} guichet-data\n{}",
        market.data.display(),
        blocks.concat()
    );
    let folder = tempfile::tempdir().unwrap();
    let said = paste(&script, folder.path());
    for expected in [
        "Hangzhou water bill",
        "\"state\": \"applied\"",
        "\"sections\"",
        "Paid; the biller",
    ] {
        assert!(said.contains(expected), "{expected} is missing:\n{said}");
    }
}

#[tokio::test]
async fn a_payment_is_replayed_bit_for_bit_and_an_altered_record_is_not_believed() {
    let mut market = Marketplace::start().unwrap();
    let query = market.ready_bills("water-330100-1").await.unwrap();
    let bill = &query["bills"][0];
    let items = serde_json::json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    let payment = market.pay(&query, &items, "replay").await.unwrap().json();
    assert_eq!(payment["state"], "applied", "{payment}");
    // Transcripts leave memory once the node stops.
    assert_eq!(market.terminate().unwrap(), Some(0));
    let replay = |record: &str| {
        Command::new(program("guichet"))
            .args(["replay", record, "--json", "--data"])
            .arg(&market.data)
            .output()
            .unwrap()
    };
    for record in [&payment["id"], &query["id"]] {
        let output = replay(record.as_str().unwrap());
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let answer: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(answer["same"], true, "{answer}");
        assert!(!answer["calls"].as_array().unwrap().is_empty(), "{answer}");
    }
    let unknown = replay("pay_01m80dy2e9hfmkw6r0vtgcxxxw");
    assert!(!unknown.status.success());

    for segment in std::fs::read_dir(market.data.join("transcripts")).unwrap() {
        let path = segment.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        for byte in &mut bytes {
            *byte ^= 1;
        }
        std::fs::write(&path, bytes).unwrap();
    }
    assert!(!replay(payment["id"].as_str().unwrap()).status.success());
}

/// Waits until nobody answers at the address.
fn is_gone(url: &str) -> bool {
    let address = url.trim_start_matches("http://");
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until {
        if std::net::TcpStream::connect(address).is_err() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn a_node_that_is_told_to_stop_while_it_starts_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for milliseconds in [50, 200, 400, 800, 1_600] {
        let mut child = Command::new(program("guichet"))
            .args(["dev", "--listen", "127.0.0.1:0", "--json", "--data"])
            .arg(&data)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let told = Command::new("kill").arg(child.id().to_string()).status();
        assert!(told.unwrap().success());
        let ended = child.wait().unwrap();
        let city = data.join("city.url");
        let Ok(url) = std::fs::read_to_string(&city) else {
            // Before it listens for signals, one ends it in the system's way;
            // nothing was started yet that could be left behind.
            assert!(matches!(ended.code(), None | Some(0)), "{ended}");
            continue;
        };
        assert_eq!(ended.code(), Some(0), "{milliseconds}: {ended}");
        assert!(is_gone(&url), "the city outlives its host at {url}");
        std::fs::remove_file(city).unwrap();
    }
}

#[tokio::test]
async fn a_killed_nodes_city_is_taken_up_and_ended_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut first = Marketplace::start_with(&data, &[]).unwrap();
    first.kill().unwrap();
    let city = first.city_url.clone();
    drop(first);
    let mut second = Marketplace::start_with(&data, &[]).unwrap();
    assert_eq!(second.city_url, city);
    assert_eq!(second.terminate().unwrap(), Some(0));
    assert!(is_gone(&city));
}
