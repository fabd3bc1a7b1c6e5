//! `/v1/payments/{id}/receipt`: what was paid, signed and proven, for programs and
//! on paper.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use guichet_domain::id::RecordId;
use guichet_domain::payment;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::caller::Caller;
use super::parameters::Segments;
use super::scope::PaymentsRead;
use super::shape::receipt::Receipt;
use super::trace::RequestTrace;
use crate::error::{Code, Problem};
use crate::payments::PaymentError;
use crate::receipts::{ReceiptError, draw_pdf};

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(receipt))
        .routes(routes!(paper))
}

/// Read a payment's receipt
///
/// There is one once the payment is applied: signed by the installation at once,
/// and with a proof of each of its events from the audit log at most a second
/// later. It says so where the payment was reversed or refunded since. The body is
/// in canonical form (RFC 8785); keep it as it is: `guichet receipt verify` needs
/// nothing else but the installation's key. Tokens for a meter are not part of it:
/// they stand in the payment.
#[utoipa::path(
    get,
    path = "/v1/payments/{id}/receipt",
    tag = "payments",
    operation_id = "get_receipt",
    params(("id" = String, Path, description = "The payment's id")),
    responses((status = 200, description = "The receipt", body = Receipt))
)]
async fn receipt(
    State(api): State<Api>,
    caller: Caller<PaymentsRead>,
    Segments(id): Segments<RecordId>,
) -> Result<Response, Problem> {
    let issued = api.rooms().receipts.issue(&caller.client, &id).await;
    let issued = issued.map_err(no_receipt)?;
    let headers = [(header::CONTENT_TYPE, "application/json")];
    Ok((headers, issued.document.text()).into_response())
}

/// Read a payment's receipt on paper
///
/// A PDF in the reader's language, with the short signed form as a QR code and the
/// whole receipt attached as `receipt.json`.
#[utoipa::path(
    get,
    path = "/v1/payments/{id}/receipt.pdf",
    tag = "payments",
    operation_id = "get_receipt_pdf",
    params(("id" = String, Path, description = "The payment's id")),
    responses((status = 200, description = "The paper", body = Vec<u8>, content_type = "application/pdf"))
)]
async fn paper(
    State(api): State<Api>,
    caller: Caller<PaymentsRead>,
    trace: RequestTrace,
    Segments(id): Segments<RecordId>,
) -> Result<Response, Problem> {
    let issued = api.rooms().receipts.issue(&caller.client, &id).await;
    let issued = issued.map_err(no_receipt)?;
    let pdf = draw_pdf(&issued.statement, &issued.document, trace.language);
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{id}.pdf\""),
        ),
    ];
    Ok((headers, pdf).into_response())
}

/// A payment that is under way has no receipt yet; one that was given up never
/// will have one.
fn no_receipt(error: ReceiptError) -> Problem {
    match error {
        ReceiptError::Payment(PaymentError::WrongState(state)) if is_under_way(state) => {
            Problem::new(Code::ReceiptNotReady).with_retry_after(2)
        }
        ReceiptError::Payment(error) => error.into(),
        ReceiptError::Audit(error) => error.into(),
    }
}

const fn is_under_way(state: payment::State) -> bool {
    matches!(
        state,
        payment::State::Requested
            | payment::State::RequiresAction
            | payment::State::Held
            | payment::State::Submitted
            | payment::State::Pending
            | payment::State::Unknown
    )
}
