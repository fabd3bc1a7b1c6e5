//! The command line's HTTP client: one request at a time to a node's API.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use axum::http::{Method, Request, StatusCode, Uri, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Map, Value};

use super::exit::Failure;
use super::requests::Connection as Asked;
use crate::dev::DevFile;
use crate::language::Language;

/// The longest an answer may take: waiting for a payment, and then some.
const TIMEOUT: Duration = Duration::from_secs(75);
/// The largest answer that is read.
const ANSWER_LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// The development file, for what was not asked for.
fn dev_file(data: &Path) -> Result<DevFile, Failure> {
    let path = data.join(DevFile::NAME);
    let bytes = std::fs::read(&path).map_err(|_| {
        Failure::Usage(format!(
            "no server is named: start `guichet dev` here, or give --url and --token \
             (looked for {})",
            path.display()
        ))
    })?;
    let file = serde_json::from_slice(&bytes)
        .with_context(|| format!("{} is not what `guichet dev` writes", path.display()))?;
    Ok(file)
}

/// The token of one of the people that `guichet dev` made.
fn token_of(file: &DevFile, name: &str) -> Result<String, Failure> {
    file.people.get(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = file.people.keys().map(String::as_str).collect();
        Failure::Usage(format!(
            "--as {name}: `guichet dev` knows {}; give another person's token in GUICHET_TOKEN",
            known.join(", ")
        ))
    })
}

/// A node to talk to, and as whom.
#[derive(Debug)]
pub(super) struct Connection {
    client: Client<hyper_rustls::HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: String,
    token: String,
    language: Language,
    subject: Option<String>,
    /// The subject's account, where it is known.
    pub(super) payer_account: Option<String>,
    city_url: Option<String>,
}

