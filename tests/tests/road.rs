//! The guides, followed from an empty folder: every command stands in `docs/` and
//! is run as it stands, before a marketplace of the test's own. Machine time from
//! nothing to live is printed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use guichet_tests::{Marketplace, program, target};

fn checkout() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    own.canonicalize().unwrap()
}

/// The commands of a guide, one text for each block.
fn blocks(guide: &str) -> Vec<String> {
    let page = std::fs::read_to_string(checkout().join("docs").join(guide)).unwrap();
    page.split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(str::to_owned)
        .collect()
}

/// A script as a person would paste it into a terminal, in English; it stops at
/// the first command that ends with another code than 0.
fn shell(script: &str, folder: &Path, market: &Marketplace) -> Output {
    let binaries = program("guichet");
    let root = checkout().display().to_string();
    let path = format!(
        "{}:{}",
        binaries.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    Command::new("bash")
        .args(["-c", &format!("set -e -o pipefail\n{script}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("EXAMPLES", format!("{root}/examples/openapi"))
        .env("GUICHET_SDK", format!("{root}/sdk"))
        .env("GUICHET_DATA", &market.data)
        .env("CITY", &market.city_url)
        .env("CARGO_TARGET_DIR", target())
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL")
        .output()
        .unwrap()
}

/// The same, which must end well; what it said.
fn paste(script: &str, folder: &Path, market: &Marketplace) -> String {
    let output = shell(script, folder, market);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{said}\n{wrong}");
    said
}

fn all_in(said: &str, expected: &[&str]) {
    for one in expected {
        assert!(said.contains(one), "{one} is missing:\n{said}");
    }
}

#[test]
fn the_merchants_guide_leads_from_nothing_to_a_paid_bill() {
    let market = Marketplace::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let guide = blocks("guide-merchant.md");
    assert_eq!(guide.len(), 15, "a new block needs a look at this test");
    let started = Instant::now();
    let mut said = String::new();
    for block in &guide {
        let begun = Instant::now();
        said.push_str(&paste(block, folder.path(), &market));
        let first = block.lines().next().unwrap_or_default();
        println!("{:>8.2?}  {first}", begun.elapsed());
    }
    println!("the whole guide: {:?} of machine time", started.elapsed());
    all_in(
        &said,
        &[
            "ed25519:",
            "Nothing is wrong",
            "All scenarios as recorded",
            "yunxi-water/bills 2.3.0: waiting",
            "Waits for a second person",
            "May send requests to",
            "yunxi-water-330100",
            "Paid; the biller has written the bill off.",
        ],
    );
    let paid = said.matches("Paid; the biller has written the bill off.");
    assert!(paid.count() >= 2, "both bills are paid:\n{said}");
}

#[test]
fn both_utilities_go_live_within_seconds_of_machine_time() {
    let market = Marketplace::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = r#"
guichet plugin key new publisher.key
guichet registry publisher enrol $PUBLISHER --name 水务 --credit-code 91350100M000100Y43 --as anna
guichet registry person set owner-$PUBLISHER --publisher $PUBLISHER --member owner --as anna
export GUICHET_TOKEN="$(guichet registry person token owner-$PUBLISHER --as anna)"
guichet plugin from-openapi $EXAMPLES/$NAME/$DOCUMENT $EXAMPLES/$NAME/mapping.toml --out $NAME
guichet plugin key enrol publisher.key --publisher $PUBLISHER
guichet plugin publish $NAME --key publisher.key
printf "$VALUE" | guichet registry secret set $SECRET --from - --as rita
guichet registry approve $RELEASE --endpoint biller=$CITY $CREDENTIAL --as rita
guichet registry approve $RELEASE --as rolf
guichet registry rollout $RELEASE --general --as mona
N=$(guichet registry biller admit $EXAMPLES/$NAME/biller.json --as bela --json | sed 's/[^0-9]//g')
guichet registry agree $N --as bert
unset GUICHET_TOKEN
sleep 1
guichet bills query $QUERY
"#;
    let water = "NAME=water DOCUMENT=openapi.yaml PUBLISHER=yunxi-water VALUE=yunxi-partner-key \
        SECRET='yunxi-water/bills partner-key' RELEASE='yunxi-water/bills 2.3.0' \
        CREDENTIAL='--credential biller:x-partner-key=partner-key' \
        QUERY='yunxi-water-330100 account=20031878'";
    let gb18030 = "NAME=water-gb18030 DOCUMENT=openapi.json PUBLISHER=qinghe-water \
        VALUE=qinghe-collect-key SECRET='qinghe-water/collect biller-key --algorithm hmac-sm3' \
        RELEASE='qinghe-water/collect 1.4.0' CREDENTIAL= \
        QUERY='qinghe-water-330100 account=3301008843'";
    for (name, settings) in [("water", water), ("water-gb18030", gb18030)] {
        let own = folder.path().join(format!("{name}-folder"));
        std::fs::create_dir(&own).unwrap();
        let started = Instant::now();
        let said = paste(&format!("{settings}\n{script}"), &own, &market);
        let elapsed = started.elapsed();
        println!("{name}: from nothing to live, a bill found: {elapsed:?} of machine time");
        assert!(said.contains('¥'), "{said}");
        assert!(elapsed.as_secs() < 60, "{elapsed:?}: the aim is 10 s");
    }
}

#[test]
fn the_reviewers_guide_works_when_pasted() {
    let market = Marketplace::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let guide = blocks("guide-reviewer.md");
    assert_eq!(guide.len(), 9, "a new block needs a look at this test");
    let said = paste(&guide.concat(), folder.path(), &market);
    all_in(
        &said,
        &[
            "What it may do",
            "The first release",
            "Faults struck",
            "Waits for a second person",
            "package acme/acme-water  under investigation",
            "person:mona  yanked",
            "nothing was altered",
            "The registry is founded",
        ],
    );
}

#[test]
fn an_altered_bundle_or_a_foreign_checkpoint_is_named() {
    let mut market = Marketplace::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    paste(
        "guichet registry log --checkpoint --as auda > kept.txt",
        folder.path(),
        &market,
    );
    assert_eq!(market.terminate().unwrap(), Some(0));
    let verify = "guichet registry verify --checkpoint kept.txt";
    paste(verify, folder.path(), &market);
    let bundles = market.data.join("objects/bundles");
    let first = std::fs::read_dir(bundles).unwrap().next().unwrap().unwrap();
    let good = std::fs::read(first.path()).unwrap();
    let mut bad = good.clone();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    std::fs::write(first.path(), &bad).unwrap();
    let output = shell(verify, folder.path(), &market);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("bundle of guichet-demo/"), "{said}");
    std::fs::write(first.path(), &good).unwrap();
    paste(verify, folder.path(), &market);
    // A checkpoint of another registry.
    let other = "guichet registry found --data other --origin a.test/r --administrator anna=A \
        --administrator ben=B > /dev/null\nguichet registry verify --checkpoint other/registry.checkpoint";
    let output = shell(other, folder.path(), &market);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("tree head of size"), "{said}");
}

#[test]
fn the_agencys_guide_works_when_pasted() {
    let market = Marketplace::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let guide = blocks("guide-agency.md");
    assert_eq!(guide.len(), 8, "a new block needs a look at this test");
    let mut blocks = guide.iter();
    let mut said = paste(blocks.next().unwrap(), folder.path(), &market);
    // The versions that this checkout's own plugins are built with.
    let lock = checkout().join("plugins/Cargo.lock");
    std::fs::copy(lock, folder.path().join("city-inquiry/Cargo.lock")).unwrap();
    let rest: Vec<&str> = blocks.map(String::as_str).collect();
    said.push_str(&paste(&rest.concat(), folder.path(), &market));
    all_in(
        &said,
        &[
            "acme/city-inquiry 0.1.0: waiting",
            "west-lake",
            "provident-fund, water",
            "We are upgrading",
            "revoked-in-emergency",
        ],
    );
}

#[test]
fn people_who_may_not_are_told_why() {
    let market = Marketplace::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let refused = |command: &str, expected: &str| {
        let output = shell(command, folder.path(), &market);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{command}");
        assert!(said.contains(expected), "{command}: {said}");
    };
    refused("guichet registry review list --as olga", "operator's staff");
    refused(
        "guichet registry review list --as nobody",
        "`guichet dev` knows anna",
    );
    refused(
        "guichet registry biller suspend b-330100-water --reason x --as rita",
        "biller-manager",
    );
    refused("guichet registry agree 0 --as rita", "no proposal 0");
    refused(
        "guichet registry rollout guichet-demo/http-biller 9.9.9 --general --as mona",
        "not",
    );
    refused(
        "guichet registry switch throw A+B --reason x --as sven",
        "publisher/name",
    );
}

/// `guichet plugin dev` and what it says, line by line.
struct Working {
    child: std::process::Child,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Working {
    fn start(folder: &Path, market: &Marketplace) -> Self {
        use std::io::BufRead as _;
        let mut child = Command::new(program("guichet"))
            .args(["plugin", "dev", "--json"])
            .arg(folder)
            .env("GUICHET_DATA", &market.data)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in std::io::BufReader::new(output)
                .lines()
                .map_while(Result::ok)
            {
                let _nobody_waits = sender.send(line);
            }
        });
        Self { child, lines }
    }

    fn says(&self) -> serde_json::Value {
        let line = self.lines.recv_timeout(std::time::Duration::from_secs(60));
        serde_json::from_str(&line.unwrap()).unwrap()
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _told = Command::new("kill").arg(pid).status();
        let _ended = self.child.wait();
    }
}

#[test]
fn a_package_is_served_as_it_is_written_and_the_last_good_one_goes_on() {
    let market = Marketplace::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let new = "guichet plugin new try-water --template declarative --publisher acme";
    paste(new, folder.path(), &market);
    let package = folder.path().join("try-water");
    let working = Working::start(&package, &market);
    assert_eq!(working.says()["serves"], "acme/try-water 0.1.0-dev.1");
    let change = |file: &str, from: &str, to: &str| {
        let path = package.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    };
    change("services.jsonl", "\"330100\"", "\"990000\"");
    let wrong = working.says();
    assert_eq!(wrong["still_serves"], "acme/try-water 0.1.0-dev.1");
    assert_eq!(wrong["findings"][0]["file"], "services.jsonl", "{wrong}");
    let status = "guichet plugin status acme/try-water";
    let said = paste(status, folder.path(), &market);
    assert!(said.contains("0.1.0-dev.1  general"), "{said}");
    change("services.jsonl", "\"990000\"", "\"330200\"");
    assert_eq!(working.says()["serves"], "acme/try-water 0.1.0-dev.2");
    let said = paste(status, folder.path(), &market);
    assert!(said.contains("0.1.0-dev.2  general"), "{said}");
    assert!(said.contains("0.1.0-dev.1  superseded"), "{said}");
}
