//! Where the objects are, as the operator writes it: a folder, or a bucket of a
//! store that speaks S3. Holds no keys; these come from the environment.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use hyper::Uri;

use crate::outward::{PlainHttp, is_loopback};

/// What is expected, for people.
const FORM: &str = "write a folder, or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION";

/// Where the objects are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectPlace {
    /// A folder of this machine or of a shared file system.
    Folder(PathBuf),
    /// A bucket.
    S3(Bucket),
}

/// A bucket, and a prefix in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Scheme and authority that requests go to.
    pub(super) origin: String,
    /// Before every object's name; with the slash at its end, or empty. Begins
    /// with the bucket where the origin does not name it.
    pub(super) folder: String,
    /// The region that requests are signed for.
    pub(super) region: String,
    /// Whether plain http may leave this machine.
    pub(super) plain: PlainHttp,
    /// As it was written, for messages.
    written: String,
}

/// Not a place for objects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}; {FORM}")]
pub struct PlaceError(String);

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl FromStr for ObjectPlace {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        if let Some(rest) = text.strip_prefix("s3://") {
            return bucket(rest).map(Self::S3);
        }
        if text.is_empty() || text.contains("://") {
            let scheme = text.split("://").next().unwrap_or_default();
            return Err(PlaceError(format!("`{scheme}` is no place for objects")));
        }
        Ok(Self::Folder(PathBuf::from(text)))
    }
}

/// How the bucket is named to the server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `https://HOST/BUCKET/…`, which every store of one's own understands.
    Path,
    /// `https://BUCKET.HOST/…`, which public clouds want.
    Host,
}

/// What stands after `?`.
struct Options {
    endpoint: Option<String>,
    region: Option<String>,
    style: Option<Style>,
    plain: PlainHttp,
}

fn bucket(text: &str) -> Result<Bucket, PlaceError> {
    let wrong = |why: String| Err(PlaceError(why));
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
    let prefix = prefix.trim_matches('/');
    if !is_name(name, b"-.") || !(3..=63).contains(&name.len()) {
        return wrong(format!("`{name}` is no name of a bucket"));
    }
    let is_prefix = prefix.is_empty() || prefix.split('/').all(|part| is_name(part, b"-._"));
    if !is_prefix || prefix.len() > 200 {
        return wrong(format!(
            "the prefix `{prefix}` is not of a-z, 0-9, -, ., _ and /"
        ));
    }
    let options = options(query)?;
    let Some(region) = options.region else {
        return wrong("the region is missing".to_owned());
    };
    let style = options.style.unwrap_or(match options.endpoint {
        Some(_) => Style::Path,
        None => Style::Host,
    });
    let endpoint = match options.endpoint {
        Some(endpoint) => endpoint,
        None if region.starts_with("cn-") => format!("https://s3.{region}.amazonaws.com.cn"),
        None => format!("https://s3.{region}.amazonaws.com"),
    };
    let Some((scheme, authority)) = endpoint.split_once("://") else {
        return wrong(format!("the endpoint `{endpoint}` has no https://"));
    };
    let (origin, mut folder) = match style {
        Style::Path => (endpoint.clone(), format!("{name}/")),
        Style::Host => (format!("{scheme}://{name}.{authority}"), String::new()),
    };
    if !prefix.is_empty() {
        folder.push_str(prefix);
        folder.push('/');
    }
    check_origin(&origin, options.plain)?;
    Ok(Bucket {
        origin,
        folder,
        region,
        plain: options.plain,
        written: format!("s3://{path} at {endpoint}"),
    })
}

fn options(query: &str) -> Result<Options, PlaceError> {
    let mut options = Options {
        endpoint: None,
        region: None,
        style: None,
        plain: PlainHttp::Loopback,
    };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match (&*name, &*value) {
            ("endpoint", url) => options.endpoint = Some(url.trim_end_matches('/').to_owned()),
            ("region", region) if is_name(region, b"-") => {
                options.region = Some(region.to_owned());
            }
            ("style", "path") => options.style = Some(Style::Path),
            ("style", "host") => options.style = Some(Style::Host),
            ("plain-http", "allowed") => options.plain = PlainHttp::Everywhere,
            // The value is not repeated: somebody may have written a key here.
            (name, _) => {
                return Err(PlaceError(format!(
                    "`{}` is none of endpoint, region, style=path|host and plain-http=allowed, \
                     or has a wrong value",
                    name.escape_default()
                )));
            }
        }
    }
    Ok(options)
}

fn check_origin(origin: &str, plain: PlainHttp) -> Result<(), PlaceError> {
    let wrong = |why: &str| Err(PlaceError(format!("the endpoint `{origin}` {why}")));
    let Ok(uri) = origin.parse::<Uri>() else {
        return wrong("is no URL");
    };
    let bare = uri.path() == "/" && uri.query().is_none() && !origin.contains('@');
    match uri.scheme_str() {
        _ if !bare || uri.host().is_none() => wrong("is more or less than https://HOST:PORT"),
        Some("https") => Ok(()),
        Some("http") if plain == PlainHttp::Everywhere || is_loopback(&uri) => Ok(()),
        Some("http") => wrong("is plain http: use https, or add &plain-http=allowed"),
        _ => wrong("begins with neither https:// nor http://"),
    }
}

/// Letters and digits, and these others beside them, but never dots alone.
fn is_name(text: &str, others: &[u8]) -> bool {
    let lawful = |byte: u8| byte.is_ascii_alphanumeric() || others.contains(&byte);
    !text.is_empty() && text.bytes().all(lawful) && text.bytes().any(|byte| byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s3(text: &str) -> Bucket {
        match text.parse() {
            Ok(ObjectPlace::S3(bucket)) => bucket,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn buckets_are_named_in_the_path_or_in_the_host() {
        let own = s3("s3://guichet/prod?endpoint=https://minio.bank.example:9000&region=north");
        assert_eq!(own.origin, "https://minio.bank.example:9000");
        assert_eq!(own.folder, "guichet/prod/");
        assert_eq!(own.region, "north");
        let cloud = s3("s3://guichet?region=cn-north-1");
        assert_eq!(
            cloud.origin,
            "https://guichet.s3.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(cloud.folder, "");
        let host = s3("s3://guichet/a/b/?endpoint=https://oss.example&region=x&style=host");
        assert_eq!(host.origin, "https://guichet.oss.example");
        assert_eq!(host.folder, "a/b/");
        assert!(s3("s3://guichet?endpoint=http://127.0.0.1:1&region=x").folder == "guichet/");
    }

    #[test]
    fn mistakes_name_the_mend_and_repeat_no_secret() {
        for (text, says) in [
            ("gs://bucket", "no place for objects"),
            ("", "no place for objects"),
            ("s3://x?region=a", "no name of a bucket"),
            ("s3://guichet", "the region is missing"),
            ("s3://guichet/../x?region=a", "the prefix"),
            (
                "s3://guichet?region=a&endpoint=minio:9000",
                "has no https://",
            ),
            (
                "s3://guichet?region=a&endpoint=http://minio:9000",
                "plain http",
            ),
            (
                "s3://guichet?region=a&endpoint=https://k:s@minio",
                "more or less",
            ),
            (
                "s3://guichet?region=a&secret=hunter2",
                "`secret` is none of",
            ),
        ] {
            let error = text.parse::<ObjectPlace>().unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
            assert!(!error.contains("hunter2"));
        }
        assert_eq!("objects".parse(), Ok(ObjectPlace::Folder("objects".into())));
    }
}
