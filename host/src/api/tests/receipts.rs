//! Receipts and audit logs through the door, and what a stranger can prove from
//! them with the key alone.

use guichet_registry::sign::SigningKey;
use serde_json::{Value, json};

use super::world::World;
use crate::receipts::{InLog, Unproven, attached, verify, verify_code};

/// A payment that the biller has applied; its path.
async fn applied(world: &World, bill: &str) -> String {
    let query = world.query(&[(bill, 8650)]).await;
    let body = world.payment(&query, &[(bill, 8650)]);
    let key = format!("errand-{bill}");
    let key = [("idempotency-key", key.as_str())];
    let made = world.post("/v1/payments", &key, &body).await;
    assert_eq!(made.status, 202, "{}", made.json());
    world.work().await;
    format!("/v1/payments/{}", made.json()["id"].as_str().unwrap())
}

async fn receipt(world: &World, path: &str) -> String {
    let answer = world.get(&format!("{path}/receipt")).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    String::from_utf8(answer.bytes).unwrap()
}

#[tokio::test]
async fn a_receipt_is_signed_at_once_and_proven_a_moment_later() {
    let world = World::new().await;
    let path = applied(&world, "b1").await;
    let key = world.rooms.audit.public_key();

    let early = receipt(&world, &path).await;
    let proven = verify(&early, &key).unwrap();
    assert_eq!(proven.in_log, InLog::NotYet);
    let facts = &proven.statement.facts;
    assert_eq!(
        (facts.total.minor_units(), facts.application.serial.as_str()),
        (8650, "S1")
    );
    assert!(
        !early.contains("anna") && !early.contains("1234 5678"),
        "{early}"
    );
    assert!(!early.contains(world.account.as_str()), "{early}");

    world.rooms.audit.sign().await.unwrap();
    let text = receipt(&world, &path).await;
    let proven = verify(&text, &key).unwrap();
    assert_eq!(
        (proven.in_log, proven.statement.state.as_str()),
        (InLog::Proven, "applied")
    );
    // However somebody's tools write it, it stays the same receipt.
    let value: Value = serde_json::from_str(&text).unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    assert_eq!(verify(&pretty, &key), Ok(proven));
    let code = value["code"].as_str().unwrap();
    let parts = verify_code(code, &key).unwrap();
    assert_eq!((parts[2].as_str(), parts[4].as_str()), ("applied", "8650"));
}

#[tokio::test]
async fn a_flipped_byte_anywhere_is_noticed() {
    let world = World::new().await;
    let path = applied(&world, "b1").await;
    applied(&world, "b2").await;
    world.rooms.audit.sign().await.unwrap();
    let key = world.rooms.audit.public_key();
    let text = receipt(&world, &path).await;
    assert_eq!(verify(&text, &key).unwrap().in_log, InLog::Proven);
    for position in 0..text.len() {
        // The lowest bit, the case of a letter, and one that makes new letters.
        for bits in [0x01, 0x20, 0x10] {
            let mut bytes = text.clone().into_bytes();
            bytes[position] ^= bits;
            let Ok(flipped) = String::from_utf8(bytes) else {
                continue;
            };
            let refused = verify(&flipped, &key);
            assert!(refused.is_err(), "byte {position}, {bits:#x}: {flipped}");
        }
    }
    let value: Value = serde_json::from_str(&text).unwrap();
    let code = value["code"].as_str().unwrap();
    for position in 0..code.len() {
        let mut bytes = code.as_bytes().to_vec();
        bytes[position] ^= 1;
        let flipped = String::from_utf8(bytes).unwrap();
        assert!(verify_code(&flipped, &key).is_err(), "{flipped}");
    }
    for cut in [1, text.len() / 2, text.len() - 1] {
        assert!(verify(&text[..cut], &key).is_err());
    }
}

