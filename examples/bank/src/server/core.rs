//! The protocol's two calls, and the faults that strike them.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::Ed25519KeyPair;
use bytes::Bytes;
use guichet_stage::{Breaker, BrokenOff, Call, Extent, Outgoing, plain};
use http::header::{HeaderValue, LOCATION};
use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::time::sleep;

use super::reply::{json as unsigned, signed};
use crate::bank::Bank;
use crate::books::{Answer, Decision, Fate};
use crate::fault::Fault;
use crate::order::{Order, is_reference};
use crate::signature::{self, RequestSignature};

/// How long a hanging bank holds the connection.
const HANG: Duration = Duration::from_secs(600);
/// What a slow answer takes longer.
const SLOW: Duration = Duration::from_secs(3);
/// What garbage looks like: neither JSON nor text.
const GARBAGE: &[u8] = b"\xff\xfe{\"state\":\x00<<<\x80\x81 garbage %zz&=\xc3\x28";
/// The key of somebody who is not the bank.
const FORGERS_SEED: [u8; 32] = [0x66; 32];

/// A request that was verified and read.
enum Work {
    Order(Box<Order>),
    Question(String),
}

/// An answer before it is signed.
struct Said {
    status: u16,
    body: Value,
}

/// Answers a request under `/core/`.
pub(super) async fn answer(bank: &Arc<Bank>, call: &Call) -> Result<Response<Outgoing>, BrokenOff> {
    let (head, body) = (&call.head, &call.body);
    let request = match signature::verify(&bank.keys, head, body, seconds()) {
        Ok(request) => request,
        Err(foreign) => return Ok(wrong(401, &foreign.to_string())),
    };
    let work = match read(head, body) {
        Ok(work) => work,
        Err((status, why)) => return Ok(wrong(status, &why)),
    };
    let leg = match &work {
        Work::Order(order) => Some(order.leg),
        Work::Question(_) => None,
    };
    match bank.faults.strike(|rule| rule.hits(leg)) {
        None => whole(bank, &request, perform(bank, &work)),
        Some(fault) => struck(bank, &request, work, fault, &call.breaker).await,
    }
}

fn read(head: &Parts, body: &Bytes) -> Result<Work, (u16, String)> {
    let path = head.uri.path().strip_prefix("/core/orders");
    match (&head.method, path) {
        (&Method::POST, Some("")) => {
            let order = Order::read(body).map_err(|why| (400, why))?;
            let key = head.headers.get("idempotency-key");
            if key.map(HeaderValue::as_bytes) != Some(order.reference.as_bytes()) {
                return Err((400, "Idempotency-Key: must be the reference".to_owned()));
            }
            Ok(Work::Order(Box::new(order)))
        }
        (&Method::GET, Some(path)) => path
            .strip_prefix('/')
            .filter(|reference| is_reference(reference))
            .map(|reference| Work::Question(reference.to_owned()))
            .ok_or((404, "no such path".to_owned())),
        _ => Err((404, "no such path".to_owned())),
    }
}

fn seconds() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// An answer that proves nothing: it is not signed.
fn wrong(status: u16, why: &str) -> Response<Outgoing> {
    let body = Bytes::from(json!({"error": why}).to_string());
    unsigned(status, &body, Extent::Whole)
}

fn perform(bank: &Bank, work: &Work) -> std::io::Result<Said> {
    match work {
        Work::Order(order) => bank.carry_out(order).map(|answer| say(order, &answer)),
        Work::Question(reference) => Ok(match bank.find(reference) {
            Some(decision) => Said {
                status: 200,
                body: told(&decision),
            },
            None => Said {
                status: 404,
                body: json!({"reference": reference, "state": "not_found"}),
            },
        }),
    }
}

fn say(order: &Order, answer: &Answer) -> Said {
    let (status, body) = match answer {
        Answer::New(decision) => (created(decision, 201), told(decision)),
        Answer::Known(decision) => (created(decision, 200), told(decision)),
        Answer::Conflict => {
            let body = json!({
                "reference": order.reference, "leg": order.leg, "amount": order.amount,
                "state": "conflict",
            });
            (409, body)
        }
    };
    Said { status, body }
}

const fn created(decision: &Decision, done: u16) -> u16 {
    match decision.fate {
        Fate::Done { .. } => done,
        Fate::Refused { .. } => 422,
    }
}

fn told(decision: &Decision) -> Value {
    let order = &decision.order;
    let mut body = json!({
        "reference": order.reference, "leg": order.leg, "amount": order.amount,
        "at": decision.at,
    });
    match &decision.fate {
        Fate::Done { serial } => {
            body["state"] = "done".into();
            body["serial"] = serial.as_str().into();
        }
        Fate::Refused { code, message } => {
            body["state"] = "refused".into();
            body["code"] = code.as_str().into();
            body["message"] = message.as_str().into();
        }
    }
    body
}

