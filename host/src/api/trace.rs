//! The outermost layer: every request gets an id and a trace, is logged without
//! personal data, is counted, and every answer leaves in one form: problems in
//! the reader's language with the request's id, security headers on all.

use std::convert::Infallible;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use axum::middleware::Next;

use super::metrics::Metrics;
use super::wording_of_status;
use crate::error::Problem;
use crate::language::Language;

/// What a request is called in logs, answers and downstream calls.
#[derive(Debug, Clone)]
pub struct RequestTrace {
    /// The client's own `X-Request-Id` where it is a lawful one, else ours.
    pub request_id: String,
    /// The W3C trace context: the client's where it is lawful, else a new one.
    pub traceparent: String,
    /// The language that the reader likes best.
    pub language: Language,
}

impl RequestTrace {
    fn of_request(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let language = text("accept-language")
            .map(Language::from_header)
            .unwrap_or_default();
        Self {
            request_id: text("x-request-id")
                .filter(|id| is_request_id(id))
                .map_or_else(|| format!("req-{}", random_hex::<12>()), str::to_owned),
            traceparent: text("traceparent")
                .filter(|trace| is_traceparent(trace))
                .map_or_else(
                    || format!("00-{}-{}-01", random_hex::<16>(), random_hex::<8>()),
                    str::to_owned,
                ),
            language,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestTrace {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let made = parts.extensions.get::<Self>().cloned();
        Ok(made.unwrap_or_else(|| Self::of_request(&parts.headers)))
    }
}

fn is_request_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Version 00 of the W3C recommendation "Trace Context", section 3.2.
fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lower_hex = |part: &str, length: usize| {
        part.len() == length
            && part
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    matches!(parts[..], [version, trace, parent, flags]
        if version == "00"
            && lower_hex(trace, 32)
            && lower_hex(parent, 16)
            && lower_hex(flags, 2)
            && trace.bytes().any(|byte| byte != b'0')
            && parent.bytes().any(|byte| byte != b'0'))
}

fn random_hex<const N: usize>() -> String {
    use std::fmt::Write as _;
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's random source answers");
    bytes
        .iter()
        .fold(String::with_capacity(N * 2), |mut text, byte| {
            let _infallible = write!(text, "{byte:02x}");
            text
        })
}

/// The middleware.
pub(super) async fn layer(
    State(metrics): State<Metrics>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let trace = RequestTrace::of_request(request.headers());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(trace.clone());
    let begun = Instant::now();
    let mut response = in_one_form(next.run(request).await, &trace);
    let taken = begun.elapsed();
    metrics.observe(&method, &route, response.status(), taken);
    tracing::debug!(
        request = trace.request_id,
        %method,
        route,
        status = response.status().as_u16(),
        taken_us = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX),
        "request answered"
    );
    add_headers(response.headers_mut(), &trace);
    response
}

/// Marks an answer with an error status that is no problem document on purpose.
#[derive(Debug, Clone, Copy)]
pub(super) struct AsItIs;

/// Writes problems in the reader's language, and turns errors that axum or a
/// layer made on its own into problems.
fn in_one_form(mut response: Response<Body>, trace: &RequestTrace) -> Response<Body> {
    let status = response.status();
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return problem.to_response(trace.language, Some(&trace.request_id));
    }
    let is_error = status.is_client_error() || status.is_server_error();
    let as_it_is = response.extensions().get::<AsItIs>().is_some();
    if !is_error
        || as_it_is
        || response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(is_page)
    {
        return response;
    }
    let mut answer =
        wording_of_status::problem(status).to_response(trace.language, Some(&trace.request_id));
    // `405` must name the methods that are allowed.
    if status == StatusCode::METHOD_NOT_ALLOWED
        && let Some(allowed) = response.headers_mut().remove(header::ALLOW)
    {
        answer.headers_mut().insert(header::ALLOW, allowed);
    }
    answer
}

/// Pages word their errors themselves.
fn is_page(content_type: &HeaderValue) -> bool {
    content_type.as_bytes().starts_with(b"text/html")
}

fn add_headers(headers: &mut HeaderMap, trace: &RequestTrace) {
    const ALWAYS: [(HeaderName, &str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in ALWAYS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(&trace.request_id) {
        headers.insert("x-request-id", id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lawful_ids_are_kept_and_others_replaced() {
        let mut headers = HeaderMap::new();
        let trace = RequestTrace::of_request(&headers);
        assert!(is_request_id(&trace.request_id) && is_traceparent(&trace.traceparent));
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.insert("traceparent", parent.parse().unwrap());
        headers.insert("x-request-id", "app.42".parse().unwrap());
        let trace = RequestTrace::of_request(&headers);
        assert_eq!(
            (trace.request_id.as_str(), trace.traceparent.as_str()),
            ("app.42", parent)
        );
        headers.insert("x-request-id", "two words".parse().unwrap());
        assert!(
            RequestTrace::of_request(&headers)
                .request_id
                .starts_with("req-")
        );
        assert!(!is_traceparent(
            "00-00000000000000000000000000000000-b7ad6b7169203331-01"
        ));
    }
}
