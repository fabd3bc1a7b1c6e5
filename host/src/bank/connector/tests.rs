//! The connector against the simulated bank, which was written from the document
//! alone: every fault is right or unknown, and never wrong.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use guichet_bank as core;
use guichet_domain::Money;
use guichet_domain::payment::Leg;
use serde_json::{Value, json};

use super::{BankSettings, HttpBank};
use crate::bank::*;
use crate::ports::Ports;

/// How long the connector waits in these tests.
const DEADLINE_MS: u64 = 400;
/// How much later a late effect comes.
const LATE: Duration = Duration::from_millis(300);

struct World {
    folder: tempfile::TempDir,
    running: core::Running,
    settings: PathBuf,
    bank: HttpBank,
}

impl World {
    async fn new(custom: core::Custom) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bank = core::Bank::open(core::Options {
            name: "city-bank".to_owned(),
            custom,
            memory: core::Memory::Keeps,
            opening: 10_000,
            journal: Some(folder.path().join("books.jsonl")),
            keys: core::KeyFolder::open(folder.path()).unwrap(),
            late: LATE,
        });
        let bank = Arc::new(bank.unwrap());
        let listen = "127.0.0.1:0".parse().unwrap();
        let running = core::serve(bank.clone(), listen).await.unwrap();
        let url = format!("{}/core", running.url());
        let settings = bank.write_settings(&url, listen.ip()).unwrap();
        replace(
            &settings,
            "deadline_ms = 2000",
            &format!("deadline_ms = {DEADLINE_MS}"),
        );
        let bank = connect(&settings);
        Self {
            folder,
            running,
            settings,
            bank,
        }
    }

    async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let outward = crate::outward::Outward::new(crate::outward::PlainHttp::Loopback);
        let request = hyper::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.running.url()))
            .body(body.to_string().into());
        let bounds = crate::outward::Bounds {
            timeout: Duration::from_secs(5),
            answer_bytes: 1 << 20,
        };
        let answer = outward.send(request.unwrap(), bounds).await.unwrap();
        serde_json::from_slice(answer.body()).unwrap()
    }

    async fn strike(&self, fault: &str, on: &str) {
        let rule = json!({"fault": fault, "on": on});
        let answer = self.control("POST", "/_faults", &rule).await;
        assert_eq!(answer["accepted"], true, "{answer}");
    }

    /// How often the bank really did this.
    async fn effects(&self, order: &BankOrder) -> usize {
        let log = self.control("GET", "/_log", &Value::Null).await;
        let effects = log["effects"].as_array().unwrap();
        let own = effects.iter().filter(|effect| {
            effect["reference"] == order.reference()
                && effect["leg"] == order.leg.as_str()
                && effect["amount"] == order.amount.minor_units()
                && effect["account"] == order.account.expose()
        });
        own.count()
    }

    async fn is_balanced(&self) -> bool {
        self.control("GET", "/_books", &Value::Null).await["balanced"] == true
    }
}

fn connect(settings: &Path) -> HttpBank {
    HttpBank::new(BankSettings::read(settings).unwrap(), Ports::system())
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from} stands not in {text}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

fn order(number: u8, leg: Leg) -> BankOrder {
    BankOrder {
        payment: RecordId::from_parts("pay", 1_000, [number; 10]),
        leg,
        account: AccountNumber::new(format!("62220202{number:08}")).unwrap(),
        amount: Money::cny(4_000),
        payee: "杭州水务".to_owned(),
        accounting_date: "2026-11-22".parse().unwrap(),
        requested_at: "2026-11-22T08:00:00Z".parse().unwrap(),
    }
}

fn is_done(answer: &BankAnswer) -> bool {
    matches!(answer, BankAnswer::Done { .. })
}

fn refusal(answer: &BankAnswer) -> &str {
    match answer {
        BankAnswer::Refused { code, .. } => code,
        _ => "",
    }
}

#[tokio::test]
async fn both_customs_go_their_way_and_repetitions_have_one_effect() {
    let world = World::new(core::Custom::HoldFirst).await;
    let bank = &world.bank;
    assert_eq!(bank.custom(), Custom::HoldFirst);
    let hold = order(1, Leg::Hold);
    assert_eq!(bank.status(&hold).await, BankAnswer::NotFound);
    let first = bank.order(&hold).await;
    assert!(is_done(&first), "{first:?}");
    assert_eq!(bank.order(&hold).await, first);
    assert_eq!(bank.status(&hold).await, first);
    assert_eq!(world.effects(&hold).await, 1);
    let capture = order(1, Leg::Capture);
    assert!(is_done(&bank.order(&capture).await));
    let release = bank.order(&order(1, Leg::Release)).await;
    assert_eq!(refusal(&release), "original_ended");
    assert!(is_done(&bank.order(&order(1, Leg::Refund)).await));
    let mut large = order(2, Leg::Hold);
    large.amount = Money::cny(10_001);
    let refused = bank.order(&large).await;
    assert_eq!(refusal(&refused), "insufficient_funds");
    assert_eq!(bank.status(&large).await, refused);
    let mut other = hold.clone();
    other.amount = Money::cny(1);
    assert!(matches!(bank.order(&other).await, BankAnswer::Unknown(_)));
    assert!(matches!(bank.status(&other).await, BankAnswer::Unknown(_)));
    assert!(world.is_balanced().await);

    let world = World::new(core::Custom::CaptureFirst).await;
    let bank = connect(&world.settings);
    assert_eq!(bank.custom(), Custom::CaptureFirst);
    let refused = bank.order(&order(1, Leg::Hold)).await;
    assert_eq!(refusal(&refused), "not_offered");
    assert!(is_done(&bank.order(&capture).await));
    assert!(is_done(&bank.order(&order(1, Leg::Refund)).await));
}

