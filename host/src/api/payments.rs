//! `/v1/payments`: pay and follow.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guichet_domain::bill::Item;
use guichet_domain::id::{ClientId, RecordId, SubjectId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::JsonWithOriginal;
use super::caller::Caller;
use super::headers::{IdempotencyKey, Wait};
use super::page::{self, Page};
use super::parameters::{Parameters, Segments};
use super::scope::{PaymentsRead, PaymentsWrite};
use super::shape::payment::{NewPayment, Payment, PaymentEvent};
use super::trace::RequestTrace;
use crate::error::{Code, Problem, Text};
use crate::payments::{Create, Freshness, PaymentView};

/// Which payments to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Whose payments.
    #[param(value_type = String, example = "demo-citizen")]
    subject: SubjectId,
    /// 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
    /// The last page's `next_cursor`.
    cursor: Option<String>,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(create, list))
        .routes(routes!(read))
        .routes(routes!(events))
}

/// Pay bills of a bill query
///
/// Answers 202 with the payment as it was acknowledged. The same key with the
/// same body answers the same again and pays nothing twice; with another body it
/// answers 409. With `Prefer: wait=N` the call waits up to N seconds (at most 30)
/// and answers 200 with the ended payment, or 202 with the payment as it is then.
/// While the state is `unknown` or `pending`, do not pay again: read the payment.
#[utoipa::path(
    post,
    path = "/v1/payments",
    tag = "payments",
    operation_id = "create_payment",
    params(
        ("Idempotency-Key" = String, Header, description = "Your name for this payment: 1 to 255 letters, digits or `-_.:`, the same over all repetitions"),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: seconds to wait for an end state")
    ),
    request_body = NewPayment,
    responses(
        (status = 200, description = "The payment, ended (only with `Prefer: wait`)", body = Payment),
        (status = 202, description = "The payment was accepted", body = Payment)
    )
)]
async fn create(
    State(api): State<Api>,
    caller: Caller<PaymentsWrite>,
    key: IdempotencyKey,
    Wait(wait): Wait,
    trace: RequestTrace,
    JsonWithOriginal(new, original): JsonWithOriginal<NewPayment>,
) -> Result<Response, Problem> {
    let client = caller.client.clone();
    let request = into_request(new, original, &trace, client, &key)?;
    let room = &api.rooms().payments;
    let made = room.create(&request).await?;
    let waited = match wait {
        Some(seconds) if seconds > 0 => {
            let patience = tokio::time::sleep(Duration::from_secs(u64::from(seconds)));
            Some(room.wait(&caller.client, &made.payment, patience).await?)
        }
        Some(_) => Some(room.get(&caller.client, &made.payment).await?),
        None => None,
    };
    let view = match waited {
        Some(view) => view,
        None => serde_json::from_str(&made.body).map_err(Problem::internal)?,
    };
    let status = if wait.is_some() && view.has_ended() {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    let replayed = match made.freshness {
        Freshness::Made => "false",
        Freshness::Replayed => "true",
    };
    let headers = [
        (header::LOCATION, format!("/v1/payments/{}", made.payment)),
        (
            header::HeaderName::from_static("idempotent-replayed"),
            replayed.to_owned(),
        ),
    ];
    Ok((
        status,
        headers,
        axum::Json(Payment::new(view, trace.language)),
    )
        .into_response())
}

fn into_request(
    new: NewPayment,
    original: serde_json::Value,
    trace: &RequestTrace,
    client: ClientId,
    key: &IdempotencyKey,
) -> Result<Create, Problem> {
    if new.authorisation.is_some() {
        return Err(Problem::new(Code::NotOffered).with_field(
            "authorisation",
            Text::new(
                "此账户不需要付款授权凭证，请删除该字段。",
                "This account asks for no authorisation; leave the field out.",
            ),
        ));
    }
    if new
        .client_reference
        .as_ref()
        .is_some_and(|text| !is_reference(text))
    {
        return Err(Problem::new(Code::InvalidField).with_field(
            "client_reference",
            Text::new(
                "应为 1 到 64 个可见 ASCII 字符。",
                "Must be 1 to 64 visible ASCII characters.",
            ),
        ));
    }
    let item = |(position, item): (usize, super::shape::payment::Item)| {
        let amount = item.amount.to_domain().map_err(|error| {
            let field = format!("items[{position}].amount.currency");
            Problem::new(Code::InvalidField).with_field(field, Text::same(error.to_string()))
        })?;
        Ok(Item {
            bill: item.bill,
            amount,
        })
    };
    Ok(Create {
        client,
        idempotency_key: key.as_str().to_owned(),
        body: original,
        subject: new.subject,
        bill_query: new.bill_query,
        items: new
            .items
            .into_iter()
            .enumerate()
            .map(item)
            .collect::<Result<_, Problem>>()?,
        payer_account: new.payer_account,
        client_reference: new.client_reference,
        traceparent: Some(trace.traceparent.clone()),
    })
}

fn is_reference(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// List a subject's payments
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/v1/payments",
    tag = "payments",
    operation_id = "list_payments",
    params(Filter),
    responses((status = 200, description = "A page of payments", body = Page<Payment>))
)]
async fn list(
    State(api): State<Api>,
    caller: Caller<PaymentsRead>,
    trace: RequestTrace,
    Parameters(filter): Parameters<Filter>,
) -> Result<axum::Json<Page<Payment>>, Problem> {
    let limit = page::limit(filter.limit)?;
    let after = filter
        .cursor
        .map(|cursor| page::decode_cursor("payments", &cursor))
        .transpose()?;
    let after: Option<RecordId> = after
        .map(|key| key.parse().map_err(|_| page::wrong_cursor()))
        .transpose()?;
    let room = &api.rooms().payments;
    let found = room
        .list(&caller.client, &filter.subject, after.as_ref(), limit)
        .await?;
    let next = found
        .next_cursor
        .map(|key| page::encode_cursor("payments", &key));
    let items = found
        .items
        .into_iter()
        .map(|view| Payment::new(view, trace.language));
    Ok(axum::Json(Page::from_items(items, next)))
}

