//! The protocol's orders as they come in, checked for form. Whether the bank
//! carries them out is `books`'.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest reference.
const REFERENCE_CHARACTERS: usize = 128;
/// The longest name of a payee.
const PAYEE_CHARACTERS: usize = 200;

/// What the bank shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Leg {
    Hold,
    Capture,
    Release,
    Refund,
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hold => "hold",
            Self::Capture => "capture",
            Self::Release => "release",
            Self::Refund => "refund",
        })
    }
}

/// Minor units of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Amount {
    pub(crate) amount: i64,
    pub(crate) currency: String,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    pub(crate) reference: String,
    pub(crate) leg: Leg,
    pub(crate) account: String,
    pub(crate) amount: Amount,
    pub(crate) payee: String,
    pub(crate) accounting_date: String,
    pub(crate) requested_at: String,
    /// The leg that it builds upon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) original: Option<String>,
}

impl Order {
    /// Reads an order; the text says what is wrong with it.
    pub(crate) fn read(body: &[u8]) -> Result<Self, String> {
        let order: Self = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if !is_reference(&order.reference) {
            return Err("reference: 1 to 128 visible characters".to_owned());
        }
        if order.amount.amount <= 0 {
            return Err("amount: must be above zero".to_owned());
        }
        let currency = order.amount.currency.as_bytes();
        if currency.len() != 3 || !currency.iter().all(u8::is_ascii_uppercase) {
            return Err("currency: three capital letters".to_owned());
        }
        let number = order.account.as_bytes();
        let is_number = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        if !(8..=34).contains(&number.len()) || !number.iter().all(is_number) {
            return Err("account: 8 to 34 digits and capital letters".to_owned());
        }
        if order.payee.chars().count() > PAYEE_CHARACTERS {
            return Err("payee: at most 200 characters".to_owned());
        }
        Ok(order)
    }

    /// Whether a repetition asks for the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.leg == other.leg
            && self.account == other.account
            && self.amount == other.amount
            && self.original == other.original
    }
}

/// Whether the text may be a reference.
pub(crate) fn is_reference(text: &str) -> bool {
    (1..=REFERENCE_CHARACTERS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}
