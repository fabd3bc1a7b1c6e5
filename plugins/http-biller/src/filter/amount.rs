//! Amounts as billers write them, without floats: yuan text to whole fen and back.

use crate::error::Fault;
use crate::node::Node;

/// `86.5` or `86.50` → 8650. Digits beyond the fen are refused unless zero.
pub(super) fn from_yuan(text: &str) -> Result<Node<'static>, Fault> {
    let wrong = || Fault::value("is no amount in yuan like 86.50");
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (yuan, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || !all_digits(yuan) || !all_digits(fraction) {
        return Err(wrong());
    }
    let (fen, beyond) = fraction.split_at(fraction.len().min(2));
    if beyond.bytes().any(|byte| byte != b'0') {
        return Err(Fault::value("is finer than a fen"));
    }
    let fen: i64 = format!("{fen:0<2}").parse().map_err(|_| wrong())?;
    let total = yuan
        .parse::<i64>()
        .ok()
        .and_then(|yuan| yuan.checked_mul(100))
        .and_then(|yuan| yuan.checked_add(fen))
        .ok_or_else(|| Fault::value("is too large an amount"))?;
    Ok(Node::whole(if negative { -total } else { total }))
}

/// 8650 → `86.50`.
pub(super) fn to_yuan(text: &str) -> Result<Node<'static>, Fault> {
    let fen = whole(text)?;
    let sign = if fen < 0 { "-" } else { "" };
    let size = fen.unsigned_abs();
    Ok(Node::text(format!(
        "{sign}{}.{:02}",
        size / 100,
        size % 100
    )))
}

/// 8650 → -8650.
pub(super) fn negate(text: &str) -> Result<Node<'static>, Fault> {
    let negated = whole(text)?
        .checked_neg()
        .ok_or_else(|| Fault::value("is too large an amount"))?;
    Ok(Node::whole(negated))
}

/// The sum of a list of whole numbers; of nothing, zero.
pub(super) fn sum(node: &Node<'_>) -> Result<Node<'static>, Fault> {
    let mut total = 0_i64;
    for element in node.elements() {
        let amount = whole(&element.plain().unwrap_or_default())?;
        total = total
            .checked_add(amount)
            .ok_or_else(|| Fault::value("is too large a sum"))?;
    }
    Ok(Node::whole(total))
}

/// A whole number, as amounts in fen are.
pub fn whole(text: &str) -> Result<i64, Fault> {
    text.trim()
        .parse()
        .map_err(|_| Fault::value("is no whole number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_and_fen() {
        for (yuan, fen) in [
            ("86.50", "8650"),
            ("86.5", "8650"),
            ("86", "8600"),
            ("0.05", "5"),
            ("-1.10", "-110"),
            ("1.500", "150"),
        ] {
            assert_eq!(
                from_yuan(yuan).expect("an amount").plain().as_deref(),
                Some(fen),
                "{yuan}"
            );
        }
        for wrong in [
            "",
            ".5",
            "1.001",
            "1,000",
            "1e3",
            "99999999999999999999",
            "1.2.3",
            "a",
            "--1",
            "१",
        ] {
            assert!(from_yuan(wrong).is_err(), "{wrong}");
        }
        assert_eq!(to_yuan("-5").expect("an amount"), Node::text("-0.05"));
        assert_eq!(to_yuan("8650").expect("an amount"), Node::text("86.50"));
        assert!(to_yuan("86.5").is_err());
    }
}
