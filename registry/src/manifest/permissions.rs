//! What a release asks for, each with the reason that reviewers and citizens
//! read. What it is given stands in `guichet_domain::grant`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use guichet_domain::grant::{KeyUse, Route};
use guichet_domain::id::DataScope;
use serde::{Deserialize, Deserializer, Serialize};

use crate::texts::Texts;

/// A logical endpoint: what may be asked, whatever address it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// What may be asked; the first route that matches decides.
    pub routes: Vec<Route>,
    /// Header names that a request may carry.
    #[serde(default = "usual_headers")]
    pub request_headers: BTreeSet<HeaderName>,
    /// Requests with an effect in one call, 1 to 8.
    #[serde(default = "one")]
    pub effects_per_call: u32,
    /// Where the publisher expects it; the operator decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggested_origin: Option<Origin>,
    /// Why it is needed.
    pub reason: Texts,
}

fn usual_headers() -> BTreeSet<HeaderName> {
    ["accept", "content-type"]
        .map(|name| HeaderName(name.to_owned()))
        .into()
}

const fn one() -> u32 {
    1
}

/// Name of a header field in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct HeaderName(String);

impl HeaderName {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no header name a plugin may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderNameError {
    /// Not a name.
    #[error("a header name is 1 to 64 of a-z, 0-9 and -, in lower case")]
    Form,
    /// A name that only the host sets.
    #[error("only the host sets this header: leave it out (credentials are bound by the operator)")]
    Reserved,
}

/// Headers by which a request is framed, routed or authenticated.
const RESERVED_HEADERS: [&str; 17] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-forwarded-for",
];

impl FromStr for HeaderName {
    type Err = HeaderNameError;

    fn from_str(text: &str) -> Result<Self, HeaderNameError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=64).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(HeaderNameError::Form);
        }
        if RESERVED_HEADERS.contains(&text) {
            return Err(HeaderNameError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for HeaderName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Scheme, host and port: `https://api.example.test:8443`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Origin(String);

impl Origin {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is spoken to without encryption.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.0.starts_with("http:")
    }
}

/// A text that is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an origin is scheme, host in lower case and perhaps a port, such as https://api.example.test:8443, without a path or user"
)]
pub struct OriginError;

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let authority = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or(OriginError)?;
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => {
                let (address, port) = rest.split_once(']').ok_or(OriginError)?;
                address
                    .parse::<std::net::Ipv6Addr>()
                    .map_err(|_| OriginError)?;
                ("bracketed", port)
            }
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let lawful_port = port.is_empty()
            || port.strip_prefix(':').is_some_and(|digits| {
                !digits.starts_with(['0', '+']) && digits.parse::<u16>().is_ok()
            });
        if lawful_port && is_host(host) {
            Ok(Self(text.to_owned()))
        } else {
            Err(OriginError)
        }
    }
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A key that the host holds for the plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The scheme it is for.
    pub algorithm: KeyAlgorithm,
    /// What is done with it.
    pub uses: BTreeSet<KeyUse>,
    /// Why it is needed.
    pub reason: Texts,
}

/// Schemes of the contract's `keys` interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PSS with SHA-256.
    RsaPssSha256,
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256Sha256,
    /// Ed25519.
    Ed25519,
    /// SM2 signature with SM3 (GB/T 32918).
    Sm2Sm3,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// HMAC with SM3.
    HmacSm3,
    /// AES-256 in GCM.
    #[serde(rename = "aes-256-gcm")]
    Aes256Gcm,
    /// SM4 in GCM.
    Sm4Gcm,
    /// SM2 encryption.
    Sm2,
    /// Legacy.
    RsaPkcs1Sha1,
    /// Legacy.
    RsaPkcs1Md5,
    /// Legacy.
    #[serde(rename = "3des-cbc")]
    TripleDesCbc,
}

impl KeyAlgorithm {
    /// Whether it needs the permission `legacy-crypto`.
    #[must_use]
    pub const fn is_legacy(self) -> bool {
        matches!(
            self,
            Self::RsaPkcs1Sha1 | Self::RsaPkcs1Md5 | Self::TripleDesCbc
        )
    }

