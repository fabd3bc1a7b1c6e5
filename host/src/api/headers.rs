//! The request headers that change what a call does: `Idempotency-Key`,
//! `Prefer: wait` and the conditional `If-None-Match`.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::error::{Code, Problem, Text};

/// A client's name for one request, the same over all its repetitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_headers(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut values = headers.get_all("idempotency-key").iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(wrong_key());
        };
        // The draft standard sends a quoted string; most clients send it bare.
        let text = value.to_str().unwrap_or_default().trim();
        let text = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .unwrap_or(text);
        let lawful = (1..=255).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
        if lawful {
            Ok(Self(text.to_owned()))
        } else {
            Err(wrong_key())
        }
    }
}

fn wrong_key() -> Problem {
    Problem::new(Code::InvalidIdempotencyKey).with_field(
        "Idempotency-Key",
        Text::new(
            "请带一个 Idempotency-Key 请求头：1 到 255 个字母、数字或 - _ . :，每笔业务不同，重试时相同（例如 UUID）。",
            "Send one Idempotency-Key header: 1 to 255 letters, digits or - _ . :, new for every errand and the same over its repetitions (a UUID, for example).",
        ),
    )
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::from_headers(&parts.headers)
    }
}

/// `Prefer: wait=N` (RFC 7240): seconds to wait for an end state, at most 30.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub Option<u32>);

impl Wait {
    /// The longest wait; who asks for more gets this much.
    pub const LONGEST_SECONDS: u32 = 30;

    fn from_headers(headers: &HeaderMap) -> Self {
        let preferences = headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok());
        let wait = preferences
            .flat_map(|value| value.split([',', ';']).take(16))
            .filter_map(|preference| preference.trim().split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
            .and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse::<u32>().ok());
        // Preferences that cannot be read are ignored, as the RFC wants it.
        Self(wait.map(|seconds| seconds.min(Self::LONGEST_SECONDS)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Wait {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::from_headers(&parts.headers))
    }
}

/// Whether the client holds the version `tag` already (RFC 9110, section 13.1.2).
#[must_use]
pub fn holds_version(headers: &HeaderMap, tag: &str) -> bool {
    let held = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    held.flat_map(|value| value.split(',').take(32))
        .map(|entry| entry.trim().trim_start_matches("W/"))
        .any(|entry| entry == "*" || entry == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn keys_are_required_bounded_and_single() {
        let key = |values: &[&str]| {
            IdempotencyKey::from_headers(&headers("idempotency-key", values)).map(|key| key.0)
        };
        assert_eq!(key(&["0b6c3a1e-aaaa"]).unwrap(), "0b6c3a1e-aaaa");
        assert_eq!(key(&["\"0b6c3a1e-aaaa\""]).unwrap(), "0b6c3a1e-aaaa");
        for wrong in [&[][..], &[""], &["has a space"], &["12345678", "12345679"]] {
            let problem = key(wrong).unwrap_err();
            assert_eq!(problem.code(), Code::InvalidIdempotencyKey, "{wrong:?}");
        }
        assert!(key(&["k".repeat(256).as_str()]).is_err());
    }

    #[test]
    fn waiting_is_bounded_and_nonsense_ignored() {
        let wait = |value: &str| Wait::from_headers(&headers("prefer", &[value])).0;
        assert_eq!(wait("wait=10"), Some(10));
        assert_eq!(wait("respond-async, wait=600"), Some(30));
        assert_eq!(wait("wait=soon"), None);
        assert_eq!(wait("handling=lenient"), None);
    }

    #[test]
    fn versions_are_compared_weakly() {
        let held = |value: &str| holds_version(&headers("if-none-match", &[value]), "\"7\"");
        assert!(held("\"7\""));
        assert!(held("W/\"6\", W/\"7\""));
        assert!(held("*"));
        assert!(!held("\"8\""));
    }
}
