//! Terms that can be kept, and all those that cannot.

use serde_json::{Value, json};

use super::*;

fn faults(terms: Value) -> String {
    let terms: PaymentTerms = serde_json::from_value(terms).unwrap();
    check(&terms)
        .iter()
        .map(|fault| format!("{}; {}\n", fault.problem, fault.mend))
        .collect()
}

fn with_rule(rule: &Value) -> String {
    faults(json!({"flow": "direct", "amount": {"rule": rule}}))
}

fn cny(amount: i64) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

#[test]
fn lawful_terms_pass() {
    assert_eq!(faults(json!({"flow": "query-then-pay"})), "");
    for rule in [
        json!({"is": "choices", "amounts": [cny(3_000), cny(5_000)]}),
        json!({"is": "between", "minimum": cny(1), "maximum": cny(2)}),
        json!({"is": "steps", "minimum": cny(10), "maximum": cny(20), "step": cny(10)}),
    ] {
        assert_eq!(with_rule(&rule), "");
    }
    let fee =
        json!({"rule": {"is": "rate", "basis_points": 60, "minimum": cny(1), "maximum": cny(9)}});
    assert_eq!(faults(json!({"flow": "query-then-pay", "fee": fee})), "");
}

#[test]
fn rules_that_cannot_be_kept_are_refused() {
    let dollar = json!({"amount": 5, "currency": "USD"});
    let cases = [
        (json!({"is": "exact"}), "choose the amount"),
        (
            json!({"is": "between", "minimum": cny(2), "maximum": cny(1)}),
            "above the maximum",
        ),
        (
            json!({"is": "between", "minimum": cny(0), "maximum": cny(1)}),
            "not between 1 and",
        ),
        (
            json!({"is": "between", "minimum": cny(1), "maximum": dollar}),
            "different currencies",
        ),
        (
            json!({"is": "at-most", "maximum": cny(i64::MAX)}),
            "not between 1 and",
        ),
        (
            json!({"is": "steps", "minimum": cny(1), "maximum": cny(5), "step": cny(6)}),
            "the step",
        ),
        (json!({"is": "choices", "amounts": []}), "ascending"),
        (
            json!({"is": "choices", "amounts": [cny(2), cny(2)]}),
            "ascending",
        ),
    ];
    for (rule, expected) in cases {
        let found = with_rule(&rule);
        assert!(found.contains(expected), "{rule}: {found:?}");
    }
}

#[test]
fn limits_and_fees_must_leave_something_to_pay() {
    let rule = json!({"is": "at-least", "minimum": cny(100)});
    let low = json!({"flow": "direct", "amount": {"rule": rule, "per_payment": cny(99)}});
    assert!(faults(low).contains("nothing can be paid"));
    let day = json!({"flow": "query-then-pay",
        "amount": {"rule": {"is": "exact"}, "per_payment": cny(100), "per_day": cny(99)}});
    assert!(faults(day).contains("the day's is below"));
    let fee = json!({"rule": {"is": "fixed", "amount": cny(-1)}});
    assert!(faults(json!({"flow": "query-then-pay", "fee": fee})).contains("negative"));
    let late = json!({"status": {"is": "authoritative", "after_seconds": 86_401}});
    let late = faults(json!({"flow": "query-then-pay", "capabilities": late}));
    assert!(late.contains("after a day at most"));
}
