//! `/v1/stream`: changes of the client's payments as server-sent events. Only
//! what happens on this node; whoever must not miss anything reads the payments.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use futures::stream;
use guichet_domain::id::ClientId;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::caller::Caller;
use super::scope::PaymentsRead;
use super::shape::payment::Payment;
use super::trace::RequestTrace;
use crate::error::{Code, Problem};
use crate::language::Language;
use crate::payments::Change;

/// A stream ends after so long, so that clients come back with a live token and
/// to the right node.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// How often a draining node is noticed, and a silent client is told that the
/// stream lives.
const BEAT: Duration = Duration::from_secs(10);

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(open))
}

/// Follow payments
///
/// Server-sent events: `payment` with the payment as it is now, after each of its
/// changes; `missed` where the client was too slow and should read its open
/// payments again. The stream ends after 15 minutes; connect again then.
#[utoipa::path(
    get,
    path = "/v1/stream",
    tag = "payments",
    operation_id = "follow_payments",
    responses((status = 200, description = "Events", body = String, content_type = "text/event-stream"))
)]
async fn open(
    State(api): State<Api>,
    caller: Caller<PaymentsRead>,
    trace: RequestTrace,
) -> Result<impl IntoResponse, Problem> {
    let place = api.streams().clone().try_acquire_owned();
    let place = place.map_err(|_| Problem::new(Code::Overloaded).with_retry_after(30))?;
    let follower = Follower {
        changes: api.rooms().payments.follow(),
        client: caller.client,
        language: trace.language,
        ends: tokio::time::Instant::now() + LIFE,
        api: api.clone(),
        _place: place,
    };
    let keep_alive = KeepAlive::new().interval(BEAT).text("alive");
    Ok(Sse::new(follower.events()).keep_alive(keep_alive))
}

/// One open stream.
struct Follower {
    changes: Receiver<Change>,
    client: ClientId,
    language: Language,
    ends: tokio::time::Instant,
    api: Api,
    _place: OwnedSemaphorePermit,
}

impl Follower {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut follower| async move {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        })
    }

    /// The next event; none where the stream ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.api.is_draining() || tokio::time::Instant::now() >= self.ends {
                return None;
            }
            let change = match tokio::time::timeout(BEAT, self.changes.recv()).await {
                Err(_silence) => continue,
                Ok(Err(RecvError::Closed)) => return None,
                Ok(Err(RecvError::Lagged(_))) => return Some(Event::default().event("missed")),
                Ok(Ok(change)) => change,
            };
            if change.client != self.client {
                continue;
            }
            let payment = Payment::new((*change.payment).clone(), self.language);
            let data = serde_json::to_string(&payment).unwrap_or_default();
            return Some(Event::default().event("payment").id(payment.id).data(data));
        }
    }
}
