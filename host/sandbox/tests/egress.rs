//! Outgoing HTTP against servers on loopback: what is allowed, what is told of
//! effects, credentials.

mod support;

use std::sync::Arc;
use std::time::Duration;

use guichet_domain::grant::{Credential, Grant};
use guichet_domain::id::SecretName;
use guichet_sandbox::keyring::{Keyring, Secret};
use guichet_sandbox::ports::Ports;
use guichet_sandbox::{
    Binding, BindingSettings, BreakerSettings, BreakerState, CallError, EffectState, Limits,
    Report, Secrets,
};
use support::guest::{bills, send, sending};
use support::server::{Act, Server, ok, with_status};
use support::{House, binding, binding_with, loopback, query_bills, said, submit_payment};

/// Numbers of the error's cases as the test guests tell them.
const DENIED: &str = "!0";
const NOT_SENT: &str = "!1";
const INTERRUPTED: &str = "!2";
const TOO_LARGE: &str = "!3";
const READ: u32 = 0;
const EFFECT: u32 = 1;

async fn submit(house: &House, component: &[u8], settings: BindingSettings) -> Report {
    let plugin = house.load(component).await;
    let binding = Arc::new(Binding::new(settings));
    house
        .sandbox
        .call(&plugin, &binding, &Ports::in_memory(), submit_payment())
        .await
}

