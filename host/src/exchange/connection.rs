//! Requests to one foreign registry: with its credentials to itself and to no
//! other server, with a token where it asks for one, and bounded. What the
//! requests mean is `client`'s.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{self, HeaderMap};
use hyper::{Method, Request, Response, StatusCode, Uri};
use serde::Deserialize;

use super::challenge::{self, Challenge};
use super::{Credentials, ExchangeError, Reference};
use crate::outward::{Bounds, Outward, PlainHttp, is_loopback};

/// One request with a small answer.
pub(super) const SMALL: Bounds = Bounds {
    timeout: Duration::from_secs(30),
    answer_bytes: 4 << 20,
};
/// One request that carries a bundle or component.
pub(super) const LARGE: Bounds = Bounds {
    timeout: Duration::from_secs(300),
    answer_bytes: 64 << 20,
};
/// The answer of a token service.
const TOKEN: Bounds = Bounds {
    timeout: Duration::from_secs(30),
    answer_bytes: 64 << 10,
};
/// Redirects of one request.
const REDIRECTS: usize = 3;

/// A foreign registry, for the time of one command.
pub struct Connection {
    outward: Outward,
    origin: String,
    plain: PlainHttp,
    credentials: Option<Credentials>,
    /// The value of `authorization` that was accepted last.
    authorization: Mutex<Option<String>>,
}

/// One request.
pub(super) struct Ask {
    pub(super) method: Method,
    /// Of the registry where it begins with a slash, else whole.
    pub(super) place: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) bounds: Bounds,
}

impl Ask {
    pub(super) fn new(method: Method, place: String) -> Self {
        Self {
            method,
            place,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            bounds: SMALL,
        }
    }

    pub(super) fn with(mut self, name: header::HeaderName, value: &'static str) -> Self {
        self.headers
            .insert(name, header::HeaderValue::from_static(value));
        self
    }

    pub(super) fn carrying(mut self, body: Bytes) -> Self {
        self.body = body;
        self.bounds = Bounds {
            timeout: LARGE.timeout,
            ..self.bounds
        };
        self
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({})", self.origin)
    }
}

impl Connection {
    /// To the registry of a reference. Plain http is spoken to this machine, and
    /// elsewhere only where the operator said so.
    #[must_use]
    pub fn new(to: &Reference, plain: PlainHttp, credentials: Option<Credentials>) -> Self {
        let near = format!("http://{}", to.host).parse();
        let near = near.is_ok_and(|uri: Uri| is_loopback(&uri));
        let scheme = if near || plain == PlainHttp::Everywhere {
            "http"
        } else {
            "https"
        };
        Self {
            outward: Outward::new(plain),
            origin: format!("{scheme}://{}", to.host),
            plain,
            credentials,
            authorization: Mutex::default(),
        }
    }

    /// The place of an answer's `location` or `link` header, whole.
    pub(super) fn resolve(&self, place: &str) -> String {
        if place.starts_with('/') && !place.starts_with("//") {
            format!("{}{place}", self.origin)
        } else {
            place.to_owned()
        }
    }

