//! What the payer agrees to, and what billers tell by themselves, on the wire.

use guichet_domain::id::{ClientId, PersonId};
use serde_json::json;

use super::world::{World, request};
use crate::accounts::ByOperator;
use crate::terms::AuthorisationRule;

#[tokio::test]
async fn a_payment_waits_for_the_payer_and_goes_on_with_the_right_binding() {
    let world = World::new().await;
    let client = ClientId::new("demo").unwrap();
    let person = PersonId::new("paul").unwrap();
    let by = ByOperator { person, client };
    let (room, always) = (&world.rooms.accounts, AuthorisationRule::Always);
    room.set_client_policy(&by, always, None).await.unwrap();
    let query = world.query(&[("b1", 8650)]).await;
    let body = world.payment(&query, &[("b1", 8650)]);
    let key = [("idempotency-key", "errand-0001"), ("prefer", "wait=20")];
    let made = world.post("/v1/payments", &key, &body).await;
    let payment = made.json();
    assert_eq!(
        (made.status.as_u16(), &payment["state"]),
        (202, &json!("requires_action"))
    );
    let action = &payment["action"];
    assert_eq!(action["kind"], "payer_authorisation");
    assert_eq!(action["amount"], json!({"amount": 8650, "currency": "CNY"}));
    let path = format!("/v1/payments/{}/authorise", payment["id"].as_str().unwrap());
    let agree = |binding: &str, subject: &str| json!({"binding": binding, "subject": subject, "method": "passkey", "evidence": "e"});
    let binding = action["binding"].as_str().unwrap();
    let other = format!("sha256:{}", "0".repeat(64));
    for (body, status, code) in [
        (agree(&other, "anna"), 422, "invalid_field"),
        (agree("x", "anna"), 422, "invalid_field"),
        (agree(binding, "carl"), 403, "forbidden"),
    ] {
        let refused = world.post(&path, &[], &body).await;
        let found = (refused.status.as_u16(), refused.json()["code"].clone());
        assert_eq!(found, (status, json!(code)), "{body}");
    }
    for _ in 0..2 {
        let agreed = world.post(&path, &[], &agree(binding, "anna")).await;
        let found = (agreed.status.as_u16(), agreed.json()["state"].clone());
        assert_eq!(found, (200, json!("requested")));
    }
}

#[tokio::test]
async fn only_a_signed_callback_is_heard_and_each_once() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650)]).await;
    let body = world.payment(&query, &[("b1", 8650)]);
    let key = [("idempotency-key", "errand-0001")];
    let made = world.post("/v1/payments", &key, &body).await.json();
    let path = "/v1/callbacks/water-330100-1";
    let notice = json!({"reference": made["id"], "outcome": "changed"});
    let headers = |signature| {
        [
            ("webhook-id", "m1"),
            ("webhook-timestamp", "1795000000"),
            ("webhook-signature", signature),
        ]
    };
    let unsigned = world.post(path, &[], &notice).await;
    assert_eq!(unsigned.json()["code"], "invalid_header");
    let forged = world.post(path, &headers("v1,bad"), &notice).await;
    assert_eq!(forged.status, 401, "{}", forged.json());
    let garbage = world
        .post(path, &headers("v1,good"), &json!({"x": 1}))
        .await;
    assert_eq!(garbage.status, 422, "{}", garbage.json());
    for _ in 0..3 {
        let heard = world.post(path, &headers("v1,good"), &notice).await;
        assert_eq!(heard.status, 200, "{}", heard.json());
    }
    let elsewhere = "/v1/callbacks/gas-330100-1";
    let foreign = world.post(elsewhere, &headers("v1,good"), &notice).await;
    assert_eq!(foreign.status, 404, "{}", foreign.json());
}

#[tokio::test]
async fn a_callback_is_read_up_to_sixteen_kibibytes() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650)]).await;
    let body = world.payment(&query, &[("b1", 8650)]);
    let key = [("idempotency-key", "errand-0001")];
    let made = world.post("/v1/payments", &key, &body).await.json();
    let notice = json!({"reference": made["id"], "outcome": "changed"}).to_string();
    let headers = [
        ("webhook-id", "m1"),
        ("webhook-timestamp", "1795000000"),
        ("webhook-signature", "v1,good"),
    ];
    for (bytes, status) in [(16_384, 200), (16_385, 413)] {
        let padded = format!("{notice:<bytes$}");
        let call = request("POST", "/v1/callbacks/water-330100-1", &headers);
        let heard = world.send(call.body(padded.into()).unwrap()).await;
        assert_eq!(heard.status, status, "{}", heard.json());
    }
}
