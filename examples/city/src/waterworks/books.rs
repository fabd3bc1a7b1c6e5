//! What a waterworks knows: every customer owes one bill until it is paid, and
//! every payment is known by the payer's reference.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// Payments that are kept; later ones are refused as if the system was busy.
const PAYMENTS_LIMIT: usize = 100_000;

/// The books of one waterworks.
#[derive(Debug, Default)]
pub(super) struct Books(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    payments: HashMap<String, Payment>,
    paid: HashSet<String>,
}

/// A payment that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payment {
    pub(super) serial: u64,
    pub(super) customer: String,
    pub(super) fen: i64,
    pub(super) at: String,
    pub(super) reversed: bool,
}

/// What became of an order to pay.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Applied now, or before under the same reference.
    Applied(Payment),
    /// The amount is not what is owed.
    OtherAmount,
    /// There is no room for more.
    Busy,
}

impl Books {
    /// What a customer owes, in fen; nothing once it is paid.
    pub(super) fn owes(&self, customer: &str) -> Option<i64> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (!kept.paid.contains(customer)).then(|| bill_of(customer))
    }

    /// Applies a payment once, however often it is submitted.
    pub(super) fn pay(&self, reference: &str, customer: &str, fen: i64, at: &str) -> Outcome {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.payments.get(reference) {
            return Outcome::Applied(known.clone());
        }
        if kept.payments.len() >= PAYMENTS_LIMIT {
            return Outcome::Busy;
        }
        if kept.paid.contains(customer) || fen != bill_of(customer) {
            return Outcome::OtherAmount;
        }
        let payment = Payment {
            serial: kept.payments.len() as u64 + 1,
            customer: customer.to_owned(),
            fen,
            at: at.to_owned(),
            reversed: false,
        };
        kept.paid.insert(customer.to_owned());
        kept.payments.insert(reference.to_owned(), payment.clone());
        Outcome::Applied(payment)
    }

    /// What became of a payment.
    pub(super) fn find(&self, reference: &str) -> Option<Payment> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.payments.get(reference).cloned()
    }

    /// Takes a payment back: the customer owes again.
    pub(super) fn reverse(&self, reference: &str) -> Option<Payment> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let payment = kept.payments.get_mut(reference)?;
        payment.reversed = true;
        let payment = payment.clone();
        kept.paid.remove(&payment.customer);
        Some(payment)
    }
}

/// Between ¥20.00 and ¥119.99, always the same for a customer.
fn bill_of(customer: &str) -> i64 {
    let sum = customer
        .bytes()
        .fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 10_000);
    2_000 + sum
}

/// `86.50`
pub(super) fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_reference_pays_once() {
        let books = Books::default();
        let owed = books.owes("20031877").unwrap();
        assert!(matches!(
            books.pay("a", "20031877", owed + 1, "t"),
            Outcome::OtherAmount
        ));
        let first = books.pay("a", "20031877", owed, "t");
        assert_eq!(books.pay("a", "20031877", owed, "later"), first);
        assert_eq!(books.owes("20031877"), None);
        assert!(matches!(
            books.pay("b", "20031877", owed, "t"),
            Outcome::OtherAmount
        ));
        assert!(books.reverse("a").unwrap().reversed);
        assert_eq!(books.owes("20031877"), Some(owed));
        assert_eq!(yuan(8650), "86.50");
    }
}