    /// Asks, and asks once more with what the registry wants to see.
    pub(super) async fn ask(&self, ask: &Ask) -> Result<Response<Bytes>, ExchangeError> {
        let (place, answer) = self.ask_once(ask).await?;
        // Who was redirected to has nothing to ask for.
        if answer.status() != StatusCode::UNAUTHORIZED || !self.is_own(&place) {
            return Ok(answer);
        }
        let challenges = answer.headers().get_all(header::WWW_AUTHENTICATE);
        let mut challenges = challenges.iter().filter_map(|value| value.to_str().ok());
        let Some(challenge) = challenges.find_map(challenge::read) else {
            return Ok(answer);
        };
        let Some(authorization) = self.authorize(&challenge).await? else {
            return Ok(answer);
        };
        *self.remembered() = Some(authorization);
        self.ask_once(ask).await.map(|(_, answer)| answer)
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.authorization
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Follows the redirects of a reading request. Only the registry itself sees
    /// its credentials. Gives the place that answered, too.
    async fn ask_once(&self, ask: &Ask) -> Result<(String, Response<Bytes>), ExchangeError> {
        let mut place = self.resolve(&ask.place);
        for _ in 0..REDIRECTS {
            let answer = self.request(ask, &place).await?;
            let follows = ask.method == Method::GET && answer.status().is_redirection();
            let next = answer.headers().get(header::LOCATION);
            match next.and_then(|next| next.to_str().ok()) {
                Some(next) if follows => place = absolute(&place, next),
                _ => return Ok((place, answer)),
            }
        }
        let answer = self.request(ask, &place).await?;
        Ok((place, answer))
    }

    async fn request(&self, ask: &Ask, place: &str) -> Result<Response<Bytes>, ExchangeError> {
        let mut request = Request::builder().method(&ask.method).uri(place);
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if self.is_own(place)
            && let Some(authorization) = self.remembered().clone()
        {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request.body(ask.body.clone()).map_err(|error| {
            ExchangeError::Document("the registry's address".to_owned(), error.to_string())
        })?;
        Ok(self.outward.send(request, ask.bounds).await?)
    }

    fn is_own(&self, place: &str) -> bool {
        place
            .strip_prefix(&self.origin)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    }

    /// What a challenge asks for; none where it cannot be given.
    async fn authorize(&self, challenge: &Challenge) -> Result<Option<String>, ExchangeError> {
        match challenge {
            Challenge::Basic => Ok(self.credentials.as_ref().map(Credentials::basic)),
            Challenge::Bearer {
                realm,
                service,
                scope,
            } => {
                let mut query = form_urlencoded::Serializer::new(String::new());
                for (name, value) in [("service", service), ("scope", scope)] {
                    if let Some(value) = value {
                        query.append_pair(name, value);
                    }
                }
                let separator = if realm.contains('?') { '&' } else { '?' };
                self.token(&format!("{realm}{separator}{}", query.finish()))
                    .await
            }
        }
    }

    /// A token for this registry. Its service may be another server: the registry
    /// names it, and could ask for the same credentials itself.
    async fn token(&self, place: &str) -> Result<Option<String>, ExchangeError> {
        let mut request = Request::get(place);
        if let Some(credentials) = &self.credentials {
            request = request.header(header::AUTHORIZATION, credentials.basic());
        }
        let wrong = |why: &str| {
            ExchangeError::Document("the registry's token service".to_owned(), why.to_owned())
        };
        let request = request.body(Bytes::new());
        let request = request.map_err(|_| wrong("its address is none"))?;
        self.check_realm(request.uri())?;
        let answer = self.outward.send(request, TOKEN).await?;
        if !answer.status().is_success() {
            return Ok(None);
        }
        let answer: TokenAnswer =
            serde_json::from_slice(answer.body()).map_err(|_| wrong("it gives no token"))?;
        let token = answer.token.or(answer.access_token);
        let lawful = |token: &String| token.bytes().all(|byte| byte.is_ascii_graphic());
        Ok(token.filter(lawful).map(|token| format!("Bearer {token}")))
    }

    /// A registry that is reached by TLS cannot have its credentials sent without.
    fn check_realm(&self, realm: &Uri) -> Result<(), ExchangeError> {
        let falls_back = realm.scheme_str() == Some("http") && self.origin.starts_with("https");
        if falls_back && self.plain == PlainHttp::Loopback && self.credentials.is_some() {
            let host = realm.host().unwrap_or_default().to_owned();
            return Err(crate::outward::OutwardError::Plain(host).into());
        }
        Ok(())
    }
}

/// A redirect's target, seen from the place that gave it.
fn absolute(from: &str, to: &str) -> String {
    if !to.starts_with('/') || to.starts_with("//") {
        return to.to_owned();
    }
    let authority_ends = from
        .find("://")
        .and_then(|at| from[at + 3..].find('/').map(|end| at + 3 + end));
    format!("{}{to}", &from[..authority_ends.unwrap_or(from.len())])
}

#[cfg(test)]
mod tests;
