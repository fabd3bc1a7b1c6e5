//! The pages: search, a service's form, the bill, confirm, progress, receipt.
//! Server-rendered, complete without script, in two languages and two editions.
//! A door like the API, over the same rooms.

mod ask;
mod assets;
mod bill;
mod form;
mod format;
mod home;
mod page;
mod pay;
mod service;
mod session;
mod sign;
mod statement;
mod texts;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use guichet_domain::id::{AccountId, ClientId, SubjectId};

use crate::rooms::Rooms;
use session::Sessions;

/// The channel that plugins and billers see.
const CHANNEL: &str = "counter";

/// Who may sign in on the pages of this node.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// Nobody: visitors come from their bank's app.
    Closed,
    /// Everybody, as the demo citizen.
    Demo {
        /// The client that the pages act as.
        client: ClientId,
        /// The citizen.
        subject: SubjectId,
        /// The citizen's account.
        account: AccountId,
    },
}

/// What the pages share. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

struct Inner {
    rooms: Rooms,
    sessions: Sessions,
    sign_in: SignIn,
}

impl Web {
    /// Pages over these rooms; `secret` signs sessions.
    #[must_use]
    pub fn new(rooms: Rooms, secret: &[u8], sign_in: SignIn) -> Self {
        Self(Arc::new(Inner {
            rooms,
            sessions: Sessions::new(secret),
            sign_in,
        }))
    }

    /// The pages' routes without layers.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/", get(home::show))
            .route("/services/{code}", get(service::show).post(service::submit))
            .route("/bills/{id}", get(bill::show).post(bill::confirm))
            .route("/payments", get(pay::list).post(pay::create))
            .route("/payments/{id}", get(pay::show))
            .route("/payments/{id}/authorise", post(pay::authorise))
            .route("/payments/{id}/cancel", post(pay::cancel))
            .route("/payments/{id}/receipt", get(pay::receipt))
            .route("/payments/{id}/{file}", get(pay::download))
            .route("/inquiries/{id}", get(ask::show))
            .route("/inquiries/{id}/attachments/{number}", get(ask::attachment))
            .route("/sign-in", get(sign::show).post(sign::sign_in))
            .route("/sign-out", post(sign::sign_out))
            .route("/preferences", post(sign::preferences))
            .route("/assets/{name}", get(assets::serve))
            .fallback(page::lost)
            .with_state(self.clone())
    }

    fn rooms(&self) -> &Rooms {
        &self.0.rooms
    }
}