    /// Whether a key of this scheme can be used like that.
    #[must_use]
    pub const fn serves(self, usage: KeyUse) -> bool {
        match self {
            Self::HmacSha256 | Self::HmacSha512 | Self::HmacSm3 => matches!(usage, KeyUse::Mac),
            Self::Aes256Gcm | Self::Sm4Gcm | Self::Sm2 | Self::TripleDesCbc => {
                matches!(usage, KeyUse::Encrypt | KeyUse::Decrypt)
            }
            Self::RsaPkcs1Sha256
            | Self::RsaPssSha256
            | Self::EcdsaP256Sha256
            | Self::Ed25519
            | Self::Sm2Sm3
            | Self::RsaPkcs1Sha1
            | Self::RsaPkcs1Md5 => matches!(usage, KeyUse::Sign | KeyUse::Verify),
        }
    }
}

/// Permissions beside endpoints and keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permissions {
    /// Small state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kv: Option<Kv>,
    /// Attributes of the subject, by scope.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: Data,
    /// Schemes that are broken but still in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legacy_crypto: Option<LegacyCrypto>,
    /// Pages that a credential may hand the citizen over to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff: Option<Handoff>,
}

/// Attributes of the subject, by scope.
pub type Data = BTreeMap<DataScope, DataPermission>;

/// Permission `kv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kv {
    /// Sum over keys and values of one service, at most 16 MiB.
    pub quota_bytes: u64,
    /// Why it is needed.
    pub reason: Texts,
}

/// Permission `data` for one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataPermission {
    /// Why it is needed.
    pub reason: Texts,
}

/// Permission `legacy-crypto`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegacyCrypto {
    /// Why it is needed.
    pub reason: Texts,
}

/// Permission to hand the citizen over to pages of the issuer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handoff {
    /// Their origins, `https` only.
    pub origins: BTreeSet<Origin>,
    /// Why it is needed.
    pub reason: Texts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_have_no_path_user_or_odd_host() {
        let lawful = [
            "https://api.example.test",
            "https://api.example.test:8443",
            "http://127.0.0.1:80",
            "https://[::1]:9",
        ];
        for origin in lawful {
            assert!(origin.parse::<Origin>().is_ok(), "{origin}");
        }
        let unlawful = [
            "api.example.test",
            "ftp://a",
            "https://",
            "https://a/",
            "https://a/b",
            "https://u@a",
            "https://A",
            "https://a:",
            "https://a:0",
            "https://a:70000",
            "https://a:+1",
            "https://-a",
            "https://a..b",
            "https://[::g]",
            "https://[::1]x",
            "https://a?b",
        ];
        for origin in unlawful {
            assert_eq!(origin.parse::<Origin>(), Err(OriginError), "{origin}");
        }
    }

    #[test]
    fn headers_of_the_host_are_not_the_plugins() {
        assert!("x-signature".parse::<HeaderName>().is_ok());
        assert_eq!("Host".parse::<HeaderName>(), Err(HeaderNameError::Form));
        assert_eq!("host".parse::<HeaderName>(), Err(HeaderNameError::Reserved));
        assert_eq!(
            "authorization".parse::<HeaderName>(),
            Err(HeaderNameError::Reserved)
        );
    }

    #[test]
    fn algorithms_are_written_as_the_contract_names_them() {
        let names = [
            "rsa-pkcs1-sha256",
            "ecdsa-p256-sha256",
            "hmac-sm3",
            "aes-256-gcm",
            "3des-cbc",
        ];
        for name in names {
            let json = serde_json::to_string(name).unwrap();
            let algorithm: KeyAlgorithm = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&algorithm).unwrap(), json);
        }
        assert!(KeyAlgorithm::HmacSm3.serves(KeyUse::Mac));
        assert!(!KeyAlgorithm::Ed25519.serves(KeyUse::Mac));
    }
}
