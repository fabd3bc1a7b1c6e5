//! Objects in a bucket of a store that speaks S3. Two requests are enough: put
//! an object, get an object. What is read is compared with its digest by those
//! who know it, so the store is not trusted with more than keeping bytes.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use hyper::{Method, Request, Response, StatusCode};

use super::location::Bucket;
use super::sigv4::{Keys, Signed, authorization, sha256_hex, timestamp};
use super::{ObjectError, ObjectStore};
use crate::outward::{Bounds, Outward, OutwardError};
use crate::ports::Ports;

/// One request: the largest bundle over a slow line.
const BOUNDS: Bounds = Bounds {
    timeout: Duration::from_secs(60),
    answer_bytes: 80 << 20,
};
/// Requests for one object, the first included.
const ATTEMPTS: u32 = 4;
/// Before the second request; doubled before each further one.
const PAUSE: Duration = Duration::from_millis(100);
/// Written once, so that a store that cannot keep anything is noticed at start.
const PROBE: &str = "guichet-probe";
const PROBE_BYTES: &[u8] = b"This store keeps the objects of a Guichet registry.\n";

/// A bucket.
#[derive(Debug, Clone)]
pub struct S3 {
    bucket: Bucket,
    keys: Keys,
    outward: Outward,
    ports: Ports,
}

impl S3 {
    /// Over a bucket that takes and gives objects; anything else is refused.
    pub async fn open(bucket: Bucket, keys: Keys, ports: Ports) -> Result<Self, ObjectError> {
        let store = Self {
            outward: Outward::new(bucket.plain),
            bucket,
            keys,
            ports,
        };
        let kept = match store.get(PROBE).await {
            Err(ObjectError::Missing(_)) => {
                store.put(PROBE, Bytes::from_static(PROBE_BYTES)).await?;
                store.get(PROBE).await
            }
            known => known,
        };
        if kept? == PROBE_BYTES {
            Ok(store)
        } else {
            let why = "the store gives back other bytes than it was given";
            Err(ObjectError::Failed(PROBE.to_owned(), why.to_owned()))
        }
    }

    /// Asks, and asks again where the store is busy or the line breaks: objects
    /// never change, so that doing it twice does no harm.
    async fn ask(
        &self,
        method: &Method,
        name: &str,
        body: Bytes,
    ) -> Result<Response<Bytes>, ObjectError> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.ask_once(method, name, body.clone()).await {
                Ok(answer) if !is_busy(answer.status()) => return Ok(answer),
                Err(error @ (OutwardError::Plain(_) | OutwardError::Address(_))) => {
                    return Err(self.failed(name, &error.to_string()));
                }
                Ok(_) | Err(_) => tokio::time::sleep(pause).await,
            }
            pause *= 2;
        }
        let last = self.ask_once(method, name, body).await;
        last.map_err(|error| self.failed(name, &error.to_string()))
    }

    async fn ask_once(
        &self,
        method: &Method,
        name: &str,
        body: Bytes,
    ) -> Result<Response<Bytes>, OutwardError> {
        let path = format!("/{}{name}", self.bucket.folder);
        let host = self.bucket.origin.split("://").nth(1).unwrap_or_default();
        let timestamp = timestamp(self.ports.now());
        let digest = sha256_hex(&body);
        let mut headers = BTreeMap::from([
            ("host", host.to_owned()),
            ("x-amz-content-sha256", digest.clone()),
            ("x-amz-date", timestamp.clone()),
        ]);
        if let Some(token) = &self.keys.session_token {
            headers.insert("x-amz-security-token", token.clone());
        }
        let signed = Signed {
            method: method.as_str(),
            path: &path,
            query: "",
            headers: &headers,
            body: &digest,
        };
        let signature = authorization(&self.keys, (&self.bucket.region, &timestamp), &signed);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.bucket.origin))
            .header("authorization", signature);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request
            .body(body)
            .map_err(|_| OutwardError::Address(self.bucket.to_string()))?;
        self.outward.send(request, BOUNDS).await
    }

    fn failed(&self, name: &str, why: &str) -> ObjectError {
        ObjectError::Failed(name.to_owned(), format!("{}: {why}", self.bucket))
    }

    /// What the store's refusal means and what mends it.
    fn refused(&self, name: &str, answer: &Response<Bytes>) -> ObjectError {
        let status = answer.status().as_u16();
        let code = code(answer.body());
        let mend = match code.as_str() {
            "NoSuchBucket" => "; make the bucket, or correct its name",
            "InvalidAccessKeyId" | "SignatureDoesNotMatch" => {
                "; correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            }
            "AccessDenied" => {
                "; the keys need to get and put objects under the prefix, and to list the bucket so that missing objects are told"
            }
            "RequestTimeTooSkewed" => "; set this machine's clock",
            "AuthorizationHeaderMalformed" | "PermanentRedirect" => "; correct region or endpoint",
            _ => "",
        };
        self.failed(name, &format!("the store answered {status} {code}{mend}"))
    }
}

impl ObjectStore for S3 {
    fn put<'a>(&'a self, name: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), ObjectError>> {
        Box::pin(async move {
            let answer = self.ask(&Method::PUT, name, bytes).await?;
            if answer.status().is_success() {
                Ok(())
            } else {
                Err(self.refused(name, &answer))
            }
        })
    }

    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Bytes, ObjectError>> {
        Box::pin(async move {
            let answer = self.ask(&Method::GET, name, Bytes::new()).await?;
            match answer.status() {
                StatusCode::OK => Ok(answer.into_body()),
                StatusCode::NOT_FOUND if code(answer.body()) != "NoSuchBucket" => {
                    Err(ObjectError::Missing(name.to_owned()))
                }
                _ => Err(self.refused(name, &answer)),
            }
        })
    }
}

fn is_busy(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// The store's own word for what is wrong: the text of the element `Code`.
fn code(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..4096).unwrap_or(body)).into_owned();
    let found = text.split("<Code>").nth(1);
    let found = found.and_then(|rest| rest.split("</Code>").next());
    let word = found.unwrap_or_default().chars();
    word.filter(char::is_ascii_alphanumeric).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stores_word_is_read_and_nothing_else_is_believed() {
        let body = b"<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Key>x</Key></Error>";
        assert_eq!(code(body), "NoSuchBucket");
        assert_eq!(code(b"<Code>a\x1b[2J</Code>"), "a2J");
        assert_eq!(code(b"<html>"), "");
        assert_eq!(code(&[0xff; 10_000]), "");
    }
}
