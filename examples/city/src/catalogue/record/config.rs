//! What the mapping of the service's dialect asks of the configuration.

use serde_json::{Map, Value, json};

use super::terms::{PER_PAYMENT, selection};
use crate::catalogue::service::{Bills, Flow, Kind, Service};
use crate::catalogue::traits::Amounts;

/// The values, for declarative services only.
pub(super) fn config(service: &Service) -> Value {
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
