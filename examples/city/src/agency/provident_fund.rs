//! The housing provident fund: account, last months, and a sealed certificate.

use serde_json::{Value, json};

use super::certificate::Certificate;
use super::{Outcome, holder, known_person, masked};
use crate::clock::compact_date;
use crate::code::Code;
use crate::draw::Draw;
use crate::wire::{Fields, Letter, yuan};
use crate::world::Person;

pub(super) fn answer(letter: &Letter<'_>, fields: &Fields) -> Outcome {
    let number = known_person(fields, "idNumber")?;
    let service = &letter.place.service;
    let mut draw = Draw::of(letter.city.world.seed, &["fund", &service.code, &number]);
    let person = Person::draw(&mut draw);
    let base = draw.between(40, 300) * 10_000;
    let monthly = base * 24 / 100;
    let balance = monthly * draw.between(14, 140);
    let today = letter.city.world.today;
    let detail: Vec<Value> = (0..12)
        .map(|back| {
            let month = today.replace_day(15).unwrap_or(today) - time::Duration::days(30 * back);
            json!({
                "month": compact_date(month)[..6],
                "type": "汇缴",
                "amt": yuan(monthly),
                "balance": yuan(balance - monthly * back),
                "date": compact_date(month),
            })
        })
        .collect();
    let certificate_number = format!("GJJ{}", draw.digits(12));
    let certificate = Certificate::new(
        letter,
        "Housing provident fund certificate",
        &certificate_number,
    );
    Ok((
        Code::Done,
        json!({
            "certNo": certificate_number,
            "issuer": service.biller.names.zh,
            "issuedAt": letter.now.compact(),
            "account": {
                "accNo": draw.digits(12),
                "name": holder(fields, person.name),
                "idNumber": masked(&number),
                "unit": "某单位",
                "status": "正常",
                "openDate": format!("20{:02}0701", draw.below(15) + 5),
                "balance": yuan(balance),
                "base": yuan(base),
                "unitRate": "12",
                "personRate": "12",
                "monthly": yuan(monthly),
            },
            "detail": detail,
            "loan": Value::Null,
            "certificate": {
                "fileName": "provident-fund.pdf",
                "mediaType": "application/pdf",
                "content": certificate.base64,
                "verifyCode": certificate.verification_code,
            },
        }),
    ))
}
