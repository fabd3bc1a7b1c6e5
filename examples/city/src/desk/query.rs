//! Bill queries: at once, with a ticket, and in two steps. Tickets and step
//! tokens carry their own content, so that a city that is started again still
//! knows them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Answer;
use crate::catalogue::{Answering, Bills, Flow, Kind};
use crate::city::City;
use crate::clock::Moment;
use crate::code::Code;
use crate::draw::Draw;
use crate::place::Place;
use crate::world::{Bill, Standing};

/// Bills of an account, or a ticket where the biller takes its time.
pub(super) fn bills(
    city: &City,
    place: &Place,
    account: &str,
    now: Moment,
) -> Result<Answer, Code> {
    let service = &place.service;
    if service.kind != Kind::BillPayment
        || matches!(service.flow, Flow::Validate | Flow::Direct)
        || matches!(service.bills, Bills::None | Bills::Open)
    {
        return Err(Code::NotSupported);
    }
    if service.flow == Flow::SecondStep {
        return by_phone(city, place, account);
    }
    let wait = later_seconds(place);
    if wait > 0 {
        let ready = now.plus_seconds(i64::from(wait)).0.to_string();
        let ticket = seal(city, place, "ticket", &format!("{ready} {account}"));
        return Ok(Answer::Later { ticket, wait });
    }
    statement(city, place, account)
}

/// The choice among the accounts of a mobile number.
pub(super) fn by_phone(city: &City, place: &Place, phone: &str) -> Result<Answer, Code> {
    if place.service.flow != Flow::SecondStep {
        return Err(Code::NotSupported);
    }
    let accounts = city.world.accounts_of(&place.service, phone);
    if accounts.is_empty() {
        return Err(Code::AccountNotFound);
    }
    let step = seal(city, place, "step", phone);
    let books = place.books();
    let accounts = accounts
        .iter()
        .map(|number| {
            city.world
                .account(&place.service, number, books.balance(number))
        })
        .collect();
    Ok(Answer::Choose { step, accounts })
}

/// Bills of the chosen account.
pub(super) fn chosen(
    city: &City,
    place: &Place,
    account: &str,
    step: &str,
) -> Result<Answer, Code> {
    let phone = unseal(city, place, "step", step).ok_or(Code::BadRequest)?;
    let accounts = city.world.accounts_of(&place.service, &phone);
    if !accounts.iter().any(|one| one == account) {
        return Err(Code::AccountNotFound);
    }
    statement(city, place, account)
}

/// The answer to a slow query, once it is there.
pub(super) fn result(
    city: &City,
    place: &Place,
    ticket: &str,
    now: Moment,
) -> Result<Answer, Code> {
    let content = unseal(city, place, "ticket", ticket).ok_or(Code::BadRequest)?;
    let (ready, account) = content.split_once(' ').ok_or(Code::BadRequest)?;
    let ready: i64 = ready.parse().map_err(|_| Code::BadRequest)?;
    if now.0 < ready {
        let ticket = ticket.to_owned();
        return Ok(Answer::Later {
            ticket,
            wait: later_seconds(place).max(1),
        });
    }
    statement(city, place, account)
}

fn statement(city: &City, place: &Place, number: &str) -> Result<Answer, Code> {
    let service = &place.service;
    if city.world.standing(service, number) == Standing::Missing {
        return Err(Code::AccountNotFound);
    }
    let bills = city.world.bills(service, number);
    let books = place.books();
    let mut account = city.world.account(service, number, books.balance(number));
    let bills: Vec<Bill> = bills
        .into_iter()
        .map(|bill| {
            let paid = books.paid(&bill.number);
            bill.with_paid(paid)
        })
        .filter(|bill| bill.payable > 0)
        .collect();
    account.arrears = bills.iter().map(|bill| bill.payable).sum();
    Ok(Answer::Statement { account, bills })
}

/// Seconds that a slow biller takes to answer; zero for the others.
pub(crate) fn later_seconds(place: &Place) -> u32 {
    seconds(place.service.traits.answering)
}

/// Seconds that a slow biller takes to apply; zero for the others.
pub(crate) fn applying_seconds(place: &Place) -> u32 {
    seconds(place.service.traits.applying)
}

fn seconds(answering: Answering) -> u32 {
    match answering {
        Answering::Immediate => 0,
        Answering::Later { after_seconds } => after_seconds,
    }
}

/// Makes a token that only this city and service take back.
pub(crate) fn seal(city: &City, place: &Place, purpose: &str, content: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(content),
        mark(city, place, purpose, content)
    )
}

/// Reads a token made by [`seal`].
pub(crate) fn unseal(city: &City, place: &Place, purpose: &str, token: &str) -> Option<String> {
    let (content, given) = token.split_once('.')?;
    let content = String::from_utf8(URL_SAFE_NO_PAD.decode(content).ok()?).ok()?;
    (mark(city, place, purpose, &content) == given).then_some(content)
}

fn mark(city: &City, place: &Place, purpose: &str, content: &str) -> String {
    Draw::of(
        city.world.seed,
        &["token", &place.service.code, purpose, content],
    )
    .hex()
}
