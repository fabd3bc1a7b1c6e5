//! The problem document (RFC 9457). A `Problem` is made without knowing the
//! reader's language or the request's id; the outermost layer of the API writes
//! it down once both are known.

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::code::{Code, Retry};
use super::text::Text;
use crate::language::Language;

/// An error on its way to a client.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    detail: Option<Text>,
    errors: Vec<(String, Text)>,
    retry: Retry,
    retry_after_seconds: Option<u32>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem that its code explains well enough.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            retry: code.retry(),
            retry_after_seconds: None,
            headers: Vec::new(),
        }
    }

    /// With a sentence that says what is wrong here and what to do.
    #[must_use]
    pub fn with_detail(mut self, detail: Text) -> Self {
        self.detail = Some(detail);
        self
    }

    /// With a sentence on one field; at most 50 are kept.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, message: Text) -> Self {
        if self.errors.len() < 50 {
            self.errors.push((field.into(), message));
        }
        self
    }

    /// To be tried again after so many seconds.
    #[must_use]
    pub const fn with_retry_after(mut self, seconds: u32) -> Self {
        self.retry = Retry::After;
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// With another advice than the code's usual one.
    #[must_use]
    pub const fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// With a header of its own, such as `WWW-Authenticate`.
    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Nothing of that name, or nothing that this caller may know of.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound).with_detail(Text::new(
            "没有此编号的内容，或者不属于当前渠道；请核对编号。",
            "There is nothing of this id, or it is not this client's; check the id.",
        ))
    }

    /// A fault of the host: the operator's log gets the reason, the client none.
    pub fn internal(reason: impl std::fmt::Display) -> Self {
        tracing::error!(%reason, "a request failed inside the host");
        Self::new(Code::Internal)
    }

    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The detail and the field errors in one text, for fronts that show pages.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let body = self.body(language, None);
        let fields = body.errors.into_iter().map(|error| error.message);
        std::iter::once(body.detail)
            .chain(fields)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The document in one language.
    #[must_use]
    pub fn body(&self, language: Language, instance: Option<&str>) -> ProblemBody {
        let (chinese, english) = self.code.titles();
        let title = language.pick(chinese, english).to_owned();
        ProblemBody {
            r#type: format!("urn:guichet:problem:{}", self.code.as_str()),
            detail: self.detail.as_ref().map_or_else(
                || title.clone(),
                |detail| detail.in_language(language).to_owned(),
            ),
            title,
            status: self.code.status().as_u16(),
            code: self.code.as_str().to_owned(),
            errors: self
                .errors
                .iter()
                .map(|(field, message)| FieldError {
                    field: field.clone(),
                    message: message.in_language(language).to_owned(),
                })
                .collect(),
            retry: self.retry,
            retry_after_seconds: self.retry_after_seconds.or(match self.retry {
                Retry::After => Some(5),
                Retry::Never | Retry::SameKey => None,
            }),
            instance: instance.map(|id| format!("urn:guichet:request:{id}")),
        }
    }

    /// The whole answer in one language.
    #[must_use]
    pub fn to_response(&self, language: Language, instance: Option<&str>) -> Response<Body> {
        let body = self.body(language, instance);
        let retry_after = body.retry_after_seconds;
        let bytes = serde_json::to_vec(&body).expect("a problem document is plain data");
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = self.code.status();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(language.tag()),
        );
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = self.to_response(Language::default(), None);
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem document as it stands on the wire (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A name for the kind of problem; it is no address to open.
    #[schema(example = "urn:guichet:problem:invalid_field")]
    pub r#type: String,
    /// The kind of problem in the reader's language.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What is wrong here and what to do, in the reader's language.
    pub detail: String,
    /// The stable code; branch on this one.
    #[schema(example = "invalid_field")]
    pub code: String,
    /// What is wrong with single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// What the client may do next.
    pub retry: Retry,
    /// Seconds to wait where `retry` is `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
    /// The request's id, to quote to the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field's path: `items[0].amount.currency`.
    pub field: String,
    /// What to do, in the reader's language.
    pub message: String,
}
