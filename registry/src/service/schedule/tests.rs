//! Hours over midnight, seasons over New Year, maintenance and bad values.

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
