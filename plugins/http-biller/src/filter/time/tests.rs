//! Formats, zones, and texts that are no time.

use super::*;

fn shown(node: Result<Node<'static>, Fault>) -> String {
    node.expect("a time")
        .plain()
        .unwrap_or_default()
        .into_owned()
}

#[test]
fn moments_in_several_formats_and_zones() {
    let now = "1763713800000";
    assert_eq!(
        shown(format(now, "yyyyMMddHHmmss", SHANGHAI_SECONDS)),
        "20251121163000"
    );
    assert_eq!(
        shown(format(now, "yyyy-MM-dd HH:mm:ss.SSS", 0)),
        "2025-11-21 08:30:00.000"
    );
    assert_eq!(shown(format(now, "unix", 0)), "1763713800");
    assert_eq!(
        shown(format(now, "rfc3339", SHANGHAI_SECONDS)),
        "2025-11-21T16:30:00+08:00"
    );
    assert_eq!(
        shown(format("2026-11-21", "yyyyMMdd", SHANGHAI_SECONDS)),
        "20261121"
    );
    assert_eq!(
        shown(format(
            "2026-11-21T08:30:00Z",
            "yyyy'年'MM'月'dd'日'",
            SHANGHAI_SECONDS
        )),
        "2026年11月21日"
    );
    assert_eq!(
        shown(instant(
            "20261121163000",
            "yyyyMMddHHmmss",
            SHANGHAI_SECONDS
        )),
        "2026-11-21T08:30:00Z"
    );
    assert_eq!(
        shown(instant("1763713800000", "millis", 0)),
        "2025-11-21T08:30:00Z"
    );
    assert_eq!(
        shown(instant("2026-11-21T16:30:00.5+08:00", "rfc3339", 0)),
        "2026-11-21T08:30:00Z"
    );
    assert_eq!(shown(date("20240229", "yyyyMMdd")), "2024-02-29");
}

#[test]
fn what_is_no_time_is_refused() {
    for (text, format) in [
        ("20230229", "yyyyMMdd"),
        ("20231301", "yyyyMMdd"),
        ("2023010", "yyyyMMdd"),
        ("202301011", "yyyyMMdd"),
        ("+0230101", "yyyyMMdd"),
        ("２０230101", "yyyyMMdd"),
        ("", "unix"),
        ("9999999999999999999", "unix"),
        ("999999999999999999", "unix"),
        ("2026-11-21T08:30:00", "rfc3339"),
        ("2026-11-21T25:30:00Z", "rfc3339"),
        ("2026-11-21T08:30:00+8:00", "rfc3339"),
    ] {
        assert!(instant(text, format, 0).is_err(), "{text} {format}");
    }
    assert!(check("YYYY").is_err());
    assert!(check("").is_err());
}

#[test]
fn every_day_of_eight_centuries_returns() {
    for day in -150_000..150_000 {
        let (year, month, date) = civil(day);
        assert_eq!(days(year, month, date), day);
    }
}
