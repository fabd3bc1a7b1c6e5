//! A bill out of its section of the mapping: amounts, readings, tiers, rule.

use guichet_sdk::bill::{
    AmountRange, AmountRule, AmountSteps, Bill, Charge, LateCharge, LateChargeKind, Payability,
    Reading, Tier,
};
use guichet_sdk::{Money, Period};

use crate::error::Fault;
use crate::filter;
use crate::part::Part;
use crate::shapes::{date, details, fields, money, required_money, token};

const KEYS: [&str; 23] = [
    "number",
    "title",
    "from",
    "to",
    "payable_from",
    "payable_to",
    "principal",
    "charges",
    "late_charges",
    "discount",
    "brought_forward",
    "paid",
    "rounding",
    "readings",
    "tiers",
    "payable",
    "rule",
    "not_payable",
    "token",
    "order",
    "group",
    "fields",
    "details",
];

/// One bill. Of an open one only number, title and rule need be said.
pub(crate) fn bill(part: &Part<'_>) -> Result<Bill, Fault> {
    part.keys(&KEYS)?;
    let nothing = || Money {
        minor_units: 0,
        currency: part.view.call.currency.clone(),
    };
    let payable = money(part, "payable")?.unwrap_or_else(nothing);
    let from = date(part, "from")?;
    let to = date(part, "to")?;
    let index = part.view.row.map_or(0, |(_, index)| index);
    Ok(Bill {
        number: part.required_text("number")?,
        title: part.required_text("title")?,
        period: from.zip(to).map(|(from, to)| Period { from, to }),
        payable_from: date(part, "payable_from")?,
        payable_to: date(part, "payable_to")?,
        principal: money(part, "principal")?.unwrap_or_else(|| payable.clone()),
        charges: part.list("charges", charge)?,
        late_charges: late_charges(part)?,
        discount: money(part, "discount")?,
        brought_forward: money(part, "brought_forward")?,
        paid: money(part, "paid")?,
        rounding: money(part, "rounding")?,
        readings: part.list("readings", reading)?,
        tiers: part.list("tiers", tier)?,
        rule: part
            .parsed("rule", AmountRule::Exact, |text| rule(text, &payable))?
            .unwrap_or(AmountRule::Exact),
        payable,
        payability: part
            .text("not_payable")?
            .map_or(Payability::Payable, Payability::NotPayable),
        token: token(part, "token")?.unwrap_or_default(),
        order: part
            .whole("order")?
            .unwrap_or_else(|| u32::try_from(index).unwrap_or(u32::MAX)),
        group: part.text("group")?,
        fields: fields(part)?,
        details: details(part)?,
    })
}

/// A late charge of nothing is none.
fn late_charges(part: &Part<'_>) -> Result<Vec<LateCharge>, Fault> {
    let mut charges = part.list("late_charges", |charge| {
        charge.keys(&["kind", "amount"])?;
        let kind = charge.parsed("kind", LateChargeKind::LiquidatedDamages, |text| {
            Ok(late_kind(text))
        })?;
        Ok(LateCharge {
            kind: charge.required("kind", kind)?,
            amount: required_money(charge, "amount")?,
            details: Vec::new(),
        })
    })?;
    charges.retain(|charge| charge.amount.minor_units != 0);
    Ok(charges)
}

fn late_kind(text: &str) -> LateChargeKind {
    match text {
        "liquidated-damages" => LateChargeKind::LiquidatedDamages,
        "late-payment-surcharge" => LateChargeKind::LatePaymentSurcharge,
        "additional-penalty" => LateChargeKind::AdditionalPenalty,
        other => LateChargeKind::Other(other.to_owned()),
    }
}

fn charge(part: &Part<'_>) -> Result<Charge, Fault> {
    part.keys(&["code", "title", "amount", "payee", "treasury_code"])?;
    Ok(Charge {
        code: part.required_text("code")?,
        title: part.required_text("title")?,
        amount: required_money(part, "amount")?,
        payee: part.text("payee")?,
        treasury_code: part.text("treasury_code")?,
        details: Vec::new(),
    })
}

