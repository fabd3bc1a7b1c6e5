//! Recorded calls run again: the same, or the difference is named.

mod support;

use guichet_domain::grant::Grant;
use guichet_sandbox::{Answer, CallError, Exchange, Limits, Report, Transcript};
use support::guest::{asking, send, sending, store};
use support::server::{Act, Server, ok};
use support::{House, binding, loopback, said};

/// Asks for time, randomness, configuration, a request, and writes a message.
fn curious() -> Vec<u8> {
    asking(&format!(
        "(drop (call $now))
         (call $random (i32.const 16) (i32.const 700))
         {} (call $config (i32.const 1024) (i32.const 5) (i32.const 700))
         {}
         (call $log (i32.const 1) (i32.const 1024) (i32.const 5) (i32.const 0) (i32.const 0))
         (call $tell_exchange) (call $query_other (global.get $at) (global.get $length))",
        store(1024, "title"),
        send("POST", "/read", "body", 0),
    ))
}

async fn recorded(house: &House, component: &[u8], port: u16) -> (Report, Transcript) {
    let mut report = house.query(component, binding(loopback(port))).await;
    let transcript = report.transcript.take().unwrap();
    (report, transcript)
}

#[tokio::test]
async fn a_call_replays_bit_for_bit_without_the_world() {
    let house = House::new();
    let guest = curious();
    let (report, transcript) = {
        let server = Server::start(vec![ok("bills")]).await;
        recorded(&house, &guest, server.port).await
    };
    assert_eq!(said(&report), "bills");
    let names: Vec<&str> = transcript.exchanges.iter().map(Exchange::name).collect();
    assert_eq!(
        names,
        [
            "clock.now",
            "random.bytes",
            "config.get",
            "http.send",
            "log.write"
        ]
    );
    // Stored and read again, in another process's sandbox.
    let stored = Transcript::decode(&transcript.encode()).unwrap();
    assert_eq!(stored, transcript);
    let other = House::new();
    let plugin = other.load(&guest).await;
    let replay = other.sandbox.replay(&plugin, &stored).await;
    assert_eq!(replay.difference, None);
    assert!(replay.same() && !replay.interrupted);
}

#[tokio::test]
async fn every_forgery_is_found() {
    let house = House::new();
    let server = Server::start(vec![ok("bills")]).await;
    let guest = curious();
    let plugin = house.load(&guest).await;
    let (_, original) = recorded(&house, &guest, server.port).await;
    type Forgery = (&'static str, fn(&mut Transcript));
    let forge: [Forgery; 7] = [
        ("answer", |transcript| {
            let Exchange::Http {
                answer: Ok(response),
                ..
            } = &mut transcript.exchanges[3]
            else {
                panic!()
            };
            response.body = b"other".to_vec();
        }),
        ("question", |transcript| {
            let Exchange::Http { request, .. } = &mut transcript.exchanges[3] else {
                panic!()
            };
            request.body = b"other".to_vec();
        }),
        ("order", |transcript| transcript.exchanges.swap(0, 1)),
        ("missing", |transcript| drop(transcript.exchanges.pop())),
        ("further", |transcript| {
            transcript.exchanges.push(Exchange::Clock { answer: 1 });
        }),
        ("result", |transcript| {
            transcript.result = Err(CallError::Trap("x".to_owned()));
        }),
        ("fuel", |transcript| transcript.fuel_used += 1),
    ];
    for (name, change) in forge {
        let mut forged = original.clone();
        change(&mut forged);
        let replay = house.sandbox.replay(&plugin, &forged).await;
        assert!(!replay.same(), "{name}");
    }
    assert!(house.sandbox.replay(&plugin, &original).await.same());
}

#[tokio::test]
async fn traps_and_limits_replay() {
    let house = House::new();
    for guest in [
        asking("(drop (call $now)) unreachable"),
        asking("(loop $again (drop (call $now)) (br $again)) unreachable"),
        asking("(loop $again (br $again)) unreachable"),
        asking(
            "(loop $again (br_if $again (i32.ne (i32.const -1) (memory.grow (i32.const 16))))) unreachable",
        ),
    ] {
        let mut settings = binding(Grant::default());
        settings.limits = Limits {
            fuel: 1_000_000,
            ..settings.limits
        };
        let report = house.query(&guest, settings).await;
        assert!(report.result.is_err());
        let plugin = house.load(&guest).await;
        let replay = house
            .sandbox
            .replay(&plugin, &report.transcript.unwrap())
            .await;
        assert_eq!(replay.difference, None, "{:?}", report.result);
    }
}

#[tokio::test]
async fn a_call_cut_by_the_host_replays_to_its_last_exchange() {
    let house = House::new();
    let server = Server::start(vec![Act::Hang]).await;
    let guest = asking(&format!(
        "(drop (call $now)) {} (loop $again (br $again)) unreachable",
        send("POST", "/read", "body", 0)
    ));
    let mut settings = binding(loopback(server.port));
    settings.limits = Limits {
        deadline_ms: 200,
        fuel: Limits::ceiling().fuel,
        ..settings.limits
    };
    let report = house.query(&guest, settings).await;
    assert_eq!(report.result, Err(CallError::Deadline(200)));
    let plugin = house.load(&guest).await;
    let replay = house
        .sandbox
        .replay(&plugin, &report.transcript.unwrap())
        .await;
    assert_eq!((replay.difference, replay.interrupted), (None, true));
}

#[tokio::test]
async fn another_component_is_not_taken_for_the_recorded_one() {
    let house = House::new();
    let server = Server::start(vec![ok("bills")]).await;
    let (_, transcript) = recorded(&house, &sending("GET", "/read", 0), server.port).await;
    let other = house.load(&sending("GET", "/read/x", 0)).await;
    assert!(!house.sandbox.replay(&other, &transcript).await.same());
    assert!(matches!(transcript.result, Ok(Answer::Query(_))));
}