/// A journal that cannot be written is answered like any other breakdown.
fn whole(
    bank: &Bank,
    request: &RequestSignature,
    said: std::io::Result<Said>,
) -> Result<Response<Outgoing>, BrokenOff> {
    Ok(match said {
        Ok(said) => write(&bank.keys.core, request, &said, Extent::Whole),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "internal error"),
    })
}

fn write(
    key: &Ed25519KeyPair,
    request: &RequestSignature,
    said: &Said,
    extent: Extent,
) -> Response<Outgoing> {
    let body = Bytes::from(said.body.to_string());
    let signature = signature::sign(key, request, said.status, &body, seconds());
    signed(said.status, &body, &signature, extent)
}

/// What a fault makes of a request (`README.md`, Faults).
async fn struck(
    bank: &Arc<Bank>,
    request: &RequestSignature,
    work: Work,
    fault: Fault,
    breaker: &Breaker,
) -> Result<Response<Outgoing>, BrokenOff> {
    match fault {
        Fault::HangBefore => return hang().await,
        Fault::ResetBefore => return reset(breaker),
        Fault::Unavailable => {
            return Ok(plain(StatusCode::SERVICE_UNAVAILABLE, "closed for now"));
        }
        Fault::Redirect => return Ok(elsewhere()),
        Fault::Refuse => {
            let refused = match &work {
                Work::Order(order) => bank.refuse(order).map(|answer| say(order, &answer)),
                Work::Question(_) => perform(bank, &work),
            };
            return whole(bank, request, refused);
        }
        Fault::Late => {
            let bank = bank.clone();
            tokio::spawn(async move {
                sleep(bank.late).await;
                // Nobody is left to be told.
                drop(perform(&bank, &work));
            });
            return reset(breaker);
        }
        Fault::HangAfter
        | Fault::ResetAfter
        | Fault::ErrorAfterSuccess
        | Fault::HalfBody
        | Fault::Garbage
        | Fault::Slow
        | Fault::Duplicate
        | Fault::Unsigned
        | Fault::Forged
        | Fault::OtherAmount => {}
    }
    let Ok(said) = perform(bank, &work) else {
        return Ok(plain(StatusCode::INTERNAL_SERVER_ERROR, "internal error"));
    };
    if fault == Fault::Duplicate {
        // The answer to the first delivery counts; the second may do nothing.
        drop(perform(bank, &work));
    }
    after(bank, request, said, fault, breaker).await
}

/// What becomes of an answer after the deed.
async fn after(
    bank: &Bank,
    request: &RequestSignature,
    mut said: Said,
    fault: Fault,
    breaker: &Breaker,
) -> Result<Response<Outgoing>, BrokenOff> {
    let key = &bank.keys.core;
    match fault {
        Fault::HangAfter => hang().await,
        Fault::ResetAfter => reset(breaker),
        Fault::ErrorAfterSuccess => Ok(plain(StatusCode::INTERNAL_SERVER_ERROR, "internal error")),
        Fault::HalfBody => Ok(write(key, request, &said, Extent::Half)),
        Fault::Garbage => {
            let garbage = Bytes::from_static(GARBAGE);
            Ok(unsigned(200, &garbage, Extent::Whole))
        }
        Fault::Slow => {
            sleep(SLOW).await;
            Ok(write(key, request, &said, Extent::Whole))
        }
        Fault::Unsigned => {
            let body = Bytes::from(said.body.to_string());
            Ok(unsigned(said.status, &body, Extent::Whole))
        }
        Fault::Forged => {
            let forger = Ed25519KeyPair::from_seed_unchecked(&FORGERS_SEED);
            let forger = forger.expect("every 32 bytes are a lawful seed");
            Ok(write(&forger, request, &said, Extent::Whole))
        }
        Fault::OtherAmount => {
            if let Some(amount) = said.body["amount"]["amount"].as_i64() {
                said.body["amount"]["amount"] = (amount + 1).into();
            }
            Ok(write(key, request, &said, Extent::Whole))
        }
        Fault::Duplicate
        | Fault::HangBefore
        | Fault::ResetBefore
        | Fault::Unavailable
        | Fault::Redirect
        | Fault::Refuse
        | Fault::Late => Ok(write(key, request, &said, Extent::Whole)),
    }
}

async fn hang() -> Result<Response<Outgoing>, BrokenOff> {
    sleep(HANG).await;
    Err(BrokenOff)
}

fn reset(breaker: &Breaker) -> Result<Response<Outgoing>, BrokenOff> {
    breaker.trip();
    Err(BrokenOff)
}

fn elsewhere() -> Response<Outgoing> {
    let mut response = plain(StatusCode::TEMPORARY_REDIRECT, "elsewhere");
    let location = HeaderValue::from_static("/_elsewhere");
    response.headers_mut().insert(LOCATION, location);
    response
}