/// Fault, whether the bank does it all the same, and what may be known at once.
const FAULTS: [(&str, usize, Known); 16] = [
    ("hang_before", 0, Known::Nothing),
    ("hang_after", 1, Known::Nothing),
    ("reset_before", 0, Known::Nothing),
    ("reset_after", 1, Known::Nothing),
    ("error_after_success", 1, Known::Nothing),
    ("half_body", 1, Known::Nothing),
    ("garbage", 1, Known::Nothing),
    ("slow", 1, Known::Nothing),
    ("duplicate", 1, Known::Done),
    ("unavailable", 0, Known::Nothing),
    ("refuse", 0, Known::Refused),
    ("late", 0, Known::Nothing),
    ("unsigned", 1, Known::Nothing),
    ("forged", 1, Known::Nothing),
    ("other_amount", 1, Known::Nothing),
    ("redirect", 0, Known::Nothing),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    Done,
    Refused,
}

#[tokio::test]
async fn every_fault_of_an_order_is_right_or_unknown_and_ends_with_one_effect() {
    let world = World::new(core::Custom::HoldFirst).await;
    for (number, (fault, effects, known)) in (1_u8..).zip(FAULTS) {
        let hold = order(number, Leg::Hold);
        world.strike(fault, "hold").await;
        let answer = world.bank.order(&hold).await;
        match known {
            Known::Nothing => {
                assert!(
                    matches!(answer, BankAnswer::Unknown(_)),
                    "{fault}: {answer:?}"
                );
            }
            Known::Done => assert!(is_done(&answer), "{fault}: {answer:?}"),
            Known::Refused => assert_eq!(refusal(&answer), "refused_on_purpose", "{fault}"),
        }
        assert_eq!(world.effects(&hold).await, effects, "{fault}");
        // What the bank did is learnt by asking, before anything is sent again.
        let asked = world.bank.status(&hold).await;
        match (effects, known) {
            (_, Known::Refused) => assert_eq!(asked, answer, "{fault}"),
            (0, _) => assert_eq!(asked, BankAnswer::NotFound, "{fault}"),
            _ => assert!(is_done(&asked), "{fault}: {asked:?}"),
        }
        let again = world.bank.order(&hold).await;
        assert_eq!(
            is_done(&again),
            known != Known::Refused,
            "{fault}: {again:?}"
        );
        if fault == "late" {
            tokio::time::sleep(LATE * 2).await;
        }
        let expected = usize::from(known != Known::Refused);
        assert_eq!(world.effects(&hold).await, expected, "{fault}");
    }
    assert!(world.is_balanced().await);
}

#[tokio::test]
async fn a_fault_of_a_question_is_never_taken_for_an_answer() {
    let world = World::new(core::Custom::HoldFirst).await;
    let hold = order(1, Leg::Hold);
    let done = world.bank.order(&hold).await;
    assert!(is_done(&done));
    for (fault, _, known) in FAULTS {
        world.strike(fault, "read").await;
        let answer = world.bank.status(&hold).await;
        if known == Known::Nothing {
            assert!(
                matches!(answer, BankAnswer::Unknown(_)),
                "{fault}: {answer:?}"
            );
        } else {
            assert_eq!(answer, done, "{fault}");
        }
        assert_eq!(world.bank.status(&hold).await, done, "{fault}");
    }
    assert_eq!(world.effects(&hold).await, 1);
}

