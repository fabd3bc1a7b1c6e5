//! The city over HTTP. What is answered stands in `biller` (paths under `/b/`),
//! `control` (paths under `/_`) and `waterworks` (the paths of `examples/openapi`).

mod biller;
mod control;
mod day_file;
mod reply;

use std::net::SocketAddr;
use std::sync::Arc;

use guichet_stage::{BrokenOff, Call, Outgoing, Party, Running, plain};
use http::{Method, Response, StatusCode};

use crate::city::City;
use crate::waterworks::Waterworks;

/// Listens at the address and serves the city.
///
/// # Errors
/// Where the address cannot be bound.
pub async fn serve(city: Arc<City>, listen: SocketAddr) -> std::io::Result<Running> {
    let waterworks = Waterworks::default();
    guichet_stage::serve(Gate { city, waterworks }, listen).await
}

/// Where the city is asked.
struct Gate {
    city: Arc<City>,
    waterworks: Waterworks,
}

impl Party for Gate {
    async fn answer(&self, call: Call) -> Result<Response<Outgoing>, BrokenOff> {
        if call.head.uri.path().starts_with(biller::PATH) {
            if call.head.method != Method::POST {
                return Ok(plain(StatusCode::METHOD_NOT_ALLOWED, "POST only"));
            }
            return biller::answer(&self.city, &call).await;
        }
        let now = self.city.clock.now();
        if let Some(answer) = self.waterworks.answer(&call.head, &call.body, now) {
            return Ok(reply::whole(answer));
        }
        Ok(control::answer(&self.city, &call))
    }
}
