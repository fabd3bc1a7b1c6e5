//! Who calls: bearer tokens, scopes and the client's rate. No token or a wrong
//! one answers 401; a missing scope 403 and is logged; what belongs to another
//! client does not exist for this one (404, decided by the rooms).

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use futures::future::BoxFuture;
use guichet_domain::id::ClientId;

use super::Api;
use super::scope::{Needed, Scope};
use crate::error::{Code, Problem, Text};
use crate::store::{Store, StoreError};

/// A bank app or channel that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

/// Knows clients by the SHA-256 of their token; tokens themselves are not kept.
pub trait Clients: Send + Sync {
    /// The client that holds the token, if any does.
    fn by_token(&self, token_sha256: [u8; 32])
    -> BoxFuture<'_, Result<Option<Client>, StoreError>>;
}

impl Clients for Store {
    fn by_token(
        &self,
        token_sha256: [u8; 32],
    ) -> BoxFuture<'_, Result<Option<Client>, StoreError>> {
        Box::pin(async move {
            let stored = self.client_by_token(&token_sha256).await?;
            Ok(stored.map(|stored| Client {
                id: stored.id,
                // A scope of a later version is no scope of this one.
                scopes: stored
                    .scopes
                    .split(' ')
                    .filter_map(|name| name.parse().ok())
                    .collect(),
            }))
        })
    }
}

/// How long a token is believed without asking the database again. A revoked
/// token is therefore good for one second at most.
const BELIEVED_FOR: Duration = Duration::from_secs(1);
/// Tokens that are remembered.
const REMEMBERED: usize = 4_096;
/// The longest token that is looked at.
const TOKEN_LIMIT_BYTES: usize = 512;

/// Tokens seen a moment ago.
#[derive(Debug, Default)]
pub(super) struct SeenTokens(Mutex<HashMap<[u8; 32], (Client, Instant)>>);

impl SeenTokens {
    fn get(&self, hash: &[u8; 32], now: Instant) -> Option<Client> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (client, at) = seen.get(hash)?;
        (now.saturating_duration_since(*at) < BELIEVED_FOR).then(|| client.clone())
    }

    fn put(&self, hash: [u8; 32], client: Client, now: Instant) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.retain(|_, (_, at)| now.saturating_duration_since(*at) < BELIEVED_FOR);
        }
        if seen.len() < REMEMBERED {
            seen.insert(hash, (client, now));
        }
    }
}

/// The caller of a handler that needs the scope `N`.
#[derive(Debug)]
pub struct Caller<N> {
    /// Who calls.
    pub client: ClientId,
    needed: PhantomData<N>,
}

impl<N, S> FromRequestParts<S> for Caller<N>
where
    N: Needed,
    S: Send + Sync,
    Api: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let api = Api::from_ref(state);
        let hash = token_hash(&parts.headers)?;
        let now = Instant::now();
        let client = match api.seen_tokens().get(&hash, now) {
            Some(client) => client,
            None => {
                let known = api.clients().by_token(hash).await?;
                let client = known.ok_or_else(unknown_token)?;
                api.seen_tokens().put(hash, client.clone(), now);
                client
            }
        };
        if let Err(seconds) = api.limiter().take(&client.id, now) {
            return Err(Problem::new(Code::TooManyRequests).with_retry_after(seconds));
        }
        if !client.scopes.contains(&N::SCOPE) {
            tracing::warn!(client = %client.id, scope = %N::SCOPE, "a client lacks a scope");
            return Err(missing_scope(N::SCOPE));
        }
        Ok(Self {
            client: client.id,
            needed: PhantomData,
        })
    }
}

pub(super) fn token_hash(headers: &HeaderMap) -> Result<[u8; 32], Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(no_token());
    };
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or_else(no_token)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.len() > TOKEN_LIMIT_BYTES {
        return Err(no_token());
    }
    Ok(hash(token.trim()))
}

/// The hash under which a token is kept.
#[must_use]
pub fn hash(token: &str) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    digest.as_ref().try_into().expect("SHA-256 gives 32 bytes")
}

fn no_token() -> Problem {
    challenge(
        Problem::new(Code::Unauthenticated).with_detail(Text::new(
            "请带请求头 Authorization: Bearer <令牌>。guichet dev 启动时会打印开发令牌。",
            "Send the header Authorization: Bearer <token>. `guichet dev` prints a development token.",
        )),
        "Bearer realm=\"guichet\"",
    )
}

fn unknown_token() -> Problem {
    challenge(
        Problem::new(Code::Unauthenticated).with_detail(Text::new(
            "令牌无效或已撤销，请向运营银行申请新的令牌。",
            "The token is not valid or was revoked; ask the operator for a new one.",
        )),
        "Bearer realm=\"guichet\", error=\"invalid_token\"",
    )
}

fn missing_scope(scope: Scope) -> Problem {
    Problem::new(Code::Forbidden).with_detail(Text::new(
        format!("该渠道没有权限 {scope}，请向运营银行申请。"),
        format!("This client lacks the scope {scope}; ask the operator for it."),
    ))
}

fn challenge(problem: Problem, value: &'static str) -> Problem {
    problem.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seen_token_is_believed_for_a_moment_only() {
        let seen = SeenTokens::default();
        let client = Client {
            id: ClientId::new("app").unwrap(),
            scopes: Vec::new(),
        };
        let now = Instant::now();
        seen.put([1; 32], client.clone(), now);
        assert_eq!(seen.get(&[1; 32], now), Some(client));
        assert_eq!(seen.get(&[2; 32], now), None);
        assert_eq!(seen.get(&[1; 32], now + BELIEVED_FOR), None);
    }

    #[test]
    fn only_one_bearer_token_is_taken() {
        let mut headers = HeaderMap::new();
        assert!(token_hash(&headers).is_err());
        headers.insert(header::AUTHORIZATION, "bearer abc".parse().unwrap());
        assert_eq!(token_hash(&headers).unwrap(), hash("abc"));
        headers.append(header::AUTHORIZATION, "Bearer abc".parse().unwrap());
        assert!(token_hash(&headers).is_err());
        headers.insert(header::AUTHORIZATION, "Basic abc".parse().unwrap());
        assert!(token_hash(&headers).is_err());
    }
}