#[tokio::test]
async fn parts_of_two_receipts_do_not_make_a_third() {
    let world = World::new().await;
    let (one, two) = (applied(&world, "b1").await, applied(&world, "b2").await);
    world.rooms.audit.sign().await.unwrap();
    let key = world.rooms.audit.public_key();
    let read = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let (one, two) = (receipt(&world, &one).await, receipt(&world, &two).await);
    let (one, two) = (read(&one), read(&two));
    for part in ["statement", "signature", "code", "proofs"] {
        let mut mixed = one.clone();
        mixed[part] = two[part].clone();
        assert!(verify(&mixed.to_string(), &key).is_err(), "{part}");
    }
    let mut longer = one.clone();
    longer["statement"]["facts"]["total"]["really"] = json!(1);
    assert!(matches!(
        verify(&longer.to_string(), &key),
        Err(Unproven::Form(_))
    ));
    let twice = one.to_string().replacen('{', "{\"code\":\"x\",", 1);
    assert!(matches!(verify(&twice, &key), Err(Unproven::Form(_))));
    let other = SigningKey::from_seed(&[9; 32]).public();
    assert!(matches!(
        verify(&one.to_string(), &other),
        Err(Unproven::Key(_))
    ));
}

#[tokio::test]
async fn a_receipt_says_that_the_payment_was_reversed() {
    let world = World::new().await;
    let path = applied(&world, "b1").await;
    let key = [("idempotency-key", "undo-0001"), ("prefer", "wait=1")];
    let asked = world
        .post(
            &format!("{path}/refunds"),
            &key,
            &json!({"reason": "mistake"}),
        )
        .await;
    assert!(asked.status.is_success(), "{}", asked.json());
    world.work().await;
    world.rooms.audit.sign().await.unwrap();
    let text = receipt(&world, &path).await;
    let proven = verify(&text, &world.rooms.audit.public_key()).unwrap();
    assert_eq!(proven.in_log, InLog::Proven);
    assert_eq!(proven.statement.state.as_str(), "reversed");
    let events = proven.statement.history.iter();
    let states: Vec<&str> = events.map(|one| one.event.state.as_str()).collect();
    assert_eq!(states, ["applied", "reversing", "reversed"]);
}

#[tokio::test]
async fn logs_are_proven_through_the_door() {
    let world = World::new().await;
    applied(&world, "b1").await;
    world.rooms.audit.sign().await.unwrap();
    let logs = world.get("/v1/audit/logs").await.json();
    let size = logs["items"][0]["size"].as_u64().unwrap();
    assert_eq!(
        size, 6,
        "money paid in, and five events of the payment: {logs}"
    );
    let note = world.get("/v1/audit/0/checkpoint").await;
    assert!(
        String::from_utf8(note.bytes)
            .unwrap()
            .contains("/audit/0\n6\n")
    );
    let proof = world
        .get("/v1/audit/0/inclusion?index=3&size=6")
        .await
        .json();
    assert_eq!(proof["path"].as_array().unwrap().len(), 3, "{proof}");
    let proof = world
        .get("/v1/audit/0/consistency?older=3&newer=6")
        .await
        .json();
    assert_eq!(proof["newer_root"], logs["items"][0]["root"]);
    for missing in [
        "/v1/audit/1/checkpoint",
        "/v1/audit/0/inclusion?index=6&size=6",
    ] {
        assert_eq!(world.get(missing).await.status, 404, "{missing}");
    }
    let key = world.get("/v1/audit/key").await.json();
    assert_eq!(key["key"], json!(world.rooms.audit.public_key()));
    // Payments' ids are nobody's business but the operator's.
    let entries = world.get("/v1/audit/0/entries").await;
    assert_eq!(entries.json()["code"], "forbidden");
}

#[tokio::test]
async fn the_paper_has_the_receipt_attached() {
    let world = World::new().await;
    let path = applied(&world, "b1").await;
    let early = world
        .get("/v1/payments/pay_00000000000000000000000000/receipt.pdf")
        .await;
    assert_eq!(early.status, 404);
    world.rooms.audit.sign().await.unwrap();
    let text = receipt(&world, &path).await;
    let paper = world.get(&format!("{path}/receipt.pdf")).await;
    assert_eq!(paper.header("content-type"), "application/pdf");
    assert!(paper.bytes.starts_with(b"%PDF-1."));
    let found = attached(&paper.bytes).map(<[u8]>::to_vec);
    assert_eq!(found.as_deref(), Some(text.as_bytes()));
    assert!(attached(text.as_bytes()).is_none());
    let again = world.get(&format!("{path}/receipt.pdf")).await;
    assert_eq!(again.bytes, paper.bytes, "the same receipt, the same paper");
}
