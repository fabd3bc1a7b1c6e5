//! Times of day and days of the year, as people write them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
pub struct TimeOfDay(pub(super) u16);

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
    pub(super) month: u8,
    pub(super) day: u8,
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