#[tokio::test]
async fn a_granted_read_is_answered() {
    let server = Server::start(vec![ok("8650 fen")]).await;
    let house = House::new();
    let report = house
        .query(
            &sending("GET", "/read/bills?a=1", READ),
            binding(loopback(server.port)),
        )
        .await;
    assert_eq!(said(&report), "8650 fen");
    assert_eq!(
        (report.effect, report.complete_answers),
        (EffectState::None, 1)
    );
    let request = server.requests()[0].clone();
    assert!(
        request.starts_with("GET /read/bills?a=1 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains(&format!("host: 127.0.0.1:{}\r\n", server.port)),
        "{request}"
    );
}

#[tokio::test]
async fn connections_are_kept_for_the_next_call() {
    let server = Server::start(vec![ok("one"), ok("two")]).await;
    let house = House::new();
    let guest = sending("GET", "/read", READ);
    assert_eq!(
        said(&house.query(&guest, binding(loopback(server.port))).await),
        "one"
    );
    assert_eq!(
        said(&house.query(&guest, binding(loopback(server.port))).await),
        "two"
    );
    assert_eq!(*server.connections.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    let closing = Act::AnswerAndClose(with_status(200, "one"));
    let server = Server::start(vec![closing, ok("two")]).await;
    let house = House::new();
    let guest = sending("GET", "/read", READ);
    assert_eq!(
        said(&house.query(&guest, binding(loopback(server.port))).await),
        "one"
    );
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(
        said(&house.query(&guest, binding(loopback(server.port))).await),
        "two"
    );
}

#[tokio::test]
async fn what_is_not_granted_never_leaves() {
    let server = Server::start(vec![ok("secret")]).await;
    let house = House::new();
    for (method, path) in [
        ("GET", "/other"),
        ("DELETE", "/read"),
        ("GET", "/readable"),
        ("GET", "/read/../effect"),
        ("GET", "/read/%2e%2e/effect"),
        ("GET", "//evil.test/read"),
        ("GET", "http://evil.test/read"),
        ("GET", "/read\\x"),
        ("GET", "/read#x"),
    ] {
        let report = house
            .query(&sending(method, path, READ), binding(loopback(server.port)))
            .await;
        assert_eq!(said(&report), DENIED, "{method} {path}");
    }
    let nothing = house
        .query(&sending("GET", "/read", READ), binding(Grant::default()))
        .await;
    assert_eq!(said(&nothing), DENIED);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn effects_belong_to_submissions() {
    let server = Server::start(vec![ok("done")]).await;
    let house = House::new();
    for (path, intent) in [("/effect", READ), ("/effect", EFFECT), ("/both", EFFECT)] {
        let guest = sending("POST", path, intent);
        let query = house.query(&guest, binding(loopback(server.port))).await;
        assert_eq!(said(&query), DENIED, "{path}");
        let submission = submit(&house, &guest, binding(loopback(server.port))).await;
        assert_eq!(
            (said(&submission).as_str(), submission.effect),
            ("done", EffectState::Answered)
        );
    }
    assert_eq!(server.requests().len(), 3);
    // While a payment is submitted, only a granted read is none.
    let declared = submit(
        &house,
        &sending("POST", "/both", READ),
        binding(loopback(server.port)),
    )
    .await;
    assert_eq!(declared.effect, EffectState::Answered);
    let read = submit(
        &house,
        &sending("POST", "/read", READ),
        binding(loopback(server.port)),
    )
    .await;
    assert_eq!(read.effect, EffectState::None);
}

#[tokio::test]
async fn one_effect_in_a_call() {
    let server = Server::start(vec![ok("done")]).await;
    let house = House::new();
    let send = send("POST", "/effect", "pay", EFFECT);
    let answer = "(call $tell_exchange) (call $unknown (global.get $at) (global.get $length))";
    let twice = bills("unreachable", &format!("{send} {send} {answer}"), "");
    let report = submit(&house, &twice, binding(loopback(server.port))).await;
    assert_eq!(said(&report), DENIED);
    assert_eq!(server.requests().len(), 1);
    assert_eq!(
        report.effect,
        EffectState::Answered,
        "the first one was answered"
    );
}

#[tokio::test]
async fn what_is_known_of_an_effect() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec();
    let garbage = b"garbage\r\n\r\n".to_vec();
    for (act, told, effect) in [
        (ok("done"), "done", EffectState::Answered),
        (
            Act::Answer(with_status(409, "no")),
            "no",
            EffectState::Answered,
        ),
        (
            Act::Answer(with_status(202, "later")),
            "later",
            EffectState::Inconclusive,
        ),
        (
            Act::Answer(with_status(500, "oops")),
            "oops",
            EffectState::Inconclusive,
        ),
        (Act::Close, INTERRUPTED, EffectState::Unanswered),
        (
            Act::AnswerAndClose(half),
            INTERRUPTED,
            EffectState::Unanswered,
        ),
        (
            Act::AnswerAndClose(garbage),
            INTERRUPTED,
            EffectState::Unanswered,
        ),
        (Act::Hang, INTERRUPTED, EffectState::Unanswered),
    ] {
        let server = Server::start(vec![act]).await;
        let house = House::new();
        let mut settings = binding(loopback(server.port));
        settings.limits = Limits {
            deadline_ms: 500,
            ..settings.limits
        };
        let report = submit(&house, &sending("POST", "/effect", EFFECT), settings).await;
        assert_eq!((said(&report).as_str(), report.effect), (told, effect));
    }
}

#[tokio::test]
async fn nothing_left_where_nobody_listens() {
    let house = House::new();
    let port = {
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        free.local_addr().unwrap().port()
    };
    let report = submit(
        &house,
        &sending("POST", "/effect", EFFECT),
        binding(loopback(port)),
    )
    .await;
    assert_eq!(
        (said(&report).as_str(), report.effect),
        (NOT_SENT, EffectState::None)
    );
}

#[tokio::test]
async fn an_effect_cut_by_the_deadline_is_unanswered() {
    let server = Server::start(vec![Act::Hang]).await;
    let house = House::new();
    // The guest is given a last word, and spends it in a loop.
    let send = send("POST", "/effect", "pay", EFFECT);
    let stubborn = bills(
        "unreachable",
        &format!("{send} (loop $again (br $again)) unreachable"),
        "",
    );
    let mut settings = binding(loopback(server.port));
    settings.limits = Limits {
        deadline_ms: 300,
        fuel: Limits::ceiling().fuel,
        ..settings.limits
    };
    let report = submit(&house, &stubborn, settings).await;
    assert_eq!(report.result, Err(CallError::Deadline(300)));
    assert_eq!(report.effect, EffectState::Unanswered);
    assert!(
        report.elapsed < Duration::from_millis(800),
        "{:?}",
        report.elapsed
    );
}

#[tokio::test]
async fn redirects_are_answers() {
    let target = Server::start(vec![ok("reached")]).await;
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{}/read\r\ncontent-length: 5\r\n\r\nmoved",
        target.port
    );
    let server = Server::start(vec![Act::Answer(redirect.into_bytes())]).await;
    let house = House::new();
    let report = house
        .query(
            &sending("GET", "/read", READ),
            binding(loopback(server.port)),
        )
        .await;
    assert_eq!(said(&report), "moved");
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn large_answers_are_cut() {
    let server = Server::start(vec![ok(&"x".repeat(2_000))]).await;
    let house = House::new();
    let mut settings = binding(loopback(server.port));
    settings.limits = Limits {
        response_bytes: 1_999,
        ..settings.limits
    };
    let report = house.query(&sending("GET", "/read", READ), settings).await;
    assert_eq!(said(&report), TOO_LARGE);
    let many: String = (0..200).map(|index| format!("x-{index}: 1\r\n")).collect();
    let heads = format!("HTTP/1.1 200 OK\r\n{many}content-length: 0\r\n\r\n");
    let server = Server::start(vec![Act::Answer(heads.into_bytes())]).await;
    let report = house
        .query(
            &sending("GET", "/read", READ),
            binding(loopback(server.port)),
        )
        .await;
    assert_eq!(said(&report), INTERRUPTED);
}

#[tokio::test]
async fn credentials_go_out_and_never_come_back() {
    let server = Server::start(vec![ok("you sent Bearer s3cr3t-value, s3cr3t-value")]).await;
    let name = SecretName::new("api-key").unwrap();
    let mut grant = loopback(server.port);
    for endpoint in grant.endpoints.values_mut() {
        endpoint.credentials = vec![Credential {
            header: "authorization".to_owned(),
            secret: name.clone(),
            format: "Bearer {}".to_owned(),
        }];
    }
    let secrets = Secrets::from([(name, Secret::new("s3cr3t-value"))]);
    let house = House::new();
    let settings = binding_with(grant, &secrets, Keyring::default());
    let report = house.query(&sending("GET", "/read", READ), settings).await;
    assert!(server.requests()[0].contains("authorization: Bearer s3cr3t-value\r\n"));
    assert_eq!(said(&report), "you sent *******************, ************");
    let transcript = serde_json::to_string(&report.transcript).unwrap();
    let recorded = format!("{:?}", "s3cr3t-value".as_bytes()).replace(' ', "");
    assert!(
        !transcript.contains("s3cr3t") && !transcript.contains(recorded.trim_matches(['[', ']']))
    );
}

#[tokio::test]
async fn a_broken_biller_is_switched_off_alone() {
    let server = Server::start(vec![Act::Close, Act::Close, ok("well again")]).await;
    let house = House::new();
    let plugin = house.load(&sending("GET", "/read", READ)).await;
    let mut settings = binding(loopback(server.port));
    settings.breaker = BreakerSettings {
        failures: 2,
        open_ms: 100,
    };
    let sick = Arc::new(Binding::new(settings.clone()));
    let neighbour = Arc::new(Binding::new(settings));
    let ports = Ports::in_memory();
    for _ in 0..2 {
        let report = house
            .sandbox
            .call(&plugin, &sick, &ports, query_bills())
            .await;
        assert_eq!(said(&report), INTERRUPTED);
    }
    let refused = house
        .sandbox
        .call(&plugin, &sick, &ports, query_bills())
        .await;
    assert!(matches!(refused.result, Err(CallError::CircuitOpen { .. })));
    let served = house
        .sandbox
        .call(&plugin, &neighbour, &ports, query_bills())
        .await;
    assert_eq!(said(&served), "well again");
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(sick.breaker().state(), BreakerState::HalfOpen);
    let probe = house
        .sandbox
        .call(&plugin, &sick, &ports, query_bills())
        .await;
    assert_eq!(said(&probe), "well again");
    assert_eq!(sick.breaker().state(), BreakerState::Closed);
}
