//! As whom a foreign registry is asked: user and password from the environment,
//! else from a file as `docker login` writes it. They are shown nowhere.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::ExchangeError;

/// The largest file of credentials.
const FILE_LIMIT_BYTES: u64 = 1 << 20;

/// A user and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: String,
    password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

#[derive(Deserialize)]
struct DockerFile {
    #[serde(default)]
    auths: BTreeMap<String, DockerEntry>,
}

#[derive(Deserialize)]
struct DockerEntry {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
}

impl Credentials {
    /// A user and a password.
    #[must_use]
    pub const fn new(user: String, password: String) -> Self {
        Self { user, password }
    }

    /// The value of `authorization` for basic authentication.
    pub(super) fn basic(&self) -> String {
        let text = format!("{}:{}", self.user, self.password);
        format!("Basic {}", STANDARD.encode(text))
    }

    /// Those for a registry: of the environment, else of the file that was named,
    /// else of Docker's own file where there is one.
    pub fn find(
        host: &str,
        named: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, ExchangeError> {
        let user = variable("GUICHET_EXCHANGE_USER");
        let password = variable("GUICHET_EXCHANGE_PASSWORD");
        match (user, password) {
            (Some(user), Some(password)) => return Ok(Some(Self::new(user, password))),
            (None, None) => {}
            _ => return Err(ExchangeError::HalfCredentials),
        }
        if let Some(path) = named {
            return read(path, host);
        }
        let folder = variable("DOCKER_CONFIG").map(PathBuf::from);
        let folder = folder.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".docker")));
        match folder.map(|folder| folder.join("config.json")) {
            Some(path) if path.is_file() => read(&path, host),
            _ => Ok(None),
        }
    }
}

fn read(path: &Path, host: &str) -> Result<Option<Credentials>, ExchangeError> {
    let wrong = |why: &str| ExchangeError::CredentialsFile {
        path: path.to_owned(),
        why: why.to_owned(),
    };
    let metadata = std::fs::metadata(path).map_err(|error| wrong(&error.to_string()))?;
    if metadata.len() > FILE_LIMIT_BYTES {
        return Err(wrong("it is too large"));
    }
    let bytes = std::fs::read(path).map_err(|error| wrong(&error.to_string()))?;
    // The parser's own message could quote a password.
    let file: DockerFile = serde_json::from_slice(&bytes)
        .map_err(|error| wrong(&format!("line {} is not as expected", error.line())))?;
    let Some(entry) = file.auths.into_iter().find(|(name, _)| names(name, host)) else {
        return Ok(None);
    };
    let entry = entry.1;
    if entry.auth.is_empty() {
        let known = !entry.username.is_empty();
        return Ok(known.then(|| Credentials::new(entry.username, entry.password)));
    }
    let decoded = STANDARD.decode(entry.auth).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = text.as_deref().and_then(|text| text.split_once(':'));
    let (user, password) = pair.ok_or_else(|| wrong("`auth` is no base64 of USER:PASSWORD"))?;
    Ok(Some(Credentials::new(user.to_owned(), password.to_owned())))
}

/// Entries are hosts, or URLs of them.
fn names(entry: &str, host: &str) -> bool {
    let bare = entry.split("://").last().unwrap_or(entry);
    bare.split('/').next() == Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn dockers_file_names_each_registry_and_the_environment_goes_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        // "me:p:w"
        let text = r#"{"auths": {
            "https://one.example/v1/": {"auth": "bWU6cDp3"},
            "two.example:5000": {"username": "you", "password": "x"},
            "three.example": {}
        }, "credsStore": "desktop"}"#;
        std::fs::write(&path, text).unwrap();
        let find = |host| Credentials::find(host, Some(&path), none).unwrap();
        let me = Credentials::new("me".to_owned(), "p:w".to_owned());
        assert_eq!(find("one.example"), Some(me));
        assert!(find("two.example:5000").is_some());
        assert_eq!(find("two.example"), None);
        assert_eq!(find("three.example"), None);
        let environment = |name: &str| name.starts_with("GUICHET").then(|| "e".to_owned());
        let found = Credentials::find("one.example", Some(&path), environment).unwrap();
        assert_eq!(found.unwrap().basic(), "Basic ZTpl");
        let half = |name: &str| (name == "GUICHET_EXCHANGE_USER").then(String::new);
        assert!(matches!(
            Credentials::find("one.example", None, half),
            Err(ExchangeError::HalfCredentials)
        ));
        let at_home =
            |name: &str| (name == "DOCKER_CONFIG").then(|| folder.path().display().to_string());
        assert!(
            Credentials::find("one.example", None, at_home)
                .unwrap()
                .is_some()
        );
        assert_eq!(Credentials::find("one.example", None, none).unwrap(), None);
    }

    #[test]
    fn a_broken_file_is_named_and_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        for text in [
            r#"{"auths": {"h": {"auth": ["hunter2"]}}}"#,
            r#"{"auths": {"h": {"auth": "hunter2hunter2"}}}"#,
            "hunter2",
        ] {
            std::fs::write(&path, text).unwrap();
            let error = Credentials::find("h", Some(&path), none)
                .unwrap_err()
                .to_string();
            assert!(error.contains("config.json"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
