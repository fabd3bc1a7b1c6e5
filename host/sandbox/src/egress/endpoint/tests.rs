//! Allow and deny pairs of endpoints.

use std::collections::BTreeSet;

use guichet_domain::grant::{Credential, Route};
use guichet_domain::id::SecretName;

use super::*;
use crate::contract::host::http::Intent;

fn grant(origin: &str, network: Network) -> EndpointGrant {
    EndpointGrant {
        origin: origin.to_owned(),
        routes: vec![Route {
            methods: ["GET".to_owned()].into(),
            path_prefix: "/bills".to_owned(),
            intent: RouteIntent::Read,
        }],
        request_headers: BTreeSet::from(["accept".to_owned()]),
        effects_per_call: 1,
        network,
        credentials: Vec::new(),
    }
}

fn endpoint(grant: &EndpointGrant) -> Result<Endpoint, EndpointError> {
    Endpoint::new(grant, &Secrets::new())
}

fn request(method: &str, path: &str) -> Request {
    Request {
        endpoint: "biller".to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        intent: Intent::Read,
        timeout_ms: None,
        details: Vec::new(),
    }
}

#[test]
fn origins_are_scheme_host_and_port() {
    for fine in [
        "https://a.test",
        "https://a.test:8443",
        "https://[2606:4700::1]:443",
        "https://8.8.8.8",
    ] {
        assert!(endpoint(&grant(fine, Network::Public)).is_ok(), "{fine}");
    }
    for bad in [
        "",
        "a.test",
        "ftp://a.test",
        "https://",
        "https://a.test/",
        "https://a.test/x",
        "https://a.test?x",
        "https://u@a.test",
        "https://u:p@a.test",
        "https://a.test:0",
        "https://a.test:99999",
        "https://0x7f.1",
        "https://0177.0.0.1",
        "https://2130706433",
        "https://a b.test",
        "https://水.test",
        "https://a.test#x",
    ] {
        assert!(endpoint(&grant(bad, Network::Public)).is_err(), "{bad}");
    }
}

#[test]
fn plain_http_needs_a_private_network() {
    let private = Network::Private(["127.0.0.1".parse().unwrap()].into());
    assert!(endpoint(&grant("http://a.test", private)).is_ok());
    assert_eq!(
        endpoint(&grant("http://a.test", Network::Public)).err(),
        Some(EndpointError::Unencrypted("http://a.test".to_owned()))
    );
}

#[test]
fn only_granted_methods_and_paths_pass() {
    let endpoint = endpoint(&grant("https://a.test", Network::Public)).unwrap();
    assert!(endpoint.check(&request("GET", "/bills?account=1")).is_ok());
    for (method, path) in [
        ("POST", "/bills"),
        ("get", "/bills"),
        ("GET", "/billsecret"),
        ("GET", "/"),
        ("GET", "/bills/../x"),
    ] {
        assert!(
            endpoint.check(&request(method, path)).is_err(),
            "{method} {path}"
        );
    }
    let mut named = request("GET", "/bills");
    named
        .headers
        .push(("accept".to_owned(), "text/plain".to_owned()));
    assert!(endpoint.check(&named).is_ok());
    named.headers.push(("cookie".to_owned(), "a=b".to_owned()));
    assert!(endpoint.check(&named).is_err());
}

#[test]
fn credentials_need_their_secret_and_a_lawful_header() {
    let name = SecretName::new("api-key").unwrap();
    let credential = |header: &str| Credential {
        header: header.to_owned(),
        secret: name.clone(),
        format: "Bearer {}".to_owned(),
    };
    let mut granted = grant("https://a.test", Network::Public);
    granted.credentials = vec![credential("authorization")];
    assert_eq!(
        endpoint(&granted).err(),
        Some(EndpointError::Secret("api-key".to_owned()))
    );
    let secrets = Secrets::from([(name.clone(), Secret::new("s3cr3t"))]);
    let ready = Endpoint::new(&granted, &secrets).unwrap();
    assert_eq!(ready.injected[0].1, "Bearer s3cr3t");
    assert!(!format!("{ready:?}").contains("s3cr3t"));
    granted.credentials = vec![credential("host")];
    assert!(Endpoint::new(&granted, &secrets).is_err());
    granted.credentials = vec![credential("authorization")];
    let broken = Secrets::from([(name, Secret::new("a\r\nb"))]);
    assert!(Endpoint::new(&granted, &broken).is_err());
}
