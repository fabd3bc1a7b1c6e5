//! Plain inquiries that the declarative plugin serves: social-insurance
//! contributions, and records of all kinds, at once or later.

use serde_json::{Value, json};
use time::Duration;

use super::certificate::Certificate;
use super::{Outcome, holder, known_person, masked};
use crate::clock::iso;
use crate::code::Code;
use crate::desk::{later_seconds, seal, unseal};
use crate::draw::Draw;
use crate::wire::{Fields, Letter};
use crate::world::Person;

pub(super) fn answer(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    match letter.operation {
        "contributions" => contributions(letter, fields),
        "records" => records(letter, fields),
        _ => result(letter, fields),
    }
}

fn contributions(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    let number = known_person(fields, "id_number")?;
    let service = &letter.place.service;
    let names = ["contributions", &service.code, &number];
    let mut draw = Draw::of(letter.city.world.seed, &names);
    let person = Person::draw(&mut draw);
    let months = draw.between(13, 300);
    let base = draw.between(40, 300) * 10_000;
    let today = letter.city.world.today;
    let rows: Vec<Value> = (0..12)
        .map(|back| {
            let month = today.replace_day(15).unwrap_or(today) - Duration::days(30 * (back + 1));
            json!({
                "period": iso(month)[..7],
                "employer": "某单位",
                "base": base,
                "personal": base * 8 / 100,
                "unit": base * 16 / 100,
                "status": "已到账",
            })
        })
        .collect();
    Ok((
        Code::Done,
        json!({
            "number": format!("SB{}", draw.digits(12)),
            "issued_at": letter.now.rfc3339(),
            "issuer": service.biller.names.zh,
            "holder": holder(fields, person.name),
            "id_number": masked(&number),
            "status": "参保缴费",
            "since": iso(today - Duration::days(months * 30)),
            "months": months,
            "balance": base * 8 / 100 * months,
            "base": base,
            "rows": rows,
        }),
    ))
}

fn records(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    let subject = match fields.find("query") {
        Some(query) if query.ends_with("0000") => return Err(Code::AccountNotFound),
        Some(query) => query,
        None => known_person(fields, "id_number")?,
    };
    let name = fields.find("name").unwrap_or_default();
    let wait = later_seconds(letter.place);
    if wait > 0 {
        let ready = letter.now.plus_seconds(i64::from(wait)).0;
        let content = json!([ready, subject, name]).to_string();
        let ticket = seal(letter.city, letter.place, "record", &content);
        return Ok((
            Code::Processing,
            json!({"ticket": ticket, "ask_after": wait}),
        ));
    }
    Ok((Code::Done, record(letter, &subject, &name)))
}

fn result(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    let ticket = fields.text("ticket")?;
    let content = unseal(letter.city, letter.place, "record", &ticket).ok_or(Code::BadRequest)?;
    let (ready, subject, name): (i64, String, String) =
        serde_json::from_str(&content).map_err(|_| Code::BadRequest)?;
    if letter.now.0 < ready {
        let wait = later_seconds(letter.place).max(1);
        return Ok((
            Code::Processing,
            json!({"ticket": ticket, "ask_after": wait}),
        ));
    }
    Ok((Code::Done, record(letter, &subject, &name)))
}

fn record(letter: &Letter<'_>, subject: &str, name: &str) -> Value {
    let service = &letter.place.service;
    let mut draw = Draw::of(letter.city.world.seed, &["record", &service.code, subject]);
    let person = Person::draw(&mut draw);
    let today = letter.city.world.today;
    let since = today - Duration::days(draw.between(400, 6_000));
    let number = format!("CX{}", draw.digits(12));
    let count = 1 + draw.below(5);
    let rows: Vec<Value> = (0..count)
        .map(|index| {
            json!({
                "date": iso(since + Duration::days(i64::from(index) * 70)),
                "item": draw.pick(&["登记", "变更", "年检", "备案"]),
                "value": draw.digits(8),
                "note": draw.pick(&["正常", "已办结", "无异常"]),
            })
        })
        .collect();
    let certificate = Certificate::new(letter, "Certificate of record", &number);
    json!({
        "number": number,
        "issued_at": letter.now.rfc3339(),
        "issuer": service.biller.names.zh,
        "holder": name.chars().next().map_or(person.name, |first| format!("{first}*")),
        "subject": masked(subject),
        "status": "正常",
        "since": iso(since),
        "valid_until": iso(today + Duration::days(draw.between(30, 3_000))),
        "rows": rows,
        "certificate": {
            "name": "certificate.pdf",
            "media_type": "application/pdf",
            "bytes_base64": certificate.base64,
            "verification_code": certificate.verification_code,
        },
    })
}
