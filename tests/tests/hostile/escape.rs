//! Guests that reach for what they were not given: other hosts by name, address,
//! redirect and rebinding; other paths; headers; effects; keys; state; data.

use std::net::IpAddr;
use std::sync::Arc;

use guichet_sandbox::{Answer, EffectState};

use crate::bench::{Bench, Lying, Rebinding, Server, bare, bound, http_grant, letter, limits};
use crate::guest::{Guest, TEXTS, data, http};

const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// What the guest says, and how many requests the server got.
async fn ask(guest: &Guest, origin_host: &str, private: &[IpAddr], lies: &[IpAddr]) -> (char, u32) {
    let server = Server::answering(FINE).await;
    let mut bench = Bench::new();
    if !lies.is_empty() {
        bench.ports.resolver = Arc::new(Lying(lies.to_vec()));
    }
    // The public network is reached by TLS only.
    let scheme = if private.is_empty() { "https" } else { "http" };
    let origin = format!("{scheme}://{origin_host}:{}", server.port);
    let binding = bound("hostile", http_grant(&origin, private), limits());
    let (report, _) = bench.query(&guest.component(), &binding).await;
    (
        letter(&report).unwrap_or_else(|| panic!("{:?}", report.result)),
        server.visitors(),
    )
}

#[tokio::test]
async fn what_is_granted_works() {
    assert_eq!(
        ask(&http("/ok", None), "127.0.0.1", &[LOCAL], &[]).await,
        ('k', 1)
    );
}

#[tokio::test]
async fn without_a_grant_there_is_no_network() {
    let bench = Bench::new();
    let (report, _) = bench
        .query(&http("/ok", None).component(), &bare("hostile"))
        .await;
    assert_eq!(letter(&report), Some('a'), "denied");
}

#[tokio::test]
async fn other_paths_are_denied_however_they_are_written() {
    let paths = [
        "/",
        "/other",
        "/okay",
        "/ok/../pay",
        "/ok/%2e%2e/pay",
        "/ok/%2E./pay",
        "/ok%2fpay",
        "//evil.test/ok",
        "/ok\\..\\pay",
        "/ok//pay",
        "/ok/./pay",
        "/ok;x=/pay",
        "/ok#x",
        "http://evil.test/ok",
        "ok",
        "/ok\r\nx: y",
        "/ok y",
        "/ok/%00",
    ];
    for path in paths {
        let got = ask(&http(path, None), "127.0.0.1", &[LOCAL], &[]).await;
        assert_eq!(got, ('a', 0), "{path:?}");
    }
}

#[tokio::test]
async fn headers_cannot_be_smuggled() {
    let headers = [
        ("host", "evil.test"),
        ("content-length", "5"),
        ("transfer-encoding", "chunked"),
        ("connection", "upgrade"),
        ("authorization", "Bearer guess"),
        ("x-original-url", "/pay"),
        ("x-http-method-override", "DELETE"),
        ("accept", "a\r\nx-evil: 1"),
        ("Accept", "text/plain"),
    ];
    for header in headers {
        let got = ask(&http("/ok", Some(header)), "127.0.0.1", &[LOCAL], &[]).await;
        assert_eq!(got, ('a', 0), "{header:?}");
    }
    let lawful = http("/ok", Some(("accept", "text/plain")));
    assert_eq!(ask(&lawful, "127.0.0.1", &[LOCAL], &[]).await, ('k', 1));
}

#[tokio::test]
async fn private_addresses_are_refused_after_resolution() {
    // Plain http needs a private grant, so the lie is told to one of another address.
    let granted: IpAddr = "10.9.8.7".parse().unwrap();
    let lies = [
        "127.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001::7f00:1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "2001:db8::1",
    ];
    for lie in lies {
        let lie: IpAddr = lie.parse().unwrap();
        let (said, visitors) = ask(&http("/ok", None), "biller.test", &[granted], &[lie]).await;
        assert!(said == 'a' || said == 'b', "{lie} gave {said}");
        assert_eq!(visitors, 0, "{lie}");
    }
}

#[tokio::test]
async fn a_public_name_that_leads_inward_is_refused_before_it_is_called() {
    for lie in ["127.0.0.1", "::ffff:127.0.0.1", "::1"] {
        let inward: IpAddr = lie.parse().unwrap();
        let (said, visitors) = ask(&http("/ok", None), "biller.test", &[], &[inward]).await;
        assert!(said == 'a' || said == 'b', "{lie} gave {said}");
        assert_eq!(visitors, 0, "{lie}");
    }
}

