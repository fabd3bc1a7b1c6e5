//! Days, their order and their text.

use super::*;

#[test]
fn days_count_from_1970_and_back_over_all_years() {
    assert_eq!(Date::parse("1970-01-01").unwrap().days(), 0);
    assert_eq!(Date::parse("2000-03-01").unwrap().days(), 11_017);
    let mut last = Date::parse("0001-01-01").unwrap().days() - 1;
    let end = Date::parse("9999-12-31").unwrap().days();
    while last < end {
        let date = Date::from_days(last + 1).unwrap();
        assert_eq!(date.days(), last + 1);
        last += 1;
    }
    assert_eq!(Date::from_days(end).unwrap().to_string(), "9999-12-31");
    assert_eq!(Date::from_days(end + 1), None);
    assert_eq!(Date::from_days(i64::MAX), None);
    assert_eq!(Date::from_days(i64::MIN), None);
}

#[test]
fn dates_that_do_not_exist_are_refused() {
    for text in [
        "2026-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-1-01",
        "0000-01-01",
        "2026-11-31",
        "2026x11-21",
        "２０２６-1",
    ] {
        assert_eq!(Date::parse(text), None, "{text}");
    }
    assert!(Date::parse("2024-02-29").is_some());
    assert_eq!(
        Date::parse_compact("20261121").unwrap().to_string(),
        "2026-11-21"
    );
    assert_eq!(
        Date::parse("2026-12-31")
            .unwrap()
            .plus_days(1)
            .unwrap()
            .compact(),
        "20270101"
    );
}

#[test]
fn moments_are_read_in_every_spelling() {
    let moment = Moment::parse("2026-11-21T08:30:00Z").unwrap();
    assert_eq!(moment.unix_seconds(), 1_795_249_800);
    for text in [
        "2026-11-21T16:30:00+08:00",
        "2026-11-21 08:30:00.000Z",
        "2026-11-21t04:00:00-04:30",
    ] {
        assert_eq!(Moment::parse(text), Some(moment), "{text}");
    }
    assert_eq!(
        Moment::parse("2026-11-21T08:30:00.5Z").unwrap().unix_ms() % 1000,
        500
    );
    assert_eq!(
        Moment::parse_shanghai_compact("20261121163000"),
        Some(moment)
    );
    assert_eq!(Moment::parse_shanghai("2026-11-21 16:30:00"), Some(moment));
    assert_eq!(moment.to_string(), "2026-11-21T08:30:00Z");
    assert_eq!(moment.shanghai_compact(), "20261121163000");
    assert_eq!(moment.shanghai(), "2026-11-21 16:30:00");
}

#[test]
fn what_is_no_moment_is_refused() {
    for text in [
        "",
        "2026-11-21",
        "2026-11-21T08:30:00",
        "2026-11-21T24:00:00Z",
        "2026-11-21T08:30:00.Z",
        "2026-11-21T08:30:00+8:00",
        "2026-11-21T08:30:00Zx",
        "1969-12-31T23:59:59Z",
        "二〇二六年十一月二十一日",
    ] {
        assert_eq!(Moment::parse(text), None, "{text}");
    }
    assert_eq!(Moment::parse_shanghai_compact("2026112116300"), None);
    assert_eq!(Moment::parse_shanghai_compact("20261121１63"), None);
}

#[test]
fn the_day_in_shanghai_turns_at_sixteen_hours_utc() {
    let before = Moment::parse("2026-11-21T15:59:59Z").unwrap();
    assert_eq!(before.shanghai_date().to_string(), "2026-11-21");
    assert_eq!(
        before.plus_ms(1000).shanghai_date().to_string(),
        "2026-11-22"
    );
    assert_eq!(
        Moment::from_unix_ms(u64::MAX).shanghai_date().to_string(),
        "9999-12-31"
    );
}
