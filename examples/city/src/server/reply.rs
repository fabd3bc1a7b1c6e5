//! Billers' answers on their way out.

use guichet_stage::{Extent, Outgoing, answer};
use http::Response;

use crate::wire::Reply;

/// All of it.
pub(super) fn whole(reply: Reply) -> Response<Outgoing> {
    part(reply, Extent::Whole)
}

/// An answer that stops in the middle.
pub(super) fn half(reply: Reply) -> Response<Outgoing> {
    part(reply, Extent::Half)
}

fn part(reply: Reply, extent: Extent) -> Response<Outgoing> {
    let mut response = answer(reply.status, reply.content_type, &reply.body, extent);
    for (name, value) in reply.headers {
        let value = value
            .parse()
            .expect("signatures and times are visible ASCII");
        response.headers_mut().insert(name, value);
    }
    response
}
