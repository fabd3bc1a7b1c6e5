//! When a service is closed: season, cut-off and maintenance.

use serde_json::{Map, Value, json};

use crate::catalogue::service::{Kind, Service};
use crate::catalogue::traits::Daily;

pub(super) fn schedule(service: &Service) -> Value {
    let mut schedule = Map::new();
    if service.kind == Kind::BillPayment && service.line.family == "tax" {
        schedule.insert("cut_off".to_owned(), json!("23:00"));
    }
    if let Some(season) = service.traits.season {
        let day = |(month, day): (u8, u8)| format!("{month:02}-{day:02}");
        let season = json!({"from": day(season.from), "to": day(season.to)});
        schedule.insert("seasons".to_owned(), json!([season]));
    }
    if let Some(hours) = service.traits.maintenance {
        schedule.insert("maintenance".to_owned(), json!([maintenance(hours)]));
    }
    if schedule.is_empty() {
        Value::Null
    } else {
        Value::Object(schedule)
    }
}

fn maintenance(hours: Daily) -> Value {
    let (from, to) = (time_of_day(hours.from_minute), time_of_day(hours.to_minute));
    json!({
        "is": "recurring",
        "hours": {"from": from, "to": to},
        "notice": {
            "zh-CN": format!("每日{from}至{to}系统维护，请稍后再办"),
            "en": format!("Closed for maintenance every day from {from} to {to}; please come back later"),
        },
    })
}

pub(super) fn time_of_day(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
