//! A biller's own day file, as the host's `docs/day-end.md` describes it: made
//! from the log of effects, with lines left out, added or repeated on order.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use encoding_rs::GB18030;
use http::StatusCode;

use crate::city::City;
use crate::clock::{iso, read_date};
use crate::ledger::Effect;
use crate::wire::Reply;

/// Lines that can be added or left out at one call.
const FAULTS_LIMIT: usize = 1_000;

/// What is asked for.
struct Wanted<'a> {
    service: &'a str,
    date: String,
    separator: char,
    charset: &'a str,
    number: usize,
    drop: usize,
    add: usize,
    double: usize,
}

/// Answers `GET /_day_file`.
pub(super) fn answer(city: &City, query: &str) -> Result<Reply, (StatusCode, String)> {
    let wanted = read(query).map_err(|why| (StatusCode::BAD_REQUEST, why))?;
    let place = city.place(wanted.service).ok_or_else(|| {
        let why = format!("no service {}", wanted.service);
        (StatusCode::NOT_FOUND, why)
    })?;
    let biller = &place.service.biller.id;
    let mut lines = Vec::new();
    for place in city.places() {
        if place.service.biller.id != *biller {
            continue;
        }
        let books = place.books();
        let of_day = |effect: &&Effect| effect.accounting_date == wanted.date;
        lines.extend(books.effects().iter().filter(of_day).map(Detail::of));
    }
    lines.drain(..wanted.drop.min(lines.len()));
    let doubled: Vec<Detail> = lines.iter().take(wanted.double).cloned().collect();
    lines.extend(doubled);
    for number in 1..=wanted.add {
        lines.push(Detail {
            reference: format!("COUNTER-{}-{number}", wanted.date),
            kind: "payment",
            service: wanted.service.to_owned(),
            amount: 100 + i64::try_from(number).unwrap_or(0),
            serial: format!("X{number}"),
            at: city.clock.now().rfc3339(),
        });
    }
    let text = written(&wanted, biller, &lines, &city.clock.now().rfc3339());
    Ok(Reply {
        status: 200,
        content_type: "text/csv",
        headers: Vec::new(),
        body: text,
    })
}

fn read(query: &str) -> Result<Wanted<'_>, String> {
    let parameter = |name: &str| super::control::parameter(query, name);
    let count = |name: &str, usual: usize| match parameter(name) {
        None => Ok(usual),
        Some(text) => match text.parse() {
            Ok(number) if number <= FAULTS_LIMIT => Ok(number),
            Ok(_) | Err(_) => Err(format!("{name}: expected 0 to {FAULTS_LIMIT}")),
        },
    };
    let date = parameter("date").and_then(read_date).map(iso);
    Ok(Wanted {
        service: parameter("service").ok_or("service is missing")?,
        date: date.ok_or("date: expected one such as 2026-11-21")?,
        separator: match parameter("layout").unwrap_or("csv") {
            "csv" => ',',
            "pipe" => '|',
            _ => return Err("layout: expected csv or pipe".to_owned()),
        },
        charset: match parameter("charset").unwrap_or("UTF-8") {
            charset @ ("UTF-8" | "GB18030") => charset,
            _ => return Err("charset: expected UTF-8 or GB18030".to_owned()),
        },
        number: count("number", 1)?,
        drop: count("drop", 0)?,
        add: count("add", 0)?,
        double: count("double", 0)?,
    })
}

/// One line.
#[derive(Clone)]
struct Detail {
    reference: String,
    kind: &'static str,
    service: String,
    /// Fen, above zero.
    amount: i64,
    serial: String,
    at: String,
}

impl Detail {
    fn of(effect: &Effect) -> Self {
        Self {
            reference: effect.reference.clone(),
            kind: match effect.reversal {
                Some(_) => "reversal",
                None => "payment",
            },
            service: effect.service.clone(),
            amount: effect.amount.abs(),
            serial: effect.serial.clone(),
            at: effect.at.clone(),
        }
    }
}

fn written(wanted: &Wanted<'_>, biller: &str, lines: &[Detail], now: &str) -> Bytes {
    let separator = wanted.separator.to_string();
    let mut text = String::new();
    // Nothing in these fields needs to be quoted or escaped.
    let mut put = |fields: &[&str]| {
        text.push_str(&fields.join(&separator));
        text.push_str(if wanted.separator == ',' {
            "\r\n"
        } else {
            "\n"
        });
    };
    let (date, number) = (wanted.date.as_str(), wanted.number.to_string());
    put(&[
        "H",
        "guichet-day-file",
        "1",
        wanted.charset,
        "party",
        "biller",
        biller,
        date,
        &number,
        now,
    ]);
    let mut total = 0_i64;
    for line in lines {
        let amount = line.amount.to_string();
        total += if line.kind == "payment" {
            line.amount
        } else {
            -line.amount
        };
        put(&[
            "D",
            &line.reference,
            line.kind,
            &line.service,
            &amount,
            "CNY",
            "0",
            &line.serial,
            &line.at,
            "模拟",
        ]);
    }
    let totals = if lines.is_empty() {
        String::new()
    } else {
        format!("CNY:{total}")
    };
    let count = lines.len().to_string();
    let body = encoded(&text, wanted.charset);
    let hex: String = digest(&SHA256, &body)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let trailer = ["T", &count, &totals, &hex].join(&separator);
    [body, trailer.into_bytes(), b"\n".to_vec()].concat().into()
}

fn encoded(text: &str, charset: &str) -> Vec<u8> {
    match charset {
        "GB18030" => GB18030.encode(text).0.into_owned(),
        _ => text.as_bytes().to_vec(),
    }
}
