//! JSON bodies, strictly read: the media type must be said, unknown fields and
//! wrong types are refused with their path. Business rules are the rooms' work.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::BytesMut;
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;

use super::wording;
use crate::error::{Code, Problem, Text};

/// The largest JSON body that any call takes.
pub const LIMIT_BYTES: usize = 64 * 1024;
/// How much of a body beyond its limit is read and thrown away.
const DISCARD_BYTES: usize = 4 * 1024 * 1024;
/// The most characters of a reason or of another text of people.
const TEXT_OF_PEOPLE: usize = 500;

/// A JSON body of the shape `T`.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        require_json(request.headers())?;
        let bytes = read(request.into_body(), LIMIT_BYTES).await?;
        parse(&bytes).map(Self)
    }
}

/// A JSON body of the shape `T`, and the same body as it was sent, for
/// comparing repetitions.
#[derive(Debug)]
pub struct JsonWithOriginal<T>(pub T, pub serde_json::Value);

impl<T, S> FromRequest<S> for JsonWithOriginal<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        require_json(request.headers())?;
        let bytes = read(request.into_body(), LIMIT_BYTES).await?;
        // The typed reading comes first: it refuses what a plain value would
        // swallow, such as a field that stands twice.
        Ok(Self(parse(&bytes)?, parse(&bytes)?))
    }
}

/// A text that people wrote into this field, within bounds.
pub(super) fn text_of_people(field: &'static str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let length = text.chars().count();
    if (1..=TEXT_OF_PEOPLE).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Problem::new(Code::InvalidField).with_field(
        field,
        Text::new("应为 1 到 500 个字符。", "Must have 1 to 500 characters."),
    ))
}

/// Reads the whole body; one beyond the limit is a problem.
pub async fn read(mut body: Body, limit_bytes: usize) -> Result<Bytes, Problem> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = next(&mut body).await? {
        if whole.len() + chunk.len() > limit_bytes {
            discard(body).await?;
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// Reads on for a while without keeping anything: a client that is still
/// sending when the connection closes loses the answer.
async fn discard(mut body: Body) -> Result<(), Problem> {
    let mut left = DISCARD_BYTES;
    while let Some(chunk) = next(&mut body).await? {
        let Some(fewer) = left.checked_sub(chunk.len()) else {
            break;
        };
        left = fewer;
    }
    Ok(())
}

async fn next(body: &mut Body) -> Result<Option<Bytes>, Problem> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            Problem::new(Code::MalformedJson).with_detail(Text::new(
                "请求体没有完整到达，请重新发送。",
                "The body did not arrive whole; send it again.",
            ))
        })?;
        // Trailers carry nothing that any call reads.
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// The answer to a body beyond the limit.
#[must_use]
pub fn too_large() -> Problem {
    Problem::new(Code::BodyTooLarge).with_detail(Text::new(
        "请求体超过此接口的上限（JSON 为 64 KiB），请缩小后再发送。",
        "The body is beyond this call's limit (64 KiB for JSON); send a smaller one.",
    ))
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::trim)
        .unwrap_or_default();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(
        Problem::new(Code::UnsupportedMediaType).with_detail(Text::new(
            "请以 Content-Type: application/json 发送 JSON。",
            "Send JSON with Content-Type: application/json.",
        )),
    )
}

/// Reads JSON and explains what does not fit.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, error.inner())
    })?;
    deserializer.end().map_err(|error| explain("", &error))?;
    Ok(value)
}

fn explain(path: &str, error: &serde_json::Error) -> Problem {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => {
            let message = error.to_string();
            let message = message
                .rsplit_once(" at line ")
                .map_or(message.as_str(), |(text, _)| text);
            let (field, sentence) = wording::field_and_sentence(path, message);
            Problem::new(Code::InvalidField).with_field(field, sentence)
        }
        Category::Io | Category::Syntax | Category::Eof => Problem::new(Code::MalformedJson)
            .with_detail(Text::new(
                format!(
                    "第 {} 行第 {} 列附近不是合法的 JSON。",
                    error.line(),
                    error.column()
                ),
                format!(
                    "No valid JSON near line {}, column {}.",
                    error.line(),
                    error.column()
                ),
            )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only read by serde")]
        items: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only read by serde")]
        amount: i64,
    }

    fn problem(text: &str) -> (Code, String) {
        let problem = parse::<Outer>(text.as_bytes()).unwrap_err();
        let body = problem.body(crate::language::Language::English, None);
        let field = body
            .errors
            .first()
            .map_or(body.detail, |error| error.field.clone());
        (problem.code(), field)
    }

    #[test]
    fn the_field_is_named_by_its_path() {
        let field = |text| problem(text).1;
        assert_eq!(
            field(r#"{"items":[{"amount":1},{"amount":"x"}]}"#),
            "items[1].amount"
        );
        assert_eq!(field(r#"{"items":[{"amount":1.5}]}"#), "items[0].amount");
        assert_eq!(field(r#"{"items":[{}]}"#), "items[0].amount");
        assert_eq!(field(r#"{"items":[],"extra":1}"#), "extra");
        assert_eq!(
            field(r#"{"items":[{"amount":1,"extra":1}]}"#),
            "items[0].extra"
        );
        assert_eq!(field("{}"), "items");
    }

    #[test]
    fn broken_json_is_told_from_wrong_fields() {
        for text in ["", "{", "{]", "nonsense", r#"{"items":[]} trailing"#] {
            assert_eq!(problem(text).0, Code::MalformedJson, "{text}");
        }
        assert_eq!(problem("[]").0, Code::InvalidField);
        assert_eq!(problem("{\"items\":[],\"items\":[]}").0, Code::InvalidField);
    }
}
