//! Zones: a branch's or city's part of the catalogue. Their layout is the
//! host's matter.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use guichet_domain::id::{CategoryCode, RegionCode, ServiceCode};
use serde::{Deserialize, Deserializer, Serialize};

use super::span::Span;
use crate::service::Service;
use crate::texts::Texts;

/// A zone's name in URLs: `hangzhou-branch`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ZoneCode(String);

/// A text that is no zone's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a zone is named with 3 to 40 of a-z, 0-9 and -, beginning with a letter")]
pub struct ZoneCodeError;

impl FromStr for ZoneCode {
    type Err = ZoneCodeError;

    fn from_str(text: &str) -> Result<Self, ZoneCodeError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let begins = text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        if begins && (3..=40).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ZoneCodeError)
        }
    }
}

impl fmt::Display for ZoneCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ZoneCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A part of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Its name in URLs.
    pub code: ZoneCode,
    /// What it is called.
    pub names: Texts,
    /// Services of these regions, of what lies in them and of what they lie in.
    pub regions: Vec<RegionCode>,
    /// Only these categories; all where there are none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<CategoryCode>,
    /// Services that it leaves out.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub hidden: BTreeSet<ServiceCode>,
}

impl Zone {
    pub(super) fn shows(&self, service: &Service, spans: &[Span]) -> bool {
        let near = |region: &RegionCode| Span::nearest(spans, Span::of(region.as_str())).is_some();
        (self.categories.is_empty() || self.categories.contains(&service.category))
            && !self.hidden.contains(&service.code)
            && self.regions.iter().any(near)
    }
}
