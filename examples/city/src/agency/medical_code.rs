//! The medical-insurance e-certificate: a code with a short life, or the way to
//! the issuer's own page.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

use super::{Outcome, holder, known_person};
use crate::code::Code;
use crate::draw::Draw;
use crate::wire::{Fields, Letter};
use crate::world::Person;

/// Codes issued by this process, so that no two are alike.
static ISSUED: AtomicU64 = AtomicU64::new(0);

pub(super) fn answer(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    let seed = letter.city.world.seed;
    let count = ISSUED.fetch_add(1, Ordering::Relaxed);
    let occasion = format!("{} {count}", letter.now.0);
    if letter.operation == "handoff" {
        let ticket = Draw::of(seed, &["handoff", &occasion]).hex();
        return Ok((
            Code::Done,
            json!({
                "url": format!("https://medical-insurance.example/show?ticket={ticket}"),
                "title": "医保电子凭证",
                "expires_at": letter.now.plus_seconds(300).rfc3339(),
            }),
        ));
    }
    let person = match fields.find("id_number") {
        Some(_) => known_person(fields, "id_number")?,
        None => fields.text("subject").and_then(|subject| {
            if subject.len() > 64 {
                Err(Code::BadRequest)
            } else {
                Ok(subject)
            }
        })?,
    };
    let drawn = Person::draw(&mut Draw::of(seed, &["insured", &person])).name;
    Ok((
        Code::Done,
        json!({
            "payload": Draw::of(seed, &["code", &person, &occasion]).digits(28),
            "symbology": "qr",
            "holder": holder(fields, drawn),
            "region": letter.place.service.regions.first(),
            "seconds_to_live": 60,
            "refresh_after": 50,
        }),
    ))
}
