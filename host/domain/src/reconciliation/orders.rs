//! The file of payment orders for the operator's bank: plain CSV with totals and
//! digest, as the day files have them.

use super::header::{Charset, Layout};
use super::record::{encode, join};
use crate::merkle::HashFunction;
use crate::moment::{AccountingDate, Moment};
use crate::money::Money;

/// One payment that the bank shall make.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentOrder {
    /// The end-to-end reference: the same order twice is paid once.
    pub reference: String,
    /// Above zero.
    pub amount: Money,
    /// In whose name the account is.
    pub holder: String,
    /// The bank's clearing code.
    pub bank_code: String,
    /// The account's number.
    pub account: String,
    /// For the receiver's statement.
    pub purpose: String,
}

impl std::fmt::Debug for PaymentOrder {
    /// Without the account's number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PaymentOrder({} {:?})", self.reference, self.amount)
    }
}

/// Writes the file; gives its bytes and totals, none where sums leave 64 bits.
#[must_use]
pub fn write_payment_orders(
    (date, number, made_at): (AccountingDate, u32, Moment),
    orders: &[PaymentOrder],
    hash: HashFunction,
) -> Option<(Vec<u8>, String)> {
    let mut bytes = Vec::new();
    let put = |bytes: &mut Vec<u8>, fields: &[&str]| {
        let text = join(fields, Layout::Csv);
        bytes.extend_from_slice(&encode(&text, Charset::Utf8));
    };
    let (date, number, made_at) = (date.to_string(), number.to_string(), made_at.to_string());
    put(
        &mut bytes,
        &[
            "H",
            "guichet-payment-orders",
            "1",
            "UTF-8",
            &date,
            &number,
            &made_at,
        ],
    );
    let mut sums = std::collections::BTreeMap::new();
    for order in orders {
        let sum: &mut i64 = sums.entry(order.amount.currency()).or_default();
        *sum = sum.checked_add(order.amount.minor_units())?;
        put(
            &mut bytes,
            &[
                "D",
                &order.reference,
                &order.amount.minor_units().to_string(),
                order.amount.currency().as_str(),
                &order.holder,
                &order.bank_code,
                &order.account,
                &order.purpose,
            ],
        );
    }
    let totals: Vec<String> = sums
        .iter()
        .map(|(currency, sum)| format!("{currency}:{sum}"))
        .collect();
    let totals = totals.join(";");
    let digest = hash(&[&bytes]).hex();
    put(
        &mut bytes,
        &["T", &orders.len().to_string(), &totals, &digest],
    );
    Some((bytes, totals))
}
