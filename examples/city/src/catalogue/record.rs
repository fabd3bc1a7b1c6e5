//! A service's catalogue record: the line of `services.jsonl` whose format the
//! registry defines (`registry/src/service.rs`). What a service is stands in
//! `service`; this is how it is told to a marketplace.

use serde_json::{Map, Value, json};

use super::inputs::{Form, Input};
use super::labels::label;
use super::line::{Audience, Timing};
use super::regions::Regions;
use super::service::{
    Amounts, Answering, Bills, Daily, Flow, Kind, Names, Reversal, Selection, Service, StatusQuery,
};

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

fn inputs(service: &Service) -> Value {
    let mut properties = Map::new();
    for (order, input) in service.inputs.iter().enumerate() {
        properties.insert(input.name.to_owned(), property(input, order));
    }
    let required: Vec<&str> = service
        .inputs
        .iter()
        .filter(|input| !input.optional)
        .map(|input| input.name)
        .collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema["additionalProperties"] = json!(false);
    schema
}

fn property(input: &Input, order: usize) -> Value {
    let texts_of = |pair: (&str, &str)| json!({"zh-CN": pair.0, "en": pair.1});
    let label = label(input.label);
    let mut hints = json!({
        "label": texts_of(label.label),
        "help": texts_of(label.help),
        "keyboard": label.keyboard,
        "order": order + 1,
        "remember": true,
    });
    let optional = [("mask", label.mask), ("scan", label.scan)];
    for (name, value) in optional
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    {
        hints[name] = json!(value);
    }
    let mut property = json!({"type": "string", "x-guichet": hints});
    if let Some(pattern) = input.form.pattern() {
        property["pattern"] = json!(pattern);
    }
    if let Form::Choice(values) = input.form {
        property["enum"] = json!(values);
    }
    property
}

fn payment(service: &Service) -> Value {
    if service.kind != Kind::BillPayment {
        return Value::Null;
    }
    let traits = &service.traits;
    let flow = match service.flow {
        Flow::Query => "query-then-pay",
        Flow::SecondStep => "second-step-query",
        Flow::Validate => "validate-then-pay",
        Flow::Direct => "direct",
    };
    let timing = match service.line.timing {
        Timing::Prepaid => "prepaid",
        Timing::Postpaid => "postpaid",
    };
    let mut terms = json!({
        "flow": flow,
        "timing": timing,
        "amount": amounts(service),
        "selection": selection(traits.selection),
        "capabilities": {
            "deduplicates": traits.deduplicates,
            "status": status(traits.status),
            "reversal": reversal(traits.reversal),
            "day_file": "biller",
        },
    });
    let fee = fee(service);
    if !fee.is_null() {
        terms["fee"] = fee;
    }
    terms
}

fn amounts(service: &Service) -> Value {
    let rule = match &service.traits.amounts {
        Amounts::Exact => json!({"is": "exact"}),
        Amounts::AtMost => json!({"is": "at-most", "maximum": cny(PER_PAYMENT)}),
        Amounts::Between(from, to) => {
            json!({"is": "between", "minimum": cny(*from), "maximum": cny(*to)})
        }
        Amounts::Steps(from, to, step) => {
            json!({"is": "steps", "minimum": cny(*from), "maximum": cny(*to), "step": cny(*step)})
        }
        Amounts::Choices(choices) => {
            json!({"is": "choices", "amounts": choices.iter().copied().map(cny).collect::<Vec<_>>()})
        }
        Amounts::WholePlus(allowance) => json!({"is": "whole-plus", "allowance": cny(*allowance)}),
    };
    let (payment, day) = match service.bills {
        Bills::Open => (PER_PREPAYMENT, PER_PREPAYMENT_DAY),
        Bills::None | Bills::Metered { .. } | Bills::Periodic { .. } | Bills::Decision { .. } => {
            (PER_PAYMENT, PER_DAY)
        }
    };
    json!({"rule": rule, "per_payment": cny(payment), "per_day": cny(day)})
}

