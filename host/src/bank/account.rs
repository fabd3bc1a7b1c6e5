//! A payer's account at a bank, and the mandate under which it may be debited.
//! Moves no money and asks no bank.

use std::fmt;
use std::str::FromStr;

use guichet_domain::{Moment, Money};
use serde::{Deserialize, Deserializer, Serialize};

/// An account's number at its bank: 8 to 34 digits and capital letters, as card
/// numbers and IBANs have them. Personal: it shows its last four characters at
/// most.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AccountNumber(String);

/// A text that is no account number. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account number has 8 to 34 digits and capital letters, without spaces")]
pub struct NoAccountNumber;

impl AccountNumber {
    /// Takes the text where it is lawful.
    pub fn new(text: impl Into<String>) -> Result<Self, NoAccountNumber> {
        let text = text.into();
        let lawful = (8..=34).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        if lawful {
            Ok(Self(text))
        } else {
            Err(NoAccountNumber)
        }
    }

    /// The whole number: for the bank only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What its owner may be shown.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountNumber(…{})", self.last_four())
    }
}

impl FromStr for AccountNumber {
    type Err = NoAccountNumber;

    fn from_str(text: &str) -> Result<Self, NoAccountNumber> {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for AccountNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)
            .and_then(|text| Self::new(text).map_err(serde::de::Error::custom))
    }
}

/// The payer's permission that a client debits the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// What the client knows it by: 1 to 64 visible characters.
    pub reference: String,
    /// When the payer agreed.
    pub agreed_at: Moment,
    /// Until when it counts; without end where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// The most that one payment may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_per_payment: Option<Money>,
}

/// Why a mandate does not cover a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotMandated {
    /// It was withdrawn.
    #[error("the payer has withdrawn the mandate")]
    Withdrawn,
    /// It has ended by time.
    #[error("the mandate has ended")]
    Ended,
    /// The payment is above what the payer agreed to.
    #[error("the payment is above what the mandate allows")]
    AboveMost,
}

impl Mandate {
    /// Whether it covers taking so much at this moment.
    pub fn check(&self, amount: Money, now: Moment) -> Result<(), NotMandated> {
        if self.until.is_some_and(|until| now >= until) {
            return Err(NotMandated::Ended);
        }
        let covered = self.most_per_payment.is_none_or(|most| {
            most.currency() == amount.currency() && amount.minor_units() <= most.minor_units()
        });
        if covered {
            Ok(())
        } else {
            Err(NotMandated::AboveMost)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_never_shows_more_than_its_end() {
        let number = AccountNumber::new("6222020200112233445").unwrap();
        assert_eq!(format!("{number:?}"), "AccountNumber(…3445)");
        assert_eq!(number.expose(), "6222020200112233445");
        for wrong in [
            "",
            "1234567",
            "6222 0202 0011",
            "abcdefgh",
            "１２３４５６７８",
        ] {
            let error = AccountNumber::new(wrong).unwrap_err();
            assert!(wrong.is_empty() || !error.to_string().contains(wrong));
            let json = serde_json::to_string(wrong).unwrap();
            assert!(serde_json::from_str::<AccountNumber>(&json).is_err());
        }
        assert!(AccountNumber::new("1".repeat(34)).is_ok());
        assert!(AccountNumber::new("1".repeat(35)).is_err());
    }

    #[test]
    fn a_mandate_covers_what_was_agreed_and_no_more() {
        let now: Moment = "2026-11-22T08:00:00Z".parse().unwrap();
        let mut mandate = Mandate {
            reference: "M-1".to_owned(),
            agreed_at: now,
            until: None,
            most_per_payment: None,
        };
        assert_eq!(mandate.check(Money::cny(i64::MAX), now), Ok(()));
        mandate.most_per_payment = Some(Money::cny(100));
        assert_eq!(mandate.check(Money::cny(100), now), Ok(()));
        let above = mandate.check(Money::cny(101), now);
        assert_eq!(above, Err(NotMandated::AboveMost));
        let foreign = Money::new(1, "USD".parse().unwrap());
        assert_eq!(mandate.check(foreign, now), Err(NotMandated::AboveMost));
        mandate.until = Some(now.plus_ms(1));
        assert_eq!(mandate.check(Money::cny(1), now), Ok(()));
        let late = mandate.check(Money::cny(1), now.plus_ms(1));
        assert_eq!(late, Err(NotMandated::Ended));
    }
}
