//! What somebody outside can prove with the API alone, once the log's key is known:
//! that an entry stands in the log, and that nothing of it was taken back. The
//! arithmetic of RFC 9162 is written down here once more, on purpose.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet_registry::checkpoint::{LogOrigin, SignedCheckpoint};
use guichet_registry::sign::{PublicKey, sha256};

use super::*;

/// A signed tree head, read by hand.
struct Head {
    size: u64,
    root: Vec<u8>,
    note: SignedCheckpoint,
}

async fn text(client: &Client, path: &str) -> String {
    let answer = client.get(path).await.unwrap();
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.text()
}

async fn head(client: &Client) -> Head {
    let note = text(client, "/v1/log/checkpoint").await;
    let lines: Vec<&str> = note.lines().collect();
    Head {
        size: lines[1].parse().unwrap(),
        root: STANDARD.decode(lines[2]).unwrap(),
        note: SignedCheckpoint::parse(&note).unwrap(),
    }
}

/// The log's name and key as the API tells them: name, id, type 1 and 32 bytes.
async fn key(client: &Client) -> (LogOrigin, PublicKey) {
    let told = text(client, "/v1/log/key").await;
    let (origin, rest) = told.trim().split_once('+').unwrap();
    let (_, bytes) = rest.split_once('+').unwrap();
    let bytes = STANDARD.decode(bytes).unwrap();
    assert_eq!(bytes[0], 1, "Ed25519");
    let digits: String = bytes[1..].iter().map(|b| format!("{b:02x}")).collect();
    let key = format!("ed25519:{digits}").parse().unwrap();
    (origin.parse().unwrap(), key)
}

fn bytes(digest: &Value) -> Vec<u8> {
    let digits = digest.as_str().unwrap().strip_prefix("sha256:").unwrap();
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn node(left: &[u8], right: &[u8]) -> Vec<u8> {
    sha256(&[&[1], left, right].concat()).as_bytes().to_vec()
}

/// The root to which an entry's text and its path lead (section 2.1.3.2).
fn root_of(entry: &str, (position, size): (u64, u64), path: &[Vec<u8>]) -> Vec<u8> {
    let leaf = sha256(&[&[0], entry.as_bytes()].concat());
    let (mut root, mut left, mut last) = (leaf.as_bytes().to_vec(), position, size - 1);
    for hash in path {
        if left % 2 == 1 || left == last {
            root = node(hash, &root);
            while left % 2 == 0 && left != 0 {
                left >>= 1;
                last >>= 1;
            }
        } else {
            root = node(&root, hash);
        }
        left >>= 1;
        last >>= 1;
    }
    assert_eq!(last, 0, "the path is too short");
    root
}

async fn path(client: &Client, query: &str) -> (Value, Vec<Vec<u8>>) {
    let proof: Value = serde_json::from_str(&text(client, query).await).unwrap();
    let hashes = proof["path"].as_array().unwrap().iter().map(bytes);
    let hashes = hashes.collect();
    (proof, hashes)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outsider_proves_entries_and_that_nothing_was_taken_back() {
    let market = Marketplace::start().unwrap();
    let auditor = market.person("auda").unwrap();
    let publisher = market.person("olga").unwrap();
    let (older, (origin, key)) = (head(&publisher).await, key(&publisher).await);
    assert!(older.note.verify(&origin, &key).is_ok());

    let throw = json!({"act": "switch-thrown", "target": {"package": PACKAGE}, "reason": "a test"});
    assert_eq!(act(&market, "sven", throw).await.json()["state"], "done");
    let newer = head(&publisher).await;
    assert!(newer.note.verify(&origin, &key).is_ok());
    assert_eq!(newer.size, older.size + 1);

    let last = newer.size - 1;
    let entries = text(&auditor, "/v1/log/entries?from=0").await;
    let entries: Value = serde_json::from_str(&entries).unwrap();
    let entries = entries["items"].as_array().unwrap();
    for position in [0, 1, last / 2, last - 1, last] {
        let place = (position, newer.size);
        let query = format!("/v1/log/inclusion?position={position}&size={}", newer.size);
        let (_, hashes) = path(&publisher, &query).await;
        let entry = entries[usize::try_from(position).unwrap()]["entry"]
            .as_str()
            .unwrap();
        assert_eq!(root_of(entry, place, &hashes), newer.root, "{position}");
        let other = entry.replacen("202", "203", 1);
        assert_ne!(root_of(&other, place, &hashes), newer.root, "{position}");
    }
    assert!(
        entries.last().unwrap()["entry"]
            .as_str()
            .unwrap()
            .contains("switch-thrown")
    );

    let query = format!(
        "/v1/log/consistency?older={}&newer={}",
        older.size, newer.size
    );
    let (proof, _) = path(&publisher, &query).await;
    assert_eq!(bytes(&proof["older_root"]), older.root);
    assert_eq!(bytes(&proof["newer_root"]), newer.root);
    let parse = |digest: &Value| digest.as_str().unwrap().parse().unwrap();
    let hashes: Vec<guichet_domain::Digest> = proof["path"]
        .as_array()
        .unwrap()
        .iter()
        .map(parse)
        .collect();
    let roots = (parse(&proof["older_root"]), parse(&proof["newer_root"]));
    let check = |older_root| {
        guichet_domain::merkle::verify_consistency(
            guichet_registry::sign::sha256_parts,
            (older.size, &older_root),
            (newer.size, &roots.1),
            &hashes,
        )
    };
    assert!(check(roots.0).is_ok());
    assert!(check(roots.1).is_err(), "another older root");
}
