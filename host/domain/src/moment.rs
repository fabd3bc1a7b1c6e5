//! Moments and accounting dates, and when one turns into the next. Reading a
//! clock is the caller's work.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, offset};
use time::{Date, OffsetDateTime};

mod cut_off;

pub use cut_off::{CutOff, CutOffError};

/// Microseconds since 1970 in UTC; written as RFC 3339 outside the database.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Moment(i64);

impl Moment {
    /// The last moment of the year 9999, beyond which RFC 3339 ends.
    const LAST_US: i64 = 253_402_300_799_999_999;

    /// From microseconds since 1970; cut to the years 1970 to 9999.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        if micros <= 0 {
            Self(0)
        } else if micros >= Self::LAST_US {
            Self(Self::LAST_US)
        } else {
            Self(micros)
        }
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The moment so many milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, milliseconds: i64) -> Self {
        Self::from_micros(self.0.saturating_add(milliseconds.saturating_mul(1_000)))
    }

    /// Milliseconds from `earlier` until this moment; negative where it is later.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1_000
    }

    /// The accounting date in Asia/Shanghai, which has had no summer time since
    /// 1991.
    #[must_use]
    pub fn accounting_date(self, cut_off: CutOff) -> AccountingDate {
        let shifted = Self::from_micros(self.0.saturating_add(cut_off.shift_us()));
        AccountingDate(shifted.date_time().to_offset(offset!(+8)).date())
    }

    fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .expect("a moment lies in the years 1970 to 9999")
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self
            .date_time()
            .format(&Rfc3339)
            .expect("RFC 3339 writes these years");
        f.write_str(&text)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is neither a moment nor a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct MomentError(&'static str);

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let error = MomentError("a moment such as 2026-11-21T08:30:00Z");
        let read = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| error)?;
        let micros = i64::try_from(read.unix_timestamp_nanos() / 1_000).map_err(|_| error)?;
        Ok(Self::from_micros(micros))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The day that a payment belongs to, ISO 8601: `2026-11-21`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct AccountingDate(Date);

impl AccountingDate {
    /// The first moment that no longer belongs to this date.
    #[must_use]
    pub fn ends(self, cut_off: CutOff) -> Moment {
        let midnight = self.next().0.midnight().assume_offset(offset!(+8));
        let micros = i64::try_from(midnight.unix_timestamp_nanos() / 1_000)
            .expect("a date's microseconds fit in 64 bits");
        Moment::from_micros(micros.saturating_sub(cut_off.shift_us()))
    }

    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.next_day().unwrap_or(Date::MAX))
    }

    /// The day before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.previous_day().unwrap_or(Date::MIN))
    }
}

impl From<AccountingDate> for String {
    fn from(date: AccountingDate) -> Self {
        date.to_string()
    }
}

impl fmt::Display for AccountingDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

impl fmt::Debug for AccountingDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for AccountingDate {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        Date::parse(text, format_description!("[year]-[month]-[day]"))
            .map(Self)
            .map_err(|_| MomentError("a date such as 2026-11-21"))
    }
}

impl<'de> Deserialize<'de> for AccountingDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accounting_date_turns_at_midnight_in_shanghai() {
        let before: Moment = "2026-11-21T15:59:59.999999Z".parse().unwrap();
        assert_eq!(
            before.accounting_date(CutOff::MIDNIGHT).to_string(),
            "2026-11-21"
        );
        let after = Moment::from_micros(before.micros() + 1);
        assert_eq!(
            after.accounting_date(CutOff::MIDNIGHT).to_string(),
            "2026-11-22"
        );
        assert_eq!(after.to_string(), "2026-11-21T16:00:00Z");
    }

    #[test]
    fn a_cut_off_moves_the_turn_and_the_end_of_a_date_is_its_turn() {
        let late: Moment = "2026-11-21T15:00:00Z".parse().unwrap();
        for (cut_off, date) in [
            ("23:00", "2026-11-22"),
            ("23:01", "2026-11-21"),
            ("24:00", "2026-11-21"),
            ("02:30", "2026-11-21"),
        ] {
            let cut_off: CutOff = cut_off.parse().unwrap();
            let of = late.accounting_date(cut_off);
            assert_eq!(of.to_string(), date, "{cut_off}");
            let end = of.ends(cut_off);
            assert_eq!(end.accounting_date(cut_off), of.next());
            let before = Moment::from_micros(end.micros() - 1);
            assert_eq!(before.accounting_date(cut_off), of);
            assert_eq!(of.next().previous(), of);
        }
    }

    #[test]
    fn a_day_may_go_on_into_the_night() {
        let night: Moment = "2026-11-21T17:00:00Z".parse().unwrap();
        for (cut_off, date) in [
            ("00:00", "2026-11-22"),
            ("00:59", "2026-11-22"),
            ("01:00", "2026-11-22"),
            ("01:01", "2026-11-21"),
            ("02:30", "2026-11-21"),
        ] {
            let of = night.accounting_date(cut_off.parse().unwrap());
            assert_eq!(of.to_string(), date, "{cut_off}");
        }
    }

    #[test]
    fn moments_and_dates_are_written_and_shown_as_texts() {
        let moment: Moment = "2026-11-21T08:30:00Z".parse().unwrap();
        assert_eq!(format!("{moment:?}"), "2026-11-21T08:30:00Z");
        let json = serde_json::to_string(&moment).unwrap();
        assert_eq!(json, "\"2026-11-21T08:30:00Z\"");
        assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), moment);
        let date = moment.accounting_date(CutOff::MIDNIGHT);
        assert_eq!(format!("{date:?}"), "2026-11-21");
        let json = serde_json::to_string(&date).unwrap();
        assert_eq!(json, "\"2026-11-21\"");
        assert_eq!(serde_json::from_str::<AccountingDate>(&json).unwrap(), date);
    }

    #[test]
    fn far_moments_are_cut_not_wrapped() {
        assert_eq!(
            Moment::from_micros(i64::MAX).plus_ms(i64::MAX).micros(),
            Moment::LAST_US
        );
        assert_eq!(Moment::from_micros(-5).to_string(), "1970-01-01T00:00:00Z");
        assert!("21.11.2026".parse::<Moment>().is_err());
    }
}
