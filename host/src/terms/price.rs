//! What a client pays for each payment: its price list, and the pure function
//! that reads it. Books nothing: the payment room does, when a payment is applied.

use std::collections::BTreeSet;

use guichet_domain::id::{CategoryCode, ServiceCode};
use guichet_domain::{Currency, Money};
use serde::{Deserialize, Serialize};

/// Prices in one list.
const MOST: usize = 500;
/// Hundredths of a percent that are the whole.
const WHOLE: i64 = 10_000;

/// The price of payments for one service, for one category, or for all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// For this service only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceCode>,
    /// For services of this category that have no price of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// Minor units for each payment.
    #[serde(default)]
    pub fixed: i64,
    /// Hundredths of a percent of the total, rounded half up, on top of that.
    #[serde(default)]
    pub basis_points: u16,
    /// At least, in minor units.
    #[serde(default)]
    pub minimum: i64,
    /// At most, in minor units; no bound where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
}

/// A client's prices. The most exact one counts: service, then category, then the
/// one that names neither. Where none fits, a payment costs the client nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// Of fees, and of the payments that they are for.
    pub currency: Currency,
    /// What becomes of the fee of a payment that is reversed or refunded.
    #[serde(default)]
    pub undone: Undone,
    /// In any order.
    pub prices: Vec<Price>,
}

/// What becomes of the fee where the payment is undone after it was applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undone {
    /// The client gets it back.
    #[default]
    GiveBack,
    /// It stays: the work was done.
    Keep,
}

/// What one payment costs its client, fixed when the payment begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientFee {
    /// Taken with the payment's application, in minor units; above zero.
    pub amount: i64,
    /// Given back where the payment is undone; from zero to the amount.
    pub back: i64,
}

/// Why a list cannot be one; positions begin at zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// Too many prices.
    #[error("a list has at most {MOST} prices")]
    TooMany,
    /// A price for a service and a category at once.
    #[error("prices[{0}]: name a service, a category, or neither")]
    Target(usize),
    /// Two prices for the same.
    #[error("prices[{0}]: there is a price for this already")]
    Twice(usize),
    /// Amounts that cannot be.
    #[error(
        "prices[{0}]: amounts are not negative, basis_points at most 10000, and the minimum not above the maximum"
    )]
    Amounts(usize),
}

impl PriceList {
    /// Checks that a fee always follows from it.
    pub fn check(&self) -> Result<(), PriceError> {
        if self.prices.len() > MOST {
            return Err(PriceError::TooMany);
        }
        let mut targets = BTreeSet::new();
        for (position, price) in self.prices.iter().enumerate() {
            if price.service.is_some() && price.category.is_some() {
                return Err(PriceError::Target(position));
            }
            if !targets.insert((&price.service, &price.category)) {
                return Err(PriceError::Twice(position));
            }
            let lawful = price.fixed >= 0
                && price.minimum >= 0
                && i64::from(price.basis_points) <= WHOLE
                && price.maximum.is_none_or(|most| most >= price.minimum);
            if !lawful {
                return Err(PriceError::Amounts(position));
            }
        }
        Ok(())
    }

    fn price(&self, service: &ServiceCode, category: &CategoryCode) -> Option<&Price> {
        let find = |wanted: (Option<&ServiceCode>, Option<&CategoryCode>)| {
            let fits = |price: &&Price| (price.service.as_ref(), price.category.as_ref()) == wanted;
            self.prices.iter().find(fits)
        };
        find((Some(service), None))
            .or_else(|| find((None, Some(category))))
            .or_else(|| find((None, None)))
    }
}

