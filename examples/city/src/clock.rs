//! Times as the billers write them: moments in UTC or Asia/Shanghai, dates in
//! Asia/Shanghai. It knows formats, no opening hours.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// China has one zone without summer time.
const SHANGHAI_SECONDS: i64 = 8 * 3_600;

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's.
    System,
    /// The machine's, put forward by so many milliseconds, or back.
    Shifted(i64),
    /// Set by a test: milliseconds since 1970.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// One that runs from this moment on, given as `2026-11-21T02:00:00Z`.
    #[must_use]
    pub fn beginning_at(text: &str) -> Option<Self> {
        let begin = Moment::read_rfc3339(text)?;
        Some(Self::Shifted(begin.0.saturating_sub(machine())))
    }

    /// Now.
    pub(crate) fn now(&self) -> Moment {
        Moment(match self {
            Self::System => machine(),
            Self::Shifted(milliseconds) => machine().saturating_add(*milliseconds),
            Self::Set(millis) => millis.load(Ordering::Relaxed),
        })
    }
}

fn machine() -> i64 {
    (OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000) as i64
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    /// So many seconds later.
    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000)))
    }

    /// The clock on the wall in Shanghai.
    fn local(self) -> OffsetDateTime {
        let seconds = self.0.div_euclid(1_000).saturating_add(SHANGHAI_SECONDS);
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The day in Shanghai.
    pub(crate) fn date(self) -> Date {
        self.local().date()
    }

    /// Minutes since midnight in Shanghai.
    pub(crate) fn minute_of_day(self) -> u16 {
        let local = self.local();
        u16::from(local.hour()) * 60 + u16::from(local.minute())
    }

    /// `2026-11-21T08:30:00Z`.
    pub(crate) fn rfc3339(self) -> String {
        let utc = Self(self.0.saturating_sub(SHANGHAI_SECONDS * 1_000)).local();
        format!("{}T{}Z", iso(utc.date()), clock_face(utc.time(), ":"))
    }

    /// `20261121163000` in Shanghai.
    pub(crate) fn compact(self) -> String {
        let local = self.local();
        format!(
            "{}{}",
            compact_date(local.date()),
            clock_face(local.time(), "")
        )
    }

    /// `2026-11-21 16:30:00` in Shanghai.
    pub(crate) fn spaced(self) -> String {
        let local = self.local();
        format!("{} {}", iso(local.date()), clock_face(local.time(), ":"))
    }

    /// Reads `20261121163000` or `2026-11-21 16:30:00`, both in Shanghai.
    pub(crate) fn read_local(text: &str) -> Option<Self> {
        let digits: String = text
            .chars()
            .filter(|sign| !matches!(sign, '-' | ':' | ' '))
            .collect();
        if digits.len() != 14 || !matches!(text.len(), 14 | 19) {
            return None;
        }
        let date = read_date(&digits[..8])?;
        let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u8>().ok();
        let time = Time::from_hms(part(8..10)?, part(10..12)?, part(12..14)?).ok()?;
        let utc = PrimitiveDateTime::new(date, time).assume_offset(UtcOffset::UTC);
        Some(Self(
            (utc.unix_timestamp() - SHANGHAI_SECONDS).saturating_mul(1_000),
        ))
    }

    /// Reads `2026-11-21T08:30:00Z`, as the log of effects writes it.
    pub(crate) fn read_rfc3339(text: &str) -> Option<Self> {
        let plain = text.strip_suffix('Z')?.replace('T', " ");
        Self::read_local(&plain).map(|local| local.plus_seconds(SHANGHAI_SECONDS))
    }

    /// Whether the other side's clock differs by no more than six hours.
    pub(crate) fn is_near(self, other: Self) -> bool {
        self.0.abs_diff(other.0) <= 6 * 3_600_000
    }
}

fn clock_face(time: Time, separator: &str) -> String {
    let (hour, minute, second) = time.as_hms();
    format!("{hour:02}{separator}{minute:02}{separator}{second:02}")
}

/// `2026-11-21`.
pub(crate) fn iso(date: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// `20261121`.
pub(crate) fn compact_date(date: Date) -> String {
    format!(
        "{:04}{:02}{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

/// Reads `2026-11-21` or `20261121`.
pub(crate) fn read_date(text: &str) -> Option<Date> {
    let digits = text.replace('-', "");
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let month = Month::try_from(digits[4..6].parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(digits[..4].parse().ok()?, month, digits[6..].parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_and_read_back() {
        let moment = Moment(1_795_249_800_000);
        assert_eq!(moment.rfc3339(), "2026-11-21T08:30:00Z");
        assert_eq!(moment.compact(), "20261121163000");
        assert_eq!(moment.spaced(), "2026-11-21 16:30:00");
        assert_eq!(moment.minute_of_day(), 16 * 60 + 30);
        assert_eq!(Moment::read_local("20261121163000"), Some(moment));
        assert_eq!(Moment::read_local("2026-11-21 16:30:00"), Some(moment));
        assert_eq!(Moment::read_rfc3339("2026-11-21T08:30:00Z"), Some(moment));
    }

    #[test]
    fn nonsense_is_no_time() {
        for text in [
            "",
            "20261321163000",
            "2026-11-21",
            "二〇二六一一二一",
            "20261121 63000",
        ] {
            assert_eq!(Moment::read_local(text), None, "{text}");
        }
        for text in ["20260231", "2026-1-1", "abcdefgh", "日期"] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }
}
