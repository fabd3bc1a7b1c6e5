//! A bank's core over HTTP (`docs/bank.md`): one signed request for each order or
//! question, and an answer that is believed only if it is whole, signed, to this
//! very request, and about this very order. Repeats nothing by itself.

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use hyper::{Method, Request, Uri};

use super::message::{Ask, judge, order_body, unknown};
use super::settings::BankSettings;
use super::signature::{
    CONTENT_DIGEST, IDEMPOTENCY_KEY, Incoming, Outgoing, SIGNATURE, SIGNATURE_INPUT, Signed,
};
use crate::bank::{Bank, BankAnswer, BankOrder, Custom};
use crate::outward::{Bounds, Outward};
use crate::ports::Ports;

/// The largest answer.
const ANSWER_BYTES: usize = 16_384;
/// Random bytes that tell one request from every other.
const NONCE_BYTES: usize = 16;

/// One bank's core.
pub struct HttpBank {
    settings: BankSettings,
    outward: Outward,
    ports: Ports,
}

impl std::fmt::Debug for HttpBank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("HttpBank").field(&self.settings).finish()
    }
}

impl HttpBank {
    /// The bank of these settings.
    #[must_use]
    pub fn new(settings: BankSettings, ports: Ports) -> Self {
        let outward = Outward::within(settings.network.clone());
        Self {
            settings,
            outward,
            ports,
        }
    }

    async fn ask(&self, ask: Ask, order: &BankOrder) -> BankAnswer {
        let (request, signed) = match self.request(ask, order) {
            Ok(request) => request,
            Err(error) => return unknown(format!("the request cannot be made: {error}")),
        };
        let bounds = Bounds {
            timeout: self.settings.deadline,
            answer_bytes: ANSWER_BYTES,
        };
        let answer = match self.outward.send(request, bounds).await {
            Ok(answer) => answer,
            Err(error) => return self.told(order, unknown(error.to_string())),
        };
        let incoming = Incoming {
            status: answer.status().as_u16(),
            headers: answer.headers(),
            body: answer.body(),
        };
        let judged = match self.settings.verifier.verify(&incoming, &signed) {
            Ok(()) => judge(ask, order, incoming.status, incoming.body),
            Err(error) => unknown(format!("status {}: {error}", incoming.status)),
        };
        self.told(order, judged)
    }

    fn request(
        &self,
        ask: Ask,
        order: &BankOrder,
    ) -> Result<(Request<Bytes>, Signed), hyper::http::Error> {
        let reference = order.reference();
        let base = self.settings.base.path().trim_end_matches('/');
        let (method, path, body) = match ask {
            Ask::Order => {
                let body = order_body(order, self.settings.custom);
                (Method::POST, format!("{base}/orders"), body)
            }
            Ask::Status => {
                let path = format!("{base}/orders/{reference}");
                (Method::GET, path, Vec::new())
            }
        };
        let outgoing = Outgoing {
            method: method.as_str(),
            path: &path,
            body: &body,
            reference: (ask == Ask::Order).then_some(reference.as_str()),
        };
        let seconds = self.ports.now().micros() / 1_000_000;
        let signed = self.settings.signer.sign(&outgoing, seconds, &self.nonce());
        let mut parts = self.settings.base.clone().into_parts();
        parts.path_and_query = Some(path.parse()?);
        let mut request = Request::builder()
            .method(method)
            .uri(Uri::from_parts(parts)?)
            .header(ACCEPT, "application/json")
            .header(ACCEPT_ENCODING, "identity")
            .header(CONTENT_DIGEST, &signed.content_digest)
            .header(SIGNATURE_INPUT, &signed.input)
            .header(SIGNATURE, &signed.signature);
        if ask == Ask::Order {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .header(IDEMPOTENCY_KEY, &reference);
        }
        Ok((request.body(Bytes::from(body))?, signed))
    }

    fn nonce(&self) -> String {
        let mut bytes = [0; NONCE_BYTES];
        self.ports.random.fill(&mut bytes);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Operators are told why there is no evidence; who pays whom stays out.
    fn told(&self, order: &BankOrder, answer: BankAnswer) -> BankAnswer {
        if let BankAnswer::Unknown(why) = &answer {
            let (bank, reference) = (&self.settings.name, order.reference());
            tracing::warn!(%bank, %reference, %why, "the bank's answer proves nothing");
        }
        answer
    }
}

impl Bank for HttpBank {
    fn custom(&self) -> Custom {
        self.settings.custom
    }

    fn order<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer> {
        self.ask(Ask::Order, order).boxed()
    }

    fn status<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer> {
        self.ask(Ask::Status, order).boxed()
    }
}
