//! A statement as the bill page draws it.

use guichet_domain::Money;
use guichet_sandbox::contract::bill_payment as contract;
use guichet_sandbox::contract::types;

use super::format;
use super::texts::{Texts, fill};
use crate::plugins::translate;

/// A label and a value.
#[derive(Debug, Clone)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(label: &str, value: impl Into<String>) -> Self {
        Self {
            label: label.to_owned(),
            value: value.into(),
        }
    }
}

/// One bill.
#[derive(Debug)]
pub struct BillView {
    /// The biller's number.
    pub number: String,
    /// For people.
    pub title: String,
    /// From and to.
    pub period: Option<(String, String)>,
    /// What is owed; empty for an open bill.
    pub amount: String,
    /// The same for the script that adds up what is chosen.
    pub minor_units: i64,
    /// Why it cannot be paid, where it cannot.
    pub closed: Option<String>,
    /// `checkbox` or `radio`; `hidden` where there is nothing to choose.
    pub control: &'static str,
    /// Whether it is chosen at first.
    pub chosen: bool,
    /// Parts of the amount.
    pub lines: Vec<Fact>,
}

/// The field for a free amount.
#[derive(Debug)]
pub struct AmountField {
    /// What stands in it at first.
    pub value: String,
    /// What may stand in it.
    pub help: String,
    /// Amounts to choose from, where the rule lists them.
    pub choices: Vec<super::form::Choice>,
}

/// The account's facts; its number is labelled as in the form, where it was
/// typed in: a decision on a fine is no account.
#[must_use]
pub fn account(statement: &contract::Statement, number_label: &str, t: &Texts) -> Vec<Fact> {
    let Some(account) = &statement.account else {
        return Vec::new();
    };
    let mut facts = vec![Fact::new(number_label, &account.number)];
    let mut add = |label: &str, value: Option<String>| {
        facts.extend(value.map(|value| Fact::new(label, value)));
    };
    add(&t.holder, account.holder_name.clone());
    add(&t.address, account.address.clone());
    add(
        &t.balance,
        account.balance.as_ref().map(format::contract_money),
    );
    add(
        &t.arrears,
        account.arrears.as_ref().map(format::contract_money),
    );
    facts.extend(account.fields.iter().map(field));
    facts
}

/// A labelled value, by its format.
#[must_use]
pub fn field(field: &types::Field) -> Fact {
    Fact::new(&field.label, value(&field.value, &field.format))
}

/// A value by its format; an unknown format is shown as text.
#[must_use]
pub fn value(value: &str, format_name: &str) -> String {
    let amount = format_name
        .strip_prefix("money:")
        .and_then(|currency| Some(Money::new(value.parse().ok()?, currency.parse().ok()?)));
    match (amount, format_name) {
        (Some(amount), _) => format::money(amount),
        (None, "instant") => format::contract_moment(value),
        (None, "percent") => format!("{value} %"),
        (None, _) => value.to_owned(),
    }
}

/// All bills, chosen at first as the selection allows.
#[must_use]
pub fn bills(statement: &contract::Statement, t: &Texts) -> Vec<BillView> {
    let single = matches!(statement.selection, contract::Selection::Single);
    let payable = statement.bills.iter().filter(|bill| closed(bill).is_none());
    let no_choice = payable.count() == 1 || matches!(statement.selection, contract::Selection::All);
    let mut first = true;
    statement
        .bills
        .iter()
        .map(|bill| {
            let closed = closed(bill);
            let is_first = std::mem::take(&mut first) && closed.is_none();
            BillView {
                number: bill.number.clone(),
                title: bill.title.clone(),
                period: bill
                    .period
                    .as_ref()
                    .map(|period| (period.from.clone(), period.to.clone())),
                amount: if is_open(bill) {
                    String::new()
                } else {
                    format::contract_money(&bill.payable)
                },
                control: match (no_choice, single) {
                    (true, _) => "hidden",
                    (false, true) => "radio",
                    (false, false) => "checkbox",
                },
                minor_units: bill.payable.minor_units,
                chosen: closed.is_none() && (!single || is_first),
                lines: lines(bill, t),
                closed,
            }
        })
        .collect()
}

fn closed(bill: &contract::Bill) -> Option<String> {
    match &bill.payability {
        contract::Payability::Payable => None,
        contract::Payability::NotPayable(reason) | contract::Payability::Other(reason) => {
            Some(reason.clone())
        }
    }
}

/// Whether the citizen says how much.
#[must_use]
pub fn is_open(bill: &contract::Bill) -> bool {
    !matches!(bill.rule, contract::AmountRule::Exact) && bill.payable.minor_units == 0
}

