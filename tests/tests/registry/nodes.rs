//! Three nodes on one PostgreSQL: what one enters, the others follow within a
//! second, without the registry's key.

use guichet_tests::nodes::Nodes;
use guichet_tests::postgres::Durability;
use hyper::StatusCode;

use super::*;

/// The product's promise.
const PROMISE: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_follow_a_switch_within_a_second() {
    let nodes = Nodes::start(3, Durability::None).await.unwrap();
    let inputs = nodes.first.sample(SERVICE).await.unwrap();
    for client in nodes.clients() {
        let answer = ask(client, &inputs, "anna").await;
        assert!(answer.status.is_success(), "{}", answer.text());
    }
    let question = (
        "/v1/bill-queries".to_owned(),
        json!({"service": SERVICE, "inputs": inputs, "subject": "anna"}),
    );
    let target = json!({"package": PACKAGE});
    let throw = json!({"act": "switch-thrown", "target": target, "reason": "a test"});
    let stopped = |answer: &Answer| answer.status == StatusCode::SERVICE_UNAVAILABLE;
    let took = nodes.follow(("sven", &throw), &question, stopped);
    let took = took.await.unwrap();
    println!("stopped after {took:?}");
    assert!(took.iter().all(|took| *took < PROMISE), "{took:?}");

    // A node without the key enters nothing, and says where to go.
    let lift = json!({"act": "switch-lifted", "target": target, "reason": "mended"});
    let token = nodes.first.person("sven").unwrap();
    let follower = token.elsewhere(&nodes.others[0].url);
    let refused = follower.post("/v1/acts", &[], &lift).await.unwrap();
    assert_eq!(refused.json()["code"], "not_offered", "{}", refused.text());

    let first = token.post("/v1/acts", &[], &lift).await.unwrap();
    assert_eq!(first.json()["state"], "proposed", "{}", first.text());
    let serves = |answer: &Answer| answer.status.is_success();
    let lifted = nodes.follow(("mona", &lift), &question, serves);
    lifted.await.unwrap();
}
