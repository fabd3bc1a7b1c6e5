//! A binding gives what is asked for and given, never more.

use serde_json::{Value, json};

use super::*;
use crate::samples::MANIFEST;

fn run(edit: impl FnOnce(&mut Value)) -> Result<Grant, String> {
    let manifest = MANIFEST.replace("\"/b/\"", "\"/b/{service}/\"");
    let manifest = Manifest::read(&manifest).unwrap();
    let mut operator = json!({
        "endpoints": {"biller": {"origin": "http://127.0.0.1:9", "private": ["127.0.0.1"],
            "credentials": [{"header": "x-api-key", "secret": "one", "format": "{}"}]}},
        "keys": {"biller-mac": "hmac-sha256"}
    });
    edit(&mut operator);
    let operator = serde_json::from_value(operator).unwrap();
    let text = |errors: Vec<BindingError>| {
        errors
            .iter()
            .map(|error| format!("{error}\n"))
            .collect::<String>()
    };
    propose(&manifest, &operator, &"water-330100-1".parse().unwrap()).map_err(text)
}

#[test]
fn a_service_gets_what_is_asked_for_and_given() {
    let grant = run(|_| {}).unwrap();
    let endpoint = &grant.endpoints["biller"];
    assert_eq!(endpoint.routes[0].path_prefix, "/b/water-330100-1/");
    assert_eq!(
        endpoint.network,
        Network::Private(["127.0.0.1".parse().unwrap()].into())
    );
    assert_eq!(
        grant.kv,
        Some(KvGrant {
            quota_bytes: 65_536
        })
    );
    assert_eq!(grant.data_scopes.len(), 1);
    assert_eq!(grant.legacy_crypto, LegacyCrypto::Denied);
}

#[test]
fn the_operator_can_give_less_but_not_more() {
    let less = |operator: &mut Value| {
        operator["data_scopes"] = json!([]);
        operator["kv_bytes"] = json!(10);
        operator["legacy_crypto"] = json!("allowed");
        operator["endpoints"]["other"] = json!({"origin": "https://other.test"});
        operator["keys"]["other"] = json!("sm2");
    };
    let grant = run(less).unwrap();
    assert!(grant.data_scopes.is_empty());
    assert_eq!(grant.kv, Some(KvGrant { quota_bytes: 10 }));
    assert_eq!(grant.legacy_crypto, LegacyCrypto::Denied, "never asked for");
    assert_eq!((grant.endpoints.len(), grant.keys.len()), (1, 1));
}

#[test]
fn what_is_missing_or_dangerous_is_named() {
    let error = run(|operator| *operator = json!({})).unwrap_err();
    assert!(error.contains("endpoint biller is not bound"), "{error}");
    assert!(error.contains("key biller-mac is not given"), "{error}");
    let error = run(|operator| operator["keys"]["biller-mac"] = json!("hmac-sm3")).unwrap_err();
    assert!(error.contains("another algorithm"), "{error}");
    let public = |operator: &mut Value| {
        operator["endpoints"]["biller"]["private"] = json!([]);
    };
    assert!(run(public).unwrap_err().contains("use https"));
    let header = |operator: &mut Value| {
        operator["endpoints"]["biller"]["credentials"][0]["header"] = json!("x-signature");
        operator["endpoints"]["biller"]["credentials"][0]["format"] = json!("fixed");
    };
    let error = run(header).unwrap_err();
    assert!(
        error.contains("lets the plugin set") && error.contains("no {}"),
        "{error}"
    );
}
