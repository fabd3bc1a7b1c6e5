//! Dates and moments as the contract and Chinese billers write them. The
//! proleptic Gregorian calendar from year 1 to 9999; Asia/Shanghai is UTC+8
//! without daylight saving, as it has been since 1991.

const DAY_MS: i64 = 86_400_000;
const SHANGHAI_MS: i64 = 8 * 3_600_000;

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A moment, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Date {
    /// A date that exists.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Reads `2026-11-21`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        Self::from_digits(&text.replace('-', ""))
    }

    /// Reads `20261121`.
    #[must_use]
    pub fn parse_compact(text: &str) -> Option<Self> {
        Self::from_digits(text)
    }

    fn from_digits(text: &str) -> Option<Self> {
        let [c1, c2, y1, y2, m1, m2, d1, d2] = text.as_bytes() else {
            return None;
        };
        let pair = |tens: &u8, ones: &u8| two_digits(&[*tens, *ones]);
        let year = pair(c1, c2)? * 100 + pair(y1, y2)?;
        let (month, day) = (pair(m1, m2)?, pair(d1, d2)?);
        Self::new(
            year.try_into().ok()?,
            month.try_into().ok()?,
            day.try_into().ok()?,
        )
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days(self) -> i64 {
        // Years are counted from March, so that the leap day ends the year.
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        let year = if month > 2 { year } else { year - 1 };
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
    }

    /// The date so many days after 1970-01-01.
    #[must_use]
    pub fn from_days(days: i64) -> Option<Self> {
        let days = days.checked_add(719_468)?;
        if !(0..=3_652_424 + 306).contains(&days) {
            return None;
        }
        let era = days / 146_097;
        let day_of_era = days % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(
            year.try_into().ok()?,
            month.try_into().ok()?,
            day.try_into().ok()?,
        )
    }

    /// So many days later, or earlier where negative.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Self> {
        Self::from_days(self.days().checked_add(days)?)
    }

    /// `20261121`.
    #[must_use]
    pub fn compact(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }
}

impl core::fmt::Display for Date {
    /// `2026-11-21`, as the contract writes it.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            formatter,
            "{:04}-{:02}-{:02}",
            self.year, self.month, self.day
        )
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Moment {
    /// From milliseconds since 1970-01-01T00:00:00Z; after year 9999 the last one.
    #[must_use]
    pub fn from_unix_ms(unix_ms: u64) -> Self {
        const LAST_MS: u64 = 253_402_300_799_999;
        Self(i64::try_from(unix_ms.min(LAST_MS)).unwrap_or_default())
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// So many milliseconds later; stays at the last moment there is.
    #[must_use]
    pub fn plus_ms(self, ms: u64) -> Self {
        Self::from_unix_ms(u64::try_from(self.0).unwrap_or_default().saturating_add(ms))
    }

    /// Reads RFC 3339, with any offset and any fraction: `2026-11-21T08:30:00Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let rest = rest.strip_prefix(['T', 't', ' '])?;
        let (clock, rest) = rest.split_at_checked(8)?;
        let local = local_ms(Date::parse(date)?, clock.as_bytes())?;
        let end = rest.find(|c: char| c != '.' && !c.is_ascii_digit())?;
        let (fraction, offset) = rest.split_at_checked(end)?;
        let fraction_ms = match fraction.strip_prefix('.') {
            None if fraction.is_empty() => 0,
            Some(digits) if !digits.is_empty() && !digits.contains('.') => {
                let thousandths: String = digits.chars().chain("00".chars()).take(3).collect();
                thousandths.parse::<i64>().ok()?
            }
            _ => return None,
        };
        let unix_ms = local + fraction_ms - offset_ms(offset)?;
        u64::try_from(unix_ms).ok().map(Self::from_unix_ms)
    }

    /// Reads `20261121163000` in Asia/Shanghai.
    #[must_use]
    pub fn parse_shanghai_compact(text: &str) -> Option<Self> {
        let (date, clock) = text.split_at_checked(8)?;
        let [h1, h2, m1, m2, s1, s2] = clock.as_bytes() else {
            return None;
        };
        let clock = [*h1, *h2, b':', *m1, *m2, b':', *s1, *s2];
        let unix_ms = local_ms(Date::parse_compact(date)?, &clock)? - SHANGHAI_MS;
        u64::try_from(unix_ms).ok().map(Self::from_unix_ms)
    }

    /// Reads `2026-11-21 16:30:00` in Asia/Shanghai.
    #[must_use]
    pub fn parse_shanghai(text: &str) -> Option<Self> {
        let (date, clock) = text.split_once(' ')?;
        let unix_ms = local_ms(Date::parse(date)?, clock.as_bytes())? - SHANGHAI_MS;
        u64::try_from(unix_ms).ok().map(Self::from_unix_ms)
    }

    /// `20261121163000` in Asia/Shanghai.
    #[must_use]
    pub fn shanghai_compact(self) -> String {
        let (hours, minutes, seconds) = self.shanghai_clock();
        format!(
            "{}{hours:02}{minutes:02}{seconds:02}",
            self.shanghai_date().compact()
        )
    }

    /// `2026-11-21 16:30:00` in Asia/Shanghai.
    #[must_use]
    pub fn shanghai(self) -> String {
        let (hours, minutes, seconds) = self.shanghai_clock();
        format!(
            "{} {hours:02}:{minutes:02}:{seconds:02}",
            self.shanghai_date()
        )
    }

    /// The calendar date in Asia/Shanghai at this moment.
    #[must_use]
    pub fn shanghai_date(self) -> Date {
        date_of(self.0 + SHANGHAI_MS)
    }

    fn shanghai_clock(self) -> (i64, i64, i64) {
        clock_of(self.0 + SHANGHAI_MS)
    }
}

impl core::fmt::Display for Moment {
    /// `2026-11-21T08:30:00Z`, the contract's *instant*.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (hours, minutes, seconds) = clock_of(self.0);
        write!(
            formatter,
            "{}T{hours:02}:{minutes:02}:{seconds:02}Z",
            date_of(self.0)
        )
    }
}

fn date_of(ms: i64) -> Date {
    // Moments end with year 9999 in UTC; the last hours are the next year in Shanghai.
    Date::from_days(ms.div_euclid(DAY_MS)).unwrap_or(Date {
        year: 9999,
        month: 12,
        day: 31,
    })
}

fn clock_of(ms: i64) -> (i64, i64, i64) {
    let seconds = ms.rem_euclid(DAY_MS) / 1000;
    (seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A date and `16:30:00` as if they were UTC. A leap second counts as the next one.
fn local_ms(date: Date, clock: &[u8]) -> Option<i64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = clock else {
        return None;
    };
    let (hours, minutes) = (two_digits(&[*h1, *h2])?, two_digits(&[*m1, *m2])?);
    let seconds = two_digits(&[*s1, *s2])?;
    let exists = hours < 24 && minutes < 60 && seconds < 61;
    exists.then(|| date.days() * DAY_MS + (hours * 3600 + minutes * 60 + seconds) * 1000)
}

fn offset_ms(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    match bytes {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), hours @ .., b':', m1, m2] => {
            let (hours, minutes) = (two_digits(hours)?, two_digits(&[*m1, *m2])?);
            let ms = (hours * 60 + minutes) * 60_000;
            (hours < 24 && minutes < 60).then_some(if *sign == b'-' { -ms } else { ms })
        }
        _ => None,
    }
}

fn two_digits(bytes: &[u8]) -> Option<i64> {
    match bytes {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
