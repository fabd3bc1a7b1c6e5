//! Paying through the door, from the request to the receipt and back.

use axum::body::Body;
use serde_json::json;

use super::world::{World, request};

#[tokio::test]
async fn a_payment_is_made_once_and_receipted() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650), ("b2", 1200)]).await;
    let body = world.payment(&query, &[("b1", 8650)]);
    let key = [("idempotency-key", "errand-0001")];
    let made = world.post("/v1/payments", &key, &body).await;
    assert_eq!(made.status, 202, "{}", made.json());
    let payment = made.json();
    assert_eq!(payment["state"], "held");
    assert_eq!(payment["total"], json!({"amount": 8650, "currency": "CNY"}));
    let path = format!("/v1/payments/{}", payment["id"].as_str().unwrap());
    assert_eq!(made.header("location"), path);

    let early = world.get(&format!("{path}/receipt")).await;
    assert_eq!(early.json()["code"], "receipt_not_ready");
    world.work().await;

    let again = world.post("/v1/payments", &key, &body).await;
    assert_eq!(
        (again.status, &again.bytes),
        (made.status, &made.bytes),
        "byte for byte"
    );
    assert_eq!(again.header("idempotent-replayed"), "true");
    let waiting = [key[0], ("prefer", "wait=1")];
    let ended = world.post("/v1/payments", &waiting, &body).await;
    assert_eq!(
        (ended.status.as_u16(), &ended.json()["state"]),
        (200, &json!("applied"))
    );
    let other = world.payment(&query, &[("b2", 1200)]);
    let clash = world.post("/v1/payments", &key, &other).await;
    assert_eq!(clash.json()["code"], "idempotency_key_reused");

    let receipt = world.get(&format!("{path}/receipt")).await.json();
    let facts = &receipt["statement"]["facts"];
    assert_eq!(facts["total"], json!({"amount": 8650, "currency": "CNY"}));
    let payment = world.get(&path).await.json();
    assert_eq!(
        payment["application"]["deliveries"][0]["digits"],
        "1234 5678"
    );
    let events = world.get(&format!("{path}/events")).await.json();
    let last = events["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["state"], "applied");
    let list = world.get("/v1/payments?subject=anna").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_bill_is_in_one_payment_at_a_time_and_cancelling_frees_it() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650)]).await;
    let body = world.payment(&query, &[("b1", 8650)]);
    let first = world
        .post("/v1/payments", &[("idempotency-key", "errand-0001")], &body)
        .await;
    let second = world
        .post("/v1/payments", &[("idempotency-key", "errand-0002")], &body)
        .await;
    assert_eq!(
        second.json()["code"],
        "bill_in_payment",
        "{}",
        second.json()
    );
    let path = format!("/v1/payments/{}", first.json()["id"].as_str().unwrap());
    let authorise = world
        .post(
            &format!("{path}/authorise"),
            &[],
            &json!({
                "binding": format!("sha256:{}", "0".repeat(64)),
                "subject": "anna",
                "method": "passkey",
            }),
        )
        .await;
    assert_eq!(
        (authorise.status.as_u16(), &authorise.json()["code"]),
        (409, &json!("wrong_state"))
    );
    let cancelled = world.post(&format!("{path}/cancel"), &[], &json!({})).await;
    assert_eq!(
        cancelled.json()["state"],
        "cancelled",
        "{}",
        cancelled.json()
    );
    let third = world
        .post("/v1/payments", &[("idempotency-key", "errand-0003")], &body)
        .await;
    assert_eq!(third.status, 202, "{}", third.json());
}

#[tokio::test]
async fn an_applied_payment_is_reversed_on_its_day() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650)]).await;
    let body = world.payment(&query, &[("b1", 8650)]);
    let made = world
        .post("/v1/payments", &[("idempotency-key", "errand-0001")], &body)
        .await;
    world.work().await;
    let path = format!(
        "/v1/payments/{}/refunds",
        made.json()["id"].as_str().unwrap()
    );
    let reason = json!({"reason": "wrong account"});
    let keyless = world.post(&path, &[], &reason).await;
    assert_eq!(keyless.json()["code"], "invalid_idempotency_key");
    let key = [("idempotency-key", "refund-0001")];
    let empty = world.post(&path, &key, &json!({"reason": " "})).await;
    assert_eq!(empty.json()["errors"][0]["field"], "reason");
    let filed = world.post(&path, &key, &reason).await;
    assert_eq!(
        (filed.status.as_u16(), &filed.json()["state"]),
        (202, &json!("reversing"))
    );
    world.work().await;
    let balance = world
        .get(&format!("/v1/accounts/{}", world.account))
        .await
        .json();
    assert_eq!(balance["balance"]["amount"], 100_000, "{balance}");
    let entries = world
        .get(&format!("/v1/accounts/{}/entries?limit=2", world.account))
        .await
        .json();
    assert_eq!(entries["items"].as_array().unwrap().len(), 2);
    let cursor = entries["next_cursor"].as_str().unwrap();
    let rest = world
        .get(&format!(
            "/v1/accounts/{}/entries?cursor={cursor}",
            world.account
        ))
        .await;
    assert_eq!(rest.status, 200);
}

#[tokio::test]
async fn lists_are_paged_and_cached() {
    let world = World::new().await;
    let first = world.get("/v1/regions?parent=000000&limit=20").await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = world
        .get(&format!(
            "/v1/regions?parent=000000&limit=20&cursor={cursor}"
        ))
        .await
        .json();
    assert_eq!(first["items"].as_array().unwrap().len(), 20);
    assert_eq!(second["items"].as_array().unwrap().len(), 11);
    assert_eq!(second["next_cursor"], json!(null));
    let exact = world.get("/v1/regions?parent=000000&limit=31").await.json();
    assert_eq!(
        exact["next_cursor"],
        json!(null),
        "a full last page is the last"
    );
    let services = world.get("/v1/services").await;
    let tag = services.header("etag").to_owned();
    let unchanged = request("GET", "/v1/services", &[("if-none-match", &tag)]);
    assert_eq!(
        world
            .send(unchanged.body(Body::empty()).unwrap())
            .await
            .status,
        304
    );
}

#[tokio::test]
async fn open_payments_are_counted_until_they_end() {
    let world = World::new().await;
    let query = world.query(&[("b1", 8650)]).await;
    let body = world.payment(&query, &[("b1", 8650)]);
    let key = [("idempotency-key", "figures-1")];
    assert_eq!(world.post("/v1/payments", &key, &body).await.status, 202);
    let held = "guichet_payments_open{state=\"held\"} 1\n";
    assert!(world.figures().await.contains(held));
    world.work().await;
    assert!(!world.figures().await.contains(held));
}

#[tokio::test]
async fn a_draining_node_says_that_it_is_not_ready() {
    let world = World::new().await;
    assert_eq!(world.get("/readyz").await.status, 200);
    world.api.drain();
    let answer = world.get("/readyz").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["status"]),
        (503, &json!("draining"))
    );
    assert_eq!(world.get("/healthz").await.status, 200);
    let text = world.figures().await;
    assert!(
        text.contains("route=\"/readyz\",method=\"GET\",status=\"503\""),
        "{text}"
    );
}
