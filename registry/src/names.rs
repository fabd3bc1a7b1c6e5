//! Names of packages, versions and configuration values. Names that other
//! rooms share stand in `guichet_domain::id`.

use std::fmt;
use std::str::FromStr;

use guichet_domain::id::{PackageStem, PublisherName};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is no lawful name here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not `publisher/name`.
    #[error("a package is written publisher/name, each 3 to 40 of a-z, 0-9 and -")]
    Package,
    /// Not a semantic version.
    #[error(
        "a version is written MAJOR.MINOR.PATCH by Semantic Versioning 2.0.0, such as 1.4.0, without build metadata"
    )]
    Version,
    /// Not a configuration value's name.
    #[error("a configuration name is 1 to 64 of a-z, 0-9, -, _ and ., beginning with a letter")]
    Config,
}

/// A package: `guichet-demo/water-json`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageName {
    publisher: PublisherName,
    stem: PackageStem,
}

impl PackageName {
    /// Joins both parts.
    #[must_use]
    pub const fn new(publisher: PublisherName, stem: PackageStem) -> Self {
        Self { publisher, stem }
    }

    /// Who owns it.
    #[must_use]
    pub const fn publisher(&self) -> &PublisherName {
        &self.publisher
    }

    /// Its name at the publisher's.
    #[must_use]
    pub const fn stem(&self) -> &PackageStem {
        &self.stem
    }
}

impl FromStr for PackageName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (publisher, stem) = text.split_once('/').ok_or(NameError::Package)?;
        Ok(Self {
            publisher: publisher.parse().map_err(|_| NameError::Package)?,
            stem: stem.parse().map_err(|_| NameError::Package)?,
        })
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.publisher, self.stem)
    }
}

/// A release's version, ordered by Semantic Versioning's precedence.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(semver::Version);

impl FromStr for Version {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let version = semver::Version::parse(text).map_err(|_| NameError::Version)?;
        if text.len() > 64 || !version.build.is_empty() {
            return Err(NameError::Version);
        }
        Ok(Self(version))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Name of a configuration value, as plugins ask for it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConfigName(Box<str>);

impl ConfigName {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConfigName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
        };
        let begins = text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        if begins && text.len() <= 64 && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(NameError::Config)
        }
    }
}

impl std::borrow::Borrow<str> for ConfigName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConfigName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

texts! { PackageName Version ConfigName }

#[cfg(test)]
mod tests;
