//! Problems for errors that know only a status, because axum or a layer made
//! them before any handler ran.

use axum::http::StatusCode;

use super::body;
use crate::error::{Code, Problem, Text};

/// The problem that says what such a status means here.
pub(super) fn problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::new(Code::NotFound).with_detail(Text::new(
            "没有这个路径。接口清单见 /docs 和 /openapi.json。",
            "There is no such path. The calls are listed at /docs and /openapi.json.",
        )),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(Code::MethodNotAllowed).with_detail(Text::new(
                "此路径不支持该请求方法，可用的方法见 Allow 响应头。",
                "This path does not take the method; the Allow header lists those it takes.",
            ))
        }
        StatusCode::PAYLOAD_TOO_LARGE => body::too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(Code::UnsupportedMediaType),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => timed_out(),
        StatusCode::UNAUTHORIZED => Problem::new(Code::Unauthenticated),
        StatusCode::FORBIDDEN => Problem::new(Code::Forbidden),
        StatusCode::TOO_MANY_REQUESTS => Problem::new(Code::TooManyRequests),
        StatusCode::SERVICE_UNAVAILABLE => Problem::new(Code::Overloaded),
        status if status.is_client_error() => Problem::new(Code::InvalidHeader),
        _ => Problem::new(Code::Internal),
    }
}

/// The answer to a request that took too long.
pub(super) fn timed_out() -> Problem {
    Problem::new(Code::TimedOut).with_detail(Text::new(
        "未能在时限内完成。请用同一个 Idempotency-Key 重新发送，不会重复办理。",
        "Not finished in time. Send it again with the same Idempotency-Key; nothing is done twice.",
    ))
}