impl Connection {
    /// What was asked for, and the development file for the rest.
    pub(super) fn open(asked: &Asked, data: &Path, language: Language) -> Result<Self, Failure> {
        let named = asked.url.is_some() && asked.token.is_some() && asked.as_person.is_none();
        let file = if named { None } else { Some(dev_file(data)?) };
        let of_person = match (&asked.as_person, &file) {
            (Some(name), Some(file)) => Some(token_of(file, name)?),
            _ => None,
        };
        let pick = |given: &Option<String>, field: fn(&DevFile) -> &String| {
            given
                .clone()
                .or_else(|| file.as_ref().map(|file| field(file).clone()))
        };
        let https = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(https),
            url: pick(&asked.url, |file| &file.url).unwrap_or_default(),
            token: of_person
                .or_else(|| pick(&asked.token, |file| &file.token))
                .unwrap_or_default(),
            subject: pick(&asked.subject, |file| &file.subject),
            city_url: file.as_ref().map(|file| file.city_url.clone()),
            payer_account: file.map(|file| file.payer_account),
            language,
        })
    }

    /// On whose behalf.
    pub(super) fn subject(&self) -> Result<&str, Failure> {
        self.subject.as_deref().ok_or_else(|| {
            Failure::Usage("on whose behalf? Name the subject with --subject".to_owned())
        })
    }

    /// Where the simulated city answers, where there is one.
    pub(super) fn city_url(&self) -> Option<&str> {
        self.city_url.as_deref()
    }

    /// Reads a resource.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.send(Method::GET, path, &[], None).await
    }

    /// Removes a resource.
    pub(super) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.send(Method::DELETE, path, &[], None).await
    }

    /// Sends a body with further headers.
    pub(super) async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Value, Failure> {
        let body = ("application/json", Bytes::from(body.to_string()));
        self.send(Method::POST, path, headers, Some(body)).await
    }

    /// Inputs that have an answer now, from the simulated city.
    pub(super) async fn sample(&self, service: &str) -> Result<Map<String, Value>, Failure> {
        let city = self.city_url.as_deref().ok_or_else(|| {
            Failure::Usage("--sample needs the simulated city of `guichet dev`".to_owned())
        })?;
        let url = format!("{city}/_sample?service={}", super::segment(service)?);
        let request = Request::get(url).body(Full::default());
        let request = request.map_err(|_| Failure::Usage(format!("{city} is no URL of a city")))?;
        let (status, bytes) = self.exchange(request).await?;
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        match &answer["inputs"] {
            Value::Object(inputs) => Ok(inputs.clone()),
            _ => Err(Failure::Usage(format!(
                "the simulated city has no sample for {service} ({status})"
            ))),
        }
    }

    /// Puts JSON in a resource's place.
    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let body = ("application/json", Bytes::from(body.to_string()));
        self.send(Method::PUT, path, &[], Some(body)).await
    }

    /// Puts bytes in a resource's place.
    pub(super) async fn put_bytes(
        &self,
        path: &str,
        media_type: &str,
        bytes: Bytes,
    ) -> Result<Value, Failure> {
        self.send(Method::PUT, path, &[], Some((media_type, bytes)))
            .await
    }

    /// Reads a resource that is plain text.
    pub(super) async fn get_text(&self, path: &str) -> Result<String, Failure> {
        let (status, bytes) = self.request(Method::GET, path, &[], None).await?;
        if status.is_success() {
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        read_answer(status, &bytes).map(|_| String::new())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Bytes)>,
    ) -> Result<Value, Failure> {
        let (status, bytes) = self.request(method, path, headers, body).await?;
        read_answer(status, &bytes)
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Bytes)>,
    ) -> Result<(StatusCode, Bytes), Failure> {
        let uri: Uri = format!("{}{path}", self.url.trim_end_matches('/'))
            .parse()
            .map_err(|_| Failure::Usage(format!("{} is no URL of a server", self.url)))?;
        let mut request = Request::builder()
            .method(method)
            .uri(uri)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT_LANGUAGE, self.language.tag());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let bytes = match body {
            Some((media_type, bytes)) => {
                request = request.header(header::CONTENT_TYPE, media_type);
                bytes
            }
            None => Bytes::new(),
        };
        let request = request
            .body(Full::new(bytes))
            .map_err(|error| Failure::Usage(format!("the request cannot be sent: {error}")))?;
        self.exchange(request).await
    }

    /// One request and its whole answer, within bounds of time and size.
    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), Failure> {
        let host = request.uri().authority().map(ToString::to_string);
        let host = host.unwrap_or_default();
        let answered = tokio::time::timeout(TIMEOUT, self.answer(request)).await;
        let answered = answered.unwrap_or_else(|_| Err(format!("no answer within {TIMEOUT:?}")));
        answered
            .map_err(|reason| Failure::Unreachable(format!("{host} cannot be reached: {reason}")))
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), String> {
        let response = self.client.request(request).await.map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            cause.unwrap_or_else(|| error.to_string())
        })?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_LIMIT_BYTES)
            .collect()
            .await;
        let body = body.map_err(|error| error.to_string())?;
        Ok((status, body.to_bytes()))
    }
}

fn read_answer(status: StatusCode, bytes: &[u8]) -> Result<Value, Failure> {
    if bytes.is_empty() && status.is_success() {
        return Ok(Value::Null);
    }
    let body: Value = serde_json::from_slice(bytes).map_err(|_| {
        Failure::Unreachable(format!("the answer ({status}) is not of a Guichet server"))
    })?;
    if status.is_success() {
        Ok(body)
    } else {
        Err(Failure::Refused(body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_server_the_mend_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let failure =
            Connection::open(&Asked::default(), folder.path(), Language::English).unwrap_err();
        assert!(matches!(&failure, Failure::Usage(text) if text.contains("guichet dev")));
    }

    #[test]
    fn answers_of_strangers_are_not_believed() {
        let read = |status: u16, text: &str| {
            read_answer(StatusCode::from_u16(status).unwrap(), text.as_bytes())
        };
        assert!(matches!(read(200, "<html>"), Err(Failure::Unreachable(_))));
        assert!(matches!(
            read(404, r#"{"code":"not_found"}"#),
            Err(Failure::Refused(_))
        ));
        assert_eq!(read(204, "").unwrap(), Value::Null);
    }
}
