//! The time of day at which one accounting date turns into the next (日切).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

const MINUTES: u16 = 24 * 60;
const MINUTE_US: i64 = 60_000_000;

/// When an accounting date turns, by the clock in Asia/Shanghai. Times from
/// noon on end the calendar day early; times before noon let the day before go
/// on into the night.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "String")]
pub struct CutOff {
    /// Minutes since midnight, 0 to 1,439.
    minute: u16,
}

impl CutOff {
    /// The accounting date is the calendar's.
    pub const MIDNIGHT: Self = Self { minute: 0 };

    /// By how much moments are moved before their calendar day is taken.
    pub(super) const fn shift_us(self) -> i64 {
        if self.minute >= MINUTES / 2 {
            (MINUTES - self.minute) as i64 * MINUTE_US
        } else {
            -(self.minute as i64 * MINUTE_US)
        }
    }
}

impl Default for CutOff {
    fn default() -> Self {
        Self::MIDNIGHT
    }
}

/// A text that is no cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a time in Asia/Shanghai such as 23:00, or 24:00 for midnight")]
pub struct CutOffError;

impl FromStr for CutOff {
    type Err = CutOffError;

    fn from_str(text: &str) -> Result<Self, CutOffError> {
        if text == "24:00" {
            return Ok(Self::MIDNIGHT);
        }
        let (hour, minute) = text.split_once(':').ok_or(CutOffError)?;
        let two = |digits: &str, below: u16| -> Result<u16, CutOffError> {
            let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let number: u16 = digits.parse().map_err(|_| CutOffError)?;
            if plain && number < below {
                Ok(number)
            } else {
                Err(CutOffError)
            }
        };
        let minute = two(hour, 24)? * 60 + two(minute, 60)?;
        Ok(Self { minute })
    }
}

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

impl fmt::Debug for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<CutOff> for String {
    fn from(cut_off: CutOff) -> Self {
        cut_off.to_string()
    }
}

impl<'de> Deserialize<'de> for CutOff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_times_of_a_day_are_read() {
        for text in ["00:00", "23:59", "12:00", "05:30"] {
            let cut_off: CutOff = text.parse().unwrap();
            assert_eq!(cut_off.to_string(), text);
        }
        assert_eq!("24:00".parse(), Ok(CutOff::MIDNIGHT));
        let evening: CutOff = "23:00".parse().unwrap();
        assert_eq!(format!("{evening:?}"), "23:00");
        let json = serde_json::to_string(&evening).unwrap();
        assert_eq!(json, "\"23:00\"");
        assert_eq!(serde_json::from_str::<CutOff>(&json).unwrap(), evening);
        for wrong in [
            "", "24:01", "23:60", "1:00", "+1:00", "23", "23:0", "23:000",
        ] {
            assert_eq!(wrong.parse::<CutOff>(), Err(CutOffError), "{wrong}");
        }
    }
}
