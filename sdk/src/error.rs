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
        formatter.write_str(&self.describe())
    }
}

impl Error {
    /// The text, for a log or where only a text fits. Put together without the
    /// formatting machinery, which would make a component a tenth larger.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Http(error) => http_words(error).concat(),
            Self::Status(status) => ["answered with status ", &status.to_string()].concat(),
            Self::Answer(text) => ["unreadable answer: ", text].concat(),
            Self::Keys(error) => ["key: ", key_words(error)].concat(),
            Self::Kv(error) => kv_words(error).concat(),
            Self::Text(error) => ["text: ", text_words(error)].concat(),
            Self::SubjectData(scope, error) => [scope, ": ", data_words(error)].concat(),
            Self::Setting(name) => ["setting `", name, "` is missing or wrong"].concat(),
        }
    }
}

fn http_words(error: &http::HostError) -> [&str; 2] {
    match error {
        http::HostError::Denied(text) => ["request denied: ", text],
        http::HostError::NotSent(text) => ["request not sent: ", text],
        http::HostError::Interrupted(text) => ["no complete answer: ", text],
        http::HostError::TooLarge(_) => ["answer too large", ""],
        http::HostError::Other(text) => ["no answer: ", text],
    }
}

fn key_words(error: &keys::Error) -> &str {
    match error {
        keys::Error::UnknownKey => "no such key",
        keys::Error::UnsuitableKey => "it does not serve this",
        keys::Error::UnknownAlgorithm => "no such algorithm",
        keys::Error::Denied(text) | keys::Error::Invalid(text) | keys::Error::Other(text) => text,
    }
}

fn kv_words(error: &kv::Error) -> [&str; 2] {
    match error {
        kv::Error::Denied(text) => ["state denied: ", text],
        kv::Error::TooLarge(text) => ["state too large: ", text],
        kv::Error::Unavailable(text) | kv::Error::Other(text) => ["state: ", text],
    }
}

fn text_words(error: &text::Error) -> &str {
    match error {
        text::Error::UnknownCharset => "no such charset",
        text::Error::Unmappable(text) | text::Error::Other(text) => text,
    }
}

fn data_words(error: &subject_data::Error) -> &str {
    match error {
        subject_data::Error::Denied(text)
        | subject_data::Error::NoConsent(text)
        | subject_data::Error::Unavailable(text)
        | subject_data::Error::Other(text) => text,
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
                Self::Other(error.describe())
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
        Self::now(&error.describe())
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
