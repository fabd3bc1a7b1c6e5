//! Requests to logical endpoints that the operator has bound. The host adds
//! credentials, refuses what is not granted, never repeats and never follows a
//! redirect; here a request is only put together and its answer taken apart.

use crate::json::Value;
use crate::{Error, form, host, text};
use core::cell::Cell;

pub use crate::bindings::shared::guichet::host::http::{Error as HostError, Intent};
use crate::bindings::shared::guichet::host::http::{
    Request as HostRequest, Response as HostResponse,
};

thread_local! {
    static EFFECT_LEFT: Cell<Effects> = const { Cell::new(Effects::None) };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Effects {
    None,
    Left,
}

/// Whether a request with an effect has left the plugin in this call, whole or
/// in part. Where none has, a payment was certainly not sent.
#[must_use]
pub fn effect_has_left() -> bool {
    EFFECT_LEFT.get() == Effects::Left
}

pub(crate) fn forget_effects() {
    EFFECT_LEFT.set(Effects::None);
}

/// One request. It is a *read* unless it is called an effect.
#[derive(Debug, Clone)]
pub struct Request(HostRequest);

impl Request {
    /// A request to a logical endpoint of the manifest.
    #[must_use]
    pub fn new(method: &str, endpoint: &str, path: &str) -> Self {
        Self(HostRequest {
            endpoint: endpoint.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            intent: Intent::Read,
            timeout_ms: None,
            details: Vec::new(),
        })
    }

    /// `GET`.
    #[must_use]
    pub fn get(endpoint: &str, path: &str) -> Self {
        Self::new("GET", endpoint, path)
    }

    /// `POST`.
    #[must_use]
    pub fn post(endpoint: &str, path: &str) -> Self {
        Self::new("POST", endpoint, path)
    }

    /// Adds a parameter to the query string, encoded.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.0
            .path
            .push(if self.0.path.contains('?') { '&' } else { '?' });
        form::push(&mut self.0.path, name, value);
        self
    }

    /// Adds a header field; its name in lower case, and granted.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.0.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body and its media type.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: Vec<u8>) -> Self {
        self.0.body = body;
        self.header("content-type", media_type)
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_text().into_bytes())
    }

    /// Sets a form as body.
    #[must_use]
    pub fn form(self, parameters: &[(&str, &str)]) -> Self {
        self.body(
            "application/x-www-form-urlencoded",
            form::encode(parameters).into_bytes(),
        )
    }

    /// Says that this request may change something at the other side.
    #[must_use]
    pub fn effect(mut self) -> Self {
        self.0.intent = Intent::Effect;
        self
    }

    /// Waits shorter than the binding's own limit.
    #[must_use]
    pub fn timeout_ms(mut self, timeout_ms: u32) -> Self {
        self.0.timeout_ms = Some(timeout_ms);
        self
    }

    /// Path and query as they will be sent, for signing.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The body as it will be sent, for signing.
    #[must_use]
    pub fn body_bytes(&self) -> &[u8] {
        &self.0.body
    }

    /// Sends it, once. Any complete answer is `Ok`, whatever its status.
    pub fn send(self) -> Result<Response, Error> {
        let answer = host::http::send(&self.0);
        let stayed = matches!(answer, Err(HostError::Denied(_) | HostError::NotSent(_)));
        if self.0.intent == Intent::Effect && !stayed {
            EFFECT_LEFT.set(Effects::Left);
        }
        Ok(Response(answer?))
    }
}

/// A complete answer.
#[derive(Debug, Clone)]
pub struct Response(HostResponse);

impl Response {
    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The first header field of this name, given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.headers.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    /// All header fields in the order received, names in lower case.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.0.headers
    }

    /// The body as it came, without a copy.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.0.body
    }

    /// The body as it came.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// Passes on answers with a status of 200 to 299 only.
    pub fn success(self) -> Result<Self, Error> {
        if (200..300).contains(&self.0.status) {
            Ok(self)
        } else {
            Err(Error::Status(self.0.status))
        }
    }

    /// The body as UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        core::str::from_utf8(&self.0.body).map_err(|_| Error::answer("the body is no UTF-8"))
    }

    /// The body in another charset, for example `gb18030`.
    pub fn text_in(&self, charset: &str) -> Result<String, Error> {
        text::decode(charset, &self.0.body)
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value, Error> {
        crate::json::parse(&self.0.body)
    }
}
