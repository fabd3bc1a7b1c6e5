//! A service's catalogue record: the line of `services.jsonl` whose format the
//! registry defines (`registry/src/service.rs`). What a service is stands in
//! `service`; this is how it is told to a marketplace.

mod config;
mod form;
mod schedule;
mod terms;

use serde_json::{Map, Value, json};

use config::config;
use form::inputs;
use schedule::schedule;
use terms::payment;

use super::line::Audience;
use super::regions::Regions;
use super::service::{Flow, Kind, Names, Service};
use super::traits::Answering;

/// The record as JSON, its keys in the order of the format.
#[must_use]
pub fn record(service: &Service, regions: &Regions) -> Value {
    let mut record = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            record.insert(name.to_owned(), value);
        }
    };
    put("code", json!(service.code));
    put("kind", json!(service.kind.as_str()));
    put(
        "biller",
        json!({"id": service.biller.id, "names": texts(&service.biller.names)}),
    );
    put("category", json!(service.category));
    put("regions", json!(service.regions));
    put(
        "coverage",
        if service.coverage.is_empty() {
            Value::Null
        } else {
            json!(service.coverage)
        },
    );
    put("titles", texts(&service.title));
    put("descriptions", texts(&description(service, regions)));
    put("keywords", json!(service.line.keywords));
    put("audiences", audiences(service.line.audience));
    put("inputs", inputs(service));
    put("payment", payment(service));
    put("schedule", schedule(service));
    put("consent", consent(service));
    put(
        "assurance",
        service
            .line
            .consent
            .map_or(Value::Null, |consent| json!(consent.assurance)),
    );
    put(
        "masks",
        json!({"holder_name": "keep-first", "address": "keep-third"}),
    );
    put("config", config(service));
    put("notice", notice(service));
    Value::Object(record)
}

fn texts(names: &Names) -> Value {
    json!({"zh-CN": names.zh, "en": names.en})
}

fn audiences(audience: Audience) -> Value {
    match audience {
        Audience::Persons => json!(["person"]),
        Audience::Firms => json!(["firm"]),
        Audience::Both => json!(["person", "firm"]),
    }
}

fn description(service: &Service, regions: &Regions) -> Names {
    let (zh_title, en_title) = service.line.title;
    let (zh_doing, en_doing) = match (service.kind, service.flow) {
        (Kind::Inquiry, _) => ("在线查询", "Ask for your"),
        (Kind::Credential, _) => ("出示", "Show your"),
        (Kind::BillPayment, Flow::Query) => ("查询并缴纳", "Look up and pay the"),
        (Kind::BillPayment, Flow::SecondStep) => (
            "凭手机号码查找户号，查询并缴纳",
            "Find your account by mobile number and pay the",
        ),
        (Kind::BillPayment, Flow::Validate) => {
            ("核对账户后办理", "Check the account, then pay for")
        }
        (Kind::BillPayment, Flow::Direct) => ("直接办理", "Pay directly:"),
    };
    let (zh_area, en_area) = area(service, regions);
    Names::new(
        format!(
            "{zh_doing}{zh_title}，由{}（模拟单位）提供。服务范围：{zh_area}。",
            service.biller.names.zh
        ),
        format!(
            "{en_doing} {en_title}, served by {}. Area: {en_area}.",
            service.biller.names.en
        ),
    )
}

/// Names of the regions served, so that a search for a district finds them.
fn area(service: &Service, regions: &Regions) -> (String, String) {
    let places: Vec<_> = service
        .regions
        .iter()
        .filter_map(|code| regions.place(code))
        .collect();
    if places.is_empty() {
        return ("全国".to_owned(), "the whole country".to_owned());
    }
    let zh: Vec<&str> = places.iter().map(|place| place.names.zh.as_str()).collect();
    let en: Vec<&str> = places.iter().map(|place| place.names.en.as_str()).collect();
    (zh.join("、"), en.join(", "))
}

fn consent(service: &Service) -> Value {
    service.line.consent.map_or(Value::Null, |consent| {
        let purpose = json!({"zh-CN": consent.purpose.0, "en": consent.purpose.1});
        json!({"scopes": consent.scopes, "purpose": purpose, "valid_days": 30})
    })
}

fn notice(service: &Service) -> Value {
    if let Some(season) = service.traits.season {
        let (from, to) = (season.from, season.to);
        return json!({
            "zh-CN": format!("每年{}月{}日至次年{}月{}日受理缴费", from.0, from.1, to.0, to.1),
            "en": format!(
                "Payments are taken from {:02}-{:02} to {:02}-{:02} of the following year",
                from.0, from.1, to.0, to.1
            ),
        });
    }
    if service.traits.answering != Answering::Immediate {
        return json!({
            "zh-CN": "查询结果需要稍等片刻",
            "en": "The answer takes a moment to arrive",
        });
    }
    Value::Null
}
