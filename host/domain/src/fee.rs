//! What paying costs beside the amount, and who bears it. Booking it is the
//! payment room's work.

use serde::{Deserialize, Serialize};

use crate::money::Money;

/// What a service's payments cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeTerms {
    /// How much.
    pub rule: FeeRule,
    /// Who bears it.
    #[serde(default)]
    pub bearer: FeeBearer,
}

/// How a fee is worked out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum FeeRule {
    /// Free.
    #[default]
    None,
    /// The same for every payment.
    Fixed {
        /// Not negative.
        amount: Money,
    },
    /// A part of the amount, rounded half up to the minor unit.
    Rate {
        /// Hundredths of a percent, up to 10,000.
        basis_points: u16,
        /// At least.
        minimum: Money,
        /// At most.
        maximum: Money,
    },
}

/// Who bears a fee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeeBearer {
    /// On top of the amount.
    Payer,
    /// Withheld at settlement.
    #[default]
    Biller,
    /// The bank.
    Operator,
}

/// The fee of one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// Above zero.
    pub amount: Money,
    /// Who bears it.
    pub bearer: FeeBearer,
}

impl FeeTerms {
    /// Whether paying is free.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.rule == FeeRule::None
    }

    /// The fee of a payment of `total`; none where it is zero.
    #[must_use]
    pub fn of(&self, total: Money) -> Option<Fee> {
        let amount = match self.rule {
            FeeRule::None => return None,
            FeeRule::Fixed { amount } => amount.minor_units(),
            FeeRule::Rate {
                basis_points,
                minimum,
                maximum,
            } => share(total, basis_points)
                .max(minimum.minor_units())
                .min(maximum.minor_units()),
        };
        (amount > 0).then(|| Fee {
            amount: Money::new(amount, total.currency()),
            bearer: self.bearer,
        })
    }
}

/// At most the total itself, so it fits in 64 bits.
fn share(total: Money, basis_points: u16) -> i64 {
    let parts = i128::from(total.minor_units()) * i128::from(basis_points.min(10_000));
    i64::try_from((parts + 5_000).div_euclid(10_000)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn cny(minor_units: i64) -> Money {
        Money::new(minor_units, "CNY".parse::<Currency>().unwrap())
    }

    fn fee(rule: FeeRule, total: i64) -> Option<i64> {
        let terms = FeeTerms {
            rule,
            bearer: FeeBearer::Payer,
        };
        terms.of(cny(total)).map(|fee| fee.amount.minor_units())
    }

    #[test]
    fn a_rate_is_rounded_half_up_and_kept_within_its_bounds() {
        let rate = |basis_points| FeeRule::Rate {
            basis_points,
            minimum: cny(2),
            maximum: cny(500),
        };
        assert_eq!(fee(rate(25), 1_000), Some(3));
        assert_eq!(fee(rate(24), 1_000), Some(2));
        assert_eq!(fee(rate(25), 1), Some(2));
        assert_eq!(fee(rate(25), 100_000_000), Some(500));
        assert_eq!(fee(rate(10_000), i64::MAX), Some(500));
    }

    #[test]
    fn only_terms_without_a_rule_are_free() {
        assert!(FeeTerms::default().is_free());
        let terms = FeeTerms {
            rule: FeeRule::Fixed { amount: cny(30) },
            bearer: FeeBearer::Payer,
        };
        assert!(!terms.is_free());
    }

    #[test]
    fn nothing_is_no_fee() {
        assert_eq!(fee(FeeRule::None, 1_000), None);
        assert_eq!(fee(FeeRule::Fixed { amount: cny(0) }, 1_000), None);
        assert_eq!(fee(FeeRule::Fixed { amount: cny(30) }, 1_000), Some(30));
    }
}