fn reading(part: &Part<'_>) -> Result<Reading, Fault> {
    part.keys(&[
        "meter",
        "previous",
        "current",
        "used",
        "measure",
        "multiplier",
        "read_on",
    ])?;
    Ok(Reading {
        meter: part.required_text("meter")?,
        previous: part.required_text("previous")?,
        current: part.required_text("current")?,
        used: part.required_text("used")?,
        measure: part.required_text("measure")?,
        multiplier: part.text("multiplier")?,
        read_on: date(part, "read_on")?,
        details: Vec::new(),
    })
}

fn tier(part: &Part<'_>) -> Result<Tier, Fault> {
    part.keys(&["name", "quantity", "measure", "unit_price", "amount"])?;
    Ok(Tier {
        name: part.required_text("name")?,
        quantity: part.required_text("quantity")?,
        measure: part.required_text("measure")?,
        unit_price: part.required_text("unit_price")?,
        amount: required_money(part, "amount")?,
        details: Vec::new(),
    })
}

/// `exact`, `at-most` (any part of what is payable), `at-most:N`, `at-least:N`, `between:MIN,MAX`, `steps:MIN,MAX,STEP`,
/// `choices:N,N,…`, `whole-plus:N`, amounts in the minor unit. A list may be
/// written as JSON too, as a configuration value is.
fn rule(text: &str, payable: &Money) -> Result<AmountRule, Fault> {
    let (name, numbers) = text.split_once(':').unwrap_or((text, ""));
    let separators = |character: char| matches!(character, ',' | '[' | ']' | '"' | ' ');
    let amounts: Vec<Money> = numbers
        .split(separators)
        .filter(|number| !number.is_empty())
        .map(|number| {
            Ok(Money {
                minor_units: filter::whole(number)?,
                currency: payable.currency.clone(),
            })
        })
        .collect::<Result<_, Fault>>()?;
    let wrong = || {
        Fault::mapping(
            "is exact, at-most:N, at-least:N, between:MIN,MAX, steps:MIN,MAX,STEP, choices:N,N or whole-plus:N, in the minor unit",
        )
    };
    if name == "choices" && !amounts.is_empty() {
        return Ok(AmountRule::Choices(amounts));
    }
    let mut amounts = amounts.into_iter();
    let mut next = || amounts.next().ok_or_else(wrong);
    let rule = match name {
        "exact" => AmountRule::Exact,
        "at-most" if numbers.is_empty() => AmountRule::AtMost(payable.clone()),
        "at-most" => AmountRule::AtMost(next()?),
        "at-least" => AmountRule::AtLeast(next()?),
        "between" => AmountRule::Between(AmountRange {
            minimum: next()?,
            maximum: next()?,
        }),
        "steps" => AmountRule::Steps(AmountSteps {
            minimum: next()?,
            maximum: next()?,
            step: next()?,
        }),
        "whole-plus" => AmountRule::WholePlus(next()?),
        _ => return Err(wrong()),
    };
    if amounts.next().is_some() {
        Err(wrong())
    } else {
        Ok(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read() {
        let fen = |minor_units| Money {
            minor_units,
            currency: "CNY".to_owned(),
        };
        assert_eq!(rule("exact", &fen(0)), Ok(AmountRule::Exact));
        assert_eq!(
            rule("between:1000,200000", &fen(0)),
            Ok(AmountRule::Between(AmountRange {
                minimum: fen(1000),
                maximum: fen(200_000)
            }))
        );
        assert_eq!(
            rule("choices:[1000, 2000]", &fen(0)),
            Ok(AmountRule::Choices(vec![fen(1000), fen(2000)]))
        );
        for wrong in [
            "",
            "exat",
            "between:1",
            "between:1,2,3",
            "choices:",
            "at-most:x",
            "exact:1",
        ] {
            assert!(rule(wrong, &fen(0)).is_err(), "{wrong}");
        }
    }
}