#[tokio::test]
async fn a_bank_that_is_not_there_or_does_not_know_us_is_unknown() {
    let mut world = World::new(core::Custom::HoldFirst).await;
    let hold = order(1, Leg::Hold);
    // Another Guichet's key: the bank answers 401, which proves nothing.
    let elsewhere = tempfile::tempdir().unwrap();
    core::KeyFolder::open(elsewhere.path()).unwrap();
    let key = elsewhere.path().join("guichet.pem");
    let own = world.folder.path().join("guichet.pem");
    std::fs::copy(&own, elsewhere.path().join("kept.pem")).unwrap();
    std::fs::copy(&key, &own).unwrap();
    let foreign = connect(&world.settings);
    for answer in [foreign.order(&hold).await, foreign.status(&hold).await] {
        let BankAnswer::Unknown(why) = answer else {
            panic!("{answer:?}");
        };
        assert!(why.contains("401"), "{why}");
        assert!(!why.contains(hold.account.expose()));
    }
    assert_eq!(world.effects(&hold).await, 0);
    // Another address than the one that was set up.
    replace(
        &world.settings,
        "addresses = [\"127.0.0.1\"]",
        "addresses = [\"127.0.0.2\"]",
    );
    let BankAnswer::Unknown(why) = connect(&world.settings).order(&hold).await else {
        panic!("an address that was not set up was reached");
    };
    assert!(why.contains("may not be reached"), "{why}");
    let bank = std::mem::replace(&mut world.bank, foreign);
    world.running.stop().await;
    assert!(matches!(bank.order(&hold).await, BankAnswer::Unknown(_)));
}

#[tokio::test]
async fn a_killed_bank_remembers() {
    let world = World::new(core::Custom::HoldFirst).await;
    let hold = order(1, Leg::Hold);
    let done = world.bank.order(&hold).await;
    let World {
        folder,
        running,
        settings,
        ..
    } = world;
    running.stop().await;
    let journal = folder.path().join("books.jsonl");
    let mut torn = std::fs::OpenOptions::new()
        .append(true)
        .open(&journal)
        .unwrap();
    torn.write_all(b"{\"line\":\"decision\",\"order\"").unwrap();
    let bank = core::Bank::open(core::Options {
        name: "city-bank".to_owned(),
        custom: core::Custom::HoldFirst,
        memory: core::Memory::Keeps,
        opening: 10_000,
        journal: Some(journal),
        keys: core::KeyFolder::open(folder.path()).unwrap(),
        late: LATE,
    });
    let bank = Arc::new(bank.unwrap());
    let listen = "127.0.0.1:0".parse().unwrap();
    let running = core::serve(bank.clone(), listen).await.unwrap();
    let url = format!("{}/core", running.url());
    assert_eq!(bank.write_settings(&url, listen.ip()).unwrap(), settings);
    let connected = connect(&settings);
    assert_eq!(connected.status(&hold).await, done);
    assert_eq!(connected.order(&hold).await, done);
    assert!(is_done(&connected.order(&order(1, Leg::Capture)).await));
}

#[tokio::test]
async fn settings_that_are_wrong_are_refused_with_the_reason() {
    let world = World::new(core::Custom::HoldFirst).await;
    let good = std::fs::read_to_string(&world.settings).unwrap();
    let url = format!("{}/core", world.running.url());
    let open = world.folder.path().join("open.pem");
    std::fs::copy(world.folder.path().join("guichet.pem"), &open).unwrap();
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    // A copy keeps the first file's access rights.
    let junk = world.folder.path().join("junk.pem");
    std::fs::copy(world.folder.path().join("guichet.pem"), &junk).unwrap();
    std::fs::write(&junk, "no key").unwrap();
    for (from, to, reason) in [
        (
            "custom = \"hold_first\"",
            "custom = \"sometimes\"",
            "line 4",
        ),
        ("name = \"city-bank\"", "name = \"City\"", "line 2"),
        ("algorithm", "algorithms", "line 7"),
        (url.as_str(), "http://bank.example/core", "https://"),
        (url.as_str(), "https://bank.example/core?x=1", "https://"),
        (url.as_str(), "ftp://bank.example", "https://"),
        ("deadline_ms = 400", "deadline_ms = 99", "100 to 60000"),
        ("\"guichet-1\"", "\"gui chet\"", "guichet.key_id"),
        ("\"guichet.pem\"", "\"absent.pem\"", "absent.pem"),
        ("\"guichet.pem\"", "\"junk.pem\"", "openssl genpkey"),
        ("\"core.pub.pem\"", "\"core.pem\"", "openssl pkey"),
        ("\"guichet.pem\"", "\"open.pem\"", "chmod 600"),
        ("\"ed25519\"", "\"hmac-sha256\"", "openssl rand"),
    ] {
        assert!(good.contains(from), "{from}");
        std::fs::write(&world.settings, good.replace(from, to)).unwrap();
        let error = BankSettings::read(&world.settings).unwrap_err().to_string();
        assert!(error.contains("bank.toml"), "{error}");
        assert!(error.contains(reason), "{to}: {error}");
    }
    std::fs::write(&world.settings, good).unwrap();
    let paths = [world.settings.clone(), world.settings.clone()];
    let twice = ConnectedBanks::read(&paths, &Ports::system()).unwrap_err();
    assert!(twice.to_string().contains("already"), "{twice}");
    let once = ConnectedBanks::read(&paths[..1], &Ports::system()).unwrap();
    assert!(once.bank("city-bank").is_some());
    assert!(once.bank("other-bank").is_none());
    let shown = format!("{:?} {:?}", once, world.bank);
    assert!(!shown.contains("PRIVATE"), "{shown}");
}
