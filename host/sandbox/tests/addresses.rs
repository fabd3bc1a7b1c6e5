//! Names that resolve to what is not granted: private addresses in every
//! disguise, and names that change their address.

mod support;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use guichet_domain::grant::{Grant, Network};
use guichet_sandbox::ports::Ports;
use guichet_sandbox::ports::memory::ScriptedResolver;
use guichet_sandbox::{Binding, Report};
use support::guest::sending;
use support::server::{Act, Server, with_status};
use support::{House, binding, endpoint, query_bills, said};

/// Numbers of the error's cases as the test guests tell them.
const DENIED: &str = "!0";
const INTERRUPTED: &str = "!2";
const READ: u32 = 0;

async fn query_with_resolver(
    component: &[u8],
    grant: Grant,
    answers: &[&[&str]],
) -> (Report, Report) {
    let house = House::new();
    let plugin = house.load(component).await;
    let lists = answers
        .iter()
        .map(|list| {
            list.iter()
                .map(|address| address.parse().unwrap())
                .collect()
        })
        .collect::<Vec<Vec<IpAddr>>>();
    let resolver = ScriptedResolver::new(BTreeMap::from([("biller.test".to_owned(), lists)]));
    let ports = Ports {
        resolver: Arc::new(resolver),
        ..Ports::in_memory()
    };
    let binding = Arc::new(Binding::new(binding(grant)));
    let first = house
        .sandbox
        .call(&plugin, &binding, &ports, query_bills())
        .await;
    let second = house
        .sandbox
        .call(&plugin, &binding, &ports, query_bills())
        .await;
    (first, second)
}

#[tokio::test]
async fn names_that_lead_inside_are_denied() {
    let guest = sending("GET", "/read", READ);
    let public = || endpoint("https://biller.test", Network::Public);
    for addresses in [
        &["127.0.0.1"][..],
        &["10.1.2.3"],
        &["::ffff:169.254.169.254"],
        &["64:ff9b::a00:1"],
        &["::1"],
        &["8.8.8.8", "192.168.1.1"],
    ] {
        let (report, _) = query_with_resolver(&guest, public(), &[addresses]).await;
        assert_eq!(said(&report), DENIED, "{addresses:?}");
    }
    let literal = endpoint("https://127.0.0.1:1", Network::Public);
    let (report, _) = query_with_resolver(&guest, literal, &[]).await;
    assert_eq!(said(&report), DENIED);
}

#[tokio::test]
async fn rebinding_reaches_nothing() {
    let server = Server::start(vec![Act::AnswerAndClose(with_status(200, "first"))]).await;
    let listed = Network::Private(["127.0.0.1".parse().unwrap()].into());
    let grant = endpoint(&format!("http://biller.test:{}", server.port), listed);
    let answers: &[&[&str]] = &[&["127.0.0.1"], &["127.0.0.2"]];
    let guest = sending("GET", "/read", READ);
    let (first, second) = query_with_resolver(&guest, grant, answers).await;
    assert_eq!(said(&first), "first");
    // The kept connection may still be tried; a new one never goes to 127.0.0.2.
    let told = said(&second);
    assert!(told == DENIED || told == INTERRUPTED, "{told}");
    assert_eq!(*server.connections.lock().unwrap(), 1);
}
