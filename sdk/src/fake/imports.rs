//! The contract's imports, answered by the installed host: the same names and
//! shapes as the generated ones.

use super::{Host, with};

/// A scope of the small state, as a key of a map.
pub(super) type ScopeName = &'static str;

pub(crate) mod http {
    use super::super::{Answer, HttpError, Sent};
    use super::with;

    pub(crate) fn send(request: &Sent) -> Answer {
        if let Some(mistake) = mistake(request) {
            return Err(HttpError::Denied(mistake.to_owned()));
        }
        // The handler is taken out meanwhile, because it may look at the host.
        let handler = with(|host| {
            host.requests.push(request.clone());
            host.handler.take()
        });
        let Some(mut handler) = handler else {
            return Err(HttpError::NotSent("the test has no other side".to_owned()));
        };
        let answer = handler(request);
        with(|host| {
            host.handler.get_or_insert(handler);
        });
        answer
    }

    /// What every host refuses, whatever was granted.
    fn mistake(request: &Sent) -> Option<&'static str> {
        let names: Vec<&str> = request
            .headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        if !request.path.starts_with('/')
            || !request.path.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Some("the path is not visible ASCII that begins with /");
        }
        if once.len() != names.len() || names.iter().any(|name| **name != name.to_lowercase()) {
            return Some("a header name is not in lower case or stands twice");
        }
        if request.method.is_empty() || request.method != request.method.to_uppercase() {
            return Some("the method is not in upper case");
        }
        None
    }
}

pub(crate) mod keys {
    use super::super::crypto;
    use super::with;
    use crate::keys::Error;

    type Bytes = Result<Vec<u8>, Error>;

    fn key(name: &str) -> Result<crypto::Key, Error> {
        with(|host| host.keys.get(name).cloned()).ok_or(Error::UnknownKey)
    }

    pub(crate) fn sign(name: &str, data: &[u8]) -> Bytes {
        key(name)?.sign(name, data)
    }

    pub(crate) fn verify(name: &str, data: &[u8], signature: &[u8]) -> Result<bool, Error> {
        Ok(key(name)?.sign(name, data)? == signature)
    }

    pub(crate) fn mac(name: &str, data: &[u8]) -> Bytes {
        key(name)?.authenticate(data)
    }

    pub(crate) fn verify_mac(name: &str, data: &[u8], mac: &[u8]) -> Result<bool, Error> {
        Ok(key(name)?.authenticate(data)? == mac)
    }

    pub(crate) fn encrypt(name: &str, plaintext: &[u8], associated: &[u8]) -> Bytes {
        key(name)?.encrypt(name, plaintext, associated)
    }

    pub(crate) fn decrypt(name: &str, ciphertext: &[u8], associated: &[u8]) -> Bytes {
        key(name)?.decrypt(name, ciphertext, associated)
    }

    pub(crate) fn digest(algorithm: &str, data: &[u8]) -> Bytes {
        crypto::digest(algorithm, data)
    }
}

pub(crate) mod config {
    pub(crate) fn get(name: &str) -> Option<String> {
        super::with(|host| host.config.get(name).cloned())
    }
}

pub(crate) mod clock {
    pub(crate) fn now() -> u64 {
        super::with(|host| host.now_ms)
    }
}

pub(crate) mod random {
    /// The same bytes in every run, and others at every call.
    pub(crate) fn bytes(length: u32) -> Vec<u8> {
        assert!(length <= 1024, "the host gives 1,024 random bytes at most");
        super::with(|host| {
            let next = |_| {
                host.random = host.random.wrapping_mul(29).wrapping_add(17);
                host.random
            };
            (0..length).map(next).collect()
        })
    }
}

pub(crate) mod text {
    use crate::text::Error;

    fn encoding(charset: &str) -> Result<&'static encoding_rs::Encoding, Error> {
        encoding_rs::Encoding::for_label(charset.as_bytes()).ok_or(Error::UnknownCharset)
    }

    pub(crate) fn encode(charset: &str, text: &str) -> Result<Vec<u8>, Error> {
        let (bytes, _, unmappable) = encoding(charset)?.encode(text);
        if unmappable {
            Err(Error::Unmappable(text.to_owned()))
        } else {
            Ok(bytes.into_owned())
        }
    }

    pub(crate) fn decode(charset: &str, bytes: &[u8]) -> Result<String, Error> {
        let text = encoding(charset)?.decode_without_bom_handling_and_without_replacement(bytes);
        let unmappable = || Error::Unmappable("somewhere".to_owned());
        text.map(std::borrow::Cow::into_owned)
            .ok_or_else(unmappable)
    }
}

pub(crate) mod log {
    use crate::bindings::shared::guichet::host::log::Level;

    pub(crate) fn write(level: Level, message: &str, fields: &[(String, String)]) {
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!(" {name}={value}"))
            .collect();
        super::with(|host| {
            let message = format!("{level:?} {message}{}", fields.concat());
            host.messages.push(message);
        });
    }
}

pub(crate) mod kv {
    use super::{Host, ScopeName, with};
    use crate::kv::{Entry, Error, Scope};

    fn place(scope: Scope, key: &str) -> (ScopeName, String) {
        let scope = match scope {
            Scope::Service => "service",
            Scope::Subject => "subject",
        };
        (scope, key.to_owned())
    }

    pub(crate) fn get(scope: Scope, key: &str) -> Result<Option<Entry>, Error> {
        with(|host| {
            let entry = host.kv.get(&place(scope, key));
            let copy = |(value, version): &(Vec<u8>, u64)| Entry {
                value: value.clone(),
                version: *version,
            };
            Ok(entry.map(copy))
        })
    }

    pub(crate) fn put(scope: Scope, key: &str, value: &[u8]) -> Result<u64, Error> {
        if key.len() > 256 || value.len() > 65_536 {
            return Err(Error::TooLarge(key.to_owned()));
        }
        Ok(with(|host| write(host, scope, key, value)))
    }

    fn write(host: &mut Host, scope: Scope, key: &str, value: &[u8]) -> u64 {
        host.kv_versions += 1;
        host.kv
            .insert(place(scope, key), (value.to_owned(), host.kv_versions));
        host.kv_versions
    }

    pub(crate) fn compare_and_swap(
        scope: Scope,
        key: &str,
        expected: Option<u64>,
        value: &[u8],
    ) -> Result<Option<u64>, Error> {
        let present = get(scope, key)?.map(|entry| entry.version);
        if present == expected {
            put(scope, key, value).map(Some)
        } else {
            Ok(None)
        }
    }

    pub(crate) fn delete(scope: Scope, key: &str) -> Result<bool, Error> {
        Ok(with(|host| host.kv.remove(&place(scope, key)).is_some()))
    }
}

pub(crate) mod subject_data {
    use crate::subject_data::Error;

    pub(crate) fn get(scope: &str) -> Result<Option<String>, Error> {
        let value = super::with(|host| host.subject.get(scope).cloned());
        value.ok_or_else(|| Error::NoConsent(scope.to_owned()))
    }
}
