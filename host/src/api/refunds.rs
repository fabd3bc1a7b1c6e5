//! What can be done to a payment after it was asked for: authorise, cancel, and
//! ask for its reversal or refund.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use guichet_domain::Digest;
use guichet_domain::id::{RecordId, SubjectId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::Json;
use super::caller::Caller;
use super::headers::{IdempotencyKey, Wait};
use super::parameters::Segments;
use super::scope::PaymentsWrite;
use super::shape::payment::Payment;
use super::trace::RequestTrace;
use crate::error::{Code, Problem, Text};
use crate::payments::Authorise;

/// Why the money should come back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// What the biller is told: 1 to 200 characters, no personal data.
    #[schema(example = "paid for the wrong account")]
    pub reason: String,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(authorise))
        .routes(routes!(cancel))
        .routes(routes!(refund))
}

/// Somebody on the payer's side agrees.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAuthorisation {
    /// The payment's `action.binding`, as it was shown to who agrees.
    #[schema(example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub binding: String,
    /// Who agrees: the payer, or the second person.
    #[schema(value_type = String, example = "demo-citizen")]
    pub subject: SubjectId,
    /// How you made sure: 1 to 64 characters.
    #[schema(example = "passkey")]
    pub method: String,
    /// Your proof, kept for disputes: at most 4,096 characters.
    #[serde(default)]
    pub evidence: String,
}

/// Authorise a payment
///
/// Where the payment's state is `requires_action`, its `action` says who has to
/// agree to what. `binding` ties the agreement to payee and amount (dynamic
/// linking); another one answers 422. The second person is another one than who
/// made the payment, else 403. The same again answers the same again; where
/// nothing waits, 409 `wrong_state`. Money is reserved only afterwards.
#[utoipa::path(
    post,
    path = "/v1/payments/{id}/authorise",
    tag = "payments",
    operation_id = "authorise_payment",
    params(("id" = String, Path, description = "The payment's id")),
    request_body = NewAuthorisation,
    responses((status = 200, description = "The payment, with what it waits for next", body = Payment))
)]
async fn authorise(
    State(api): State<Api>,
    caller: Caller<PaymentsWrite>,
    trace: RequestTrace,
    Segments(id): Segments<RecordId>,
    Json(new): Json<NewAuthorisation>,
) -> Result<axum::Json<Payment>, Problem> {
    let wrong = |field: &str, chinese: &'static str, english: &'static str| {
        Problem::new(Code::InvalidField).with_field(field, Text::new(chinese, english))
    };
    let binding: Digest = new.binding.parse().map_err(|_| {
        let english = "Must be the payment's `action.binding`.";
        wrong("binding", "应为缴费 action.binding 的值。", english)
    })?;
    let method = new.method.trim();
    if !(1..=64).contains(&method.chars().count()) || method.chars().any(char::is_control) {
        let english = "Must have 1 to 64 characters.";
        return Err(wrong("method", "应为 1 到 64 个字符。", english));
    }
    if new.evidence.chars().count() > 4_096 {
        let english = "At most 4,096 characters.";
        return Err(wrong("evidence", "最多 4096 个字符。", english));
    }
    let request = Authorise {
        client: caller.client.clone(),
        payment: id,
        binding,
        subject: new.subject,
        method: method.to_owned(),
        evidence: new.evidence,
    };
    let payment = api.rooms().payments.authorise(&request).await?;
    Ok(axum::Json(Payment::new(payment, trace.language)))
}

/// Cancel a payment
///
/// Possible until it is sent to the biller; the reserved money is given back.
#[utoipa::path(
    post,
    path = "/v1/payments/{id}/cancel",
    tag = "payments",
    operation_id = "cancel_payment",
    params(("id" = String, Path, description = "The payment's id")),
    responses((status = 200, description = "The payment, cancelled", body = Payment))
)]
async fn cancel(
    State(api): State<Api>,
    caller: Caller<PaymentsWrite>,
    trace: RequestTrace,
    Segments(id): Segments<RecordId>,
) -> Result<axum::Json<Payment>, Problem> {
    let payment = api.rooms().payments.cancel(&caller.client, &id).await?;
    Ok(axum::Json(Payment::new(payment, trace.language)))
}

/// Ask for the money back
///
/// On the payment's accounting date, and where the biller can, the application
/// is reversed (冲正): the payment goes to `reversing`, then to `reversed` or, if
/// the biller refuses, back to `applied`. Otherwise, or if it is asked for again,
/// it goes to `refunding` until the biller has agreed (退款), then to `refunded`
/// or back to `applied`; `news_by` says by when. Asking again while it is under
/// way changes nothing.
#[utoipa::path(
    post,
    path = "/v1/payments/{id}/refunds",
    tag = "payments",
    operation_id = "create_refund",
    params(
        ("id" = String, Path, description = "The payment's id"),
        ("Idempotency-Key" = String, Header, description = "Your name for this request: 1 to 255 letters, digits or `-_.:`"),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: seconds to wait for an end state")
    ),
    request_body = NewRefund,
    responses(
        (status = 200, description = "The payment, ended (only with `Prefer: wait`)", body = Payment),
        (status = 202, description = "The request was filed", body = Payment)
    )
)]
async fn refund(
    State(api): State<Api>,
    caller: Caller<PaymentsWrite>,
    // A payment has one reversal at most, whatever the key: a repetition finds
    // it. The key is still required, as for everything that files something.
    _key: IdempotencyKey,
    Wait(wait): Wait,
    trace: RequestTrace,
    Segments(id): Segments<RecordId>,
    Json(new): Json<NewRefund>,
) -> Result<Response, Problem> {
    let reason = new.reason.trim();
    let length = reason.chars().count();
    if !(1..=200).contains(&length) || reason.chars().any(char::is_control) {
        return Err(Problem::new(Code::InvalidField).with_field(
            "reason",
            Text::new("应为 1 到 200 个字符。", "Must have 1 to 200 characters."),
        ));
    }
    let room = &api.rooms().payments;
    let mut payment = room.reverse(&caller.client, &id, reason).await?;
    if let Some(seconds) = wait.filter(|seconds| *seconds > 0) {
        let patience = tokio::time::sleep(Duration::from_secs(u64::from(seconds)));
        payment = room.wait(&caller.client, &id, patience).await?;
    }
    let ended = wait.is_some() && payment.has_ended();
    let status = if ended {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    Ok((status, axum::Json(Payment::new(payment, trace.language))).into_response())
}
