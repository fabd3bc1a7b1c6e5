//! When a service is open: hours, season and maintenance, in Asia/Shanghai.
//! The accounting date is the payment room's matter.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::texts::Texts;

/// When a service is open; always, where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Schedule {
    /// Open in any of them; always where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Hours>,
    /// The biller's accounting day ends here, where it is not the operator's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_off: Option<TimeOfDay>,
    /// Open in any of them; all year where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seasons: Vec<Season>,
    /// Known closures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maintenance: Vec<Maintenance>,
}

/// Opening hours. Over midnight where `to` is not after `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Days on which they begin; every day where there are none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub days: BTreeSet<Weekday>,
    /// Included.
    pub from: TimeOfDay,
    /// Not included.
    pub to: TimeOfDay,
}

/// A part of every year, both days included. Over New Year where `to` is before
/// `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Season {
    /// First day.
    pub from: MonthDay,
    /// Last day.
    pub to: MonthDay,
}

/// A closure of the biller's system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum Maintenance {
    /// Again and again.
    Recurring {
        /// When.
        hours: Hours,
        /// What the citizen reads.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Texts>,
    },
    /// Once.
    Once {
        /// Included.
        #[serde(with = "time::serde::rfc3339")]
        from: OffsetDateTime,
        /// Not included.
        #[serde(with = "time::serde::rfc3339")]
        to: OffsetDateTime,
        /// What the citizen reads.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Texts>,
    },
}

/// Why a service is closed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing<'a> {
    /// Outside its hours.
    Hours,
    /// Outside its season.
    Season,
    /// Under maintenance, with the notice.
    Maintenance(Option<&'a Texts>),
}

impl Schedule {
    pub(super) fn is_always_open(&self) -> bool {
        *self == Self::default()
    }

    /// Why it is closed at `moment`; none where it is open.
    #[must_use]
    pub fn closing_at(&self, moment: OffsetDateTime) -> Option<Closing<'_>> {
        let local = moment.to_offset(shanghai());
        let closed = self
            .maintenance
            .iter()
            .find_map(|maintenance| match maintenance {
                Maintenance::Recurring { hours, notice } => {
                    hours.contain(local).then_some(notice.as_ref())
                }
                Maintenance::Once { from, to, notice } => {
                    (*from <= moment && moment < *to).then_some(notice.as_ref())
                }
            });
        if let Some(notice) = closed {
            return Some(Closing::Maintenance(notice));
        }
        let today = MonthDay {
            month: local.month().into(),
            day: local.day(),
        };
        if !self.seasons.is_empty() && !self.seasons.iter().any(|season| season.contains(today)) {
            return Some(Closing::Season);
        }
        let open = self.hours.is_empty() || self.hours.iter().any(|hours| hours.contain(local));
        (!open).then_some(Closing::Hours)
    }
}

fn shanghai() -> UtcOffset {
    UtcOffset::from_hms(8, 0, 0).expect("eight hours are a lawful offset")
}

impl Hours {
    fn contain(&self, local: OffsetDateTime) -> bool {
        let minute = u16::from(local.hour()) * 60 + u16::from(local.minute());
        let begins = |day: OffsetDateTime| {
            self.days.is_empty() || self.days.contains(&Weekday::from(day.weekday()))
        };
        let (from, to) = (self.from.0, self.to.0);
        if from < to {
            return begins(local) && (from..to).contains(&minute);
        }
        (begins(local) && minute >= from)
            || (minute < to && local.checked_sub(Duration::days(1)).is_some_and(begins))
    }
}

impl Season {
    fn contains(&self, day: MonthDay) -> bool {
        if self.from <= self.to {
            (self.from..=self.to).contains(&day)
        } else {
            day >= self.from || day <= self.to
        }
    }
}

/// A text that is no time of day or day of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not a time of day.
    #[error("a time of day is written HH:MM, from 00:00 to 24:00")]
    Time,
    /// Not a day of the year.
    #[error("a day of the year is written MM-DD, such as 11-15")]
    Day,
}

