//! Why a release could not leave or come. Messages name the mend and never a
//! password or token.

use std::path::PathBuf;

use guichet_domain::Digest;
use guichet_registry::PackageName;
use guichet_registry::Version;
use guichet_registry::bundle::BundleError;

use super::ReferenceError;
use crate::objects::ObjectError;
use crate::outward::OutwardError;

/// Why a release could not leave or come.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// No answer.
    #[error(transparent)]
    Outward(#[from] OutwardError),
    /// Not a reference.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// One of the two variables.
    #[error("give both GUICHET_EXCHANGE_USER and GUICHET_EXCHANGE_PASSWORD, or neither")]
    HalfCredentials,
    /// A file of credentials that cannot be read.
    #[error("{}: {why}; expected is a file as `docker login` writes it", path.display())]
    CredentialsFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The registry wants to know who asks, or refuses the one it knows.
    #[error(
        "{0} does not allow {1}: give credentials with --credentials FILE or in \
         GUICHET_EXCHANGE_USER and GUICHET_EXCHANGE_PASSWORD"
    )]
    Denied(String, String),
    /// It is not there.
    #[error("{0} is not there")]
    Missing(String),
    /// The registry said no.
    #[error("{0}: the registry answered {1}")]
    Answered(String, String),
    /// An answer that cannot be understood.
    #[error("{0} is not as the specification wants it: {1}")]
    Document(String, String),
    /// Other bytes than were asked for.
    #[error("{what} was altered: expected {expected}, got {got}; nothing was written")]
    Altered {
        /// Which bytes.
        what: String,
        /// Their name.
        expected: String,
        /// What came.
        got: String,
    },
    /// A WebAssembly artifact, but not of Guichet.
    #[error("{0} has no bundle of Guichet beside it: it was pushed with another tool")]
    NoBundle(String),
    /// Bundles, but none to be believed.
    #[error("none of the bundles beside {0} holds: {1}; nothing was written")]
    NoneHolds(String, String),
    /// Another key than the one that was asked for.
    #[error("the bundle was signed by {signed_by} and not by {key}; nothing was written")]
    OtherPublisher {
        /// Whose signature was wanted.
        key: String,
        /// Whose it is.
        signed_by: String,
    },
    /// The release is not in the register.
    #[error("no release {1} of {0} was published here")]
    NotPublished(PackageName, Version),
    /// A release that nobody let in yet, or that nobody may use.
    #[error("{0} {1} {2}: only approved releases leave")]
    NotForOthers(PackageName, Version, &'static str),
    /// The code of another package is not at hand.
    #[error("the component {0} that the release uses is not in the register")]
    NoComponent(Digest),
    /// A tag is needed.
    #[error("push to a tag, not to a digest")]
    TagNeeded,
    /// The objects failed.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The bundle does not hold.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

/// Compares bytes' digest with the name that they were asked by.
pub(super) fn same(what: &str, expected: Digest, got: Digest) -> Result<(), ExchangeError> {
    if expected == got {
        return Ok(());
    }
    Err(ExchangeError::Altered {
        what: what.to_owned(),
        expected: expected.to_string(),
        got: got.to_string(),
    })
}
