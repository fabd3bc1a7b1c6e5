//! Two waterworks of which no package is shipped: the ones that
//! `examples/openapi` describes. Whoever follows the guide for merchants
//! publishes a package for them and pays a bill here. Their state is kept in
//! memory and bounded; nothing of it is part of the simulated country.

mod books;
mod qinghe;
mod yunxi;

use bytes::Bytes;
use http::Method;
use http::request::Parts;

use crate::clock::Moment;
use crate::wire::Reply;
use books::Books;

/// Both waterworks.
#[derive(Debug, Default)]
pub(crate) struct Waterworks {
    yunxi: Books,
    qinghe: Books,
}

/// A request to one of them.
#[derive(Debug)]
struct Asked<'a> {
    method: &'a Method,
    path: &'a str,
    head: &'a Parts,
    body: &'a Bytes,
    now: Moment,
}

impl Asked<'_> {
    /// A header's value; empty where there is none.
    fn header(&self, name: &str) -> &str {
        let value = self.head.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

impl Waterworks {
    /// The answer of the waterworks that the path belongs to; none where it is
    /// nobody's.
    pub(crate) fn answer(&self, head: &Parts, body: &Bytes, now: Moment) -> Option<Reply> {
        let asked = Asked {
            method: &head.method,
            path: head.uri.path(),
            head,
            body,
            now,
        };
        if let Some(rest) = asked.path.strip_prefix("/open/v2/") {
            return Some(yunxi::answer(&self.yunxi, &asked, rest));
        }
        let rest = asked.path.strip_prefix("/collect/")?;
        Some(qinghe::answer(&self.qinghe, &asked, rest))
    }
}