/// What one payment of `total` costs the client; none where it costs nothing.
#[must_use]
pub fn client_fee(
    list: &PriceList,
    service: &ServiceCode,
    category: &CategoryCode,
    total: Money,
) -> Option<ClientFee> {
    if total.currency() != list.currency {
        return None;
    }
    let price = list.price(service, category)?;
    let parts = i128::from(total.minor_units()) * i128::from(price.basis_points);
    let whole = i128::from(WHOLE);
    let share = (parts + whole / 2).div_euclid(whole);
    let fee = (share + i128::from(price.fixed)).max(i128::from(price.minimum));
    let fee = i64::try_from(fee).unwrap_or(i64::MAX);
    let fee = price.maximum.map_or(fee, |most| fee.min(most));
    let back = match list.undone {
        Undone::GiveBack => fee,
        Undone::Keep => 0,
    };
    (fee > 0).then_some(ClientFee { amount: fee, back })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> PriceList {
        serde_json::from_str(text).unwrap()
    }

    fn list_of_nothing() -> PriceList {
        list(r#"{"currency":"CNY","prices":[{"fixed":0}]}"#)
    }

    fn fee(list: &PriceList, service: &str, category: &str, total: i64) -> i64 {
        let (service, category) = (service.parse().unwrap(), category.parse().unwrap());
        let fee = client_fee(list, &service, &category, Money::cny(total));
        fee.map_or(0, |fee| fee.amount)
    }

    #[test]
    fn the_most_exact_price_counts() {
        let list = list(
            r#"{"currency":"CNY","prices":[{"fixed":30},{"category":"water","fixed":20},
               {"service":"water-330100-1","fixed":10}]}"#,
        );
        assert_eq!(list.check(), Ok(()));
        assert_eq!(fee(&list, "water-330100-1", "water", 100), 10);
        assert_eq!(fee(&list, "water-330100-2", "water", 100), 20);
        assert_eq!(fee(&list, "gas-330100-1", "gas", 100), 30);
    }

    #[test]
    fn fees_are_rounded_half_up_and_bounded() {
        let list = list(
            r#"{"currency":"CNY","prices":[{"category":"water","fixed":1,"basis_points":50,
               "minimum":3,"maximum":9}]}"#,
        );
        for (total, expected) in [(1, 3), (499, 3), (500, 4), (699, 4), (700, 5), (100_000, 9)] {
            assert_eq!(fee(&list, "water-1", "water", total), expected, "{total}");
        }
        assert_eq!(fee(&list, "gas-1", "gas", 500), 0, "no price, no fee");
        assert_eq!(fee(&list, "water-1", "water", i64::MAX), 9);
        let foreign = Money::new(500, "USD".parse().unwrap());
        let (service, category) = ("water-1".parse().unwrap(), "water".parse().unwrap());
        assert_eq!(client_fee(&list, &service, &category, foreign), None);
        let free = list_of_nothing();
        let nothing = client_fee(&free, &service, &category, Money::cny(500));
        assert_eq!(nothing, None, "a fee of nothing is no fee");
    }

    #[test]
    fn the_list_says_whether_a_fee_comes_back_with_its_payment() {
        let (service, category) = ("water-1".parse().unwrap(), "water".parse().unwrap());
        for (undone, back) in [
            ("", 3),
            (r#""undone":"give-back","#, 3),
            (r#""undone":"keep","#, 0),
        ] {
            let text = format!(r#"{{"currency":"CNY",{undone}"prices":[{{"fixed":3}}]}}"#);
            let fee = client_fee(&list(&text), &service, &category, Money::cny(1));
            assert_eq!(fee, Some(ClientFee { amount: 3, back }), "{text}");
        }
    }

    #[test]
    fn a_list_has_500_prices_each_within_its_bounds() {
        let price = |number: usize| {
            format!(
                r#"{{"service":"water-{number}","basis_points":10000,"minimum":0,"maximum":0}}"#
            )
        };
        let of = |count: usize| {
            let prices: Vec<String> = (0..count).map(price).collect();
            let prices = prices.join(",");
            list(&format!(r#"{{"currency":"CNY","prices":[{prices}]}}"#))
        };
        assert_eq!(of(500).check(), Ok(()));
        assert_eq!(of(501).check(), Err(PriceError::TooMany));
    }

    #[test]
    fn lists_from_which_no_fee_follows_are_refused() {
        for (prices, error) in [
            (
                r#"{"service":"water-1","category":"water"}"#,
                PriceError::Target(0),
            ),
            (r#"{"fixed":1},{"fixed":2}"#, PriceError::Twice(1)),
            (r#"{"fixed":-1}"#, PriceError::Amounts(0)),
            (r#"{"minimum":2,"maximum":1}"#, PriceError::Amounts(0)),
            (r#"{"basis_points":10001}"#, PriceError::Amounts(0)),
        ] {
            let list = list(&format!(r#"{{"currency":"CNY","prices":[{prices}]}}"#));
            assert_eq!(list.check(), Err(error), "{prices}");
        }
    }
}
