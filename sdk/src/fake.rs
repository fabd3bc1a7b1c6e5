//! A host for unit tests, on every target but wasm: what a plugin asks of the
//! host is answered here, on this thread, by what the test has laid out. HMAC
//! and digests are real; signatures and ciphers are stand-ins that fit only
//! each other. It enforces no grants: that is tested with the real host.
//!
//! ```
//! use guichet_sdk::{fake, http::Request};
//! use guichet_sdk::fake::json::json;
//!
//! let host = fake::Host::new()
//!     .config("office", "330100")
//!     .answers(|request| match request.path.as_str() {
//!         "/ping" => fake::ok(&json!({"code": "0000"})),
//!         _ => fake::status(404),
//!     })
//!     .install();
//! assert_eq!(Request::get("biller", "/ping").send().unwrap().status(), 200);
//! assert_eq!(host.requests().len(), 1);
//! ```

pub(crate) mod imports;

mod crypto;
mod samples;

/// JSON as tests write it, read and written by an established library.
pub mod json {
    pub use serde_json::{Value, json};
}

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::bindings::shared::guichet::host::http::{Error as HttpError, Response};
use crate::date::Moment;
use crate::{http, locale};

pub use crate::bindings::shared::guichet::host::http::Request as Sent;
pub use crypto::signature;
pub use samples::{context, order};

/// What the other side answers.
pub type Answer = Result<Response, HttpError>;

type Handler = Box<dyn FnMut(&Sent) -> Answer>;

/// What the host knows and answers.
#[derive(Default)]
pub struct Host {
    config: BTreeMap<String, String>,
    keys: BTreeMap<String, crypto::Key>,
    subject: BTreeMap<String, Option<String>>,
    kv: BTreeMap<(imports::ScopeName, String), (Vec<u8>, u64)>,
    kv_versions: u64,
    now_ms: u64,
    random: u8,
    handler: Option<Handler>,
    requests: Vec<Sent>,
    messages: Vec<String>,
}

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
}

/// The installed host; it ends when this is dropped.
pub struct Installed(());

impl Host {
    /// A host that knows nothing: no settings, keys or subject data, and no
    /// other side. The time is 2026-11-21T08:30:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self::default().now("2026-11-21T08:30:00Z")
    }

    /// Sets a setting of the service.
    #[must_use]
    pub fn config(mut self, name: &str, value: &str) -> Self {
        self.config.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Grants a key for message authentication: `hmac-sha256`, `hmac-sha512` or
    /// `hmac-sm3`.
    #[must_use]
    pub fn mac_key(mut self, name: &str, algorithm: &str, material: &[u8]) -> Self {
        self.keys
            .insert(name.to_owned(), crypto::Key::mac(algorithm, material));
        self
    }

    /// Grants a key for signatures; what fits it is made by [`signature`].
    #[must_use]
    pub fn signing_key(mut self, name: &str) -> Self {
        self.keys.insert(name.to_owned(), crypto::Key::Signing);
        self
    }

    /// Grants a key for encryption; ciphertexts fit only this fake host.
    #[must_use]
    pub fn cipher_key(mut self, name: &str) -> Self {
        self.keys.insert(name.to_owned(), crypto::Key::Cipher);
        self
    }

    /// Gives the subject an attribute and consent for it.
    #[must_use]
    pub fn subject(mut self, scope: &str, value: &str) -> Self {
        self.subject
            .insert(scope.to_owned(), Some(value.to_owned()));
        self
    }

    /// Gives consent for a scope of which the subject has nothing.
    #[must_use]
    pub fn subject_without(mut self, scope: &str) -> Self {
        self.subject.insert(scope.to_owned(), None);
        self
    }

    /// Sets the time, RFC 3339.
    ///
    /// # Panics
    /// Where the text is no moment.
    #[must_use]
    pub fn now(mut self, instant: &str) -> Self {
        let moment = Moment::parse(instant).expect("a test names a moment that exists");
        self.now_ms = moment.unix_ms().unsigned_abs();
        self
    }

    /// Lets the other side answer.
    #[must_use]
    pub fn answers(mut self, handler: impl FnMut(&Sent) -> Answer + 'static) -> Self {
        self.handler = Some(Box::new(handler));
        self
    }

    /// Puts this host in the place of the thread's last one.
    #[must_use]
    pub fn install(self) -> Installed {
        http::forget_effects();
        locale::set("zh-CN");
        HOST.with_borrow_mut(|host| *host = Some(self));
        Installed(())
    }
}

impl Installed {
    /// The requests sent so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Sent> {
        with(|host| host.requests.clone())
    }

    /// The last request.
    ///
    /// # Panics
    /// Where none was sent.
    #[must_use]
    pub fn last_request(&self) -> Sent {
        self.requests()
            .pop()
            .expect("the plugin has sent a request")
    }

    /// The messages logged so far.
    #[must_use]
    pub fn messages(&self) -> Vec<String> {
        with(|host| host.messages.clone())
    }

    /// Lets time pass.
    pub fn pass_ms(&self, ms: u64) {
        with(|host| host.now_ms += ms);
    }

    /// Lets the other side answer differently from now on.
    pub fn answers(&self, handler: impl FnMut(&Sent) -> Answer + 'static) {
        with(|host| host.handler = Some(Box::new(handler)));
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        HOST.with_borrow_mut(|host| *host = None);
    }
}

/// A JSON answer with status 200; [`json`] writes the body.
pub fn ok(body: &json::Value) -> Answer {
    bytes(200, body.to_string().as_bytes())
}

/// An empty answer.
pub fn status(status: u16) -> Answer {
    bytes(status, b"")
}

/// An answer of any bytes.
pub fn bytes(status: u16, body: &[u8]) -> Answer {
    let headers = Vec::new();
    Ok(Response {
        status,
        headers,
        body: body.to_owned(),
        details: Vec::new(),
    })
}

/// Adds a header field to an answer.
pub fn with_header(answer: Answer, name: &str, value: &str) -> Answer {
    let mut response = answer?;
    response.headers.push((name.to_owned(), value.to_owned()));
    Ok(response)
}

/// The request left, and no complete answer came back.
pub fn interrupted() -> Answer {
    Err(HttpError::Interrupted("the connection ended".to_owned()))
}

/// Not one byte left the host.
pub fn not_sent() -> Answer {
    Err(HttpError::NotSent("the connection was refused".to_owned()))
}

impl Sent {
    /// The JSON body; null where there is none.
    #[must_use]
    pub fn json(&self) -> json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

fn with<T>(use_host: impl FnOnce(&mut Host) -> T) -> T {
    HOST.with_borrow_mut(|host| {
        use_host(host.as_mut().expect("the test has installed a fake::Host"))
    })
}

#[cfg(test)]
mod tests;
