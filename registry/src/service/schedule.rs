//! When a service is open: hours, season and maintenance, in Asia/Shanghai.
//! The accounting date is the payment room's matter.

mod moment;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, UtcOffset};

pub use moment::{MonthDay, ScheduleError, TimeOfDay};

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
mod tests;
