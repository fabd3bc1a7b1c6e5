//! The OpenAPI document and its page. A change of the public API shows here.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::api::{documented, openapi};

fn document() -> Value {
    openapi::complete(documented().get_openapi())
}

#[test]
fn the_document_changes_only_on_purpose() {
    insta::assert_json_snapshot!(document());
}

#[test]
fn every_reference_leads_somewhere_and_every_call_is_named_once() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(
            document["components"]["schemas"][name].is_object(),
            "{name} is not described"
        );
    }
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} stands twice");
            assert!(
                operation["summary"].is_string(),
                "{method} {path} has no summary"
            );
            assert!(
                operation["responses"]["default"].is_object(),
                "{method} {path}"
            );
        }
    }
}

#[test]
fn the_standard_is_offered_whole() {
    let document = document();
    let calls = [
        ("get", "/v1/services"),
        ("get", "/v1/services/{code}"),
        ("get", "/v1/regions"),
        ("get", "/v1/categories"),
        ("get", "/v1/billers/{id}"),
        ("get", "/v1/coverage"),
        ("post", "/v1/bill-queries"),
        ("get", "/v1/bill-queries/{id}"),
        ("post", "/v1/payments"),
        ("get", "/v1/payments"),
        ("get", "/v1/payments/{id}"),
        ("get", "/v1/payments/{id}/events"),
        ("get", "/v1/payments/{id}/receipt"),
        ("post", "/v1/payments/{id}/authorise"),
        ("post", "/v1/payments/{id}/cancel"),
        ("post", "/v1/payments/{id}/refunds"),
        ("post", "/v1/inquiries"),
        ("get", "/v1/inquiries/{id}"),
        ("post", "/v1/credentials"),
        ("post", "/v1/consents"),
        ("get", "/v1/consents/{id}"),
        ("delete", "/v1/consents/{id}"),
        ("get", "/v1/accounts/{id}"),
        ("get", "/v1/accounts/{id}/entries"),
        ("get", "/v1/bound-accounts"),
        ("post", "/v1/bound-accounts"),
        ("get", "/v1/stream"),
        ("put", "/v1/packages/{publisher}/{name}/releases/{version}"),
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("get", "/metrics"),
    ];
    for (method, path) in calls {
        assert!(
            document["paths"][path][method].is_object(),
            "{method} {path} is missing"
        );
    }
}