/// Most in one payment of what is owed, and on one account and day, in fen.
const PER_PAYMENT: i64 = 50_000_000;
const PER_DAY: i64 = 100_000_000;
/// The same for what is bought before it is used.
const PER_PREPAYMENT: i64 = 500_000;
const PER_PREPAYMENT_DAY: i64 = 1_000_000;

fn cny(amount: i64) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

/// Utilities are free for the payer. Telecom and toll operators pay a rate, and
/// property managers a fixed sum, both withheld at settlement.
fn fee(service: &Service) -> Value {
    match service.category {
        "mobile" | "broadband" | "telephone" | "etc" => json!({
            "rule": {"is": "rate", "basis_points": 30, "minimum": cny(1), "maximum": cny(5_000)},
            "bearer": "biller",
        }),
        "property" | "parking" => {
            json!({"rule": {"is": "fixed", "amount": cny(20)}, "bearer": "biller"})
        }
        _ => Value::Null,
    }
}

const fn selection(selection: Selection) -> &'static str {
    match selection {
        Selection::Single => "single",
        Selection::Any => "any",
        Selection::All => "all",
        Selection::OldestFirst => "oldest-first",
    }
}

fn status(status: StatusQuery) -> Value {
    match status {
        StatusQuery::None => json!({"is": "none"}),
        StatusQuery::Advisory => json!({"is": "advisory"}),
        StatusQuery::Authoritative { after_seconds } => {
            json!({"is": "authoritative", "after_seconds": after_seconds})
        }
    }
}

fn reversal(reversal: Reversal) -> Value {
    match reversal {
        Reversal::None => json!({"is": "none"}),
        Reversal::SameDay { until_minute } => {
            json!({"is": "same-day", "until": time_of_day(until_minute)})
        }
    }
}

fn time_of_day(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn schedule(service: &Service) -> Value {
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

fn consent(service: &Service) -> Value {
    service.line.consent.map_or(Value::Null, |consent| {
        let purpose = json!({"zh-CN": consent.purpose.0, "en": consent.purpose.1});
        json!({"scopes": consent.scopes, "purpose": purpose, "valid_days": 30})
    })
}

/// What the mapping of the service's dialect asks of the configuration.
fn config(service: &Service) -> Value {
    if !service.dialect.is_declarative() {
        return Value::Null;
    }
    let mut config = Map::new();
    let mut put = |name: &str, value: &str| config.insert(name.to_owned(), json!(value));
    if service.kind == Kind::Inquiry {
        put("inquiry", service.line.family);
        put("topic", service.line.key);
        put("title_zh", service.line.title.0);
        put("title_en", service.line.title.1);
        return Value::Object(config);
    }
    match service.flow {
        Flow::Query => None,
        Flow::SecondStep => put("flow", "second-step"),
        Flow::Validate => put("flow", "validate"),
        Flow::Direct => put("flow", "direct"),
    };
    if service.bills == Bills::Open {
        put("rule", &rule(&service.traits.amounts));
    }
    if let Some(first) = service.inputs.first() {
        put("account_kind", first.label);
    }
    put("selection", selection(service.traits.selection));
    Value::Object(config)
}

/// The rule in the mapping's words, amounts in fen.
fn rule(amounts: &Amounts) -> String {
    let list = |values: &[i64]| {
        let texts: Vec<String> = values.iter().map(i64::to_string).collect();
        texts.join(",")
    };
    match amounts {
        Amounts::Exact => "exact".to_owned(),
        Amounts::AtMost => format!("at-most:{PER_PAYMENT}"),
        Amounts::Between(from, to) => format!("between:{}", list(&[*from, *to])),
        Amounts::Steps(from, to, step) => format!("steps:{}", list(&[*from, *to, *step])),
        Amounts::Choices(values) => format!("choices:{}", list(values)),
        Amounts::WholePlus(allowance) => format!("whole-plus:{allowance}"),
    }
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
