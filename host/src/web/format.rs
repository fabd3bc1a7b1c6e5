//! Amounts, moments and dates for people. Reading amounts back from a form is
//! here too, so that both ways agree. No floats.

use guichet_domain::{Currency, Moment, Money};
use guichet_sandbox::contract::types;

use super::texts::{Texts, fill};

/// `¥86.50`; other currencies with their code.
#[must_use]
pub fn money(amount: Money) -> String {
    let sign = if amount.minor_units() < 0 { "−" } else { "" };
    let text = major(amount.minor_units().unsigned_abs());
    if amount.currency() == Currency::CNY {
        format!("{sign}¥{text}")
    } else {
        format!("{sign}{text} {}", amount.currency())
    }
}

/// An amount of the contract.
#[must_use]
pub fn contract_money(amount: &types::Money) -> String {
    match crate::plugins::translate::money(amount) {
        Some(amount) => money(amount),
        None => String::new(),
    }
}

/// Minor units as `86.50`, for a form's field.
#[must_use]
pub fn plain(amount: Money) -> String {
    major(amount.minor_units().unsigned_abs())
}

/// People know their account by its last characters.
#[must_use]
pub(super) fn account(account: &str, t: &Texts) -> String {
    let skipped = account.chars().count().saturating_sub(4);
    let end: String = account.chars().skip(skipped).collect();
    fill(&t.account_ending, &[("end", &end)])
}

fn major(minor_units: u64) -> String {
    let whole = (minor_units / 100).to_string();
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{:02}", minor_units % 100)
}

/// Reads what a citizen typed: `86.5`, `86.50`, `1,200`, `¥20`.
#[must_use]
pub fn read_yuan(text: &str) -> Option<Money> {
    let text: String = text
        .trim()
        .trim_start_matches(['¥', '￥'])
        .chars()
        .filter(|c| *c != ',')
        .collect();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    Some(Money::cny(whole.parse::<i64>().ok()? * 100 + part))
}

/// A moment in Shanghai: `2026-11-21 16:30`.
#[must_use]
pub fn moment(moment: Moment) -> String {
    // Asia/Shanghai has had no summer time since 1991.
    let local = moment.plus_ms(8 * 3_600_000).to_string();
    local.get(..16).unwrap_or(&local).replace('T', " ")
}

/// A moment of the contract, or its text where it is none.
#[must_use]
pub fn contract_moment(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_back_as_they_were_written() {
        assert_eq!(money(Money::cny(8_650)), "¥86.50");
        assert_eq!(money(Money::cny(123_456_789)), "¥1,234,567.89");
        assert_eq!(money(Money::cny(187_200)), "¥1,872.00");
        assert_eq!(money(Money::cny(-5)), "−¥0.05");
        for minor_units in [0, 5, 50, 8_650, 123_456_789] {
            assert_eq!(
                read_yuan(&plain(Money::cny(minor_units))),
                Some(Money::cny(minor_units))
            );
        }
        assert_eq!(read_yuan("¥ 20"), None);
        assert_eq!(read_yuan("20.5"), Some(Money::cny(2_050)));
        for bad in ["", ".", "-1", "1.234", "1e3", "１２"] {
            assert_eq!(read_yuan(bad), None, "{bad}");
        }
    }

    #[test]
    fn moments_are_shown_in_shanghai() {
        assert_eq!(contract_moment("2026-11-21T16:30:00Z"), "2026-11-22 00:30");
        assert_eq!(contract_moment("soon"), "soon");
    }
}
