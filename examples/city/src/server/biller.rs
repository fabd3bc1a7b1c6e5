//! Requests to billers and agencies, and the faults that strike them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use guichet_stage::{Breaker, BrokenOff, Call, Outgoing, plain};
use http::{Response, StatusCode};
use tokio::time::sleep;

use super::reply::{half, whole};
use crate::agency;
use crate::city::City;
use crate::code::Code;
use crate::desk::{self, Answer, Ask};
use crate::dialect::{self, Failed};
use crate::fault::{Fault, Intent};
use crate::wire::{Letter, Reply};

/// How the paths of billers and agencies begin.
pub(super) const PATH: &str = "/b/";

/// How long a hanging biller holds the connection.
const HANG: Duration = Duration::from_secs(600);

/// What a slow answer takes longer.
const SLOW: Duration = Duration::from_secs(3);

/// What garbage looks like: neither JSON, XML, a form nor text.
const GARBAGE: &[u8] = b"\xff\xfe{\"code\":\x00<<<\x80\x81 garbage %zz&=\xc3\x28";

/// A request that was verified and read.
enum Work {
    Desk(Ask),
    Agency(agency::Request),
}

/// Answers a request under this path.
pub(super) async fn answer(city: &Arc<City>, call: &Call) -> Result<Response<Outgoing>, BrokenOff> {
    let head = &call.head;
    let rest = head.uri.path().strip_prefix(PATH).unwrap_or_default();
    let Some((code, operation)) = rest.split_once('/') else {
        return Ok(plain(StatusCode::NOT_FOUND, "no such path"));
    };
    let Some(place) = city.place(code) else {
        return Ok(plain(StatusCode::NOT_FOUND, "no such service"));
    };
    let path = head.uri.path_and_query().map_or("", |path| path.as_str());
    let letter = Letter {
        city,
        place,
        path,
        operation,
        headers: &head.headers,
        body: &call.body,
        now: city.clock.now(),
    };
    let (work, intent) = match read(&letter) {
        Ok(read) => read,
        Err(Failed::NoSuchPath) => return Ok(plain(StatusCode::NOT_FOUND, "no such path")),
        Err(Failed::Code(code)) => return Ok(whole(refuse(&letter, code))),
    };
    let delay_ms = u64::from(place.service.traits.delay_ms);
    if delay_ms > 0 {
        sleep(Duration::from_millis(delay_ms)).await;
    }
    match city.faults.strike(|rule| rule.hits(code, intent)) {
        None => Ok(whole(perform(&letter, &work))),
        Some(fault) => struck(&letter, &work, fault, &call.breaker).await,
    }
}

fn read(letter: &Letter<'_>) -> Result<(Work, Intent), Failed> {
    if agency::serves(letter) {
        let (request, intent) = agency::read(letter)?;
        return Ok((Work::Agency(request), intent));
    }
    let ask = dialect::read(letter, letter.place.service.dialect)?;
    let intent = ask.intent();
    Ok((Work::Desk(ask), intent))
}

fn refuse(letter: &Letter<'_>, code: Code) -> Reply {
    if agency::serves(letter) {
        return agency::refuse(letter, code);
    }
    dialect::write(letter, letter.place.service.dialect, &Answer::Refused(code))
}

fn perform(letter: &Letter<'_>, work: &Work) -> Reply {
    match work {
        Work::Desk(ask) => {
            let answer = desk::answer(letter.city, letter.place, ask);
            dialect::write(letter, letter.place.service.dialect, &answer)
        }
        Work::Agency(request) => agency::answer(letter, request),
    }
}

/// What a fault makes of a request (`README.md`, Faults).
async fn struck(
    letter: &Letter<'_>,
    work: &Work,
    fault: Fault,
    breaker: &Breaker,
) -> Result<Response<Outgoing>, BrokenOff> {
    match fault {
        Fault::HangBefore => {
            sleep(HANG).await;
            Err(BrokenOff)
        }
        Fault::HangAfter => {
            perform(letter, work);
            sleep(HANG).await;
            Err(BrokenOff)
        }
        Fault::ResetBefore => {
            breaker.trip();
            Err(BrokenOff)
        }
        Fault::ResetAfter => {
            perform(letter, work);
            breaker.trip();
            Err(BrokenOff)
        }
        Fault::ErrorAfterSuccess => {
            perform(letter, work);
            Ok(plain(StatusCode::INTERNAL_SERVER_ERROR, "internal error"))
        }
        Fault::HalfBody => Ok(half(perform(letter, work))),
        Fault::Garbage => {
            let mut reply = perform(letter, work);
            reply.status = 200;
            reply.body = Bytes::from_static(GARBAGE);
            Ok(whole(reply))
        }
        Fault::Slow => {
            let reply = perform(letter, work);
            sleep(SLOW).await;
            Ok(whole(reply))
        }
        Fault::Duplicate => {
            let reply = perform(letter, work);
            perform(letter, work);
            Ok(whole(reply))
        }
        Fault::Unavailable => Ok(whole(refuse(letter, Code::SystemBusy))),
    }
}
