//! Amounts without floats: whole minor units, and decimal text where billers
//! write yuan.

use crate::Money;

impl Money {
    /// An amount in the minor unit of a currency.
    #[must_use]
    pub fn new(minor_units: i64, currency: &str) -> Self {
        Self {
            minor_units,
            currency: currency.to_owned(),
        }
    }

    /// An amount in fen.
    #[must_use]
    pub fn fen(fen: i64) -> Self {
        Self::new(fen, "CNY")
    }

    /// Yuan as billers write them: `86.50`.
    #[must_use]
    pub fn yuan_text(&self) -> String {
        format_yuan(self.minor_units)
    }
}

/// Reads yuan as decimal text (`86.5`, `86.50`, `-3`, `0.05`) as fen; none where
/// it is anything else, has parts of a fen that are not zero, or is too large.
#[must_use]
pub fn parse_yuan(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let (fen, rest) = fraction.split_at_checked(fraction.len().min(2))?;
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let fen: i64 = fen.parse::<i64>().ok()? * if fen.len() == 1 { 10 } else { 1 };
    let yuan: i64 = whole.parse().ok()?;
    yuan.checked_mul(100)?.checked_add(fen)?.checked_mul(sign)
}

/// Writes fen as yuan with two decimals.
#[must_use]
pub fn format_yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_and_written_exactly() {
        let cases = [
            ("86.50", 8650),
            ("0.05", 5),
            ("-3.00", -300),
            ("92233720368547758.07", i64::MAX),
        ];
        for (text, fen) in cases {
            assert_eq!(parse_yuan(text), Some(fen));
            assert_eq!(format_yuan(fen), text);
        }
        assert_eq!(parse_yuan("86.5"), Some(8650));
        assert_eq!(parse_yuan(" 7 "), Some(700));
        assert_eq!(parse_yuan("1.2300"), Some(123));
        assert_eq!(format_yuan(i64::MIN), "-92233720368547758.08");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1.234",
            "1e3",
            "+1",
            "--1",
            "1,000",
            "92233720368547758.08",
            "１",
        ] {
            assert_eq!(parse_yuan(text), None, "{text}");
        }
    }
}