#[tokio::test]
async fn a_name_is_resolved_once_for_each_request() {
    // Only the first answer is granted; whoever asks again is led elsewhere.
    let granted: IpAddr = "127.0.0.2".parse().unwrap();
    let server = Server::answering(FINE).await;
    let mut bench = Bench::new();
    let resolver = Arc::new(Rebinding::new(vec![granted, LOCAL]));
    bench.ports.resolver = resolver.clone();
    let origin = format!("http://biller.test:{}", server.port);
    let binding = bound("hostile", http_grant(&origin, &[granted]), limits());
    let (report, _) = bench.query(&http("/ok", None).component(), &binding).await;
    assert_ne!(letter(&report), Some('k'));
    assert_eq!((resolver.asked(), server.visitors()), (1, 0));
}

#[tokio::test]
async fn one_bad_address_among_good_ones_is_refused() {
    let granted: IpAddr = "10.9.8.7".parse().unwrap();
    let (said, visitors) = ask(
        &http("/ok", None),
        "biller.test",
        &[granted],
        &[LOCAL, granted],
    )
    .await;
    assert!(said == 'a' || said == 'b', "{said}");
    assert_eq!(visitors, 0);
}

#[tokio::test]
async fn literal_addresses_are_checked_as_well() {
    let granted: IpAddr = "10.9.8.7".parse().unwrap();
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "[::1]"] {
        let (said, visitors) = ask(&http("/ok", None), host, &[granted], &[]).await;
        assert!(said == 'a' || said == 'b', "{host} gave {said}");
        assert_eq!(visitors, 0, "{host}");
    }
}

#[tokio::test]
async fn redirects_are_shown_and_never_followed() {
    let forbidden = Server::answering(FINE).await;
    let text = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{}/ok\r\ncontent-length: 0\r\n\r\n",
        forbidden.port
    );
    let server = Server::answering(Box::leak(text.into_boxed_str())).await;
    let bench = Bench::new();
    let origin = format!("http://127.0.0.1:{}", server.port);
    let binding = bound("hostile", http_grant(&origin, &[LOCAL]), limits());
    let (report, _) = bench.query(&http("/ok", None).component(), &binding).await;
    assert_eq!(letter(&report), Some('r'));
    assert_eq!((server.visitors(), forbidden.visitors()), (1, 0));
}

#[tokio::test]
async fn a_query_has_no_effect_whatever_the_plugin_calls_it() {
    for (path, intent) in [("/pay", 0), ("/pay", 1), ("/gateway", 1)] {
        let query = format!("(call $say (call $get (i32.const {intent})))");
        let guest = Guest {
            query,
            ..http(path, None)
        };
        let got = ask(&guest, "127.0.0.1", &[LOCAL], &[]).await;
        assert_eq!(got, ('a', 0), "{path} {intent}");
    }
}

/// A submission that asks `calls` times with intent `read` and says `refused`
/// or, where a request was denied, `not-sent`.
fn payer(path: &str, calls: u32) -> Guest {
    let submit = format!(
        "(local $count i32) (local $said i32)
        (loop $again
            (local.set $said (call $get (i32.const 0)))
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $count) (i32.const {calls}))))
        (i64.store (i32.const 1024) (i64.const 0))
        (i32.store8 (i32.const 1024) (i32.const 4))
        (i32.store8 (i32.const 1536) (local.get $said))
        (i32.store (i32.const 1032) (i32.const 1536))
        (i32.store (i32.const 1036) (i32.const 1))
        (i32.const 1024)"
    );
    Guest {
        submit,
        ..http(path, None)
    }
}

async fn pay(guest: &Guest, answer: &'static str) -> (String, EffectState, u32) {
    let server = Server::answering(answer).await;
    let bench = Bench::new();
    let origin = format!("http://127.0.0.1:{}", server.port);
    let binding = bound("hostile", http_grant(&origin, &[LOCAL]), limits());
    let report = bench.submit(&guest.component(), &binding).await;
    let said = match &report.result {
        Ok(Answer::Submission(answer)) => format!("{answer:?}"),
        other => panic!("{other:?}"),
    };
    (said, report.effect, server.visitors())
}

