//! AWS Signature Version 4 for S3: which bytes of a request are signed, and the
//! header that carries the signature. Knows nothing of buckets.
//!
//! Source: Amazon Simple Storage Service API Reference, "Authenticating
//! Requests: Using the Authorization Header (AWS Signature Version 4)".

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use guichet_domain::Moment;
use time::OffsetDateTime;
use time::macros::format_description;

use super::ObjectError;

/// Access keys. They are never shown.
#[derive(Clone)]
pub struct Keys {
    /// Whose keys: goes into every request as it is.
    pub access_key_id: String,
    /// Signs, and never leaves this process.
    pub secret_access_key: String,
    /// For keys that were lent for a time.
    pub session_token: Option<String>,
}

impl Keys {
    /// The keys that the environment names.
    pub fn from_environment(
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, ObjectError> {
        let needed = |name| {
            let value = variable(name).filter(|value| !value.is_empty());
            value.ok_or(ObjectError::NoKeys(name))
        };
        Ok(Self {
            access_key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret_access_key: needed("AWS_SECRET_ACCESS_KEY")?,
            session_token: needed("AWS_SESSION_TOKEN").ok(),
        })
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// What of a request is signed.
pub(super) struct Signed<'a> {
    /// `GET`, `PUT`.
    pub(super) method: &'a str,
    /// Encoded, with the first slash.
    pub(super) path: &'a str,
    /// Encoded and sorted; empty where there is none.
    pub(super) query: &'a str,
    /// Names in lower case.
    pub(super) headers: &'a BTreeMap<&'a str, String>,
    /// SHA-256 of the body in hexadecimal digits.
    pub(super) body: &'a str,
}

/// The value of `x-amz-date`.
pub(super) fn timestamp(at: Moment) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let seconds = at.micros().div_euclid(1_000_000);
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&format)
        .expect("a moment lies in the years 1970 to 9999")
}

/// The value of `authorization`.
pub(super) fn authorization(
    keys: &Keys,
    (region, timestamp): (&str, &str),
    request: &Signed<'_>,
) -> String {
    let mut headers = String::new();
    for (name, value) in request.headers {
        headers.push_str(&format!("{name}:{}\n", value.trim()));
    }
    let names: Vec<&str> = request.headers.keys().copied().collect();
    let names = names.join(";");
    let canonical = format!(
        "{}\n{}\n{}\n{headers}\n{names}\n{}",
        request.method, request.path, request.query, request.body
    );
    let date = timestamp.get(..8).unwrap_or_default();
    let scope = format!("{date}/{region}/s3/aws4_request");
    let text = format!(
        "AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{}",
        sha256_hex(canonical.as_bytes())
    );
    let mut key = format!("AWS4{}", keys.secret_access_key).into_bytes();
    for part in [date, region, "s3", "aws4_request"] {
        key = mac(&key, part);
    }
    let signature = hex(&mac(&key, &text));
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
        keys.access_key_id
    )
}

/// The digest of a body as S3 wants it.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = Key::new(HMAC_SHA256, key);
    sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// Signs as in the reference's examples: 24 May 2013, `examplebucket`.
    fn example(
        (method, path, query): (&str, &str, &str),
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> String {
        let keys = Keys {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            session_token: None,
        };
        let timestamp = timestamp(Moment::from_micros(1_369_353_600_000_000));
        assert_eq!(timestamp, "20130524T000000Z");
        let mut all = BTreeMap::from([
            ("host", "examplebucket.s3.amazonaws.com".to_owned()),
            ("x-amz-content-sha256", body.to_owned()),
            ("x-amz-date", timestamp.clone()),
        ]);
        all.extend(
            headers
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        let signed = Signed {
            method,
            path,
            query,
            headers: &all,
            body,
        };
        authorization(&keys, ("us-east-1", &timestamp), &signed)
    }

    #[test]
    fn the_published_examples_have_their_published_signatures() {
        let get = example(("GET", "/test.txt", ""), &[("range", "bytes=0-9")], EMPTY);
        assert_eq!(
            get,
            "AWS4-HMAC-SHA256 \
             Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        let put = example(
            ("PUT", "/test%24file.text", ""),
            &[
                ("date", "Fri, 24 May 2013 00:00:00 GMT"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            &sha256_hex(b"Welcome to Amazon S3."),
        );
        assert!(
            put.ends_with("=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
            "{put}"
        );
        let lifecycle = example(("GET", "/", "lifecycle="), &[], EMPTY);
        assert!(
            lifecycle
                .ends_with("=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            "{lifecycle}"
        );
        let list = example(("GET", "/", "max-keys=2&prefix=J"), &[], EMPTY);
        assert!(
            list.ends_with("=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
            "{list}"
        );
    }

    #[test]
    fn keys_are_never_shown() {
        let keys = Keys {
            access_key_id: "a".to_owned(),
            secret_access_key: "hunter2".to_owned(),
            session_token: Some("hunter2".to_owned()),
        };
        assert_eq!(format!("{keys:?}"), "Keys");
    }
}
