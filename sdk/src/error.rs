//! What goes wrong between a plugin and the other side, and what it means for
//! the caller. A query that fails has changed nothing; a payment that fails has
//! changed nothing only where nothing has left the plugin.

use core::fmt;

use crate::bill::{Reversal, Status, Submission};
use crate::{Failure, http, keys, kv, locale, subject_data, text};

/// What the SDK's own functions answer where they cannot do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// No complete answer.
    Http(http::HostError),
    /// An answer with a status that the plugin did not expect.
    Status(u16),
    /// An answer that cannot be read: half a body, the wrong shape, a signature
    /// that does not fit. The text is for the publisher.
    Answer(String),
    /// A key that is missing or does not serve.
    Keys(keys::Error),
    /// State that cannot be kept or read.
    Kv(kv::Error),
    /// A text that a charset cannot carry.
    Text(text::Error),
    /// An attribute of the subject that may not be read; with its scope.
    SubjectData(String, subject_data::Error),
    /// A setting of the service that is missing or makes no sense; its name.
    Setting(String),
}

impl Error {
    /// An answer that cannot be read.
    #[must_use]
    pub fn answer(text: &str) -> Self {
        Self::Answer(text.to_owned())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(error) => write!(formatter, "no answer: {error}"),
            Self::Status(status) => write!(formatter, "answered with status {status}"),
            Self::Answer(text) => write!(formatter, "unreadable answer: {text}"),
            Self::Keys(error) => write!(formatter, "key: {error}"),
            Self::Kv(error) => write!(formatter, "state: {error}"),
            Self::Text(error) => write!(formatter, "text: {error}"),
            Self::SubjectData(scope, error) => write!(formatter, "{scope}: {error}"),
            Self::Setting(name) => write!(formatter, "setting `{name}` is missing or wrong"),
        }
    }
}

impl core::error::Error for Error {}

impl From<http::HostError> for Error {
    fn from(error: http::HostError) -> Self {
        Self::Http(error)
    }
}

impl From<keys::Error> for Error {
    fn from(error: keys::Error) -> Self {
        Self::Keys(error)
    }
}

impl From<kv::Error> for Error {
    fn from(error: kv::Error) -> Self {
        Self::Kv(error)
    }
}

impl From<text::Error> for Error {
    fn from(error: text::Error) -> Self {
        Self::Text(error)
    }
}

/// For calls that change nothing: what the other side did wrong is *unavailable*,
/// what the operator must mend is *other*.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::SubjectData(scope, subject_data::Error::NoConsent(_)) => {
                Self::NeedsConsent(vec![scope])
            }
            Error::Http(http::HostError::Denied(_))
            | Error::Keys(_)
            | Error::Text(_)
            | Error::Setting(_)
            | Error::SubjectData(_, subject_data::Error::Denied(_)) => {
                Self::Other(error.to_string())
            }
            Error::Http(_) | Error::Kv(_) | Error::SubjectData(..) => {
                Self::unavailable(locale::pick(
                    "对方系统暂时没有应答，请稍后再试",
                    "The other side did not answer; please try again later",
                ))
            }
            Error::Status(_) | Error::Answer(_) => Self::unavailable(locale::pick(
                "对方系统暂时无法处理，请稍后再试",
                "The other side cannot serve this now; please try again later",
            )),
        }
    }
}

/// Why a payment's or a reversal's outcome is not known, with what is known:
/// whether a request with an effect may have reached the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    message: String,
    may_have_happened: bool,
}

impl Doubt {
    /// The doubt at this moment of the call.
    #[must_use]
    pub fn now(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            may_have_happened: http::effect_has_left(),
        }
    }

    /// What went wrong, for the publisher.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether an effect may have taken place.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        self.may_have_happened
    }
}

impl From<Error> for Doubt {
    fn from(error: Error) -> Self {
        Self::now(&error.to_string())
    }
}

impl From<Failure> for Doubt {
    fn from(failure: Failure) -> Self {
        Self::now(&failure.message())
    }
}

impl From<Doubt> for Submission {
    fn from(doubt: Doubt) -> Self {
        if doubt.may_have_happened {
            Self::Unknown(doubt.message)
        } else {
            Self::NotSent(doubt.message)
        }
    }
}

impl From<Doubt> for Reversal {
    fn from(doubt: Doubt) -> Self {
        if doubt.may_have_happened {
            Self::Unknown(doubt.message)
        } else {
            Self::NotSent(doubt.message)
        }
    }
}

impl From<Doubt> for Status {
    fn from(doubt: Doubt) -> Self {
        Self::Unknown(doubt.message)
    }
}
