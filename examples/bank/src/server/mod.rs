//! The bank over HTTP. What is answered stands in `core` (the protocol, under
//! `/core/`) and `control` (paths that begin with `/_`).

mod control;
mod core;
mod reply;

use std::net::SocketAddr;
use std::sync::Arc;

use guichet_stage::{BrokenOff, Call, Outgoing, Party, Running};
use http::Response;

use crate::bank::Bank;

/// Listens at the address and serves the bank.
///
/// # Errors
/// Where the address cannot be bound.
pub async fn serve(bank: Arc<Bank>, listen: SocketAddr) -> std::io::Result<Running> {
    guichet_stage::serve(Counter(bank), listen).await
}

/// Where the bank is asked.
struct Counter(Arc<Bank>);

impl Party for Counter {
    async fn answer(&self, call: Call) -> Result<Response<Outgoing>, BrokenOff> {
        if call.head.uri.path().starts_with("/core/") {
            return core::answer(&self.0, &call).await;
        }
        Ok(control::answer(&self.0, &call))
    }
}