/// Read a payment
///
/// With `Prefer: wait=N` the call waits for an end state.
#[utoipa::path(
    get,
    path = "/v1/payments/{id}",
    tag = "payments",
    operation_id = "get_payment",
    params(
        ("id" = String, Path, description = "The payment's id"),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: seconds to wait for an end state")
    ),
    responses((status = 200, description = "The payment as it is now", body = Payment))
)]
async fn read(
    State(api): State<Api>,
    caller: Caller<PaymentsRead>,
    trace: RequestTrace,
    Wait(wait): Wait,
    Segments(id): Segments<RecordId>,
) -> Result<Response, Problem> {
    let room = &api.rooms().payments;
    let view: PaymentView = match wait {
        Some(seconds) if seconds > 0 => {
            let patience = tokio::time::sleep(Duration::from_secs(u64::from(seconds)));
            room.wait(&caller.client, &id, patience).await?
        }
        _ => room.get(&caller.client, &id).await?,
    };
    let mut headers = HeaderMap::new();
    if !view.has_ended() {
        headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
    }
    Ok((headers, axum::Json(Payment::new(view, trace.language))).into_response())
}

/// Read what happened to a payment
///
/// In order, from the request on; never more than one page.
#[utoipa::path(
    get,
    path = "/v1/payments/{id}/events",
    tag = "payments",
    operation_id = "list_payment_events",
    params(("id" = String, Path, description = "The payment's id")),
    responses((status = 200, description = "All events", body = Page<PaymentEvent>))
)]
async fn events(
    State(api): State<Api>,
    caller: Caller<PaymentsRead>,
    Segments(id): Segments<RecordId>,
) -> Result<axum::Json<Page<PaymentEvent>>, Problem> {
    let events = api.rooms().payments.events(&caller.client, &id).await?;
    Ok(axum::Json(Page::from_items(
        events.into_iter().map(PaymentEvent::from),
        None,
    )))
}
