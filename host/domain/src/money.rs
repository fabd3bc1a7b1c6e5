//! Amounts of money: whole minor units with their currency, checked arithmetic
//! only. Formatting for people belongs to the fronts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// An ISO 4217 alphabetic code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Yuan renminbi.
    pub const CNY: Self = Self(*b"CNY");

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency holds three ASCII letters")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::Currency),
        }
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount in minor units (分 for CNY). May be negative; where it must not
/// be, the place that takes it says so.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Money {
    #[serde(rename = "amount")]
    minor_units: i64,
    currency: Currency,
}

impl Money {
    /// `minor_units` of `currency`.
    #[must_use]
    pub const fn new(minor_units: i64, currency: Currency) -> Self {
        Self {
            minor_units,
            currency,
        }
    }

    /// `minor_units` of yuan renminbi.
    #[must_use]
    pub const fn cny(minor_units: i64) -> Self {
        Self::new(minor_units, Currency::CNY)
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor_units(self) -> i64 {
        self.minor_units
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether the amount is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.minor_units > 0
    }

    /// The sum; refuses two currencies and overflow.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference; refuses two currencies and overflow.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    /// The sum of all, zero of `currency` where there are none.
    pub fn checked_sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts
            .into_iter()
            .try_fold(Self::new(0, currency), Self::checked_add)
    }

    fn combine(
        self,
        other: Self,
        operation: fn(i64, i64) -> Option<i64>,
    ) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        operation(self.minor_units, other.minor_units)
            .map(|minor_units| Self {
                minor_units,
                ..self
            })
            .ok_or(MoneyError::Overflow)
    }
}

/// Why an amount could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three capital letters.
    #[error("a currency is three capital letters, such as CNY")]
    Currency,
    /// Two currencies in one sum.
    #[error("{0} and {1} cannot be added")]
    Mixed(Currency, Currency),
    /// Beyond what 64 bits hold.
    #[error("the amount is too large")]
    Overflow,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_refuse_overflow_and_mixed_currencies() {
        let max = Money::cny(i64::MAX);
        assert_eq!(max.checked_add(Money::cny(1)), Err(MoneyError::Overflow));
        let dollars = Money::new(1, "USD".parse().unwrap());
        assert!(matches!(
            max.checked_sub(dollars),
            Err(MoneyError::Mixed(..))
        ));
        let sum = Money::checked_sum(Currency::CNY, [Money::cny(8650), Money::cny(50)]);
        assert_eq!(sum, Ok(Money::cny(8700)));
    }

    #[test]
    fn only_what_is_above_zero_is_positive() {
        let found = [-1, 0, 1].map(|amount| Money::cny(amount).is_positive());
        assert_eq!(found, [false, false, true]);
    }

    #[test]
    fn currencies_are_shown_by_their_letters() {
        let dollars: Currency = "USD".parse().unwrap();
        assert_eq!(format!("{dollars} {dollars:?}"), "USD USD");
    }

    #[test]
    fn json_is_amount_and_currency() {
        let text = r#"{"amount":8650,"currency":"CNY"}"#;
        let money: Money = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&money).unwrap(), text);
        assert!(serde_json::from_str::<Money>(r#"{"amount":1,"currency":"cny"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amount":1.5,"currency":"CNY"}"#).is_err());
    }
}
