//! A bank's own books: what it did under which reference, once each, and what is
//! left on its payers' accounts. It knows no payment but by reference.

use std::collections::BTreeMap;

use guichet::bank::{AccountNumber, BankAnswer, BankOrder, Custom};
use guichet_domain::payment::Leg;

use crate::payers::FUNDS;

/// See the module.
pub struct BankLog {
    custom: Custom,
    available: BTreeMap<AccountNumber, i64>,
    /// What was decided under a reference, and about how much.
    entries: BTreeMap<String, (BankAnswer, i64)>,
    /// What was done for a payment.
    done: BTreeMap<(String, Leg), i64>,
    /// What the host must not do, and did.
    pub complaints: Vec<String>,
}

impl BankLog {
    pub const fn new(custom: Custom) -> Self {
        Self {
            custom,
            available: BTreeMap::new(),
            entries: BTreeMap::new(),
            done: BTreeMap::new(),
            complaints: Vec::new(),
        }
    }

    pub const fn custom(&self) -> Custom {
        self.custom
    }

    /// What is left on an account.
    pub fn available(&self, account: &AccountNumber) -> i64 {
        self.available.get(account).copied().unwrap_or(FUNDS)
    }

    /// How much this leg has moved for the payment; none where it was not done.
    pub fn done(&self, payment: &str, leg: Leg) -> Option<i64> {
        self.done.get(&(payment.to_owned(), leg)).copied()
    }

    /// What became of an order.
    pub fn answer(&self, reference: &str) -> BankAnswer {
        let known = self.entries.get(reference);
        known.map_or(BankAnswer::NotFound, |(answer, _)| answer.clone())
    }

    /// Does what is ordered, once for each reference.
    pub fn carry_out(&mut self, order: &BankOrder) -> BankAnswer {
        let (reference, amount) = (order.reference(), order.amount.minor_units());
        if let Some((answer, known)) = self.entries.get(&reference) {
            if *known != amount {
                let complaint = format!("{reference} is about {known}, and now {amount}");
                self.complaints.push(complaint);
            }
            return answer.clone();
        }
        let has_money = self.available(&order.account) >= amount;
        let moved = match order.leg {
            Leg::Hold => has_money.then_some(-amount),
            Leg::Capture if self.custom == Custom::CaptureFirst => has_money.then_some(-amount),
            Leg::Capture => self.owed(order, Leg::Hold, Leg::Release).then_some(0),
            Leg::Release => self.owed(order, Leg::Hold, Leg::Capture).then_some(amount),
            Leg::Refund => self
                .owed(order, Leg::Capture, Leg::Release)
                .then_some(amount),
        };
        let answer = match moved {
            Some(moved) => {
                let left = self.available(&order.account) + moved;
                self.available.insert(order.account.clone(), left);
                let place = (order.payment.to_string(), order.leg);
                self.done.insert(place, amount);
                BankAnswer::Done {
                    serial: format!("B{}", self.entries.len()),
                }
            }
            None => no(),
        };
        self.entries.insert(reference, (answer.clone(), amount));
        answer
    }

    /// Says no. To a first leg that is the end; what it owes, it may do when it is
    /// asked again.
    pub fn refuse(&mut self, order: &BankOrder) -> BankAnswer {
        let reference = order.reference();
        match self.answer(&reference) {
            BankAnswer::NotFound => {}
            known => return known,
        }
        let is_first = match order.leg {
            Leg::Hold => true,
            Leg::Capture => self.custom == Custom::CaptureFirst,
            Leg::Release | Leg::Refund => false,
        };
        if is_first {
            let amount = order.amount.minor_units();
            self.entries.insert(reference, (no(), amount));
        }
        no()
    }

    /// Whether the leg can follow: the one before is done for the same amount, and
    /// its contrary is not.
    fn owed(&mut self, order: &BankOrder, before: Leg, contrary: Leg) -> bool {
        let payment = order.payment.as_str();
        let amount = Some(order.amount.minor_units());
        let lawful = self.done(payment, before) == amount && self.done(payment, contrary).is_none();
        if !lawful {
            self.complaints
                .push(format!("{} cannot be", order.reference()));
        }
        lawful
    }
}

fn no() -> BankAnswer {
    BankAnswer::Refused {
        code: "51".to_owned(),
        message: "insufficient funds".to_owned(),
    }
}
