//! Where billers tell what became of a payment. No client's token opens this
//! door: the biller's signature does.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use guichet_domain::id::ServiceCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body;
use super::parameters::Segments;
use crate::error::{Code, Problem, Text};
use crate::payments::{CALLBACK_BYTES, SignedMessage};

/// Bytes of each header.
const HEADER_BYTES: usize = 1_024;

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(callback))
}

/// Tell what became of a payment
///
/// For billers, in the shape of Standard Webhooks. The body is
/// `{"reference", "outcome": "applied" | "refused" | "changed", "serial", "amount":
/// {"amount", "currency"}, "at"}`. Signed is `webhook-id.webhook-timestamp.body`
/// with the key that was agreed for callbacks. An `applied` with serial number and
/// the payment's amount is evidence; anything else makes us ask now. A message
/// with a known `webhook-id` changes nothing and answers 200 again; a wrong
/// signature answers 401.
#[utoipa::path(
    post,
    path = "/v1/callbacks/{service}",
    tag = "payments",
    operation_id = "receive_callback",
    security(()),
    params(
        ("service" = String, Path, description = "The service's code"),
        ("webhook-id" = String, Header, description = "Your name for the message, the same when it is sent again: 1 to 128 visible characters"),
        ("webhook-timestamp" = String, Header, description = "Your clock, seconds since 1970"),
        ("webhook-signature" = String, Header, description = "`v1,BASE64` (HMAC-SHA-256) or `v1a,BASE64` (Ed25519), several separated by spaces")
    ),
    request_body(content = String, content_type = "application/json"),
    responses((status = 200, description = "Taken in, now or before"))
)]
async fn callback(
    State(api): State<Api>,
    Segments(service): Segments<ServiceCode>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let id = header(&headers, "webhook-id")?;
    if !(1..=128).contains(&id.len()) {
        return Err(wrong_header("webhook-id"));
    }
    let message = SignedMessage {
        id,
        timestamp: header(&headers, "webhook-timestamp")?,
        signatures: header(&headers, "webhook-signature")?,
        body: body::read(body, CALLBACK_BYTES).await?.to_vec(),
    };
    let heard = api.rooms().payments.callback(&service, &message).await?;
    tracing::debug!(%service, ?heard, "a callback");
    Ok(StatusCode::OK)
}

fn header(headers: &HeaderMap, name: &'static str) -> Result<String, Problem> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    let text = value.filter(|text| text.len() <= HEADER_BYTES && !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| wrong_header(name))
}

fn wrong_header(name: &'static str) -> Problem {
    Problem::new(Code::InvalidHeader).with_field(
        name,
        Text::new("缺失或不合规。", "Is missing or not as required."),
    )
}
