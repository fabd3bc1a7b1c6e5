//! Grants that are only tried: calls run under the live grant, and what the tried
//! one would have refused is counted from the transcript. It changes no call.

use guichet_domain::grant::{Grant, LegacyCrypto};
use guichet_sandbox::{Exchange, KvQuestion, Transcript};

/// What one call did that a grant would have refused, in short words for the
/// operator; empty where it would have run just the same.
pub(super) fn would_refuse(grant: &Grant, transcript: &Transcript) -> Vec<String> {
    let mut refused: Vec<String> = transcript
        .exchanges
        .iter()
        .filter_map(|exchange| refusal(grant, exchange))
        .collect();
    refused.sort();
    refused.dedup();
    refused
}

fn refusal(grant: &Grant, exchange: &Exchange) -> Option<String> {
    match exchange {
        Exchange::Http { request, .. } => {
            let endpoint = grant.endpoints.iter();
            let mut endpoint = endpoint.filter(|(name, _)| name.as_str() == request.endpoint);
            let allowed = endpoint.next().is_some_and(|(_, granted)| {
                granted.routes.iter().any(|route| {
                    route.methods.contains(&request.method)
                        && request.path.starts_with(&route.path_prefix)
                })
            });
            let (method, path) = (&request.method, request.path.split('?').next()?);
            (!allowed).then(|| format!("http:{} {method} {path}", request.endpoint))
        }
        Exchange::KeyBytes { question, .. } | Exchange::KeyCheck { question, .. } => {
            let granted = grant.keys.keys().any(|name| name.as_str() == question.key);
            let legacy = ["md5", "sha-1"].contains(&question.key.as_str())
                && grant.legacy_crypto == LegacyCrypto::Denied;
            let digest = question.function.contains("digest");
            ((!granted && !digest) || (digest && legacy))
                .then(|| format!("keys:{} {}", question.key, question.function))
        }
        Exchange::Kv { question, .. } => {
            let written = match question {
                KvQuestion::Put(_, key, value) | KvQuestion::CompareAndSwap(_, key, _, value) => {
                    (key.len() + value.len()) as u64
                }
                KvQuestion::Get(..) | KvQuestion::Delete(..) => 0,
            };
            let most = grant.kv.as_ref().map(|kv| kv.quota_bytes);
            most.is_none_or(|most| written > most)
                .then(|| "kv".to_owned())
        }
        Exchange::SubjectData { scope, .. } => {
            let granted = grant.data_scopes.iter().any(|own| own.as_str() == scope);
            (!granted).then(|| format!("data:{scope}"))
        }
        Exchange::Config { .. }
        | Exchange::Clock { .. }
        | Exchange::Random { .. }
        | Exchange::Log { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use guichet_domain::grant::{EndpointGrant, Route, RouteIntent};
    use guichet_sandbox::contract::host::http;

    use super::*;

    fn asks(path: &str) -> Exchange {
        Exchange::Http {
            request: http::Request {
                endpoint: "biller".to_owned(),
                method: "POST".to_owned(),
                path: path.to_owned(),
                headers: Vec::new(),
                body: Vec::new(),
                intent: http::Intent::Read,
                timeout_ms: None,
                details: Vec::new(),
            },
            answer: Err(http::Error::Denied(String::new())),
        }
    }

    #[test]
    fn what_is_not_granted_on_trial_is_named() {
        let mut grant = Grant::default();
        assert_eq!(
            refusal(&grant, &asks("/b/1?account=5")),
            Some("http:biller POST /b/1".to_owned()),
            "without what the citizen filled in"
        );
        let route = Route {
            methods: vec!["POST".to_owned()].into_iter().collect(),
            path_prefix: "/b/".to_owned(),
            intent: RouteIntent::Declared,
        };
        let endpoint = EndpointGrant {
            origin: "https://biller.example.test".to_owned(),
            routes: vec![route],
            request_headers: std::collections::BTreeSet::new(),
            effects_per_call: 1,
            network: guichet_domain::grant::Network::Public,
            credentials: Vec::new(),
        };
        grant.endpoints.insert("biller".parse().unwrap(), endpoint);
        assert_eq!(refusal(&grant, &asks("/b/1")), None);
        assert!(refusal(&grant, &asks("/c/1")).is_some());
        let scope = Exchange::SubjectData {
            scope: "identity.name".to_owned(),
            answer: Ok(None),
        };
        assert_eq!(
            refusal(&grant, &scope),
            Some("data:identity.name".to_owned())
        );
    }
}
