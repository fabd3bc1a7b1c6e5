//! Dates and moments in the formats billers use. Formats are `unix`, `millis`,
//! `rfc3339`, or a pattern of yyyy MM dd HH mm ss SSS with anything else
//! literal (letters in single quotes). Zones: Asia/Shanghai (which has kept one
//! offset since 1991) and UTC.

use crate::error::Fault;
use crate::node::Node;

/// Asia/Shanghai's offset from UTC.
pub(super) const SHANGHAI_SECONDS: i64 = 8 * 3600;
const FIELDS: [&str; 7] = ["yyyy", "SSS", "MM", "dd", "HH", "mm", "ss"];

/// Whether a format can be read.
pub(super) fn check(format: &str) -> Result<(), Fault> {
    if matches!(format, "unix" | "millis" | "rfc3339") {
        return Ok(());
    }
    let mut fields = 0;
    for token in tokens(format) {
        match token {
            Token::Field(_) => fields += 1,
            Token::Literal(character) if character.is_ascii_alphabetic() => {
                return Err(Fault::mapping(format!(
                    "the time format \"{format}\" has a \"{character}\" outside quotes; fields are yyyy MM dd HH mm ss SSS"
                )));
            }
            Token::Literal(_) | Token::Quoted(_) => {}
        }
    }
    if fields == 0 {
        return Err(Fault::mapping(
            "a time format is unix, millis, rfc3339 or a pattern like yyyyMMddHHmmss",
        ));
    }
    Ok(())
}

/// A biller's date → ISO 8601.
pub fn date(plain: &str, format: &str) -> Result<Node<'static>, Fault> {
    let millis = read(plain, format, 0)?;
    Ok(Node::text(print(millis, "yyyy-MM-dd", 0)))
}

/// A biller's moment, in the given zone → RFC 3339 in UTC.
pub fn instant(plain: &str, format: &str, zone: i64) -> Result<Node<'static>, Fault> {
    Ok(Node::text(print(read(plain, format, zone)?, "rfc3339", 0)))
}

/// Ours (milliseconds, RFC 3339, or an ISO date) → a biller's text in a zone.
pub(super) fn format(plain: &str, format: &str, zone: i64) -> Result<Node<'static>, Fault> {
    check(format)?;
    let millis = match plain.len() {
        10 if plain.contains('-') => read(plain, "yyyy-MM-dd", zone)?,
        _ if plain.contains('T') => read(plain, "rfc3339", 0)?,
        _ => read(plain, "millis", 0)?,
    };
    let text = print(millis, format, zone);
    Ok(if matches!(format, "unix" | "millis") {
        Node::Number(text.into())
    } else {
        Node::text(text)
    })
}

enum Token<'f> {
    Field(&'f str),
    Quoted(char),
    Literal(char),
}

fn tokens(format: &str) -> impl Iterator<Item = Token<'_>> {
    let (mut rest, mut quoted) = (format, false);
    std::iter::from_fn(move || {
        loop {
            if !quoted && let Some(field) = FIELDS.iter().find(|field| rest.starts_with(**field)) {
                rest = &rest[field.len()..];
                return Some(Token::Field(field));
            }
            let character = rest.chars().next()?;
            rest = &rest[character.len_utf8()..];
            if character == '\'' {
                quoted = !quoted;
            } else if quoted {
                return Some(Token::Quoted(character));
            } else {
                return Some(Token::Literal(character));
            }
        }
    })
}

/// Milliseconds since 1970 of a text.
fn read(plain: &str, format: &str, zone: i64) -> Result<i64, Fault> {
    let wrong = || Fault::value(format!("is no time of the format {format}"));
    let whole = |text: &str| text.parse::<i64>().map_err(|_| wrong());
    let limit = 253_402_300_799_999; // the end of the year 9999
    let millis = match format {
        "unix" => whole(plain)?.checked_mul(1000).ok_or_else(wrong)?,
        "millis" => whole(plain)?,
        "rfc3339" => return read_rfc3339(plain).ok_or_else(wrong),
        _ => {
            check(format)?;
            read_pattern(plain, format).ok_or_else(wrong)? - zone * 1000
        }
    };
    if (-62_135_596_800_000..=limit).contains(&millis) {
        Ok(millis)
    } else {
        Err(wrong())
    }
}

fn read_pattern(plain: &str, format: &str) -> Option<i64> {
    let mut parts = [1970_i64, 0, 1, 1, 0, 0, 0];
    let mut rest = plain;
    for token in tokens(format) {
        match token {
            Token::Field(field) => {
                let digits = rest.get(..field.len())?;
                if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                let position = FIELDS.iter().position(|known| *known == field)?;
                parts[position] = digits.parse().ok()?;
                rest = &rest[field.len()..];
            }
            Token::Literal(character) | Token::Quoted(character) => {
                rest = rest.strip_prefix(character)?;
            }
        }
    }
    let [year, millis, month, day, hour, minute, second] = parts;
    let in_range = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
        && rest.is_empty();
    in_range.then(|| {
        ((days(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millis
    })
}

fn read_rfc3339(plain: &str) -> Option<i64> {
    let base = read_pattern(plain.get(..19)?, "yyyy-MM-dd'T'HH:mm:ss")?;
    let rest = plain.get(19..)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
        None => ("", rest),
    };
    let millis: i64 = format!("{:0<3}", fraction.get(..3).unwrap_or(fraction))
        .parse()
        .ok()?;
    let offset = match zone {
        "Z" => 0,
        _ => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
            let two = |text: &str| (text.len() == 2).then(|| text.parse::<u8>().ok()).flatten();
            sign * (i64::from(two(hours)?) * 3600 + i64::from(two(minutes)?) * 60)
        }
    };
    Some(base + millis - offset * 1000)
}

fn print(millis: i64, format: &str, zone: i64) -> String {
    let pattern = match format {
        "unix" => return millis.div_euclid(1000).to_string(),
        "millis" => return millis.to_string(),
        "rfc3339" if zone == 0 => "yyyy-MM-dd'T'HH:mm:ss'Z'",
        "rfc3339" => "yyyy-MM-dd'T'HH:mm:ss'+08:00'",
        pattern => pattern,
    };
    let local = millis + zone * 1000;
    let (seconds, millis) = (local.div_euclid(1000), local.rem_euclid(1000));
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    let parts = [
        year,
        millis,
        month,
        day,
        second / 3600,
        second / 60 % 60,
        second % 60,
    ];
    let mut out = String::with_capacity(pattern.len());
    for token in tokens(pattern) {
        match token {
            Token::Field(field) => {
                let value = FIELDS
                    .iter()
                    .position(|known| *known == field)
                    .map_or(0, |position| parts[position]);
                out.push_str(&format!("{value:0width$}", width = field.len()));
            }
            Token::Literal(character) | Token::Quoted(character) => out.push(character),
        }
    }
    out
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, counting years from March
/// so that the leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let shifted = (month + 9) % 12;
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (shifted * 153 + 2) / 5
        + day
        - 719_469
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests;
