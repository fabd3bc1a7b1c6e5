//! Amounts on the wire.

use guichet_domain::money::{Currency, MoneyError};
use guichet_sandbox::contract::types as contract;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// An amount in the currency's minor unit: 8650 and CNY are ¥86.50.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Whole minor units (分 for CNY); no decimals.
    #[schema(example = 8650)]
    amount: i64,
    /// ISO 4217 alphabetic code.
    #[serde(deserialize_with = "currency")]
    #[schema(example = "CNY", min_length = 3, max_length = 3)]
    currency: String,
}

fn currency<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Currency::deserialize(deserializer).map(String::from)
}

impl Money {
    /// The amount as the rooms want it.
    pub(crate) fn to_domain(&self) -> Result<guichet_domain::Money, MoneyError> {
        Ok(guichet_domain::Money::new(
            self.amount,
            self.currency.parse()?,
        ))
    }
}

impl From<guichet_domain::Money> for Money {
    fn from(money: guichet_domain::Money) -> Self {
        Self {
            amount: money.minor_units(),
            currency: money.currency().into(),
        }
    }
}

impl From<contract::Money> for Money {
    fn from(money: contract::Money) -> Self {
        Self {
            amount: money.minor_units,
            currency: money.currency,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_and_unlawful_currencies_are_refused() {
        let read = |text| serde_json::from_str::<Money>(text);
        assert_eq!(read(r#"{"amount":1,"currency":"CNY"}"#).unwrap().amount, 1);
        for wrong in [
            r#"{"amount":86.5,"currency":"CNY"}"#,
            r#"{"amount":"8650","currency":"CNY"}"#,
            r#"{"amount":1,"currency":"yuan"}"#,
            r#"{"amount":1,"currency":"CNY","scale":2}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