#[tokio::test]
async fn a_payment_sent_as_a_read_still_counts_as_an_effect() {
    let (_, effect, visitors) = pay(&payer("/gateway", 1), FINE).await;
    assert_eq!((effect, visitors), (EffectState::Answered, 1));
    let (_, effect, _) = pay(
        &payer("/pay", 1),
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
    )
    .await;
    assert_eq!(effect, EffectState::Unanswered);
    let (_, effect, _) = pay(
        &payer("/pay", 1),
        "HTTP/1.1 502 Bad\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    assert_eq!(effect, EffectState::Inconclusive);
    let (_, effect, _) = pay(&payer("/ok", 1), FINE).await;
    assert_eq!(effect, EffectState::None);
}

#[tokio::test]
async fn a_second_effect_in_one_call_is_denied() {
    let (said, _, visitors) = pay(&payer("/pay", 2), FINE).await;
    assert!(said.contains("\"a\""), "the second is denied: {said}");
    assert_eq!(visitors, 1);
}

#[tokio::test]
async fn names_of_secrets_and_keys_tell_nothing() {
    let texts = format!(
        "{}{}",
        data(TEXTS, "biller-key"),
        data(TEXTS + 64, "app-key")
    );
    let sign =
        "(import \"guichet:host/keys@0.1.0\" \"sign\" (func $sign (param i32 i32 i32 i32 i32)))";
    let config =
        "(import \"guichet:host/config@0.1.0\" \"get\" (func $config (param i32 i32 i32)))";
    let key = Guest {
        imports: sign.into(),
        fields: texts.clone(),
        query: format!(
            "(call $sign (i32.const {TEXTS}) (i32.const 10) (i32.const 0) (i32.const 4) (i32.const 2048))
            (call $say (i32.add (i32.const 48) (i32.load8_u (i32.const 2048))))"
        ),
        ..Guest::default()
    };
    let secret = Guest {
        imports: config.into(),
        fields: texts,
        query: format!(
            "(call $config (i32.const {}) (i32.const 7) (i32.const 2048))
            (call $say (i32.add (i32.const 48) (i32.load8_u (i32.const 2048))))",
            TEXTS + 64
        ),
        ..Guest::default()
    };
    let bench = Bench::new();
    let (report, _) = bench.query(&key.component(), &bare("hostile")).await;
    assert_eq!(letter(&report), Some('1'), "an error");
    let (report, _) = bench.query(&secret.component(), &bare("hostile")).await;
    assert_eq!(letter(&report), Some('0'), "none");
}

#[tokio::test]
async fn state_of_another_package_is_out_of_reach() {
    let imports = "
        (import \"guichet:host/kv@0.1.0\" \"put\" (func $put (param i32 i32 i32 i32 i32 i32)))
        (import \"guichet:host/kv@0.1.0\" \"get\" (func $read (param i32 i32 i32 i32)))";
    let texts = format!("{}{}", data(TEXTS, "serial"), data(TEXTS + 64, "42"));
    // Says whether an entry was there, then writes one.
    let query = format!(
        "(local $found i32)
        (call $read (i32.const 0) (i32.const {TEXTS}) (i32.const 6) (i32.const 2048))
        (local.set $found (i32.load8_u (i32.const 2056)))
        (call $put (i32.const 0) (i32.const {TEXTS}) (i32.const 6)
            (i32.const {}) (i32.const 2) (i32.const 3072))
        (call $say (i32.add (i32.const 48) (local.get $found)))",
        TEXTS + 64
    );
    let guest = Guest {
        imports: imports.into(),
        fields: texts,
        query,
        ..Guest::default()
    };
    let bench = Bench::new();
    let grant = || http_grant("http://127.0.0.1:9", &[LOCAL]);
    let (own, other) = (
        bound("own", grant(), limits()),
        bound("other", grant(), limits()),
    );
    let component = guest.component();
    let mut said = Vec::new();
    for binding in [&own, &own, &other] {
        let (report, _) = bench.query(&component, binding).await;
        said.push(letter(&report).unwrap_or_else(|| panic!("{:?}", report.result)));
    }
    assert_eq!(
        said,
        ['0', '1', '0'],
        "none, then its own, and none of another's"
    );
}

#[tokio::test]
async fn subject_data_needs_a_grant() {
    let import =
        "(import \"guichet:host/subject-data@0.1.0\" \"get\" (func $data (param i32 i32 i32)))";
    let guest = Guest {
        imports: import.into(),
        fields: data(TEXTS, "identity.name"),
        query: format!(
            "(call $data (i32.const {TEXTS}) (i32.const 13) (i32.const 2048))
            (call $say (i32.add (i32.const 48) (i32.load8_u (i32.const 2048))))"
        ),
        ..Guest::default()
    };
    let bench = Bench::new();
    let (report, _) = bench.query(&guest.component(), &bare("hostile")).await;
    assert_eq!(letter(&report), Some('1'), "an error");
}