fn lines(bill: &contract::Bill, t: &Texts) -> Vec<Fact> {
    if is_open(bill) {
        return bill.fields.iter().map(field).collect();
    }
    let mut lines = Vec::new();
    let has_parts =
        !(bill.late_charges.is_empty() && bill.discount.is_none() && bill.paid.is_none());
    if has_parts {
        lines.push(Fact::new(
            &t.principal,
            format::contract_money(&bill.principal),
        ));
    }
    lines.extend(
        bill.charges
            .iter()
            .map(|charge| Fact::new(&charge.title, format::contract_money(&charge.amount))),
    );
    lines.extend(bill.late_charges.iter().map(|late| {
        Fact::new(
            late_label(&late.kind, t),
            format::contract_money(&late.amount),
        )
    }));
    for (label, amount) in [
        (&t.discount, &bill.discount),
        (&t.brought_forward, &bill.brought_forward),
        (&t.paid_part, &bill.paid),
    ] {
        let less = |amount: &types::Money| format!("−{}", format::contract_money(amount));
        lines.extend(amount.as_ref().map(|amount| Fact::new(label, less(amount))));
    }
    lines.extend(
        bill.rounding
            .as_ref()
            .map(|r| Fact::new(&t.rounding, format::contract_money(r))),
    );
    lines.extend(bill.readings.iter().map(|reading| {
        let text = format!(
            "{} → {} ({} {})",
            reading.previous, reading.current, reading.used, reading.measure
        );
        Fact::new(&t.reading, text)
    }));
    lines.extend(bill.tiers.iter().map(|tier| {
        let text = format!(
            "{} {} × {} = {}",
            tier.quantity,
            tier.measure,
            tier.unit_price,
            format::contract_money(&tier.amount)
        );
        Fact::new(&tier.name, text)
    }));
    lines.extend(bill.payable_to.as_ref().map(|day| Fact::new(&t.due, day)));
    lines.extend(bill.fields.iter().map(field));
    lines
}

fn late_label<'a>(kind: &contract::LateChargeKind, t: &'a Texts) -> &'a str {
    match kind {
        contract::LateChargeKind::LiquidatedDamages => &t.late_charge_liquidated,
        contract::LateChargeKind::LatePaymentSurcharge => &t.late_charge_surcharge,
        contract::LateChargeKind::AdditionalPenalty => &t.late_charge_penalty,
        contract::LateChargeKind::Other(_) => &t.late_charge_other,
    }
}

/// How bills are chosen, in words.
#[must_use]
pub fn selection<'a>(selection: &contract::Selection, t: &'a Texts) -> &'a str {
    match selection {
        contract::Selection::Single | contract::Selection::Other(_) => &t.select_single,
        contract::Selection::Any => &t.select_any,
        contract::Selection::All => &t.select_all,
        contract::Selection::OldestFirst => &t.select_oldest,
    }
}

/// The amount field where a single bill takes a free amount.
#[must_use]
pub fn amount_field(statement: &contract::Statement, t: &Texts) -> Option<AmountField> {
    let [bill] = statement.bills.as_slice() else {
        return None;
    };
    let yuan = |amount: &types::Money| {
        translate::money(amount)
            .map(format::plain)
            .unwrap_or_default()
    };
    let owed = yuan(&bill.payable);
    let value = if is_open(bill) { String::new() } else { owed };
    let help = match &bill.rule {
        contract::AmountRule::Exact | contract::AmountRule::Other(_) => return None,
        contract::AmountRule::AtMost(most) => fill(&t.amount_at_most, &[("maximum", &yuan(most))]),
        contract::AmountRule::AtLeast(least) => {
            fill(&t.amount_at_least, &[("minimum", &yuan(least))])
        }
        contract::AmountRule::Between(range) => fill(
            &t.amount_between,
            &[
                ("minimum", &yuan(&range.minimum)),
                ("maximum", &yuan(&range.maximum)),
            ],
        ),
        contract::AmountRule::Steps(steps) => fill(
            &t.amount_steps,
            &[
                ("minimum", &yuan(&steps.minimum)),
                ("maximum", &yuan(&steps.maximum)),
                ("step", &yuan(&steps.step)),
            ],
        ),
        contract::AmountRule::WholePlus(allowance) => {
            fill(&t.amount_whole_plus, &[("maximum", &yuan(allowance))])
        }
        contract::AmountRule::Choices(_) => t.amount_choose.clone(),
    };
    let choices = match &bill.rule {
        contract::AmountRule::Choices(amounts) => amounts
            .iter()
            .map(|amount| super::form::Choice {
                value: yuan(amount),
                label: format::contract_money(amount),
                chosen: false,
            })
            .collect(),
        _ => Vec::new(),
    };
    Some(AmountField {
        value,
        help,
        choices,
    })
}
