//! The services: what the mapping lists, with what follows from the document.

use guichet_registry::Texts;
use serde_json::{Value, json};

use super::WorkshopError;
use super::calls::Calls;
use super::document::Document;
use super::plan::{Deduplicates, Plan};

/// `services.jsonl`
pub(super) fn lines(
    document: &Document,
    plan: &Plan,
    calls: &Calls<'_>,
    notices: &mut Vec<String>,
) -> Result<String, WorkshopError> {
    if plan.services.is_empty() {
        return Err(WorkshopError::openapi(
            "the mapping",
            "it lists no service",
            "write at least one [[services]] with code, biller, regions and category",
        ));
    }
    let mut lines = String::new();
    for (index, table) in plan.services.iter().enumerate() {
        let mut service = json!(table);
        for key in ["code", "biller", "regions", "category"] {
            if service.get(key).is_none() {
                return Err(WorkshopError::openapi(
                    format!("the mapping, services {}", index + 1),
                    format!("it has no {key}"),
                    "write it as docs/manifest.md says of a service",
                ));
            }
        }
        let title = title(document, plan);
        if title["zh-CN"] == title["en"] && service.get("titles").is_none() {
            notices.push(format!(
                "services.jsonl: {} is titled {} in every language; write titles = {{ zh-CN = \"…\", en = \"…\" }} into the mapping",
                service["code"], title["en"]
            ));
        }
        let described = texts_or(
            plan.descriptions.as_ref(),
            title["en"].as_str().unwrap_or(""),
        );
        for (key, usual) in [
            ("kind", json!("bill-payment")),
            ("titles", title),
            ("descriptions", described),
            ("inputs", calls.inputs.schema.clone()),
            ("payment", payment(plan, calls)),
        ] {
            if service.get(key).is_none() {
                service[key] = usual;
            }
        }
        lines.push_str(&format!("{service}\n"));
    }
    Ok(lines)
}

/// Terms of payment: what the biller can do is what the mapping says.
fn payment(plan: &Plan, calls: &Calls<'_>) -> Value {
    let status = match &plan.status {
        None => json!({"is": "none"}),
        Some(status) => match status.authoritative_after_seconds {
            None => json!({"is": "advisory"}),
            Some(seconds) => json!({"is": "authoritative", "after_seconds": seconds}),
        },
    };
    let reversal = match &plan.reversal {
        None => json!({"is": "none"}),
        Some(reversal) => {
            json!({"is": "same-day", "until": reversal.until.as_deref().unwrap_or("22:00")})
        }
    };
    json!({
        "flow": "query-then-pay",
        "amount": {"rule": {"is": "exact"}},
        "selection": calls.selection(),
        "capabilities": {
            "deduplicates": plan.submit.deduplicates == Some(Deduplicates::Yes),
            "status": status,
            "reversal": reversal,
        },
    })
}

/// The title of a service and of its bills.
pub(super) fn title(document: &Document, plan: &Plan) -> Value {
    let title = document.value["info"]["title"].as_str();
    texts_or(plan.titles.as_ref(), title.unwrap_or(&plan.package))
}

/// Texts that are written, else one text in both languages.
pub(super) fn texts_or(texts: Option<&Texts>, otherwise: &str) -> Value {
    texts.map_or_else(
        || json!({"zh-CN": otherwise, "en": otherwise}),
        |texts| json!(texts),
    )
}