/// A time of day to the minute: `08:30`; `24:00` is the day's end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Minutes since midnight, at most 1,440.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let (hours, minutes) = two_pairs(text, ':').ok_or(ScheduleError::Time)?;
        let total = u16::from(hours) * 60 + u16::from(minutes);
        if minutes > 59 || total > 1_440 {
            Err(ScheduleError::Time)
        } else {
            Ok(Self(total))
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A day of every year: `11-15`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MonthDay {
    month: u8,
    day: u8,
}

impl FromStr for MonthDay {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let (month, day) = two_pairs(text, '-').ok_or(ScheduleError::Day)?;
        let longest = match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if (1..=longest).contains(&day) {
            Ok(Self { month, day })
        } else {
            Err(ScheduleError::Day)
        }
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

fn two_pairs(text: &str, separator: char) -> Option<(u8, u8)> {
    let (left, right) = text.split_once(separator)?;
    let pair = |digits: &str| {
        let lawful = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        lawful.then(|| digits.parse().ok()).flatten()
    };
    Some((pair(left)?, pair(right)?))
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

texts! { TimeOfDay MonthDay }

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names of the days say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<time::Weekday> for Weekday {
    fn from(day: time::Weekday) -> Self {
        match day {
            time::Weekday::Monday => Self::Monday,
            time::Weekday::Tuesday => Self::Tuesday,
            time::Weekday::Wednesday => Self::Wednesday,
            time::Weekday::Thursday => Self::Thursday,
            time::Weekday::Friday => Self::Friday,
            time::Weekday::Saturday => Self::Saturday,
            time::Weekday::Sunday => Self::Sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn schedule(json: &str) -> Schedule {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn hours_over_midnight_belong_to_the_day_they_begin_on() {
        let weekend = schedule(r#"{"hours":[{"days":["saturday"],"from":"22:00","to":"02:00"}]}"#);
        // 2026-11-21 is a Saturday; 17:59 UTC is 01:59 on Sunday in Shanghai.
        assert_eq!(weekend.closing_at(datetime!(2026-11-21 17:59 UTC)), None);
        assert_eq!(
            weekend.closing_at(datetime!(2026-11-21 18:00 UTC)),
            Some(Closing::Hours)
        );
        assert_eq!(
            weekend.closing_at(datetime!(2026-11-20 17:00 UTC)),
            Some(Closing::Hours)
        );
    }

    #[test]
    fn a_heating_season_spans_new_year() {
        let heating = schedule(r#"{"seasons":[{"from":"11-15","to":"03-15"}]}"#);
        assert_eq!(heating.closing_at(datetime!(2027-01-01 0:00 UTC)), None);
        assert_eq!(heating.closing_at(datetime!(2027-03-15 15:59 UTC)), None);
        assert_eq!(
            heating.closing_at(datetime!(2027-03-15 16:00 UTC)),
            Some(Closing::Season)
        );
    }

    #[test]
    fn maintenance_closes_with_its_notice() {
        let text = r#"{"maintenance":[{"is":"once","from":"2026-12-01T00:00:00Z",
            "to":"2026-12-01T01:00:00Z","notice":{"zh-CN":"维护","en":"Maintenance"}}]}"#;
        let schedule = schedule(text);
        let closing = schedule.closing_at(datetime!(2026-12-01 0:30 UTC));
        assert!(matches!(closing, Some(Closing::Maintenance(Some(_)))));
        assert_eq!(schedule.closing_at(datetime!(2026-12-01 1:00 UTC)), None);
    }

    #[test]
    fn impossible_times_and_days_are_refused() {
        for bad in ["8:00", "08:60", "24:01", "ab:cd", "+1:00", ""] {
            assert_eq!(bad.parse::<TimeOfDay>(), Err(ScheduleError::Time), "{bad}");
        }
        for bad in ["02-30", "13-01", "00-10", "04-31", "1-1"] {
            assert_eq!(bad.parse::<MonthDay>(), Err(ScheduleError::Day), "{bad}");
        }
        assert_eq!("24:00".parse::<TimeOfDay>().unwrap().minutes(), 1_440);
    }
}
